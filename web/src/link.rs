//! Links: the whole view in the part of the address after `#`, readable and editable by hand.
//!
//! `#/lab?v=1&s=truncate-cow-vs-reclaim&p=before&r=A5B4A2&c=9&f=PG_mlocked&d=stmt&m=3f2a9c`
//!
//! Reading never fails: what cannot be understood becomes a sentence that says so, and unknown names are passed over.

use lockstep_view::scene::FactId;

use crate::engine::{self, Kernel};
use crate::model::Detail;
use crate::model::prove::View;
use crate::order::{self, Schedule};

/// The version of the format this page writes.
const VERSION: &str = "1";

/// The routes: the stage, and the searches over it.
const ROUTES: [(&str, Option<View>); 7] = [
    ("/lab", None),
    ("/prove", Some(View::One)),
    ("/prove/both", Some(View::Both)),
    ("/bench", Some(View::Bench)),
    ("/report/race", Some(View::Races)),
    ("/report/locks", Some(View::Locks)),
    ("/report/classes", Some(View::Classes)),
];

/// The longest address that is read.
const MAX_LENGTH: usize = 4096;

/// Everything a link can say.
#[derive(Clone, PartialEq, Debug)]
pub struct Link {
    /// `s`: the scenario.
    pub scenario: String,
    /// `p`: the code that runs; none means the one the scenario opens with.
    pub kernel: Option<Kernel>,
    /// `r`: the order; none means the one the scenario opens with.
    pub run: Option<Schedule>,
    /// `c`: the cursor.
    pub cursor: Option<u32>,
    /// `f`: the fact looked at.
    pub fact: Option<FactId>,
    /// `d`: how much one press does.
    pub detail: Option<Detail>,
    /// The route: the search that is open over the stage, if one is.
    pub search: Option<View>,
    /// `slice`: whether only what matters is shown.
    pub is_sliced: bool,
    /// `k`: the kernel of the patch bench.
    pub bench: Option<Kernel>,
    /// `m`: the fingerprint of the model the link was made with.
    pub model: Option<String>,
}

/// What an address turned out to be.
#[derive(Clone, PartialEq, Debug)]
pub enum Reading {
    /// No link at all: the page opens as it does.
    Nothing,
    /// A link.
    Link(Link),
    /// A link that cannot be opened, and why, as a sentence.
    Refused(String),
}

impl Default for Link {
    fn default() -> Self {
        Self {
            scenario: engine::opening().to_owned(),
            kernel: None,
            run: None,
            cursor: None,
            fact: None,
            detail: None,
            search: None,
            is_sliced: false,
            bench: None,
            model: None,
        }
    }
}

impl Link {
    /// Reads the part of an address after the page, with or without its `#`.
    pub fn read(hash: &str) -> Reading {
        let text = hash.trim_start_matches('#');
        if text.is_empty() || text == "/" {
            return Reading::Nothing;
        }
        if text.len() > MAX_LENGTH {
            return Reading::Refused("This link is longer than any this page makes.".to_owned());
        }
        let (route, query) = text.split_once('?').unwrap_or((text, ""));
        let route = route.trim_end_matches('/');
        if let Some((_, search)) = ROUTES.iter().find(|(name, _)| *name == route) {
            return match Self::from_query(query) {
                Reading::Link(link) if engine::choice(&link.scenario).is_none() => {
                    Reading::Refused(format!(
                        "This link names a run this page does not have: \u{201c}{}\u{201d}.",
                        shown(&link.scenario)
                    ))
                }
                Reading::Link(link) => Reading::Link(Link {
                    search: *search,
                    ..link
                }),
                refused => refused,
            };
        }
        match route {
            // A place inside the page, such as a skip link's target.
            route if !route.starts_with('/') => Reading::Nothing,
            route => Reading::Refused(format!(
                "This page has no part named \u{201c}{}\u{201d}.",
                shown(route)
            )),
        }
    }

    /// Reads the names and values of a link.
    pub fn from_query(query: &str) -> Reading {
        let mut link = Link::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = unescape(value);
            if let Err(why) = link.take(name, &value) {
                return Reading::Refused(why);
            }
        }
        Reading::Link(link)
    }

    /// Takes in one name and value; both as links write them.
    pub fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "v" if value != VERSION => {
                return Err(format!(
                    "This link is of a newer kind (version {}) than this page reads ({VERSION}).",
                    shown(value)
                ));
            }
            "s" => value.clone_into(&mut self.scenario),
            "p" => self.kernel = Some(kernel(value)?),
            "k" => self.bench = Some(kernel(value)?),
            "r" => {
                let run =
                    order::read(value).map_err(|why| format!("This link is damaged. {why}"))?;
                self.run = Some(run);
            }
            "c" => {
                let cursor = value.parse().map_err(|_| {
                    format!(
                        "This link is damaged. Its step is not a number: \u{201c}{}\u{201d}.",
                        shown(value)
                    )
                })?;
                self.cursor = Some(cursor);
            }
            "f" if !value.is_empty() => self.fact = Some(FactId(value.to_owned())),
            "d" => {
                self.detail = Some(Detail::parse(value).ok_or_else(|| {
                    format!(
                        "This link asks for a detail this page does not have: \u{201c}{}\u{201d}.",
                        shown(value)
                    )
                })?);
            }
            "slice" => self.is_sliced = value == "1",
            "m" if !value.is_empty() => self.model = Some(value.to_owned()),
            // Names of later versions and of search tools are passed over.
            _ => {}
        }
        Ok(())
    }

    /// Writes the names and values of the link.
    pub fn to_query(&self) -> String {
        let mut text = format!("v={VERSION}&s={}", escape(&self.scenario));
        let mut add = |name: &str, value: &str| {
            text.push('&');
            text.push_str(name);
            text.push('=');
            text.push_str(&escape(value));
        };
        if let Some(kernel) = self.kernel {
            add("p", &kernel.name());
        }
        if let Some(run) = &self.run {
            add("r", &run.to_string());
        }
        if let Some(cursor) = self.cursor {
            add("c", &cursor.to_string());
        }
        if let Some(fact) = &self.fact {
            add("f", &fact.0);
        }
        if let Some(detail) = self.detail {
            add("d", detail.name());
        }
        if self.is_sliced {
            add("slice", "1");
        }
        if let Some(bench) = self.bench {
            add("k", &bench.name());
        }
        if let Some(model) = &self.model {
            add("m", model);
        }
        text
    }

    /// Writes the whole part after the page, with its `#`.
    pub fn to_hash(&self) -> String {
        let route = ROUTES.iter().find(|(_, search)| *search == self.search);
        let route = route.map_or("/lab", |(name, _)| name);
        format!("#{route}?{}", self.to_query())
    }
}

/// The address of a step in an order, behind the page, for whoever has them as words.
pub fn to_moment(scenario: &str, kernel: &str, order: &str, step: u32) -> String {
    let [scenario, kernel, order] = [scenario, kernel, order].map(escape);
    format!("#/lab?v={VERSION}&s={scenario}&p={kernel}&r={order}&c={step}")
}

/// A kernel as a link names it.
fn kernel(text: &str) -> Result<Kernel, String> {
    Kernel::parse(text).ok_or_else(|| {
        format!(
            "This link asks for code named \u{201c}{}\u{201d}; there is before and after.",
            shown(text)
        )
    })
}

/// A piece of a stranger's text, short enough for a sentence.
fn shown(text: &str) -> String {
    let mut short: String = text
        .chars()
        .filter(|sign| !sign.is_control())
        .take(40)
        .collect();
    if short.len() < text.len() {
        short.push('\u{2026}');
    }
    short
}

/// Percent-encodes what may not stand in a value.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' | b':' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    out.push(char::from(b"0123456789ABCDEF"[usize::from(nibble)]));
                }
            }
        }
    }
    out
}

/// Undoes [`escape`]; what is no escape stays as it is.
pub fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |offset: usize| {
            bytes
                .get(at + offset)
                .and_then(|digit| char::from(*digit).to_digit(16))
        };
        match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                at += 3;
            }
            (b'+', ..) => {
                out.push(b' ');
                at += 1;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Link {
        Link {
            scenario: engine::opening().to_owned(),
            kernel: Kernel::parse("after,i-mmap=shared"),
            run: "A5B4A2.".parse().ok(),
            cursor: Some(9),
            fact: Some(FactId("PG_mlocked@page 2".to_owned())),
            detail: Some(Detail::Statement),
            search: None,
            is_sliced: true,
            bench: None,
            model: Some("3f2a9c".to_owned()),
        }
    }

    #[test]
    fn links_come_back_as_they_were() {
        let searching = |search, bench| Link {
            search: Some(search),
            bench,
            ..full()
        };
        for link in [
            Link::default(),
            full(),
            searching(View::One, None),
            searching(View::Both, None),
            searching(View::Races, None),
            searching(View::Locks, None),
            searching(View::Classes, None),
            searching(View::Bench, Kernel::parse("after,recheck=off")),
        ] {
            assert_eq!(Link::read(&link.to_hash()), Reading::Link(link));
        }
    }

    #[test]
    fn the_address_of_a_moment_is_a_link() {
        let Link { scenario, .. } = Link::default();
        let hash = to_moment(&scenario, "after,i-mmap=shared", "A5B4A2.", 9);
        let link = Link {
            scenario,
            fact: None,
            detail: None,
            is_sliced: false,
            model: None,
            ..full()
        };
        assert_eq!(Link::read(&hash), Reading::Link(link));
    }

    #[test]
    fn an_empty_address_is_no_link() {
        for hash in ["", "#", "#/", "#stage", "stage"] {
            assert_eq!(Link::read(hash), Reading::Nothing, "{hash}");
        }
    }

    #[test]
    fn damaged_links_say_what_is_wrong() {
        for (hash, word) in [
            ("#/lab?v=2", "version 2"),
            ("#/nowhere?v=1", "/nowhere"),
            ("#/lab?p=between", "between"),
            ("#/bench?k=between", "between"),
            ("#/lab?r=A5x", "no thread"),
            ("#/lab?r=A600", "longer than 512"),
            ("#/lab?r=.A", "dot"),
            ("#/lab?c=nine", "nine"),
            ("#/lab?d=all", "all"),
        ] {
            let Reading::Refused(why) = Link::read(hash) else {
                panic!("{hash} was read")
            };
            assert!(why.contains(word), "{hash}: {why}");
        }
    }

    #[test]
    fn no_text_at_all_stops_the_reader() {
        let whole = full().to_hash();
        for cut in 0..whole.len() {
            for sign in ["", "%", "\u{0}", "\u{1f4a5}", "&&==", "999999999999"] {
                if whole.is_char_boundary(cut) {
                    Link::read(&format!("{}{sign}{}", &whole[..cut], &whole[cut..]));
                    Link::read(&format!("{}{sign}", &whole[..cut]));
                }
            }
        }
    }

    #[test]
    fn half_escapes_stay() {
        assert_eq!(unescape("100%"), "100%");
        assert_eq!(unescape("%zz%4"), "%zz%4");
        assert_eq!(unescape(&escape("\u{1f4a5} & = %")), "\u{1f4a5} & = %");
    }
}
