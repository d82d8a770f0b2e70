//! Results, drawn for a terminal, as JSON, as JUnit or as a page. Pure: nothing here prints, and nothing knows the reference.

mod check;
mod difference;
mod divergence;
mod drawing;
pub mod list;
mod requirement;
pub mod results;
mod sheet;
mod tally;
mod text;
mod vector;
mod visible;
mod window;

pub use check::Check;
pub use difference::{Difference, Row, Rows, discovery, finding};
pub use divergence::DivergenceSheet;
pub use drawing::{Drawing, Mark};
pub use list::Item;
pub use requirement::RequirementSheet;
pub use results::ResultsSheet;
pub use tally::TallySheet;
pub use text::{cut, wrap};
pub use vector::VectorSheet;
pub use visible::visible;

use anstyle::{AnsiColor, Style};

/// How a drawing should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// How many columns there are.
    pub width: usize,
    /// Whether ANSI escape sequences colour it.
    pub colour: bool,
}

impl Look {
    /// Eighty columns, without colour.
    pub const PLAIN: Look = Look { width: 80, colour: false };

    /// The text in the style.
    pub fn paint(self, style: Style, text: impl std::fmt::Display) -> String {
        if self.colour && style != Style::new() { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}

/// What must not be.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What there is a choice about.
pub const OPEN: Style = AnsiColor::Yellow.on_default().bold();
/// What is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What is unusual.
pub const ODD: Style = AnsiColor::Cyan.on_default().bold();
/// What only frames the rest.
pub const FRAME: Style = AnsiColor::Blue.on_default();
/// What a name stands out by.
pub const NAME: Style = Style::new().bold();
