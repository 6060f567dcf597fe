//! The reports, in a worker beside the page.

fn main() {
    lockstep_web::reports::take_over();
}
