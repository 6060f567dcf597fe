//! All classes of orders of a scenario, one order of each: what a proof by classes consists of, to be looked at and run again.
//!
//! Whoever doubts a proof can run any of these orders, and look for one that none of them stands for.

use std::cell::RefCell;
use std::fmt::Write;

use lockstep_explore::{Dpor, Property, Walk};
use lockstep_machine::Schedule;

use super::{Extent, HONESTY, Searching};
use crate::search::{Came, Question, Searched, grouped};
use crate::session::Session;

/// The version of the schema, in the first field of every object.
pub const SCHEMA: &str = "lockstep-classes/1";

/// All classes of orders of a scenario on a kernel.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct ClassReport {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The id of the scenario.
    pub scenario: String,
    /// The kernel as people write it.
    pub kernel: String,
    /// How much was searched.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub extent: Extent,
    /// Whether an order ends badly.
    pub breaks: bool,
    /// The classes, by their outcome, the worst first.
    pub ends: Vec<ClassesOfAnEnd>,
}

/// The classes that end in the same way.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct ClassesOfAnEnd {
    /// How they end: `bad-page by A`.
    pub outcome: String,
    /// One order of each class, in the order in which the search came to them.
    pub orders: Vec<String>,
}

/// Asks the question, and keeps each order that was run to its end, with the answer.
struct Kept<'q> {
    question: &'q Question,
    orders: RefCell<Vec<(Came, Schedule)>>,
}

impl Property<Searched> for Kept<'_> {
    type Outcome = Came;

    fn outcome(&self, walk: &Walk<'_, Searched>) -> Came {
        let came = self.question.outcome(walk);
        let order = walk.order().collect();
        self.orders.borrow_mut().push((came, order));
        came
    }

    fn is_broken(&self, outcome: &Came) -> bool {
        outcome.is_broken()
    }
}

impl ClassReport {
    /// Searches all orders of a scenario, and keeps one of each class.
    pub fn search(session: &Session, searching: &mut Searching<'_>) -> Self {
        let inner = session.inner();
        let setting = &inner.built.setting;
        let question = Question::new(setting.setup.world);
        let program = Searched::new(setting.clone());
        let kept = Kept {
            question: &question,
            orders: RefCell::default(),
        };
        let extent = searching.run(&mut Dpor::new(&program, &kept, searching.limits()));
        let mut orders = kept.orders.into_inner();
        // Stable: within an outcome they stay in the order of the search.
        orders.sort_by_key(|(came, _)| (!came.is_broken(), *came));
        let same = |one: &(Came, Schedule), other: &(Came, Schedule)| one.0 == other.0;
        let ends = orders.chunk_by(same).map(|part| ClassesOfAnEnd {
            outcome: part
                .first()
                .map_or_else(String::new, |(came, _)| came.words()),
            orders: part.iter().map(|(_, order)| order.to_string()).collect(),
        });
        Self {
            schema: SCHEMA,
            scenario: inner.scenario.id.clone(),
            kernel: inner.kernel.to_string(),
            extent,
            breaks: orders.iter().any(|(came, _)| came.is_broken()),
            ends: ends.collect(),
        }
    }

    /// The report as text: a line for each class.
    pub fn text(&self) -> String {
        let mut text = format!(
            "Classes of orders of {} on {}\n{HONESTY}\n",
            self.scenario, self.kernel
        );
        // Writing to a string cannot fail.
        _ = writeln!(text, "Searched: {}. {ONE_OF_EACH}", self.extent.told());
        for end in &self.ends {
            _ = writeln!(text, "\n{}:", end.told());
            for order in &end.orders {
                _ = writeln!(text, "  {order}");
            }
        }
        text
    }
}

/// What the orders in the report are.
pub(super) const ONE_OF_EACH: &str = "Here is one order of each; every other order can be turned into one of them by \
    letting neighbouring steps that touch different things change places.";

impl ClassesOfAnEnd {
    /// "stranded, 12 classes".
    pub(super) fn told(&self) -> String {
        let classes = match self.orders.len() {
            1 => "1 class".to_owned(),
            many => format!("{} classes", grouped(many as u64)),
        };
        format!("{}, {classes}", self.outcome)
    }
}
