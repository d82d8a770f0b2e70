//! The vocabulary of a judgement: requirement, level, class, finding, permitted. It knows nobody.

mod finding;
mod requirement;
pub mod requirements;

pub use finding::{Finding, Judgement, Span};
pub use requirement::{Class, Decision, Kind, Level, Permitted, Requirement, Role};
