//! What a test of a live implementation came to: for a terminal, as JSON, as JUnit, as a page. All from `Results` alone.

mod case;
#[cfg(feature = "cli")]
mod html;
mod json;
#[cfg(feature = "cli")]
mod junit;
mod octets;
mod screen;
mod sections;
mod standing;
mod terminal;

#[cfg(feature = "cli")]
pub use html::html;
pub use json::json;
#[cfg(feature = "cli")]
pub use junit::junit;
pub use terminal::ResultsSheet;

#[cfg(test)]
mod samples;
