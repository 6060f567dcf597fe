//! The snapshots are pictures: open them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use expect_test::{ExpectFile, expect_file};

use super::super::fixture::{AFTER, BEFORE, FOUR, Play};
use super::{FrameSize, Picture, Theme};

fn check(svg: &str, expect: ExpectFile) {
    check_form(svg);
    expect.assert_eq(svg);
}

/// What every picture keeps to: tags are closed, ids are its own and unique, references lead somewhere.
fn check_form(svg: &str) {
    let mut open = Vec::new();
    for tag in svg.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("a closed tag");
        match (tag.strip_prefix('/'), tag.ends_with('/')) {
            (Some(name), _) => assert_eq!(open.pop(), Some(name)),
            (None, true) => {}
            (None, false) => open.push(tag.split(' ').next().expect("a name")),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    let values = |mark: &'static str, end: char| {
        svg.split(mark)
            .skip(1)
            .map(move |rest| rest.split(end).next().unwrap_or_default())
    };
    let ids: Vec<&str> = values(" id=\"", '"').collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len());
    assert!(ids.iter().all(|id| id.starts_with(ids[0])), "{ids:?}");
    assert!(values("url(#", ')').all(|id| unique.contains(id)));
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

fn picture(id: &str) -> Picture<'_> {
    Picture {
        id,
        theme: Theme::Auto,
    }
}

#[test]
fn a_short_score() {
    let play = Play::of(FOUR);
    check(
        &picture("four").score(&play.score, 600),
        expect_file!["snapshots/score-four.svg"],
    );
}

#[test]
fn the_score_of_the_race() {
    let play = Play::of(BEFORE);
    check(
        &picture("race").score(&play.score, 1200),
        expect_file!["snapshots/score-before.svg"],
    );
}

#[test]
fn a_close_look_at_the_window() {
    let play = Play::of(BEFORE);
    let part = picture("part").score_part(&play.score, 9..=25, 900);
    check(&part, expect_file!["snapshots/score-part.svg"]);
}

#[test]
fn the_key_frame_of_the_race() {
    let play = Play::of(BEFORE);
    let frame = picture("key").frame(&play.account(), &play.scene(23), FrameSize::Wide);
    check(&frame, expect_file!["snapshots/frame-wide.svg"]);
}

#[test]
fn a_small_frame_with_a_wait() {
    let play = Play::of(AFTER);
    let frame = picture("small").frame(&play.account(), &play.scene(7), FrameSize::Embed);
    check(&frame, expect_file!["snapshots/frame-embed.svg"]);
}

#[test]
fn every_moment_has_a_picture() {
    for text in [BEFORE, AFTER, FOUR, ""] {
        let play = Play::of(text);
        for cursor in 0..=u32::try_from(play.score.columns.len()).expect("short") {
            for size in [FrameSize::Embed, FrameSize::Wide] {
                check_form(&picture("any").frame(&play.account(), &play.scene(cursor), size));
            }
        }
        check_form(&picture("any").score(&play.score, 0));
        for steps in [
            0..=0,
            0..=u32::MAX,
            3..=5,
            500..=600,
            RangeInclusive::new(u32::MAX, 0),
        ] {
            check_form(&picture("any").score_part(&play.score, steps, 600));
        }
    }
}

#[test]
fn ids_are_made_safe() {
    let play = Play::of("");
    let svg = Picture {
        id: "1 \"><b",
        theme: Theme::Dark,
    }
    .score(&play.score, 400);
    check_form(&svg);
    assert!(svg.contains("id=\"l1----b\""), "{svg}");
}
