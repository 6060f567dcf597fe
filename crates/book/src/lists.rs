//! Lists that the model keeps of itself: kernels, switches, properties, and the excuses of the comparison with a real kernel.

use lockstep_kernel_diff::rules::RULES;
use lockstep_mm::invariants::{Invariant, Severity, When};
use lockstep_mm::kernel::{Kernel, Switch};

use crate::markup::{markdown, prose};

/// The value of every switch on every preset.
pub(crate) fn presets() -> String {
    let names: Vec<String> = Kernel::PRESETS
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let mut text = format!(
        "| Switch | {} |\n|---|{}\n",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for switch in Switch::ALL {
        text += &format!("| `{}` |", switch.name);
        for (_, kernel) in Kernel::PRESETS {
            text += &format!(" `{}` |", kernel.value(switch));
        }
        text.push('\n');
    }
    text
}

/// What every switch stands for.
pub(crate) fn switches() -> String {
    let mut text = "| Switch | Values | What it says |\n|---|---|---|\n".to_owned();
    for switch in Switch::ALL {
        let values: Vec<String> = switch
            .values
            .iter()
            .map(|value| format!("`{value}`"))
            .collect();
        text += &format!(
            "| `{}` | {} | {} |\n",
            switch.name,
            values.join(", "),
            markdown(switch.meaning)
        );
    }
    text
}

/// What is watched in every run, and why.
pub(crate) fn properties() -> String {
    let mut text =
        "| | What must hold | Asked | If not | Why |\n|---|---|---|---|---|\n".to_owned();
    for row in Invariant::ALL {
        let asked = match row.when {
            When::Step => "after every step",
            When::AtFree => "when a page is freed",
            When::Quiet => "when nobody is under way",
        };
        let severity = match row.severity {
            Severity::Harmful => "harmful",
            Severity::Soft => "repaired later",
            Severity::Model => "the model is wrong",
        };
        text += &format!(
            "| {} | {} | {asked} | {severity} | {} |\n",
            row.id,
            markdown(row.statement),
            markdown(row.reason)
        );
    }
    text
}

/// The differences that are excused, each with its reason.
pub(crate) fn rules() -> String {
    let mut text =
        "| Rule | What is different, and since when | Then |\n|---|---|---|\n".to_owned();
    for rule in RULES {
        let then = if rule.parts {
            "the rest of the program is not compared"
        } else {
            "the comparison goes on"
        };
        text += &format!("| `{}` | {} | {then} |\n", rule.name, prose(rule.reason));
    }
    text
}
