//! Elements, built by calls.
//!
//! `html!` writes out the building of every element where it stands, and half of the page's own code was that. Here a
//! call site is a few constants and a call, and one function does the building. What never changes about an element is
//! its head, in the words of a style sheet: `button.fact|type=button|tabindex=0` is a tag, its classes, and attributes
//! with their values. What follows is said by methods:
//!
//! ```
//! use lockstep_web::element::el;
//!
//! let card = el("article.card|aria-label=A thread")
//!     .flag("data-moving", true)
//!     .child(el("h2").text("Reclaim"));
//! ```

use std::cell::RefCell;
use std::rc::Rc;

use lockstep_machine::Gather;
use yew::virtual_dom::{AttributeOrProperty, Attributes, Key, Listener, ListenerKind, VTag, VText};
use yew::{AttrValue, Callback, Html};

use crate::model::Act;

/// An element in the making. It is one pointer, so handing it from call to call costs nothing.
#[must_use = "an element that is put nowhere is not shown"]
pub struct El(Box<Parts>);

struct Parts {
    tag: VTag,
    class: String,
    names: Vec<&'static str>,
    values: Vec<Option<AttributeOrProperty>>,
    children: Vec<Html>,
}

/// An element with a head: a tag, `.class`es, and `|name=value` for each attribute that never changes.
#[inline(never)]
pub fn el(head: &'static str) -> El {
    let mut pieces = head.split('|');
    let mut names = pieces.next().unwrap_or_default().split('.');
    let mut element = El(Box::new(Parts {
        tag: VTag::new(names.next().unwrap_or_default()),
        class: String::new(),
        names: Vec::new(),
        values: Vec::new(),
        children: Vec::new(),
    }));
    for class in names {
        element = element.class(class);
    }
    for piece in pieces {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        element.set(
            name,
            AttributeOrProperty::Attribute(AttrValue::Static(value)),
        );
    }
    element
}

/// An element with words in it.
#[inline(never)]
pub fn words(head: &'static str, text: &str) -> El {
    el(head).text(text)
}

impl El {
    #[inline(never)]
    fn set(&mut self, name: &'static str, value: AttributeOrProperty) {
        self.0.names.push(name);
        self.0.values.push(Some(value));
    }

    /// One more class; an empty one is none.
    #[inline(never)]
    pub fn class(mut self, class: &str) -> Self {
        let all = &mut self.0.class;
        if !(all.is_empty() || class.is_empty()) {
            all.push(' ');
        }
        all.push_str(class);
        self
    }

    /// One more class, if something is so.
    pub fn class_if(self, is_so: bool, class: &str) -> Self {
        self.class(if is_so { class } else { "" })
    }

    /// An attribute.
    #[inline(never)]
    pub fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.set(
            name,
            AttributeOrProperty::Attribute(value.to_owned().into()),
        );
        self
    }

    /// An attribute that is only there if it has a value.
    #[inline(never)]
    pub fn maybe(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// A truth as the value of an attribute.
    #[inline(never)]
    pub fn flag(mut self, name: &'static str, is_so: bool) -> Self {
        let value = if is_so { "true" } else { "false" };
        self.set(
            name,
            AttributeOrProperty::Attribute(AttrValue::Static(value)),
        );
        self
    }

    /// A number as the value of an attribute.
    #[inline(never)]
    pub fn number(self, name: &'static str, number: u32) -> Self {
        self.attr(name, &number.to_string())
    }

    /// Who it is among its neighbours, so that it stays the same element when they change.
    #[inline(never)]
    pub fn key(mut self, key: &str) -> Self {
        self.0.tag.key = Some(Key::from(key));
        self
    }

    /// The value of a field.
    #[inline(never)]
    pub fn value(mut self, value: &str) -> Self {
        self.0.tag.set_value(value.to_owned());
        self
    }

    /// Whether a box is ticked.
    #[inline(never)]
    pub fn checked(mut self, is_checked: bool) -> Self {
        self.0.tag.set_checked(is_checked);
        self
    }

    /// Words in it.
    #[inline(never)]
    pub fn text(self, text: &str) -> Self {
        self.node(VText::new(text.to_owned()).into())
    }

    /// An element in it. One that is not there keeps its place, so that what comes after it stays the same element.
    pub fn child(self, child: impl Into<Option<Self>>) -> Self {
        self.place(child.into())
    }

    #[inline(never)]
    fn place(self, child: Option<Self>) -> Self {
        self.node(child.map_or_else(Html::default, Self::html))
    }

    /// Elements in it, as many as there are.
    pub fn children(self, children: impl IntoIterator<Item = Self>) -> Self {
        self.list(children.into_iter().map(Self::html).gather())
    }

    #[inline(never)]
    fn list(self, list: Vec<Html>) -> Self {
        self.node(list.into_iter().collect())
    }

    /// Anything else that Yew can draw.
    #[inline(never)]
    pub fn node(mut self, node: Html) -> Self {
        self.0.children.push(node);
        self
    }

    /// What it does when something happens to it.
    #[inline(never)]
    pub fn on(mut self, event: Event, handler: Callback<web_sys::Event>) -> Self {
        self.0.tag.add_listener(Rc::new(On { event, handler }));
        self
    }

    /// What it asks for when something happens to it.
    #[inline(never)]
    pub fn wish(self, event: Event, wish: Act, act: &Callback<Act>) -> Self {
        self.on(event, act.reform(move |_| wish.clone()))
    }

    /// What it asks for when it is pressed.
    pub fn press(self, wish: Act, act: &Callback<Act>) -> Self {
        self.wish(Event::Click, wish, act)
    }

    /// The finished element.
    #[inline(never)]
    pub fn html(mut self) -> Html {
        if !self.0.class.is_empty() {
            let class = std::mem::take(&mut self.0.class);
            self.set("class", AttributeOrProperty::Attribute(class.into()));
        }
        let Parts {
            mut tag,
            names,
            values,
            children,
            ..
        } = *self.0;
        tag.attributes = Attributes::Dynamic {
            keys: interned(names),
            values: values.into(),
        };
        tag.add_children(children);
        tag.into()
    }
}

thread_local! {
    static NAMES: RefCell<Vec<&'static [&'static str]>> = const { RefCell::new(Vec::new()) };
}

/// The same names as one list for as long as the page lives: two elements with the same list are compared value by value.
///
/// There are as many lists as there are kinds of elements in the source, so what is kept for ever stays small.
fn interned(names: Vec<&'static str>) -> &'static [&'static str] {
    NAMES.with_borrow_mut(|known| {
        if let Some(found) = known.iter().find(|list| ***list == *names) {
            return *found;
        }
        let list: &'static [&'static str] = names.leak();
        known.push(list);
        list
    })
}

/// What the page listens to.
#[derive(Clone, Copy)]
pub enum Event {
    /// A press, with the mouse, a finger or a key.
    Click,
    /// A new value of a field.
    Change,
    /// A new value of a field that is still being changed.
    Input,
    /// The mouse comes.
    Enter,
    /// The mouse goes.
    Leave,
    /// The focus goes.
    Blur,
    /// A dialog was shut.
    Close,
}

/// A handler of one kind of event.
struct On {
    event: Event,
    handler: Callback<web_sys::Event>,
}

impl Listener for On {
    fn kind(&self) -> ListenerKind {
        match self.event {
            Event::Click => ListenerKind::onclick,
            Event::Change => ListenerKind::onchange,
            Event::Input => ListenerKind::oninput,
            Event::Enter => ListenerKind::onmouseenter,
            Event::Leave => ListenerKind::onmouseleave,
            Event::Blur => ListenerKind::onblur,
            Event::Close => ListenerKind::onclose,
        }
    }

    fn handle(&self, event: web_sys::Event) {
        self.handler.emit(event);
    }

    fn passive(&self) -> bool {
        false
    }
}
