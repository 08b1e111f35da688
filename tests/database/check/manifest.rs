//! migrations/manifest.txt is what the migrations define: the one list of every grant, policy and function.

use std::fs;

use super::check;
use crate::{
    app::{Database, connect_directly, world},
    database::operator::Operator,
};

fn file() -> String {
    fs::read_to_string(world().repository.join("migrations/manifest.txt")).expect("the manifest can be read")
}

#[tokio::test]
async fn b7_b17_b19_a_new_database_is_as_the_manifest_says() {
    let database = Database::empty().await;
    let url = world().owner_url(database.name());
    Operator::migrate(&url).succeed().await;

    let list = Operator::new(&["check", "--list"]).setting("DATABASE_URL_DIRECT", &url).succeed().await;
    assert_eq!(list.err, "");
    let (manifest, file) = (dev::manifest::manifest(&list.out), file());
    // Where the extension brings the schema `auth`, that is none of ours.
    let owner = connect_directly(&url).await;
    let extension = "select exists (select from pg_extension e where e.extname = 'pg_session_jwt')";
    let has_extension: bool = owner.query_one(extension, &[]).await.expect("an answer").get(0);
    let is_of_auth = |line: &str| ["schema auth", "function auth."].iter().any(|object| line.contains(object));
    let is: Vec<&str> = manifest.lines().collect();
    let was: Vec<&str> = file.lines().filter(|line| !(has_extension && is_of_auth(line))).collect();
    let only = |one: &[&str], other: &[&str]| -> Vec<String> {
        one.iter().filter(|line| !other.contains(line)).map(|line| (*line).to_owned()).collect()
    };
    let (new, gone) = (only(&is, &was), only(&was, &is));
    assert!(
        is == was,
        "the migrations define something else than migrations/manifest.txt says: run `cargo dev manifest` and look at \
         what it changes\nnew: {new:#?}\ngone: {gone:#?}"
    );

    let report = check(&url).succeed().await;
    let last = report.out.lines().last().expect("a line");
    assert_eq!(last, "in order: as the migrations define, for eleva_app, eleva_identity, eleva_exporter too");
    assert_eq!(report.out.lines().count(), 2, "{report}");
}

#[tokio::test]
async fn b17_b19_the_manifest_speaks_of_everything_that_decides_who_reaches_what() {
    let file = file();
    for line in [
        "column public.events.org_id: uuid; not null",
        "constraint events_price_check on public.events: CHECK ((price >= 0))",
        "defaults functions of owner: for nobody else",
        "grant connect on the database to public",
        "grant delete on table public.events to authenticated",
        "grant execute on function app.begin(text, bytea) to eleva_app",
        "grant update on table public.users to authenticated: columns country, first_name, image_url, last_name",
        "grant usage on schema app to eleva_app",
        "membership eleva_app in authenticated: does not inherit; may set the role",
        "policy events_member_select on public.events: permissive; for select; to authenticated; using (true)",
        "role eleva_app: login; noinherit; nosuperuser; nobypassrls; nocreaterole; nocreatedb; noreplication",
        "schema app: owned by owner",
        "setting statement_timeout of eleva_app: 5s",
        "table public.events: owned by owner; row security enabled and forced",
    ] {
        assert!(file.lines().any(|of_file| of_file == line), "{line}");
    }
    for beginning in ["function app.org_id(): owned by eleva_definer; security definer; ", "index ", "trigger "] {
        assert!(file.lines().any(|of_file| of_file.starts_with(beginning)), "{beginning}");
    }
}
