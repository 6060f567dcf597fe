//! What a person is told about a run.

pub mod scene;
pub mod text;
