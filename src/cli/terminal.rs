//! Standard output and standard error.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use terminal_size::{Width, terminal_size_of};

use super::failure::Failure;
use crate::report::Look;

/// Where the program prints.
pub(super) struct Terminal {
    out: AutoStream<io::Stdout>,
    look: Look,
    is_terminal: bool,
    /// Whether whoever reads the output has left.
    closed: bool,
}

impl Terminal {
    pub(super) fn new(color: clap::ColorChoice) -> Terminal {
        let choice = match color {
            clap::ColorChoice::Always => ColorChoice::Always,
            clap::ColorChoice::Never => ColorChoice::Never,
            clap::ColorChoice::Auto => AutoStream::choice(&io::stdout()),
        };
        let width = terminal_size_of(io::stdout()).map_or(Look::PLAIN.width, |(Width(width), _)| usize::from(width));
        let look = Look { width: width.clamp(40, 120), colour: choice != ColorChoice::Never };
        let is_terminal = io::stdout().is_terminal();
        Terminal { out: AutoStream::new(io::stdout(), choice), look, is_terminal, closed: false }
    }

    /// How a drawing should look here.
    pub(super) const fn look(&self) -> Look {
        self.look
    }

    /// The width that a line has to keep to: a file and another program take any.
    pub(super) const fn width(&self) -> usize {
        if self.is_terminal { self.look.width } else { usize::MAX }
    }

    /// Prints a result. A reader that has left is no error: the rest is for nobody.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.written(|out| out.write_all(text.as_bytes()))
    }

    /// Hands on what is still buffered.
    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.written(io::Write::flush)
    }

    fn written(&mut self, write: impl FnOnce(&mut AutoStream<io::Stdout>) -> io::Result<()>) -> Result<(), Failure> {
        if self.closed {
            return Ok(());
        }
        match write(&mut self.out) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => {
                Err(Failure::undone(format_args!("cannot write ({error})"), "standard output", "make room for it"))
            }
        }
    }

    /// Tells the user something beside the results, each line with the name of the program.
    pub(super) fn note(&self, text: &str) {
        let mut err = io::stderr().lock();
        for line in text.lines() {
            // Nobody is left to tell where even this cannot be printed.
            let _ = writeln!(err, "ws101: {line}");
        }
    }
}
