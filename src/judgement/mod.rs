//! The vocabulary of a judgement: requirement, level, class, finding, permitted. It knows nobody.

mod finding;
mod id;
mod requirement;
pub mod requirements;

pub use finding::{Finding, Judgement, Span};
pub use id::RequirementId;
pub use requirement::{Class, Decided, Decision, Duty, Kind, Level, Owed, Permitted, Requirement, Role, Severity};
