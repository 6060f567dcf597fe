//! The Lockstep page: one stage on which the reader decides whose step is next.
//!
//! The page computes nothing about memory. It keeps an order of steps and a cursor ([`model`]), asks [`engine`] what
//! they amount to, and draws the answer ([`components`]). It is the only crate with browser types.

pub mod boot;
pub mod components;
pub mod edge;
pub mod element;
pub mod engine;
#[cfg(feature = "prerender")]
pub mod first_paint;
pub mod kept;
pub mod keys;
pub mod later;
pub mod link;
pub mod load;
pub mod model;
pub mod order;
pub mod page;
pub mod reports;
pub mod settings;
pub mod shared;
pub mod source;
pub mod wire;
pub mod worker;
