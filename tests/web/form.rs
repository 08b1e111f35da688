//! A form on a page: filled in and sent as a browser would.

use http::Method;
use scraper::ElementRef;
use url::Url;

use super::{
    browser::Browser,
    navigation::{Initiator, Navigation},
    page::{Page, selector, text_of},
};

/// A form with what is filled in so far.
pub(crate) struct Form {
    browser: Browser,
    initiator: Initiator,
    method: Method,
    action: Url,
    fields: Vec<Field>,
    buttons: Vec<Button>,
}

struct Field {
    name: String,
    value: String,
    kind: Kind,
}

enum Kind {
    /// Sent with whatever it holds.
    Text,
    /// Check boxes and radio buttons: sent when ticked.
    Tick { ticked: bool },
    /// One of a list.
    Choice { values: Vec<String> },
    /// One of those chosen of a list that lets choose several, or none yet.
    Choices { values: Vec<String> },
}

struct Button {
    text: String,
    name: Option<String>,
    value: String,
}

impl Form {
    /// Reads a form of a document. `elsewhere`: buttons outside it that name it as theirs.
    pub(super) fn read<'a>(
        browser: Browser,
        initiator: Initiator,
        form: ElementRef<'a>,
        elsewhere: impl Iterator<Item = ElementRef<'a>>,
    ) -> Self {
        let action = form.attr("action").unwrap_or_default();
        let action = initiator.url.join(action).unwrap_or_else(|error| panic!("{action} is no address: {error}"));
        let is_post = form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        Self {
            browser,
            initiator,
            method: if is_post { Method::POST } else { Method::GET },
            action,
            fields: form.select(&selector("input[name], textarea[name], select[name]")).flat_map(fields).collect(),
            buttons: form.select(&selector("button, input[type=submit]")).chain(elsewhere).filter_map(button).collect(),
        }
    }

    /// The value of a field.
    pub(crate) fn value(&self, name: &str) -> &str {
        &self.fields[self.position(name)].value
    }

    /// Fills in a text field, or chooses from a list.
    #[must_use]
    pub(crate) fn fill(mut self, name: &str, value: &str) -> Self {
        let position = self.position(name);
        let field = &mut self.fields[position];
        match &field.kind {
            Kind::Text => {}
            Kind::Choice { values } | Kind::Choices { values } => {
                assert!(values.iter().any(|own| own == value), "{name} offers {values:?} and not {value}");
            }
            Kind::Tick { .. } => panic!("{name} is ticked and not filled in"),
        }
        field.value = value.to_owned();
        self
    }

    /// Ticks a check box or unticks it.
    #[must_use]
    pub(crate) fn tick(mut self, name: &str, tick: bool) -> Self {
        // A hidden field of the same name may stand before it, for what it says when it is not ticked.
        let boxes = self.fields.iter_mut().filter(|field| field.name == name);
        let ticked = boxes.filter_map(|field| match &mut field.kind {
            Kind::Tick { ticked } => Some(ticked),
            _ => None,
        });
        *ticked.last().unwrap_or_else(|| panic!("the form has no check box {name}")) = tick;
        self
    }

    /// Sends it by its first button.
    pub(crate) async fn submit(self) -> Page {
        self.send(0).await
    }

    /// Sends it by the button with this text.
    pub(crate) async fn press(self, text: &str) -> Page {
        let button = self.buttons.iter().position(|button| button.text == text);
        self.send(button.unwrap_or_else(|| panic!("the form has no button {text:?}"))).await
    }

    /// Sends it by its first button and stops at the first answer, even when it is a redirect.
    pub(crate) async fn submit_once(self) -> Page {
        let (browser, navigation) = self.navigation(0);
        browser.navigate_once(navigation).await
    }

    /// Sends it by the button of this value, or else by its first one.
    pub(super) async fn press_value(self, value: &str) -> Page {
        let button = self.buttons.iter().position(|button| button.value == value);
        match button {
            Some(button) => self.send(button).await,
            None => self.submit().await,
        }
    }

    /// What goes out when this button is pressed (HTML, "constructing the entry list").
    fn entries(&self, button: usize) -> String {
        let mut serializer = form_urlencoded::Serializer::new(String::new());
        let is_sent = |field: &&Field| match field.kind {
            Kind::Tick { ticked } => ticked,
            Kind::Choices { .. } => !field.value.is_empty(),
            _ => true,
        };
        for field in self.fields.iter().filter(is_sent) {
            serializer.append_pair(&field.name, &field.value.replace("\r\n", "\n").replace('\n', "\r\n"));
        }
        let Button { name, value, .. } = &self.buttons[button];
        if let Some(name) = name {
            serializer.append_pair(name, value);
        }
        serializer.finish()
    }

    async fn send(self, button: usize) -> Page {
        let (browser, navigation) = self.navigation(button);
        browser.navigate(navigation).await
    }

    fn navigation(self, button: usize) -> (Browser, Navigation) {
        assert!(button < self.buttons.len(), "the form to {} has no button", self.action);
        let entries = self.entries(button);
        let mut url = self.action;
        if let Some(form_action) = &self.initiator.form_action {
            assert!(form_action.allows(&url), "the page's form-action does not let a form be sent to {url}");
        }
        let body = match self.method {
            Method::POST => Some(entries),
            _ => {
                url.set_query(Some(&entries));
                None
            }
        };
        let mut navigation = Navigation::new(self.method, url, Some(self.initiator));
        navigation.body = body;
        (self.browser, navigation)
    }

    fn position(&self, name: &str) -> usize {
        let names = || self.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>();
        let position = self.fields.iter().position(|field| field.name == name);
        position.unwrap_or_else(|| panic!("the form to {} has no field {name}, only {:?}", self.action, names()))
    }
}

/// The fields that an element stands for, one for everything that is chosen of several.
fn fields(element: ElementRef<'_>) -> Vec<Field> {
    match (element.attr("name"), element.attr("multiple"), element.attr("disabled")) {
        (Some(name), Some(_), None) if element.value().name() == "select" => {
            let options: Vec<ElementRef<'_>> = element.select(&selector("option")).collect();
            let values: Vec<String> = options.iter().map(value_of).collect();
            let mut chosen: Vec<String> =
                options.iter().filter(|option| option.attr("selected").is_some()).map(value_of).collect();
            if chosen.is_empty() {
                chosen.push(String::new());
            }
            let field = |value| Field { name: name.to_owned(), value, kind: Kind::Choices { values: values.clone() } };
            chosen.into_iter().map(field).collect()
        }
        _ => field(element).into_iter().collect(),
    }
}

fn value_of(option: &ElementRef<'_>) -> String {
    option.attr("value").map_or_else(|| text_of(*option), str::to_owned)
}

/// A field as the page gives it; none for buttons and for what is disabled.
fn field(element: ElementRef<'_>) -> Option<Field> {
    if element.attr("disabled").is_some() {
        return None;
    }
    let name = element.attr("name")?.to_owned();
    let own = element.attr("value");
    let (kind, value) = match (element.value().name(), element.attr("type").unwrap_or("text")) {
        ("input", "submit" | "button" | "image" | "reset") => return None,
        ("input", "checkbox" | "radio") => {
            (Kind::Tick { ticked: element.attr("checked").is_some() }, own.unwrap_or("on").to_owned())
        }
        ("select", _) => {
            let options: Vec<ElementRef<'_>> = element.select(&selector("option")).collect();
            let selected = options.iter().find(|option| option.attr("selected").is_some()).or(options.first());
            let value = selected.map(value_of).unwrap_or_default();
            (Kind::Choice { values: options.iter().map(value_of).collect() }, value)
        }
        // The parser has dropped the line end that may follow the tag; a further one is the text's own.
        ("textarea", _) => (Kind::Text, element.text().collect()),
        _ => (Kind::Text, own.unwrap_or_default().to_owned()),
    };
    Some(Field { name, value, kind })
}

fn button(element: ElementRef<'_>) -> Option<Button> {
    if element.attr("disabled").is_some() || element.attr("type").is_some_and(|kind| kind != "submit") {
        return None;
    }
    let value = element.attr("value").unwrap_or_default().to_owned();
    let text = match element.value().name() {
        "input" => value.clone(),
        _ => text_of(element),
    };
    Some(Button { text, name: element.attr("name").map(str::to_owned), value })
}

#[test]
fn a_form_sends_what_a_browser_would() {
    let source = r#"<form id="new" method="post" action="/events">
        <input type="hidden" name="_org" value="org_1">
        <input name="name" value="a &amp; b"><input name="off" disabled value="1">
        <input type="checkbox" name="is_active" value="true" checked><input type="checkbox" name="other">
        <select name="currency"><option value="eur">Euro</option><option>usd</option></select>
        <select name="role" multiple><option value="a" selected>A</option><option>b</option>
        <option selected>c</option></select><select name="none" multiple><option>d</option></select>
        <textarea name="description">
one
two</textarea>
        <button type="button" name="no">No</button><button name="order" value="up">Move  up</button>
        <input type="submit" value="Save"></form>"#;
    let page = super::page::rehearsed("/events?a=1", source);
    let form = page.form("#new").fill("name", "Café").fill("currency", "usd").tick("other", true);
    assert_eq!((form.method.as_str(), form.action.path(), form.value("_org")), ("POST", "/events", "org_1"));
    let names: Vec<&str> = form.buttons.iter().map(|button| button.text.as_str()).collect();
    assert_eq!(names, ["Move up", "Save"]);
    assert_eq!(
        form.entries(0),
        "_org=org_1&name=Caf%C3%A9&is_active=true&other=on&currency=usd&role=a&role=c&description=one%0D%0Atwo&order=up"
    );
    assert!(form.tick("other", false).entries(1).ends_with("&description=one%0D%0Atwo"));
}
