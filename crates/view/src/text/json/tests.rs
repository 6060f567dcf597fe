//! Whole runs as JSON, held against what a reader of it expects.

use expect_test::{Expect, expect};

use super::*;

fn check(export: &Export, expect: Expect) {
    expect.assert_eq(&json(export).expect("plain values"));
}

fn one_step() -> Export {
    Export {
        schema: SCHEMA,
        scenario: "truncate-cow-vs-reclaim".into(),
        kernel: "before".into(),
        schedule: "A".into(),
        threads: vec![ExportThread {
            thread: 'A',
            name: "Reclaim".into(),
        }],
        steps: vec![ExportStep {
            n: 1,
            thread: 'A',
            op: "test-and-set".into(),
            object: "PG_mlocked".into(),
            source: ExportSource {
                file: "mlock.rs".into(),
                line: 14,
                function: "mlock_vma_page".into(),
            },
            changes: vec![ExportChange {
                object: "page".into(),
                field: "PG_mlocked".into(),
                from: "0".into(),
                to: "1".into(),
            }],
            sentence: "Reclaim sets PG_mlocked.".into(),
        }],
        outcome: Outcome::BadPage,
        by: Some('A'),
        repair: None,
        violations: vec![ExportViolation {
            invariant: "freed-never-mlocked".into(),
            step: 1,
            thread: 'A',
        }],
        log: vec!["BUG: Bad page state in process \"kswapd0\"".into()],
    }
}

#[test]
fn one_step_in_full() {
    check(
        &one_step(),
        expect![[r#"
            {
              "schema": "lockstep-run/1",
              "scenario": "truncate-cow-vs-reclaim",
              "kernel": "before",
              "schedule": "A",
              "threads": [
                {
                  "thread": "A",
                  "name": "Reclaim"
                }
              ],
              "steps": [
                {
                  "n": 1,
                  "thread": "A",
                  "op": "test-and-set",
                  "object": "PG_mlocked",
                  "source": {
                    "file": "mlock.rs",
                    "line": 14,
                    "function": "mlock_vma_page"
                  },
                  "changes": [
                    {
                      "object": "page",
                      "field": "PG_mlocked",
                      "from": "0",
                      "to": "1"
                    }
                  ],
                  "sentence": "Reclaim sets PG_mlocked."
                }
              ],
              "outcome": "bad-page",
              "by": "A",
              "repair": null,
              "violations": [
                {
                  "invariant": "freed-never-mlocked",
                  "step": 1,
                  "thread": "A"
                }
              ],
              "log": [
                "BUG: Bad page state in process \"kswapd0\""
              ]
            }
        "#]],
    );
}

#[test]
fn outcomes_are_the_words_of_the_schema() {
    use Outcome::*;
    let words = [BadPage, Stranded, Missed, Ok, Deadlock, Unfinished]
        .map(|outcome| serde_json::to_string(&outcome).expect("a word"));
    expect![[r#""bad-page" "stranded" "missed" "ok" "deadlock" "unfinished""#]]
        .assert_eq(&words.join(" "));
}
