//! What is on the screen, one visible thing a file. Every component is a function of what it shows.

pub mod bar;
pub mod below;
pub mod code;
pub mod controls;
pub mod dialog;
pub mod explain;
pub mod fact;
pub mod find;
pub mod glossary;
pub mod help;
pub mod icon;
pub mod lists;
pub mod live;
pub mod locks;
pub mod memory;
pub mod notice;
pub mod properties;
pub mod score;
pub mod score_rows;
pub mod settings_dialog;
pub mod share;
pub mod swatch;
pub mod tabs;
pub mod thread_card;
pub mod transcript;
pub mod transport;
