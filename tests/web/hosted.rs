//! What a person does on WorkOS's hosted pages.

use super::{Browser, Form, Page};

impl Browser {
    /// Signs up as somebody new, or signs in with an address that is known, and goes where that leads.
    pub(crate) async fn sign_up(&self, email: &str, first_name: &str, last_name: &str) -> Page {
        sign_up_form(&self.get("/sign-in").await, email, first_name, last_name).submit().await
    }

    /// Does the same and stops before coming back: gives the callback's address, the code in it unspent.
    pub(crate) async fn sign_up_with_code_in_hand(&self, email: &str, first_name: &str, last_name: &str) -> String {
        let form = sign_up_form(&self.get("/sign-in").await, email, first_name, last_name);
        form.submit_once().await.location().to_owned()
    }

    /// Begins at `start`, chooses the person of this address and stops before coming back: gives the callback's
    /// address, the code in it unspent.
    pub(crate) async fn code_in_hand(&self, start: &str, email: &str) -> String {
        let form = self.get(start).await.form(&format!("button[value='{email}']"));
        form.submit_once().await.location().to_owned()
    }
}

fn sign_up_form(page: &Page, email: &str, first_name: &str, last_name: &str) -> Form {
    page.form("#email").fill("email", email).fill("first_name", first_name).fill("last_name", last_name)
}
