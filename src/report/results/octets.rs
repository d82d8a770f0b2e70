//! Octets line by line, with long repeats told in short.

use std::fmt;

use crate::http::grammar::octets_of_latin1;
use crate::report::visible::visible;

/// A line of octets, its end included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// What stands in it.
    pub(super) pieces: Vec<Piece>,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Octets that are shown as they are.
    Plain(String),
    /// Octets that are escaped.
    Escaped(String),
    /// Something that is told, not shown: no octets look like it.
    Told(String),
}

/// What repeats within a line is no longer than this.
const PERIOD: usize = 16;
/// A repeat is told once it has so many octets.
const RUN: usize = 40;
/// Equal lines are told once there are so many.
const LINES: usize = 4;

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Piece::Plain(text) | Piece::Escaped(text) | Piece::Told(text)) = self;
        f.write_str(text)
    }
}

/// The lines of octets that are given as text with one character for each. Of what would take more than `limit` columns
/// the beginning is shown, with what is left out.
pub(super) fn lines(text: &str, limit: usize) -> Vec<Line> {
    let octets = octets_of_latin1(text);
    let rows: Vec<&[u8]> = octets.split_inclusive(|&octet| octet == b'\n').collect();
    let mut lines = Vec::new();
    let (mut room, mut shown) = (limit, 0);
    for alike in rows.chunk_by(|a, b| a == b) {
        let row = alike[0];
        let told = if alike.len() < LINES { 1 } else { alike.len() };
        for _ in 0..alike.len() / told {
            let mut line = Line { pieces: Vec::new() };
            let taken = line.push(row, &mut room);
            shown += taken;
            if taken < row.len() {
                line.pieces.push(Piece::Told(format!("⟨… {} more octets⟩", octets.len() - shown)));
                lines.push(line);
                return lines;
            }
            if told > 1 {
                line.pieces.push(Piece::Told(format!("⟨this line × {told}⟩")));
                shown += row.len() * (told - 1);
            }
            lines.push(line);
        }
    }
    lines
}

impl Line {
    /// Appends octets while there is room, and says how many.
    fn push(&mut self, row: &[u8], room: &mut usize) -> usize {
        let mut at = 0;
        while at < row.len() {
            let (unit, times) = run(&row[at..]);
            let text = seen(unit);
            let (text, told) = if times > 1 { (format!("⟨'{text}' × {times}⟩"), true) } else { (text, false) };
            let columns = text.chars().count();
            if columns > *room {
                return at;
            }
            *room -= columns;
            at += unit.len() * times;
            let is_plain = text.len() == 1 && text != "\\";
            match self.pieces.last_mut() {
                Some(Piece::Plain(before)) if is_plain => before.push_str(&text),
                Some(Piece::Escaped(before)) if !is_plain && !told => before.push_str(&text),
                _ if told => self.pieces.push(Piece::Told(text)),
                _ if is_plain => self.pieces.push(Piece::Plain(text)),
                _ => self.pieces.push(Piece::Escaped(text)),
            }
        }
        at
    }
}

/// What the octets begin with, and how often that follows on itself: a single octet, once, where nothing long repeats.
fn run(octets: &[u8]) -> (&[u8], usize) {
    for period in 1..=PERIOD.min(octets.len() / 2) {
        let alike = octets.iter().zip(&octets[period..]).take_while(|(a, b)| a == b).count();
        let times = 1 + alike / period;
        if times * period >= RUN {
            return (&octets[..period], times);
        }
    }
    (&octets[..1], 1)
}

fn seen(octets: &[u8]) -> String {
    octets.iter().map(|&octet| visible(octet).to_string()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(text: &str, limit: usize) -> Vec<String> {
        let line = |line: &Line| line.pieces.iter().map(Piece::to_string).collect();
        lines(text, limit).iter().map(line).collect()
    }

    #[test]
    fn octets_are_shown_line_by_line() {
        assert_eq!(drawn("", 100), [""; 0]);
        assert_eq!(
            drawn("GET /\\ HTTP/1.1\r\nA:\t\u{ff}\n\n\0", 100),
            ["GET /\\\\ HTTP/1.1\\r\\n", "A:\\t\\xff\\n", "\\n", "\\x00"]
        );
        let pieces = &lines("ab\r\n", 100)[0].pieces;
        assert_eq!(*pieces, [Piece::Plain("ab".to_owned()), Piece::Escaped("\\r\\n".to_owned())]);
    }

    #[test]
    fn long_repeats_are_told() {
        let a = format!("X: {}\r\n", "a".repeat(8000));
        assert_eq!(drawn(&a, 100), ["X: ⟨'a' × 8000⟩\\r\\n"]);
        assert_eq!(drawn(&"\\\"".repeat(2000), 100), ["⟨'\\\\\"' × 2000⟩"]);
        assert_eq!(drawn(&"foo; a=1, ".repeat(99), 100), ["⟨'foo; a=1, ' × 99⟩"]);
        assert_eq!(drawn(&"a".repeat(RUN - 1), 100), ["a".repeat(RUN - 1)]);
        assert_eq!(drawn(&format!("{}b", "ab".repeat(20)), 100), ["⟨'ab' × 20⟩b"]);
        assert_eq!(drawn(&"X: b\r\n".repeat(1000), 100), ["X: b\\r\\n⟨this line × 1000⟩"]);
        assert_eq!(drawn("\r\n\r\n", 100), ["\\r\\n", "\\r\\n"]);
    }

    #[test]
    fn what_is_too_long_is_cut_and_counted() {
        assert_eq!(drawn("0123456789", 4), ["0123⟨… 6 more octets⟩"]);
        assert_eq!(drawn("0\r\n456\r\n", 7), ["0\\r\\n", "45⟨… 3 more octets⟩"]);
        let many = format!("{}0123456789", "b\n".repeat(10));
        assert_eq!(drawn(&many, 7), ["b\\n⟨this line × 10⟩", "0123⟨… 6 more octets⟩"]);
    }

    proptest! {
        #[test]
        fn no_octet_is_lost_or_counted_twice(
            parts in prop::collection::vec((prop::collection::vec(any::<u8>(), 1..4), 1..60_usize), 0..8),
            limit in 0..400_usize,
        ) {
            let octets: Vec<u8> = parts.iter().flat_map(|(unit, times)| unit.repeat(*times)).collect();
            let text: String = octets.iter().map(|&octet| char::from(octet)).collect();
            let mut count = 0;
            for line in lines(&text, limit) {
                let mut in_line = 0;
                for piece in line.pieces {
                    let octets_of = |text: &str| {
                        let doubled = text.matches("\\\\").count();
                        let rest = text.replace("\\\\", "");
                        let escapes = rest.matches('\\').count();
                        doubled + rest.chars().count() - escapes - 2 * rest.matches("\\x").count()
                    };
                    match piece {
                        Piece::Plain(text) => in_line += text.len(),
                        Piece::Escaped(text) => in_line += octets_of(&text),
                        Piece::Told(text) => {
                            let inner = text.trim_start_matches('⟨').trim_end_matches('⟩');
                            if let Some(more) = inner.strip_prefix("… ") {
                                in_line += more.split(' ').next().unwrap().parse::<usize>().unwrap();
                            } else {
                                let (what, times) = inner.rsplit_once(" × ").unwrap();
                                let times: usize = times.parse().unwrap();
                                in_line = if what == "this line" {
                                    in_line * times
                                } else {
                                    in_line + times * octets_of(&what[1..what.len() - 1])
                                };
                            }
                        }
                    }
                }
                count += in_line;
            }
            prop_assert_eq!(count, octets.len());
        }
    }
}
