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
    use serde_json::json;

    use super::super::samples::{sample, usual};
    use super::*;
    use crate::suite::law::source::Text;

    #[test]
    fn it_has_the_shape_of_its_schema() {
        let schema = include_str!("../../../conformance/schema/results.schema.json");
        let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        let read = |results: &Results| serde_json::from_str::<serde_json::Value>(&json(results)).unwrap();
        for results in [sample(), usual(), Results { baseline: None, ..sample() }] {
            let errors: Vec<String> = validator.iter_errors(&read(&results)).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
        let good = read(&sample());
        for (pointer, value) in [
            ("/schema", json!(2)),
            ("/role", json!("proxy")),
            ("/ended/how", json!("complete")),
            ("/cases/0/standing", json!("failed")),
            ("/cases/0/sent", json!("\u{100}")),
            ("/cases/0/delivery", json!("0")),
            ("/cases/0/faults/0/failing", json!("breaks")),
            ("/cases/0/faults/0/level", json!("must")),
            ("/cases/0/reproduce/0", json!("a\nb")),
            ("/baseline/new", json!(null)),
            ("/durations", json!({"a": 1.5})),
        ] {
            let mut bad = good.clone();
            *bad.pointer_mut(pointer).expect("a place") = value;
            assert!(!validator.is_valid(&bad), "{pointer}");
        }
    }

    #[test]
    fn what_takes_time_stands_apart() {
        let slow = Results { durations: [("server/key/decodes-to-14".to_owned(), 99)].into(), ..usual() };
        let (before, behind) = (json(&usual()), json(&slow));
        let start = |json: &str| json.split_once("\n  \"durations\"").map(|(start, _)| start.to_owned());
        assert!(before != behind && start(&before).is_some());
        assert_eq!(start(&before), start(&behind));
    }

    #[test]
    fn what_is_written_is_read_back_and_obeyed_by_no_terminal() {
        let json = json(&sample());
        assert_eq!(Results::read(&Text::new("r.json", json.clone())).unwrap(), sample());
        assert!(json.chars().all(|letter| letter == '\n' || !letter.is_control()));
    }
}
