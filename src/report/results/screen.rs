//! Writing results on a terminal: terms, counts, octets and cases, no line wider than the screen but what is to be copied.

use anstyle::Style;

use super::case;
use super::octets::{Piece, lines};
use super::standing::{badge, counts, shape, style, word};
use crate::report::text::fold;
use crate::report::visible::printable;
use crate::report::{FRAME, Look, NAME};
use crate::suite::results::{CaseResult, Standing};

/// So many ids are listed in a row.
const LISTED: usize = 12;
/// Where the text begins beside a term.
const COLUMN: usize = 12;
/// A screen that is being written.
pub(super) struct Screen {
    pub(super) look: Look,
    pub(super) drawn: String,
}

impl Screen {
    pub(super) fn line(&mut self, line: &str) {
        self.drawn.push_str(line);
        self.drawn.push('\n');
    }

    pub(super) fn space(&mut self) {
        self.line("");
    }

    /// A paragraph, its lines but the first two columns further in.
    pub(super) fn text(&mut self, indent: usize, style: Style, text: &str) {
        if !text.is_empty() {
            for (index, line) in fold(&printable(text), self.look.width, indent, indent + 2).iter().enumerate() {
                let blanks = " ".repeat(if index == 0 { indent } else { indent + 2 });
                self.line(&format!("{blanks}{}", self.look.paint(style, line.trim_start())));
            }
        }
    }

    /// A term and what there is to say.
    pub(super) fn term(&mut self, term: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let term = printable(term);
        for (index, line) in fold(&printable(text), self.look.width, COLUMN, COLUMN).iter().enumerate() {
            let term = if index == 0 { format!("  {term:<width$}", width = COLUMN - 2) } else { " ".repeat(COLUMN) };
            self.line(&format!("{}{}", self.look.paint(FRAME, term), line.trim_start()));
        }
    }

    /// Pieces that are not broken where that can be helped, each in its style.
    pub(super) fn flow(&mut self, indent: usize, hang: usize, pieces: &[(String, Style)]) {
        let mut line = " ".repeat(indent);
        let mut used = indent;
        let mut fresh = true;
        for (piece, style) in pieces {
            let piece = printable(piece);
            let columns = piece.chars().count();
            if !fresh && used + 2 + columns > self.look.width {
                self.line(&line);
                (line, used, fresh) = (" ".repeat(hang), hang, true);
            }
            if fresh && used + columns > self.look.width {
                for part in fold(&piece, self.look.width, used, hang) {
                    self.line(&format!("{line}{}", self.look.paint(*style, part.trim_start())));
                    line = " ".repeat(hang);
                }
                used = hang;
                continue;
            }
            let gap = if fresh { "" } else { "  " };
            line.push_str(gap);
            line.push_str(&self.look.paint(*style, &piece));
            used += gap.len() + columns;
            fresh = false;
        }
        if !fresh {
            self.line(&line);
        }
    }

    /// A title with how many cases stand how.
    pub(super) fn counted(&mut self, indent: usize, title: &str, standings: impl Iterator<Item = Standing>) {
        let width = if self.look.width < 60 { 0 } else { 16 - indent };
        let mut pieces = vec![(format!("{title:<width$}"), NAME)];
        for (standing, count) in counts(standings) {
            pieces.push((format!("{} {count} {}", shape(standing), word(standing)), style(standing)));
        }
        self.flow(indent, indent + 4, &pieces);
    }

    /// A case, spelled out, with the others that are like it.
    pub(super) fn case(&mut self, case: &CaseResult, others: &[&CaseResult], limit: usize) {
        self.space();
        self.flow(0, 2, &[(badge(case.standing, Look::PLAIN), style(case.standing)), (case.id.clone(), NAME)]);
        self.term("clause", &format!("{}: {}", case.clause(), case.summary));
        self.term("requires", &case.requirement);
        for (term, text) in case::terms(case) {
            self.term(term, &text);
        }
        self.term("likewise", &some_of(&others.iter().map(|case| case.id.as_str()).collect::<Vec<_>>()));
        self.octets("sent", &case::sent(case), '>', &case.sent, limit);
        self.octets("received", &case::octets(&case.received), '<', &case.received, limit);
        for command in &case.reproduce {
            // On a line of its own and never broken: it is there to be copied.
            self.line(&printable(command));
        }
    }

    /// Octets behind a title, each line of them behind an arrow.
    pub(super) fn octets(&mut self, term: &str, title: &str, arrow: char, octets: &str, limit: usize) {
        self.term(term, title);
        let room = self.look.width - 6;
        for line in lines(octets, limit) {
            let mut row = String::new();
            let mut used = 0;
            let mut arrow = arrow;
            for piece in &line.pieces {
                let style = if matches!(piece, Piece::Plain(_)) { Style::new() } else { FRAME };
                let mut part = String::new();
                for letter in unbroken(&piece.to_string()) {
                    let columns = letter.chars().count();
                    if used + columns > room {
                        row.push_str(&self.look.paint(style, &part));
                        self.line(&format!("    {} {row}", self.look.paint(FRAME, arrow)));
                        (row, part, used, arrow) = (String::new(), String::new(), 0, ' ');
                    }
                    part.push_str(letter);
                    used += columns;
                }
                row.push_str(&self.look.paint(style, &part));
            }
            self.line(&format!("    {} {row}", self.look.paint(FRAME, arrow)));
        }
    }
}

/// The text in parts that belong together: an escape is one, and so is each other letter.
fn unbroken(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let length = match rest.as_bytes() {
            [] => return None,
            [b'\\', b'x', ..] => rest.len().min(4),
            [b'\\', ..] => rest.len().min(2),
            _ => rest.chars().next().map_or(0, char::len_utf8),
        };
        let (part, behind) = rest.split_at_checked(length)?;
        rest = behind;
        Some(part)
    })
}

/// The beginning of a list, and how many more there are.
pub(super) fn some_of(items: &[&str]) -> String {
    match items.split_at_checked(LISTED) {
        Some((some, rest)) if !rest.is_empty() => format!("{} and {} more", some.join(", "), rest.len()),
        _ => items.join(", "),
    }
}
