//! The built-in scenarios do what they say, and survive the way into a page and any damage on it.

mod common;

use expect_test::{Expect, expect, expect_file};
use lockstep_machine::run;
use lockstep_machine::script::{self, Waiting};
use lockstep_mm::kernel::Kernel;
use lockstep_scenario::compiled::{self, Argument, DecodeError, PagePlace};
use lockstep_scenario::{
    Scenario, beats, compiled_library, library, parse, parse_kernel, parse_script,
};
use proptest::prelude::*;

/// Every script of a scenario on every kernel it expects something of: the order, what came of it, the beats.
fn check(id: &str, expected: Expect) {
    let scenario = common::shipped(id);
    let mut told = String::new();
    for script in &scenario.scripts {
        for expectation in &script.expect {
            let ran = common::scripted(&scenario, script, &expectation.kernel);
            let found: Vec<_> = beats::find(&ran.built, &ran.machine)
                .iter()
                .map(|found| format!("{}@{}", scenario.beats[found.beat].id, found.step))
                .collect();
            told += &format!(
                "{} {}: {} {}\n  {}\n",
                script.id,
                expectation.kernel,
                ran.schedule,
                ran.outcome.word(),
                found.join(" ")
            );
        }
    }
    expected.assert_eq(&told);
}

#[test]
fn truncate_cow_vs_reclaim() {
    check(
        "truncate-cow-vs-reclaim",
        expect![[r#"
            reclaim-named before: A40B21A43 bad-page
              isolated@3 locked-seen@39 gap-opens@40 mapping-goes@46 mark-lands-late@64 kept-for-nobody@91 freed-with-the-mark@101
            reclaim-named after: A40B3A3B22A25 ok
              isolated@3 locked-seen@39 mark-in-time@40 mapping-goes@49 mark-taken-back@52 freed-clean@93
            reclaim-named shared-i-mmap: A40B21A43 bad-page
              isolated@3 locked-seen@39 gap-opens@40 mapping-goes@46 mark-lands-late@64 kept-for-nobody@91 freed-with-the-mark@101
            truncate-named before: A40B9A36B17 bad-page
              isolated@3 locked-seen@39 gap-opens@40 mapping-goes@46 mark-lands-late@52 kept-for-nobody@79 freed-with-the-mark@93
            truncate-named after: A40B3A33B40 ok
              isolated@3 locked-seen@39 mark-in-time@40 mapping-goes@79 mark-taken-back@82 freed-clean@108
            truncate-named shared-i-mmap: A40B9A36B17 bad-page
              isolated@3 locked-seen@39 gap-opens@40 mapping-goes@46 mark-lands-late@52 kept-for-nobody@79 freed-with-the-mark@93
            mark-first before: A43B25A28 ok
              isolated@3 locked-seen@39 gap-opens@40 mapping-goes@49 mark-taken-back@52 freed-clean@96
            mark-first after: A40B3A33B40 ok
              isolated@3 locked-seen@39 mark-in-time@40 mapping-goes@79 mark-taken-back@82 freed-clean@108
            mark-first shared-i-mmap: A43B25A28 ok
              isolated@3 locked-seen@39 gap-opens@40 mapping-goes@49 mark-taken-back@52 freed-clean@96
            truncate-first before: A30B21A30 ok
              isolated@3 mapping-goes@36 freed-clean@81
            truncate-first after: A30B21A30 ok
              isolated@3 mapping-goes@36 freed-clean@81
            truncate-first shared-i-mmap: A30B21A30 ok
              isolated@3 mapping-goes@36 freed-clean@81
        "#]],
    );
}

#[test]
fn truncate_file_vs_reclaim() {
    check(
        "truncate-file-vs-reclaim",
        expect![[r#"
            truncate-named before: A26B2A23B59 ok
              isolated@3 locked-seen@25 gap-opens@26 mapping-goes@56 mark-taken-back@59 out-of-the-cache@90 freed-clean@101
            truncate-named after: A26B2A20B59 ok
              isolated@3 locked-seen@25 mark-in-time@26 mapping-goes@53 mark-taken-back@56 out-of-the-cache@87 freed-clean@98
            truncate-named shared-i-mmap: A26B22A23B27 bad-page
              isolated@3 locked-seen@25 gap-opens@26 mapping-goes@32 mark-lands-late@51 out-of-the-cache@78 freed-with-the-mark@88
            truncate-named after,i-mmap=shared: A26B3A20B57 ok
              isolated@3 locked-seen@25 mark-in-time@26 mapping-goes@52 mark-taken-back@55 out-of-the-cache@86 freed-clean@97
            reclaim-named before: A26B2A8B40A9 ok
              isolated@3 locked-seen@25 gap-opens@26 mapping-goes@41 mark-taken-back@44 out-of-the-cache@62 freed-clean@85
            reclaim-named after: A26B2A5B40A9 ok
              isolated@3 locked-seen@25 mark-in-time@26 mapping-goes@38 mark-taken-back@41 out-of-the-cache@59 freed-clean@82
            reclaim-named shared-i-mmap: A26B22A8B21A21 bad-page
              isolated@3 locked-seen@25 gap-opens@26 mapping-goes@32 mark-lands-late@51 out-of-the-cache@63 freed-with-the-mark@95
            reclaim-named after,i-mmap=shared: A26B3A5B38A9 ok
              isolated@3 locked-seen@25 mark-in-time@26 mapping-goes@37 mark-taken-back@40 out-of-the-cache@58 freed-clean@81
            truncate-first before: B43A3 ok
              mapping-goes@6 out-of-the-cache@23 freed-clean@34
            truncate-first after: B43A3 ok
              mapping-goes@6 out-of-the-cache@23 freed-clean@34
            truncate-first shared-i-mmap: B43A3 ok
              mapping-goes@6 out-of-the-cache@23 freed-clean@34
            truncate-first after,i-mmap=shared: B43A3 ok
              mapping-goes@6 out-of-the-cache@23 freed-clean@34
        "#]],
    );
}

#[test]
fn setups_are_told_as_calls() {
    let told: Vec<_> = ["truncate-cow-vs-reclaim", "truncate-file-vs-reclaim"]
        .map(common::shipped)
        .iter()
        .map(|scenario| {
            format!(
                "{}\n  {}\n",
                scenario.id,
                scenario.setup_texts().join("\n  ")
            )
        })
        .collect();
    expect![[r#"
        truncate-cow-vs-reclaim
          create(f, 1)
          mmap(a, 0, 1, MAP_PRIVATE, f)
          write a byte at (a, 0)
          drain the pagevecs
          reclaim takes page 0 of file f
          reclaim deactivates the page at (a, 0)
          reclaim takes the page at (a, 0)
          mlock2(a, 0, 1, MLOCK_ONFAULT)
          read a byte at (a, 0)
        truncate-file-vs-reclaim
          create(f, 1)
          mmap(a, 0, 1, MAP_SHARED, f)
          mlock2(a, 0, 1, MLOCK_ONFAULT)
          read a byte at (a, 0)
          drain the pagevecs
    "#]]
    .assert_eq(&told.concat());
}

/// A run of each script on each kernel it expects something of, a line each.
#[test]
fn every_script_ends_as_it_says() {
    let mut told = String::new();
    for scenario in library() {
        for script in &scenario.scripts {
            for expectation in &script.expect {
                let ran = common::scripted(&scenario, script, &expectation.kernel);
                let run = format!(
                    "{} {} {} {} {}",
                    scenario.id,
                    script.id,
                    expectation.kernel,
                    ran.schedule,
                    ran.outcome.word()
                );
                assert_eq!(ran.outcome.word(), expectation.outcome.name(), "{run}");
                told += &run;
                told.push('\n');
            }
        }
    }
    expect_file!["runs.txt"].assert_eq(&told);
}

#[test]
fn the_opening_run_is_as_written_and_has_beats() {
    for scenario in library() {
        let kernel = parse_kernel(&scenario.kernel).expect("checked");
        let built = scenario.build(kernel).expect("builds");
        let script = scenario.opening_script().expect("one");
        let mut kernels = script.expect.iter().map(|said| parse_kernel(&said.kernel));
        assert!(
            kernels.any(|said| said == Ok(kernel)),
            "{} says how its opening run ends",
            scenario.id
        );
        let lines = parse_script(&script.text, &built.names)
            .expect("checked")
            .lines;
        let mut machine = built.machine();
        script::compile(&mut machine, &lines, Waiting::Refuse).expect("as written");
        assert!(beats::find(&built, &machine).len() >= 4, "{}", scenario.id);
    }
}

#[test]
fn every_beat_is_in_some_script_and_every_sentence_ends() {
    for scenario in library() {
        let mut seen = vec![false; scenario.beats.len()];
        for script in &scenario.scripts {
            for expectation in &script.expect {
                let built = scenario
                    .build(parse_kernel(&expectation.kernel).expect("checked"))
                    .expect("builds");
                let lines = parse_script(&script.text, &built.names)
                    .expect("checked")
                    .lines;
                let mut machine = built.machine();
                script::compile(&mut machine, &lines, Waiting::LetHolderRun).expect("can be met");
                for found in beats::find(&built, &machine) {
                    seen[found.beat] = true;
                }
            }
        }
        let unseen: Vec<_> = scenario
            .beats
            .iter()
            .zip(seen)
            .filter(|(_, seen)| !seen)
            .collect();
        assert!(unseen.is_empty(), "{unseen:?}");
        let notes = scenario.beats.iter().map(|beat| &beat.note);
        for sentence in scenario
            .notice
            .iter()
            .chain(notes)
            .chain(scenario.setup.iter().map(|step| &step.why))
        {
            assert!(sentence.ends_with('.'), "{sentence}");
        }
        assert!(scenario.stakes.ends_with(['?', '.']));
    }
}

#[test]
fn the_compiled_library_is_the_library() {
    let decoded = compiled::decode(&compiled_library()).expect("just encoded");
    let unprepared = decoded.into_iter().map(|scenario| Scenario {
        prepared: None,
        ..scenario
    });
    assert_eq!(unprepared.collect::<Vec<_>>(), library());
}

#[test]
fn a_prepared_scenario_is_what_its_texts_come_to_on_every_kernel() {
    let prepared = compiled::decode(&compiled_library()).expect("just encoded");
    for (scenario, prepared) in library().iter().zip(prepared) {
        assert_eq!(scenario.digest(), prepared.digest());
        for kernel in Kernel::all() {
            let ready = prepared.build(kernel).expect("it can be built");
            let built = scenario.build(kernel).expect("it can be built");
            let (ready_setup, built_setup) = (&ready.setting.setup, &built.setting.setup);
            assert_eq!(ready_setup.world, built_setup.world);
            assert_eq!(ready_setup.kernel, built_setup.kernel);
            assert_eq!(ready_setup.image, built_setup.image);
            assert_eq!(ready_setup.causes, built_setup.causes);
            assert_eq!(ready.setting.paths, built.setting.paths);
            assert_eq!(ready.names, built.names);
            assert_eq!(ready.resolved, built.resolved);
        }
    }
}

#[test]
fn another_version_and_damage_are_told_apart() {
    let mut bytes = compiled_library();
    bytes[0] += 1;
    assert_eq!(
        compiled::decode(&bytes),
        Err(DecodeError::Version(compiled::VERSION + 1))
    );
    assert_eq!(compiled::decode(&[]), Err(DecodeError::Damaged));
}

/// Uses everything a scenario offers, whatever the numbers and names in it.
fn use_up(scenario: &Scenario) {
    scenario.setup_texts();
    if let Ok(built) = scenario.build(Kernel::AFTER) {
        let mut machine = built.machine();
        run::finish(&mut machine, &mut lockstep_machine::Schedule::new());
        beats::find(&built, &machine);
    }
}

#[test]
fn no_byte_of_the_compiled_form_can_be_changed_unnoticed() {
    let bytes = compiled_library();
    // Every seventh byte is enough to hit all kinds of them.
    for at in (0..bytes.len()).step_by(7) {
        assert_eq!(compiled::decode(&bytes[..at]), Err(DecodeError::Damaged));
        for change in [1, 0x80] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            assert!(compiled::decode(&bytes).is_err(), "byte {at}");
        }
    }
}

#[test]
fn no_number_in_the_compiled_form_makes_building_panic() {
    for scenario in library() {
        for step in 0..scenario.setup.len() {
            for argument in 0..scenario.setup[step].call.arguments.len() {
                for number in [0, 3, 15, 16, 33, 1 << 32, u64::MAX] {
                    let mut changed = scenario.clone();
                    let slot = &mut changed.setup[step].call.arguments[argument];
                    *slot = match slot {
                        Argument::Process(_) => Argument::Process(number as u32),
                        Argument::File(_) => Argument::File(number as u32),
                        Argument::Number(_) => Argument::Number(number),
                        Argument::Page(PagePlace::Mapped { process, .. }) => {
                            Argument::Page(PagePlace::Mapped {
                                process: *process,
                                at: number,
                            })
                        }
                        Argument::Page(PagePlace::Cached { file, .. }) => {
                            Argument::Page(PagePlace::Cached {
                                file: *file,
                                index: number,
                            })
                        }
                        Argument::None => Argument::Number(number),
                        Argument::Word(_) => Argument::Word(number.to_string()),
                    };
                    use_up(&changed);
                }
            }
        }
    }
}

const COW: &str = include_str!("../scenarios/truncate-cow-vs-reclaim.toml");

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_makes_the_parsers_panic(text in "\\PC{0,80}") {
        _ = parse(&text);
        _ = parse_kernel(&text);
        let scenario = parse(COW).expect("a scenario");
        let built = scenario.build(Kernel::BEFORE).expect("builds");
        for line in [text.clone(), format!("A {text}"), format!("A until {text}"), format!("A until lock {text}"), format!("A until read {text}")] {
            for problem in parse_script(&line, &built.names).err().unwrap_or_default() {
                prop_assert!(line.get(problem.span).is_some());
            }
        }
    }

    #[test]
    fn no_edit_of_a_file_makes_the_parser_panic(at in 0..COW.len(), cut in 0usize..40, piece in "[\\[\\]\"'={}a-z0-9 \n\\\\]{0,8}|\u{1f4a5}") {
        let end = (at + cut).min(COW.len());
        if let (Some(before), Some(after)) = (COW.get(..at), COW.get(end..)) {
            let text = format!("{before}{piece}{after}");
            for problem in parse(&text).err().unwrap_or_default() {
                prop_assert!(text.get(problem.span.clone()).is_some(), "{problem:?}");
            }
        }
    }
}
