//! Signs for how a run ends: each a shape of its own, so that colour only repeats them.

use super::canvas::{Canvas, Rect, px};
use crate::scene::VerdictKind;

/// The sign of a verdict in a square of `size` around a point.
///
/// Broken is a cross in a double border, harmless an approximation sign in a dotted border, clean a check mark,
/// deadlock a ring, unfinished and open three points.
pub(super) fn verdict_mark(canvas: &mut Canvas, kind: VerdictKind, (x, y): (f64, f64), size: f64) {
    let half = size / 2.0;
    let square = Rect {
        x: x - half,
        y: y - half,
        width: size,
        height: size,
    };
    let reach = size * 0.2;
    canvas.rect("lk-plate", square, 3.0);
    match kind {
        VerdictKind::Broken => {
            canvas.rect("lk-fall lk-broken", square.inset(0.5), 3.0);
            canvas.rect("lk-fall lk-broken", square.inset(2.75), 1.5);
            let (l, r, t, b) = (px(x - reach), px(x + reach), px(y - reach), px(y + reach));
            canvas.path(
                "lk-mark lk-broken",
                &format!("M{l} {t}L{r} {b}M{r} {t}L{l} {b}"),
            );
        }
        VerdictKind::Harmless => {
            canvas.rect("lk-fall lk-dotted", square.inset(0.5), 3.0);
            for dy in [-2.2, 2.2] {
                let quarter = px(reach);
                canvas.path(
                    "lk-mark",
                    &format!(
                        "M{} {}q{quarter} -3.5 {} 0t{} 0",
                        px(x - 2.0 * reach),
                        px(y + dy),
                        px(2.0 * reach),
                        px(2.0 * reach)
                    ),
                );
            }
        }
        VerdictKind::Clean => {
            canvas.rect("lk-fall", square.inset(0.5), 3.0);
            let path = format!(
                "M{} {}L{} {}L{} {}",
                px(x - reach * 1.2),
                px(y + reach * 0.1),
                px(x - reach * 0.3),
                px(y + reach),
                px(x + reach * 1.3),
                px(y - reach)
            );
            canvas.path("lk-mark", &path);
        }
        VerdictKind::Deadlock => {
            canvas.rect("lk-fall", square.inset(0.5), 3.0);
            canvas.circle("lk-mark", (x, y), reach * 1.3);
        }
        VerdictKind::Open | VerdictKind::Unfinished => {
            canvas.rect("lk-fall lk-dotted", square.inset(0.5), 3.0);
            for dx in [-1.2, 0.0, 1.2] {
                canvas.circle("lk-solid", (x + dx * reach, y), 1.1);
            }
        }
    }
}
