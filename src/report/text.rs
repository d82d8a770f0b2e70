//! Text broken into lines, and cut to a width.

/// Breaks text between words, so that no line has more than `width` columns unless a single word has. The first line is
/// `first` columns shorter; the others begin with `indent` blanks.
pub fn wrap(text: &str, width: usize, first: usize, indent: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = first;
    let mut fresh = true;
    for word in text.split_whitespace() {
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
    fn what_is_too_long_is_cut() {
        assert_eq!(cut("§4.2.1", 6), "§4.2.1");
        assert_eq!(cut("§4.2.1", 5), "§4.2…");
        assert_eq!(cut("abc", 0), "…");
    }
}
