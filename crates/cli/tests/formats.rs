//! What the formats promise, whatever a run says: JSON can be run again, a mail fits, a picture is one element.

use std::process::{Command, Output};

fn lockstep(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lockstep"))
        .args(arguments)
        .output()
        .expect("runs")
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// Every script of every scenario on both kernels.
fn runs() -> Vec<[&'static str; 6]> {
    let mut runs = Vec::new();
    for (scenario, scripts) in [
        (
            "truncate-cow-vs-reclaim",
            &[
                "reclaim-named",
                "truncate-named",
                "mark-first",
                "truncate-first",
            ][..],
        ),
        (
            "truncate-file-vs-reclaim",
            &["reclaim-named", "truncate-named", "truncate-first"][..],
        ),
    ] {
        for script in scripts {
            for kernel in [
                "before",
                "after",
                "before,i-mmap=shared",
                "after,i-mmap=shared",
            ] {
                runs.push(["run", scenario, "--script", script, "--kernel", kernel]);
            }
        }
    }
    runs
}

#[test]
fn json_gives_a_schedule_that_gives_the_same_json() {
    for run in runs() {
        let first = lockstep(&[&run[..], &["--format", "json"]].concat());
        let json: serde_json::Value = serde_json::from_slice(&first.stdout).expect("JSON");
        let schedule = json["schedule"].as_str().expect("a string");
        let again = lockstep(&[
            "run",
            run[1],
            "--kernel",
            run[5],
            "--schedule",
            schedule,
            "--format",
            "json",
        ]);
        assert_eq!(text(&first), text(&again), "{run:?}");
        let is_broken = matches!(
            json["outcome"].as_str(),
            Some("bad-page" | "stranded" | "deadlock")
        );
        assert_eq!(first.status.code(), Some(i32::from(is_broken)), "{run:?}");
        assert_eq!(
            json["log"].as_array().expect("an array").is_empty(),
            json["outcome"] != "bad-page",
            "{run:?}"
        );
    }
}

#[test]
fn a_mail_is_plain_and_fits() {
    for run in runs() {
        for detail in [&[][..], &["--full"]] {
            let mail = text(&lockstep(
                &[&run[..], &["--format", "mail"], detail].concat(),
            ));
            for line in mail.lines() {
                assert!(
                    line.len() <= 72 && line.is_ascii() && line.trim_end() == line,
                    "{line:?}"
                );
            }
        }
    }
}

#[test]
fn a_picture_is_one_element() {
    for run in runs() {
        let svg = text(&lockstep(&[&run[..], &["--format", "svg"]].concat()));
        assert!(
            svg.starts_with("<svg ") && svg.ends_with("</svg>\n"),
            "{run:?}"
        );
    }
    let start = lockstep(&[
        "run",
        "truncate-cow-vs-reclaim",
        "--format",
        "svg",
        "--at",
        "0",
    ]);
    assert!(text(&start).contains("step 0 of 104"));
}

#[test]
fn what_comes_from_outside_never_panics() {
    for arguments in [
        &["run", "Cargo.toml"][..],
        &["run", "src"],
        &["run", ""],
        &["run", "truncate-cow-vs-reclaim", "--script", "src"],
        &[
            "run",
            "truncate-cow-vs-reclaim",
            "--schedule",
            "A99999999999",
        ],
        &["run", "truncate-cow-vs-reclaim", "--schedule", "\u{1f4a5}"],
        &["run", "truncate-cow-vs-reclaim", "--schedule", "P"],
        &["run", "truncate-cow-vs-reclaim", "--kernel", ",,=,"],
        &["run", "truncate-cow-vs-reclaim", "--kernel", "\u{1b}[31m"],
        &["run", "truncate-cow-vs-reclaim", "--width", "-1"],
    ] {
        let output = lockstep(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            !String::from_utf8_lossy(&output.stderr).contains("panicked"),
            "{arguments:?}"
        );
        assert!(!output.stderr.contains(&0x1b), "{arguments:?}");
    }
    for width in ["0", "18446744073709551615"] {
        assert_eq!(
            lockstep(&["run", "truncate-cow-vs-reclaim", "--width", width])
                .status
                .code(),
            Some(1)
        );
    }
    assert_eq!(
        lockstep(&["run", "truncate-cow-vs-reclaim", "--schedule", ""])
            .status
            .code(),
        Some(0)
    );
    assert_eq!(
        lockstep(&[
            "run",
            "truncate-cow-vs-reclaim",
            "--format",
            "svg",
            "--at",
            "4294967295"
        ])
        .status
        .code(),
        Some(1)
    );
}

#[test]
fn a_whole_run_is_a_picture_a_table_and_what_proc_shows() {
    let told = |format| {
        let output = lockstep(&["run", "truncate-cow-vs-reclaim", "--format", format]);
        assert_eq!(output.status.code(), Some(1), "{format}");
        text(&output)
    };
    let score = told("score");
    assert!(score.starts_with("<svg") && score.trim_end().ends_with("</svg>"));
    assert!(score.contains("Score of 104 steps"));
    assert_eq!(
        told("markdown")
            .lines()
            .filter(|line| line.starts_with("| 1"))
            .count(),
        16
    );
    assert!(told("proc").starts_with("After step 101 of 104.\n"));
}
