//! What is written about runs beside the page: the races, the order of the locks and the classes over all orders, and the
//! forms in which one run can be taken away.
//!
//! A report has a program of its own, without Yew, in a worker of its own: whoever opens the first report downloads it, and
//! nobody else. It is given a scenario and a kernel, searches on its own until it is through or its time is up, and
//! gives back the report as the page shows it, as text, and as data. The page ends it rather than asking it to stop. What
//! is said between the two are plain objects of the browser's, which anybody can read in its tools.

mod life;
mod protocol;

pub use life::take_over;
pub use protocol::{Ask, Kind, Tell, Text};
