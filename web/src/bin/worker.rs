//! The search, in a worker beside the page.

fn main() {
    lockstep_web::worker::take_over();
}
