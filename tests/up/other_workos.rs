//! `cargo dev up --workos-url`: another server that speaks WorkOS's protocol, with a client, an issuer and a key of its
//! own.

use std::net::Ipv4Addr;

use dev::workos::{Config, Directory, Membership, MembershipStatus, Organization, StandIn, User};

use super::{Up, chromium::Chromium};

const ISSUER: &str = "https://auth.other.example";

#[tokio::test]
async fn people_of_another_workos_sign_in() {
    let port = dev::ports::find_free().expect("a free port");
    // The product's port is chosen by the test, and its redirect URI follows from it.
    let workos = StandIn::start(Config {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        public_url: None,
        client_id: "client_other".to_owned(),
        api_key: "sk_other".to_owned(),
        redirect_uris: vec![format!("http://localhost:{port}/auth/callback")],
        sign_out_redirect_uris: vec![format!("http://localhost:{port}/")],
        issuer: Some(ISSUER.to_owned()),
        state_file: None,
        directory: directory(),
    })
    .await
    .expect("another WorkOS starts");
    let arguments = ["--workos-url", workos.url(), "--workos-issuer", ISSUER];
    let credentials = [("WORKOS_CLIENT_ID", "client_other"), ("WORKOS_API_KEY", "sk_other")];
    let up = Up::start_at(port, "other-workos", &arguments, &credentials).await;
    assert_eq!(up.world.workos_url, workos.url());

    let browser = Chromium::start("other-workos", 800).await;
    browser.go(&format!("{}/sign-in", up.world.public_url)).await;
    browser.press("dora@other.example").await;
    assert_eq!(browser.heading().await, "Welcome, Dora");
    assert_eq!(browser.text("//h2[@id='here']").await, "Other Clinic");
    browser.close().await;
    up.stop().await;
}

fn directory() -> Directory {
    let organization = Organization { id: "org_OTHER".to_owned(), name: "Other Clinic".to_owned(), external_id: None };
    let user = User {
        id: "user_DORA".to_owned(),
        email: "dora@other.example".to_owned(),
        first_name: Some("Dora".to_owned()),
        last_name: None,
    };
    let membership = Membership {
        id: "om_DORA".to_owned(),
        user_id: user.id.clone(),
        organization_id: organization.id.clone(),
        role: "owner".to_owned(),
        status: MembershipStatus::Active,
    };
    Directory { organizations: vec![organization], users: vec![user], memberships: vec![membership] }
}
