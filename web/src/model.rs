//! What the page knows and how it changes: an order of steps, a cursor in it, and little else.
//!
//! Everything on screen follows from here by executing the order, so going back, forking and undoing are all the same
//! thing: run another order, or look at another moment of this one. The reducer is pure and knows no browser.

mod act;
mod carry;
mod moves;
mod orders;
pub mod prove;
pub mod report;
mod shown;
pub mod slice;
mod state;

pub use act::{Act, Until};
pub use carry::Carried;
pub use shown::{Answer, Panel, Tab};
pub use state::{Detail, Mark, Model, Notice, NoticeKind, Speed, Stage, Voice, ZOOMS};
