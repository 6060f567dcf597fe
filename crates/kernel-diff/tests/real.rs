//! The model against the Linux the tests run on; where there is nothing to ask, a line says so, and nothing is claimed.

#![expect(clippy::print_stdout, reason = "a test that is skipped says why")]

use lockstep_kernel_diff::campaign::{self, Campaign};
use lockstep_kernel_diff::compare::{Compared, compare};
use lockstep_kernel_diff::programs::DOUBLE_MAPPING;
use lockstep_kernel_diff::real::Worker;
use lockstep_kernel_diff::shrink::shrink;
use lockstep_kernel_diff::sight::{Sight, sight};
use lockstep_mm::kernel::Kernel;
use lockstep_syscalls::{Call, parse};

/// How many random programs are run, always the same ones.
const PROGRAMS: u64 = 300;

/// The worker, if this kernel can be asked for all of it.
fn asked(whole: bool) -> Option<(Sight, Worker)> {
    let sight = match sight() {
        Ok(Sight::Mappings) if whole => Err("the flags of pages are for root to see".to_owned()),
        other => other,
    };
    match sight {
        Ok(sight) => Some((
            sight,
            Worker::compile().expect("a C compiler, as Rust needs one"),
        )),
        Err(why) => {
            println!("kernel-diff: skipped: {why}");
            None
        }
    }
}

fn calls(text: &str) -> Vec<Call> {
    parse(text.trim()).expect("a program")
}

/// A program on a kernel of the model and on the real one.
fn compared(kernel: Kernel, text: &str) -> Option<Compared> {
    let (sight, worker) = asked(true)?;
    Some(compare(&worker, &calls(text), kernel, sight).expect("runs"))
}

#[test]
fn random_programs_leave_nothing_unexplained() {
    let Some((sight, worker)) = asked(false) else {
        return;
    };
    let campaign = campaign::run(&worker, sight, 1, PROGRAMS).expect("runs");
    println!("{}", campaign.told());
    assert_eq!(campaign.failures, Vec::<String>::new());
    assert_eq!(campaign.programs, PROGRAMS as usize);
    assert!(campaign.equal > campaign.calls, "something was compared");
}

#[test]
fn double_mapping_keeps_its_mark_after_the_patch_as_on_any_later_kernel() {
    if let Some(compared) = compared(Kernel::AFTER, DOUBLE_MAPPING) {
        assert_eq!(compared.unexplained, None);
        assert!(compared.excused.is_empty(), "{:?}", compared.excused);
    }
}

/// The other way round: the comparison sees a model that is wrong, which for this kernel the one before the patch is.
#[test]
fn double_mapping_before_the_patch_is_told_apart_and_shrunk_to_what_it_takes() {
    let Some((sight, worker)) = asked(true) else {
        return;
    };
    let ask = |calls: &[Call]| compare(&worker, calls, Kernel::BEFORE, sight);
    let noise = r#"
{"call": "write", "at": 0}
{"call": "create", "file": "g", "pages": 3}
{"call": "mmap", "at": 4, "pages": 3, "kind": "file-private", "file": "g", "offset": 0, "prot": "rw"}
{"call": "mlock", "at": 4, "pages": 2}
"#;
    let mut long = calls(DOUBLE_MAPPING);
    let is_munlock = |call: &Call| matches!(call, Call::Munlock { .. });
    let at = long.iter().position(is_munlock).expect("one");
    long.splice(at..at, calls(noise));
    let shrunk = shrink(&long, |calls| {
        ask(calls).is_ok_and(|compared| compared.unexplained.is_some())
    });
    let compared = ask(&shrunk).expect("runs");
    let (_, differences) = compared.unexplained.clone().expect("still there");
    let told: Vec<_> = differences.iter().map(ToString::to_string).collect();
    assert!(
        told.contains(&"page 1, mlocked: false on the model, true on this Linux".to_owned()),
        "{told:?}"
    );
    assert!(compared.excused.is_empty(), "none of the reasons applies");
    let mut campaign = Campaign::default();
    campaign.add(None, &shrunk, compared);
    let [printed] = &campaign.failures[..] else {
        panic!("one failure");
    };
    assert_eq!(calls(printed), shrunk, "what is printed can be run again");
    assert!(
        !printed.contains("\"g\"") && shrunk.len() < long.len() - 3,
        "{printed}"
    );
}

/// Where a reason does apply, it is the one that is named.
#[test]
fn each_difference_has_the_name_of_its_reason() {
    let mapped = |locked: &str| {
        format!(
            r#"{{"call": "create", "file": "f", "pages": 2}}
{{"call": "mmap", "at": 0, "pages": 2, "kind": "file-shared", "file": "f", "offset": 0, "prot": "rw"}}
{locked}"#
        )
    };
    for (name, text) in [
        (
            "file-page-marked-by-fault",
            mapped(
                r#"{"call": "mlock2", "at": 0, "pages": 1, "onfault": true}
{"call": "read", "at": 0}"#,
            ),
        ),
        (
            "counted-again",
            mapped(
                r#"{"call": "mlock2", "at": 0, "pages": 2, "onfault": true}
{"call": "mlock", "at": 0, "pages": 2}"#,
            ),
        ),
        (
            "onfault-alone",
            mapped(r#"{"call": "mlockall", "flags": ["onfault"]}"#),
        ),
        (
            "limit-counts-twice",
            mapped(
                r#"{"call": "setrlimit-memlock", "pages": 2}
{"call": "drop-capability"}
{"call": "mlock", "at": 0, "pages": 2}
{"call": "mlock", "at": 0, "pages": 2}"#,
            ),
        ),
        (
            "copy-takes-the-mark",
            r#"{"call": "create", "file": "f", "pages": 1}
{"call": "mmap", "at": 0, "pages": 1, "kind": "file-private", "file": "f", "offset": 0, "prot": "rw"}
{"call": "mmap", "at": 1, "pages": 1, "kind": "file-private", "file": "f", "offset": 0, "locked": true, "prot": "r"}
{"call": "read", "at": 0}
{"call": "mlock", "at": 0, "pages": 1}"#
                .to_owned(),
        ),
    ] {
        let Some(compared) = compared(Kernel::AFTER, &text) else {
            return;
        };
        assert_eq!(compared.unexplained, None, "{name}");
        let excused: Vec<_> = compared.excused.keys().copied().collect();
        assert_eq!(excused, [name]);
    }
}
