//! Text broken into lines, and cut to a width.

/// Breaks text between words, so that no line has more than `width` columns unless a single word has. The first line is
/// `first` columns shorter; the others begin with `indent` blanks.
pub fn wrap(text: &str, width: usize, first: usize, indent: usize) -> Vec<String> {
    lines(text.split_whitespace(), width, first, indent)
}

/// Breaks text like [`wrap`], and also words that no line has room for.
pub(super) fn fold(text: &str, width: usize, first: usize, indent: usize) -> Vec<String> {
    let room = width.saturating_sub(first.max(indent)).max(1);
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let mut rest = word;
        while let Some((at, _)) = rest.char_indices().nth(room) {
            let (piece, behind) = rest.split_at(at);
            words.push(piece);
            rest = behind;
        }
        words.push(rest);
    }
    lines(words.into_iter(), width, first, indent)
}

fn lines<'t>(words: impl Iterator<Item = &'t str>, width: usize, first: usize, indent: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = first;
    let mut fresh = true;
    for word in words {
        let columns = word.chars().count();
        if !fresh && used + 1 + columns > width {
            lines.push(" ".repeat(indent));
            used = indent;
            fresh = true;
        }
        let Some(line) = lines.last_mut() else { break };
        if !fresh {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += columns;
        fresh = false;
    }
    lines
}

/// The text if it has no more than `width` columns, else its beginning and an ellipsis.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three", 8, 0, 2), ["one two", "  three"]);
        assert_eq!(wrap("one two three", 80, 0, 2), ["one two three"]);
        assert_eq!(wrap("one two", 8, 4, 0), ["one", "two"]);
        assert_eq!(wrap("a verylongword b", 5, 0, 1), ["a", " verylongword", " b"]);
        assert_eq!(wrap(" ", 5, 0, 1), [""]);
    }

    #[test]
    fn words_that_no_line_has_room_for_are_broken() {
        assert_eq!(fold("a verylongword b", 5, 0, 1), ["a", " very", " long", " word", " b"]);
        assert_eq!(fold("éééé", 2, 0, 0), ["éé", "éé"]);
        assert_eq!(fold("one two three", 80, 0, 2), wrap("one two three", 80, 0, 2));
    }

    #[test]
    fn what_is_too_long_is_cut() {
        assert_eq!(cut("§4.2.1", 6), "§4.2.1");
        assert_eq!(cut("§4.2.1", 5), "§4.2…");
        assert_eq!(cut("abc", 0), "…");
    }
}
