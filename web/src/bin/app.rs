//! The page in the browser.

fn main() {
    lockstep_web::boot::start();
}
