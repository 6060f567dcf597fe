//! What components need from the browser, one need a file. None of it runs when the page is prerendered.

pub mod address;
pub mod host;
pub mod keyboard;
pub mod player;
pub mod roving;
pub mod scroll;
