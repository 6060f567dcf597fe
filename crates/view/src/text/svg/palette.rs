//! Colours, fonts and fill patterns.
//!
//! Colour says which thread, and nothing else. Each role has a value for light, for dark and for forced colours; the
//! thread colours are at least 20 apart (CIEDE2000) in normal, protan, deutan and tritan vision.

use super::Theme;

/// A role: its name, and its colours in light, dark and forced colours.
struct Role(&'static str, &'static str, &'static str, &'static str);

const ROLES: [Role; 12] = [
    Role("ground", "#FBFAF7", "#12151C", "Canvas"),
    Role("ink", "#1B1E24", "#E8E6E1", "CanvasText"),
    Role("panel", "#F1EEE6", "#1B202A", "Canvas"),
    Role("soft", "#4A505C", "#B4B9C4", "CanvasText"),
    Role("border", "#747A86", "#7D8492", "CanvasText"),
    Role("hair", "#D5D0C3", "#343B48", "GrayText"),
    Role("a", "#0173D3", "#4A82F7", "CanvasText"),
    Role("b", "#9E6510", "#E35C1C", "CanvasText"),
    Role("c", "#17513C", "#68F2B0", "CanvasText"),
    Role("d", "#661E62", "#F5CDF6", "CanvasText"),
    Role("changed", "#FFF1B8", "#3A3000", "Canvas"),
    Role("broken", "#A3001B", "#FF7A85", "CanvasText"),
];

/// The rules; `@role` stands for the colour of a role.
const RULES: &[(&str, &str)] = &[
    (
        "text",
        "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',sans-serif;font-weight:400;font-style:normal;letter-spacing:0;word-spacing:0;text-transform:none;white-space:pre;fill:@ink",
    ),
    (
        ".lk-mono",
        "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace",
    ),
    (".lk-bold", "font-weight:650"),
    (".lk-soft", "fill:@soft"),
    (".lk-on", "fill:@ground"),
    (".lk-alarm", "fill:@broken"),
    (".lk-page", "fill:@ground"),
    (".lk-panel", "fill:@panel;stroke:@hair;stroke-width:1"),
    (".lk-panel-now", "fill:@panel;stroke:@ink;stroke-width:2"),
    (".lk-plate", "fill:@ground"),
    (".lk-veil", "fill:@ground;fill-opacity:.66"),
    (".lk-changed", "fill:@changed"),
    (".lk-solid", "fill:@ink"),
    (".lk-hair", "stroke:@hair;stroke-width:1;fill:none"),
    (
        ".lk-switch",
        "stroke:@border;stroke-width:1;stroke-dasharray:1 3;fill:none",
    ),
    (".lk-tick", "stroke:@border;stroke-width:1;fill:none"),
    (".lk-now", "stroke:@ink;stroke-width:1.5;fill:none"),
    (".lk-frame", "stroke:@ink;stroke-width:2;fill:none"),
    (
        ".lk-wave",
        "stroke:@ink;stroke-width:1.75;stroke-linejoin:round;fill:none",
    ),
    (".lk-high", "fill:@ink;fill-opacity:.1"),
    (".lk-pill", "fill:@ground;stroke:@border;stroke-width:1"),
    (".lk-ring", "fill:@ground;stroke:@ink;stroke-width:1.25"),
    (
        ".lk-mark",
        "stroke:@ink;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round;fill:none",
    ),
    (".lk-fall", "stroke:@ink;stroke-width:1;fill:none"),
    (".lk-broken", "stroke:@broken"),
    (".lk-strike-on", "stroke:@ground"),
    (".lk-dotted", "stroke-dasharray:1.5 2"),
    (".lk-a", "fill:@a;stroke:@a"),
    (".lk-b", "fill:@b;stroke:@b"),
    (".lk-c", "fill:@c;stroke:@c"),
    (".lk-d", "fill:@d;stroke:@d"),
    (".lk-bar", "stroke-width:0"),
    (".lk-tint", "fill-opacity:.14;stroke-width:1"),
    (".lk-hollow", "fill-opacity:0;stroke-width:1"),
    (".lk-stroke", "fill:none"),
    (".lk-w1", "stroke-width:1.5"),
    (".lk-w2", "stroke-width:2"),
    (".lk-w4", "stroke-width:4"),
    (".lk-w6", "stroke-width:6"),
    (".lk-dash", "stroke-dasharray:8 3"),
    (".lk-dot", "stroke-dasharray:.1 6;stroke-linecap:round"),
];

/// The style sheet of a picture, all of it inside the element `id`.
pub(super) fn css(id: &str, theme: Theme) -> String {
    let light = variables(|role| role.1);
    let dark = variables(|role| role.2);
    let forced: String = ROLES
        .iter()
        .map(|role| format!("--lk-{}:{};", role.0, role.3))
        .collect();
    let mut css = match theme {
        Theme::Auto => format!(
            "#{id}{{{light}}}\n@media (prefers-color-scheme:dark){{#{id}{{{dark}}}}}\n@media print{{#{id}{{{light}}}}}\n"
        ),
        Theme::Light => format!("#{id}{{{light}}}\n"),
        Theme::Dark => format!("#{id}{{{dark}}}\n"),
    };
    css.push_str(&format!(
        "@media (forced-colors:active){{#{id}{{{forced}}}#{id} text{{forced-color-adjust:none}}}}\n"
    ));
    for (selector, rule) in RULES {
        let rule: Vec<String> = rule
            .split(';')
            .map(|declaration| declared(declaration, theme))
            .collect();
        css.push_str(&format!("#{id} {selector}{{{}}}\n", rule.join(";")));
    }
    css
}

/// The variables of one theme, each open to the host page.
fn variables(value: impl Fn(&Role) -> &'static str) -> String {
    ROLES
        .iter()
        .map(|role| format!("--lk-{0}:var(--lockstep-{0},{1});", role.0, value(role)))
        .collect()
}

/// A declaration, where it names a role first with its plain colour, for programs that know no variables.
fn declared(declaration: &str, theme: Theme) -> String {
    let Some((property, name)) = declaration.split_once(":@") else {
        return declaration.to_owned();
    };
    let role = ROLES.iter().find(|role| role.0 == name);
    let plain = role.map_or(
        "",
        |role| if theme == Theme::Dark { role.2 } else { role.1 },
    );
    format!("{property}:{plain};{property}:var(--lk-{name})")
}

/// The patterns of a picture: a solid fill for each thread with its own texture, and a hatch for waiting.
///
/// Textures tell threads apart in greyscale: A plain, B slanted left, C dots, D slanted right.
pub(super) fn patterns(id: &str) -> String {
    let mut out = String::new();
    for thread in ["a", "b", "c", "d"] {
        let texture = match thread {
            "b" => {
                "<path d=\"M-1 1L1 -1M0 6L6 0M5 7L7 5\" style=\"stroke:var(--lk-ground)\" stroke-width=\"1\" stroke-opacity=\".3\" fill=\"none\"/>"
            }
            "c" => {
                "<circle cx=\"3\" cy=\"3\" r=\".9\" style=\"fill:var(--lk-ground)\" fill-opacity=\".38\"/>"
            }
            "d" => {
                "<path d=\"M-1 5L1 7M0 0L6 6M5 -1L7 1\" style=\"stroke:var(--lk-ground)\" stroke-width=\"1\" stroke-opacity=\".3\" fill=\"none\"/>"
            }
            _ => "",
        };
        out.push_str(&format!(
            "<pattern id=\"{id}-fill-{thread}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
             <rect class=\"lk-{thread} lk-bar\" width=\"6\" height=\"6\"/>{texture}</pattern>\n\
             <pattern id=\"{id}-wait-{thread}\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\">\
             <path class=\"lk-{thread} lk-stroke\" d=\"M-1 1L1 -1M0 7L7 0M6 8L8 6\" stroke-width=\"1.2\"/></pattern>\n"
        ));
    }
    out
}
