//! Results as JSON, whose shape `conformance/schema/results.schema.json` fixes.

use crate::suite::Results;

/// The results as one object, indented, with a line feed behind it. Two runs against the same behaviour differ in its
/// `durations` alone. Octets that a terminal would obey are escaped.
pub fn json(results: &Results) -> String {
    // Strings, numbers and maps with strings for names can always be written.
    let plain = serde_json::to_string_pretty(results).unwrap_or_default();
    let mut json = String::with_capacity(plain.len() + 1);
    for letter in plain.chars() {
        match letter {
            // These stand in strings alone.
            '\u{7f}'..='\u{9f}' => json.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => json.push(letter),
        }
    }
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    use super::super::samples::sample;
    use super::*;
    use crate::suite::source::Text;

    #[test]
    fn what_is_written_is_read_back_and_obeyed_by_no_terminal() {
        let json = json(&sample());
        assert_eq!(Results::read(&Text::new("r.json", json.clone())).unwrap(), sample());
        assert!(json.chars().all(|letter| letter == '\n' || !letter.is_control()));
    }
}
