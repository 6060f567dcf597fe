//! The page in the browser.

use wasm_bindgen::prelude::wasm_bindgen;

fn main() {
    lockstep_web::boot::start();
}

/// Says that what the page does not begin with has come; nothing else leads to it. The script that starts the page calls this.
#[wasm_bindgen]
pub fn later() {
    lockstep_web::later::arrive();
}
