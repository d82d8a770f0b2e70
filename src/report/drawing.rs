//! Octets line by line, with marks underlined and labelled.

use std::collections::HashMap;

use anstyle::Style;

use super::text::wrap;
use super::window::Row;
use super::{FRAME, Look};
use crate::judgement::Span;

/// Something to point at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The octets; empty for a place between two.
    pub span: Span,
    /// What underlines them.
    pub glyph: char,
    /// The style of glyph and name.
    pub style: Style,
    /// What the mark is called.
    pub name: String,
    /// What there is to say.
    pub text: String,
}

/// Octets to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing<'o> {
    /// The octets.
    pub octets: &'o [u8],
    /// Where their head ends: what is behind it is only hinted at.
    pub head: usize,
    /// What is said there.
    pub divider: &'static str,
    /// What to point at.
    pub marks: Vec<Mark>,
}

/// So many lines behind the head are drawn.
const BEHIND: usize = 4;
/// A head of so many lines is drawn whole.
const WHOLE: usize = 40;
/// No more octets of a line are looked at behind what was judged.
const LONG: usize = 4096;
/// So many marks of one name are drawn on a line.
const ALIKE: usize = 3;

/// The marks on a row, ascending by their octets.
#[derive(Default)]
struct Marks<'m> {
    placed: Vec<Placed<'m>>,
    /// How many are left out, others of the same name being there.
    left_out: usize,
}

/// A mark, or as much of it as is on one row.
struct Placed<'m> {
    mark: &'m Mark,
    span: Span,
    /// The label, on the last row of the mark.
    text: Option<String>,
}

impl Drawing<'_> {
    /// Draws: each line ends with a line feed.
    pub fn draw(&self, look: Look) -> String {
        let rows = self.rows();
        let placed = self.placed(&rows);
        let gutter = rows.len().to_string().len();
        let mut pen = Pen { look, gutter, drawn: String::new() };
        if rows.is_empty() {
            for mark in &self.marks {
                pen.label(0, &mark.glyph.to_string(), mark, &mark.text);
            }
            return pen.drawn;
        }
        let shown = shown(&placed);
        let mut index = 0;
        while index < rows.len() {
            let elided = shown[index..].iter().take_while(|shown| !**shown).count();
            if elided > 0 {
                pen.aside(&format!("… {elided} more lines"));
                index += elided;
                continue;
            }
            if rows[index].span.start == self.head && index > 0 {
                pen.aside(self.divider);
            }
            self.row(&rows[index], index + 1, &placed[index], &mut pen);
            index += 1;
        }
        let drawn = rows.last().map_or(0, |row| row.end);
        if drawn < self.octets.len() {
            pen.aside(&format!("… {} more octets", self.octets.len() - drawn));
        }
        pen.drawn
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let (mut start, mut behind) = (0, 0);
        while start < self.octets.len() && behind < BEHIND {
            behind += usize::from(start >= self.head);
            let feed = self.octets[start..].iter().position(|&octet| octet == b'\n');
            let end = feed.map_or(self.octets.len(), |feed| start + feed + 1);
            let visible = end.min(self.head.max(start + LONG));
            rows.push(Row { span: start..visible, end });
            start = end;
        }
        rows
    }

    fn placed(&self, rows: &[Row]) -> Vec<Marks<'_>> {
        let mut placed: Vec<Marks<'_>> = rows.iter().map(|_| Marks::default()).collect();
        let Some(bottom) = rows.len().checked_sub(1) else { return placed };
        for mark in &self.marks {
            let span = mark.span.start..mark.span.end.max(mark.span.start);
            // What is missing at the end of a line belongs to that line, not to the next one.
            let first = rows.partition_point(|row| row.end < span.start + usize::from(!span.is_empty())).min(bottom);
            let last = rows.partition_point(|row| row.end < span.end).clamp(first, bottom);
            let drawn = last.min(first + 1);
            for index in first..=drawn {
                let row = &rows[index].span;
                let inside = span.start.clamp(row.start, row.end)..span.end.clamp(row.start, row.end);
                let more = if drawn < last { format!(" (to octet {})", span.end) } else { String::new() };
                let text = (index == drawn).then(|| format!("{}{more}", mark.text));
                placed[index].placed.push(Placed { mark, span: inside, text });
            }
        }
        for row in &mut placed {
            row.placed.sort_by_key(|placed| (placed.span.start, placed.span.end));
            let all = row.placed.len();
            let mut alike = HashMap::new();
            row.placed.retain(|placed| {
                let count = alike.entry(&placed.mark.name).or_insert(0);
                *count += 1;
                *count <= ALIKE
            });
            row.left_out = all - row.placed.len();
        }
        placed
    }

    fn row(&self, row: &Row, number: usize, marks: &Marks<'_>, pen: &mut Pen) {
        let spans: Vec<Span> = marks.placed.iter().map(|placed| placed.span.clone()).collect();
        let mut rest = marks.placed.as_slice();
        for (window, count) in row.windows(self.octets, &spans, pen.room()) {
            pen.line(&number.to_string(), &window.draw(self.octets, pen.look));
            let (here, behind) = rest.split_at(count);
            for Placed { mark, span, text } in here {
                let columns = window.columns(self.octets, span);
                let underline = mark.glyph.to_string().repeat(columns.len());
                match text {
                    Some(text) => pen.label(columns.start, &underline, mark, text),
                    None => pen.underline(columns.start, &underline, mark),
                }
            }
            rest = behind;
        }
        if marks.left_out > 0 {
            pen.aside(&format!("… {} more of these on this line", marks.left_out));
        }
    }
}

/// Which rows are drawn: all of a head of usual length, else those with a mark and their neighbours.
fn shown(marks: &[Marks<'_>]) -> Vec<bool> {
    let near = |index: usize| {
        let near = index.saturating_sub(2)..(index + 3).min(marks.len());
        index == 0 || marks[near].iter().any(|row| !row.placed.is_empty())
    };
    (0..marks.len()).map(|index| marks.len() <= WHOLE || near(index)).collect()
}

/// Writes lines behind a gutter.
struct Pen {
    look: Look,
    gutter: usize,
    drawn: String,
}

impl Pen {
    /// The columns beside the gutter, less one to point behind the end of a line.
    fn room(&self) -> usize {
        self.look.width.saturating_sub(self.gutter + 4).max(20)
    }

    fn line(&mut self, number: &str, text: &str) {
        let gutter = format!("{number:>width$} |", width = self.gutter);
        self.drawn.push_str(&self.look.paint(FRAME, gutter));
        if !text.is_empty() {
            self.drawn.push(' ');
            self.drawn.push_str(text);
        }
        self.drawn.push('\n');
    }

    fn aside(&mut self, text: &str) {
        let text = self.look.paint(FRAME, text);
        self.line("", &text);
    }

    fn underline(&mut self, column: usize, underline: &str, mark: &Mark) {
        let underline = self.look.paint(mark.style, underline);
        self.line("", &format!("{}{underline}", " ".repeat(column)));
    }

    /// The underline with its label: beside it, else below it, else below it from the gutter on.
    fn label(&mut self, column: usize, underline: &str, mark: &Mark, text: &str) {
        let plain = format!("{}: {text}", mark.name);
        let (room, length) = (self.room() + 1, plain.chars().count());
        let beside = column + underline.chars().count() + 1;
        let paint = |line: &str| line.replacen(&mark.name, &self.look.paint(mark.style, &mark.name), 1);
        if beside + length <= room {
            let underline = self.look.paint(mark.style, underline);
            let text = format!("{}{underline} {}", " ".repeat(column), paint(&plain));
            return self.line("", &text);
        }
        let indent = if column + length <= room { column } else { 0 };
        let lines: Vec<String> = wrap(&plain, room - indent, 0, 2).iter().map(|line| paint(line)).collect();
        self.underline(column, underline, mark);
        for line in lines {
            self.line("", &format!("{}{line}", " ".repeat(indent)));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn mark(span: Span, name: &str) -> Mark {
        Mark { span, glyph: '^', style: Style::new(), name: name.to_owned(), text: "text".to_owned() }
    }

    fn draw(octets: &[u8], head: usize, marks: Vec<Mark>) -> String {
        Drawing { octets, head, divider: "(end)", marks }.draw(Look { width: 40, colour: false })
    }

    #[test]
    fn marks_over_several_lines_are_labelled_once() {
        let fold = draw(b"A: b\r\n c\r\n\r\n", 12, vec![mark(4..7, "fold")]);
        assert_eq!(fold, "1 | A: b\\r\\n\n  |     ^^^^\n2 |  c\\r\\n\n  | ^ fold: text\n3 | \\r\\n\n");
        let long = draw(b"\n\n\n\nA", 5, vec![mark(0..4, "empty")]);
        assert_eq!(long, "1 | \\n\n  | ^^\n2 | \\n\n  | ^^ empty: text (to octet 4)\n3 | \\n\n4 | \\n\n5 | A\n");
    }

    #[test]
    fn what_is_missing_belongs_to_the_line_before_it() {
        let drawn = draw(b"A\n\nbehind", 3, vec![mark(3..3, "gone"), mark(3..9, "rest")]);
        let expected = "1 | A\\n\n2 | \\n\n  |   ^ gone: text\n  | (end)\n3 | behind\n  | ^^^^^^ rest: text\n";
        assert_eq!(drawn, expected);
    }

    #[test]
    fn of_many_marks_of_one_name_some_are_drawn() {
        let drawn = draw(b"aaaaaaaaaa", 10, (0..10).map(|at| mark(at..at + 1, "same")).collect());
        assert_eq!(drawn.matches("same: text").count(), 3);
        assert!(drawn.ends_with("  | … 7 more of these on this line\n"), "{drawn}");
    }

    #[test]
    fn lines_far_from_a_mark_are_left_out() {
        let octets = b"a\n".repeat(100);
        let drawn = draw(&octets, 200, vec![mark(100..101, "here")]);
        let expected = "  1 | a\\n\n    | … 47 more lines\n 49 | a\\n\n 50 | a\\n\n 51 | a\\n\n    | ^ here: text\n \
                        52 | a\\n\n 53 | a\\n\n    | … 47 more lines\n";
        assert_eq!(drawn, expected);
        let behind = draw(&octets, 4, Vec::new());
        assert!(behind.ends_with("6 | a\\n\n  | … 188 more octets\n"), "{behind}");
    }

    proptest! {
        #[test]
        fn any_marks_on_any_octets_are_drawn(
            octets in vec(prop_oneof![any::<u8>(), Just(b'\n'), Just(b'a')], 0..300),
            spans in vec((0..400_usize, 0..400_usize), 0..6),
            head in 0..400_usize,
            width in 1..100_usize,
        ) {
            let inside = |at: usize| at.min(octets.len());
            let names: Vec<String> = (0..spans.len()).map(|index| format!("mark{index}")).collect();
            let marks = spans.iter().zip(&names);
            let marks = marks.map(|((a, b), name)| mark(inside(*a.min(b))..inside(*a.max(b)), name)).collect();
            let drawn = Drawing { octets: &octets, head: inside(head), divider: "", marks }
                .draw(Look { width, colour: false });
            for name in names {
                prop_assert_eq!(drawn.matches(&name).count(), 1, "{} in {}", name, drawn);
            }
        }
    }
}
