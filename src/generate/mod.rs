//! Generated exchanges: a plan is drawn from a source of choices, and rendered by one renderer. Independent of any engine.

mod entropy;
mod fault;
mod line_fault;
mod message;
mod mutate;
mod plan;
mod situation;
mod value_fault;

pub use entropy::{Entropy, Seeded};
pub use fault::{FAULTS, Fault};
pub use message::{Destination, Line, Message};
pub use mutate::{mutate, mutate_in_place};
pub use plan::{Cutting, Head, Plan, Planned, heads};
pub use situation::Situation;
