//! The law as data: the register, the vectors with their marks, what octets cannot show, and where all of it comes from.

mod conformance;
pub mod corpus;
mod entry;
pub mod marks;
pub(super) mod members;
mod ordered;
pub mod register;
pub mod retired;
pub mod source;
pub mod unshown;
pub mod vector;
mod vector_file;
pub mod vectors;
pub(super) mod words;

pub use conformance::Conformance;
pub use register::Register;
pub use source::{DataError, DataErrors, Source};
pub use vector::Vector;
pub use vectors::Vectors;
