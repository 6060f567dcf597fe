//! Where the page meets the browser: each of these follows the model and does one thing to the world outside, or hears
//! of one thing that happens there and makes a wish of it. Nothing else of the page has effects.

pub mod address;
pub mod checker;
pub mod clipboard;
pub mod document;
pub mod host;
pub mod keyboard;
pub mod mouse;
mod objects;
pub mod player;
pub mod reporter;
mod started;
