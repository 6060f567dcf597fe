//! Steps carried to other places: a place is refused exactly where the order cannot be run, and with the reason.

use std::rc::Rc;

use lockstep_scenario::parse_kernel;
use lockstep_view::scene::StepNo;
use lockstep_view::{Mode, Session};

fn check(scenario: &str, kernel: &str, reasons: &[&str]) {
    let found = lockstep_scenario::library()
        .into_iter()
        .find(|known| known.id == scenario);
    let kernel = parse_kernel(kernel).expect("a kernel");
    let session = Session::new(Rc::new(found.expect("a built-in scenario")), kernel)
        .expect("it can be built");
    let run = session.default_run();
    let mut refusals = Vec::new();
    for step in 1..=run.steps() {
        let targets = run.targets(StepNo(step));
        assert!(
            targets
                .iter()
                .any(|target| target.to.0 == step && target.refusal.is_none()),
            "step {step} can stay"
        );
        for target in targets {
            let order = run
                .moved(StepNo(step), target.to)
                .expect("a place has an order");
            assert_eq!(order.len(), run.executed().len(), "nothing is lost");
            let far = step.max(target.to.0);
            let stopped = session.run(&order, Mode::Strict).report().refusal;
            let is_refused = stopped.is_some_and(|refusal| refusal.step < far);
            assert_eq!(
                is_refused,
                target.refusal.is_some(),
                "step {step} to {:?}",
                target.to
            );
            refusals.extend(target.refusal);
        }
    }
    for reason in reasons {
        assert!(
            refusals.iter().any(|told| told.ends_with(reason)),
            "{reason} in {refusals:#?}"
        );
    }
}

#[test]
fn before_the_patch() {
    check(
        "truncate-cow-vs-reclaim",
        "before",
        &[
            ": Reclaim holds ptl.",
            ": Truncate holds ptl.",
            ": Truncate holds lru_lock.",
        ],
    );
}

#[test]
fn after_the_patch() {
    check(
        "truncate-cow-vs-reclaim",
        "after",
        &[": Reclaim holds ptl."],
    );
}
