//! Plain objects of the browser's, made and read field by field.
//!
//! The workers use serde for this. The page does it by hand: with serde it would be 12 kB larger, which every reader waits for.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::wire::Value;

/// An object with these fields.
pub(super) fn object<'a>(fields: impl IntoIterator<Item = (&'a str, JsValue)>) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        // The object is a fresh one, so setting a field of it cannot fail.
        _ = Reflect::set(&object, &name.into(), &value);
    }
    object
}

/// A field; undefined if there is none.
pub(super) fn field(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}

/// A value as a host reads it.
pub(super) fn told(value: &Value) -> JsValue {
    match value {
        Value::None => JsValue::NULL,
        Value::Text(text) => text.into(),
        Value::Number(number) => (*number).into(),
        Value::List(texts) => {
            let list = Array::new();
            for text in texts {
                list.push(&text.into());
            }
            list.into()
        }
    }
}
