//! The text forms of the shipped scenarios keep to their measures, whatever the run.

use std::rc::Rc;

use lockstep_scenario::{library, parse_kernel};
use lockstep_view::scene::StepNo;
use lockstep_view::text::Account;
use lockstep_view::text::mail::{Detail, WIDTH, mail};
use lockstep_view::text::markdown::markdown;
use lockstep_view::text::svg::{FrameSize, Picture, Theme};
use lockstep_view::text::table::table;
use lockstep_view::{Run, Session};

/// Every script of every scenario, before and after the patch.
fn check(each: impl Fn(&Run, &Account<'_>)) {
    for scenario in library().into_iter().map(Rc::new) {
        for kernel in ["before", "after"] {
            let kernel = parse_kernel(kernel).expect("a preset");
            let session = Session::new(Rc::clone(&scenario), kernel).expect("it can be built");
            for script in &scenario.scripts {
                let scripted = session
                    .scripted(&script.id)
                    .expect("the script fits every kernel");
                let run = session.run_scripted(&scripted);
                let end = run.scene(StepNo(run.steps()));
                let account = Account {
                    headline: &run.headline(),
                    score: run.score(),
                    rows: run.transcript(),
                    end: &end,
                };
                each(&run, &account);
            }
        }
    }
}

#[test]
fn mails_are_72_columns_of_ascii() {
    check(|_, account| {
        for detail in [Detail::Concise, Detail::Full] {
            let text = mail(account, detail);
            for line in text.lines() {
                assert!(
                    line.len() <= WIDTH && line.is_ascii() && line.trim_end() == line,
                    "{line:?}"
                );
            }
            // In a narrow column even the name of a function is wrapped, but the number of its step never is.
            let full = account.score.columns.last().is_some_and(|column| {
                let number = format!("{} ", column.step.0);
                text.lines().any(|line| line.starts_with(&number))
            });
            assert!(full, "the last step is told\n{text}");
        }
    });
}

#[test]
fn tables_tell_every_step() {
    check(|run, account| {
        for width in [80, 100, 160] {
            let text = table(account, width);
            for step in 1..=run.steps() {
                assert!(
                    text.lines()
                        .any(|line| line.trim_start().starts_with(&format!("{step} "))),
                    "{text}"
                );
            }
        }
        let rows = markdown(account)
            .lines()
            .filter(|line| line.starts_with("| "))
            .count();
        assert_eq!(rows, run.steps() as usize + 2);
    });
}

#[test]
fn pictures_are_the_same_every_time_and_say_what_they_show() {
    let picture = Picture {
        id: "p",
        theme: Theme::Auto,
    };
    check(|run, account| {
        let score = picture.score(account.score, 1200);
        assert_eq!(score, picture.score(account.score, 1200));
        assert!(
            score.contains("role=\"img\"") && !score.contains("NaN"),
            "{score}"
        );
        for cursor in 0..=run.steps() {
            let scene = run.scene(StepNo(cursor));
            let frame = picture.frame(account, &scene, FrameSize::Embed);
            assert!(
                frame.contains(&format!("Step {cursor} of {}", run.steps())),
                "{frame}"
            );
        }
    });
}
