//! A line of octets on a narrow screen: what is shown of it, and in which column an octet stands.

use super::visible::{columns, visible};
use super::{FRAME, Look};
use crate::http::grammar::is_tchar;
use crate::judgement::Span;

/// A line of octets, its line end included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The octets that may be shown.
    pub(super) span: Span,
    /// Where the line ends: behind the span for one that is too long to be looked at whole.
    pub(super) end: usize,
}

/// What is shown of a row: pieces with an ellipsis for each gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pieces: Vec<Span>,
    /// Whether the row goes on behind the last piece.
    more: bool,
}

/// A field name no longer than this stays in sight of a value that is cut.
const NAME: usize = 26;

impl Row {
    /// The windows of at most `width` columns that show the spans, which ascend by their start, each with the number of
    /// spans in it. There is always one, and no span is left out.
    pub(super) fn windows(&self, octets: &[u8], spans: &[Span], width: usize) -> Vec<(Window, usize)> {
        let beginning = self.fit(octets, self.span.start, width);
        if beginning == self.end {
            return vec![(self.window(octets, self.span.clone(), width), spans.len())];
        }
        // One column is for the ellipsis.
        let beginning = self.fit(octets, self.span.start, width.saturating_sub(1));
        let mut windows = Vec::new();
        let mut rest = spans;
        while let Some(first) = rest.first() {
            let piece = if shows(octets, &(self.span.start..beginning), first) {
                self.span.start..beginning
            } else {
                self.around(octets, first.start, width)
            };
            let count = rest.iter().take_while(|span| shows(octets, &piece, span)).count().max(1);
            windows.push((self.window(octets, piece, width), count));
            rest = &rest[count..];
        }
        if windows.is_empty() {
            windows.push((self.window(octets, self.span.start..beginning, width), 0));
        }
        windows
    }

    /// The octets around a place that is not at the beginning of the row.
    fn around(&self, octets: &[u8], at: usize, width: usize) -> Span {
        let name = self.name(octets, width);
        let room = width.saturating_sub(name.len() + 2);
        let mut from = back(octets, self.span.start, at, room / 4);
        let mut to = self.fit(octets, from, room);
        if to >= self.span.end {
            to = self.span.end;
            from = back(octets, self.span.start, to, room).min(from);
        }
        from..to
    }

    /// The name of the field, its colon and the blank behind it; nothing where there is none or a long one.
    fn name(&self, octets: &[u8], width: usize) -> Span {
        let start = self.span.start;
        let text = &octets[start..self.span.end.min(start + NAME.min(width / 2))];
        match text.iter().position(|&octet| !is_tchar(octet)) {
            Some(at) if at > 0 && text[at] == b':' => {
                start..start + at + 1 + usize::from(text.get(at + 1) == Some(&b' '))
            }
            _ => start..start,
        }
    }

    fn window(&self, octets: &[u8], piece: Span, width: usize) -> Window {
        let name = self.name(octets, width);
        let more = piece.end < self.end;
        let from = if piece.start <= name.end { self.span.start } else { piece.start };
        let mut pieces = Vec::with_capacity(2);
        pieces.extend((from > self.span.start).then_some(name));
        pieces.push(from..piece.end);
        Window { pieces, more }
    }

    /// Up to where octets from `from` on take no more than `width` columns.
    fn fit(&self, octets: &[u8], from: usize, width: usize) -> usize {
        let mut used = 0;
        for (at, &octet) in octets[from..self.span.end].iter().enumerate() {
            used += columns(octet);
            if used > width {
                return from + at;
            }
        }
        self.span.end
    }
}

/// From where octets up to `to` take no more than `width` columns.
fn back(octets: &[u8], start: usize, to: usize, width: usize) -> usize {
    let mut used = 0;
    for (at, &octet) in octets[start..to].iter().enumerate().rev() {
        used += columns(octet);
        if used > width {
            return start + at + 1;
        }
    }
    start
}

/// Whether so much of the span is in the piece that it makes sense to underline it there.
fn shows(octets: &[u8], piece: &Span, span: &Span) -> bool {
    const ENOUGH: usize = 12;
    piece.start <= span.start
        && span.start <= piece.end
        && (span.end <= piece.end
            || octets[span.start..piece.end].iter().map(|&octet| columns(octet)).sum::<usize>() >= ENOUGH)
}

impl Window {
    /// The octets as they are shown.
    pub(super) fn draw(&self, octets: &[u8], look: Look) -> String {
        let mut drawn = String::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            if index > 0 {
                drawn.push_str(&look.paint(FRAME, '…'));
            }
            for run in octets[piece.clone()].chunk_by(|a, b| is_plain(*a) == is_plain(*b)) {
                let text: String = run.iter().map(|&octet| visible(octet).to_string()).collect();
                if is_plain(run[0]) { drawn.push_str(&text) } else { drawn.push_str(&look.paint(FRAME, text)) }
            }
        }
        if self.more {
            drawn.push_str(&look.paint(FRAME, '…'));
        }
        drawn
    }

    /// The column in which the octet begins; that of the ellipsis where it is in a gap.
    pub(super) fn column(&self, octets: &[u8], at: usize) -> usize {
        let mut used = 0;
        for (index, piece) in self.pieces.iter().enumerate() {
            if at < piece.start && index > 0 {
                break;
            }
            used += usize::from(index > 0);
            let inside = piece.start..at.clamp(piece.start, piece.end);
            used += octets[inside].iter().map(|&octet| columns(octet)).sum::<usize>();
            if at < piece.end {
                break;
            }
        }
        used
    }

    /// The columns of a span, at least one; the ellipsis is among them where the span goes on behind it.
    pub(super) fn columns(&self, octets: &[u8], span: &Span) -> Span {
        let from = self.column(octets, span.start);
        let end = self.pieces.last().map_or(0, |piece| piece.end);
        let beyond = usize::from(self.more && span.end > end);
        from..(self.column(octets, span.end.min(end)) + beyond).max(from + 1)
    }
}

/// Whether the octet is shown as it is.
fn is_plain(octet: u8) -> bool {
    octet != b'\\' && (b' '..=b'~').contains(&octet)
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "one span is as good as several")]
mod tests {
    use super::*;

    fn windows(text: &[u8], spans: &[Span], width: usize) -> Vec<(String, Vec<Span>)> {
        let row = Row { span: 0..text.len(), end: text.len() };
        let mut spans = spans.iter();
        row.windows(text, &spans.clone().cloned().collect::<Vec<_>>(), width)
            .into_iter()
            .map(|(window, count)| {
                let columns = spans.by_ref().take(count).map(|span| window.columns(text, span)).collect();
                (window.draw(text, Look::PLAIN), columns)
            })
            .collect()
    }

    #[test]
    fn a_row_that_fits_is_shown_whole() {
        assert_eq!(windows(b"A: b\r\n", &[3..4, 6..6], 8), [("A: b\\r\\n".to_owned(), vec![3..4, 8..9])]);
        assert_eq!(windows(b"", &[0..0], 8), [(String::new(), vec![0..1])]);
    }

    #[test]
    fn a_row_without_a_mark_is_cut_at_its_end() {
        assert_eq!(windows(b"0123456789", &[], 10), [("0123456789".to_owned(), vec![])]);
        assert_eq!(windows(b"0123456789", &[], 9), [("01234567…".to_owned(), vec![])]);
    }

    #[test]
    fn a_mark_far_off_is_shown_with_the_name_of_the_field() {
        let mut text = b"Cookie: ".to_vec();
        text.extend([b'x'; 100]);
        text.extend(b"\0yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n");
        let shown = windows(&text, &[108..109], 40);
        assert_eq!(shown, [("Cookie: …xxxxxxx\\x00yyyyyyyyyyyyyyyyyyy…".to_owned(), vec![16..20])]);
        let at_the_end = text.len() - 2..text.len();
        let shown = windows(&text, &[108..109, at_the_end], 40);
        assert_eq!(shown.len(), 2);
        assert_eq!(shown[1], ("Cookie: …yyyyyyyyyyyyyyyyyyyyyyyyyy\\r\\n".to_owned(), vec![35..39]));
    }

    #[test]
    fn a_mark_that_is_longer_than_the_window_is_underlined_to_the_ellipsis() {
        let text = [b'x'; 100];
        assert_eq!(windows(&text, &[2..90], 20), [("xxxxxxxxxxxxxxxxxxx…".to_owned(), vec![2..20])]);
    }
}
