//! Octets as the data files write them: strings of U+0000–00FF, repeats, and marks with their canonical rendering.

use std::collections::HashSet;
use std::ops::Range;

use serde::Deserialize;

use super::source::{DataErrors, Source, Text, Wrong};

/// No octets of a data file are longer than 16 MiB: a slip in `times` has to end in an error, not in exhausted memory.
const LONGEST: usize = 1 << 24;

/// A span that a live run replaces.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The name, written `{name}`.
    pub name: String,
    /// What stands there otherwise.
    pub canonical: String,
    /// What it is.
    pub how: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    mark: Vec<Mark>,
}

/// The table of marks.
#[derive(Clone, Debug, Default)]
pub struct Marks(Vec<Mark>);

impl Marks {
    /// Reads `marks.toml`.
    pub fn load(source: &Source) -> Result<Marks, DataErrors> {
        Marks::read(&source.marks()?)
    }

    pub(in crate::suite) fn read(text: &Text) -> Result<Marks, DataErrors> {
        let file: File = text.toml("Octets").map_err(|error| DataErrors(vec![error]))?;
        let mut names = HashSet::new();
        let mut errors = Vec::new();
        for mark in &file.mark {
            let line = text.text.lines().position(|line| line == format!("name = \"{}\"", mark.name)).map(|at| at + 1);
            if !names.insert(&mark.name) {
                errors.push(text.error(line, format!("mark `{}` stands twice", mark.name), "remove one"));
            }
            if mark.name.is_empty() || mark.how.is_empty() {
                errors.push(text.error(line, format!("mark `{}` has an empty `name` or `how`", mark.name), "write it"));
            }
            if mark.canonical.chars().any(|character| u32::from(character) > 0xff) {
                let message = format!("mark `{}` has a character that is no octet", mark.name);
                errors.push(text.error(line, message, "write U+0000-00FF only"));
            }
        }
        if errors.is_empty() { Ok(Marks(file.mark)) } else { Err(DataErrors(errors)) }
    }

    /// Every mark, in the order of the table.
    pub fn marks(&self) -> &[Mark] {
        &self.0
    }

    /// What stands for a mark unless something overrides it.
    pub fn canonical(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|mark| mark.name == name).map(|mark| mark.canonical.as_str())
    }
}

/// One element of an array of octets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "an element of octets is a string or {\"repeat\": string, \"times\": number}")]
pub(in crate::suite) enum Element {
    Text(String),
    Repeat(Repeat),
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::suite) struct Repeat {
    repeat: String,
    times: usize,
}

/// Where a mark stands in octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkSpan {
    /// The half-open range of octets.
    pub octets: Range<usize>,
    /// The name of the mark.
    pub mark: String,
}

/// Renders octets canonically, and remembers which marks it met.
pub(in crate::suite) struct Rendering<'a> {
    marks: &'a Marks,
    overrides: &'a [(String, String)],
    met: HashSet<String>,
}

/// A piece of text: as it stands, or what stands for a mark.
type Piece<'t> = (&'t str, Option<&'t str>);

impl<'a> Rendering<'a> {
    /// With the renderings that a vector overrides.
    pub(in crate::suite) fn new(marks: &'a Marks, overrides: &'a [(String, String)]) -> Self {
        Rendering { marks, overrides, met: HashSet::new() }
    }

    /// The names of the marks that were met.
    pub(in crate::suite) fn met(&self) -> &HashSet<String> {
        &self.met
    }

    /// What stands for a mark here.
    pub(in crate::suite) fn value(&self, name: &str) -> Option<&'a str> {
        let canonical = self.marks.canonical(name)?;
        Some(self.overrides.iter().find(|(mark, _)| mark == name).map_or(canonical, |(_, value)| value))
    }

    /// The mark of a live run, unless the vector overrides what stands there.
    pub(in crate::suite) fn live<'n>(&self, name: &'n str) -> Option<&'n str> {
        let is_live = self.marks.canonical(name).is_some() && !self.overrides.iter().any(|(mark, _)| mark == name);
        is_live.then_some(name)
    }

    /// The text in pieces, with its marks rendered; `{…}` that is no mark is literal.
    fn pieces<'t>(&mut self, text: &'t str) -> Vec<Piece<'t>>
    where
        'a: 't,
    {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            pieces.push((&rest[..open], None));
            rest = &rest[open..];
            let name = rest.find('}').map(|close| &rest[1..close]);
            match name.and_then(|name| Some((name, self.value(name)?))) {
                Some((name, value)) => {
                    self.met.insert(name.to_owned());
                    pieces.push((value, Some(name)));
                    rest = &rest[name.len() + 2..];
                }
                None => {
                    pieces.push(("{", None));
                    rest = &rest[1..];
                }
            }
        }
        pieces.push((rest, None));
        pieces
    }

    /// The text with its marks rendered.
    pub(in crate::suite) fn text(&mut self, text: &str) -> String {
        self.pieces(text).into_iter().map(|(piece, _)| piece).collect()
    }

    /// The octets of one string: one for each character.
    pub(in crate::suite) fn octets_of(&mut self, text: &str) -> Result<Vec<u8>, Wrong> {
        self.marked(text).map(|(octets, _)| octets)
    }

    /// The octets of one string, and where marks stand that a live run replaces.
    fn marked(&mut self, text: &str) -> Result<(Vec<u8>, Vec<MarkSpan>), Wrong> {
        let octet = |character: char| {
            u8::try_from(u32::from(character)).map_err(|_| {
                let what =
                    format!("{character:?} (U+{:04X}) is beyond U+00FF, so it is no octet", u32::from(character));
                (what, "write an octet as one character U+0000-00FF")
            })
        };
        let mut octets = Vec::with_capacity(text.len());
        let mut spans = Vec::new();
        for (piece, mark) in self.pieces(text) {
            let start = octets.len();
            for character in piece.chars() {
                octets.push(octet(character)?);
            }
            if let Some(mark) = mark.and_then(|mark| self.live(mark)) {
                spans.push(MarkSpan { octets: start..octets.len(), mark: mark.to_owned() });
            }
        }
        Ok((octets, spans))
    }

    /// The octets of an array, and where marks stand that a live run replaces.
    pub(in crate::suite) fn octets(&mut self, elements: &[Element]) -> Result<(Vec<u8>, Vec<MarkSpan>), Wrong> {
        let (mut octets, mut spans) = (Vec::new(), Vec::new());
        for element in elements {
            let (text, times) = match element {
                Element::Text(text) => (text, 1),
                Element::Repeat(Repeat { repeat, times }) => (repeat, *times),
            };
            let (once, marks) = self.marked(text)?;
            // Nothing is as short however often it is repeated: no length would bound that.
            if matches!(element, Element::Repeat(_)) && (once.is_empty() || times == 0) {
                return Err(("repeats nothing".to_owned(), "give `repeat` an octet at least, and `times` at least 1"));
            }
            let length = once.len().checked_mul(times).and_then(|length| length.checked_add(octets.len()));
            if length.is_none_or(|length| length > LONGEST) {
                return Err((format!("longer than {LONGEST} octets"), "repeat it less often"));
            }
            for _ in 0..times {
                let start = octets.len();
                octets.extend_from_slice(&once);
                spans.extend(marks.iter().map(|span| MarkSpan {
                    octets: start + span.octets.start..start + span.octets.end,
                    mark: span.mark.clone(),
                }));
            }
        }
        Ok((octets, spans))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(toml: &str) -> Result<Marks, DataErrors> {
        Marks::read(&Text::new("marks.toml", toml.to_owned()))
    }

    const TABLE: &str = "[[mark]]\nname = \"key\"\ncanonical = \"K\"\nhow = \"h\"\n";

    fn elements(json: &str) -> Vec<Element> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn marks_are_rendered_and_other_braces_are_literal() {
        let marks = marks(TABLE).unwrap();
        let mut rendering = Rendering::new(&marks, &[]);
        assert_eq!(rendering.text("{key}{{key}}{nokey}{key"), "K{K}{nokey}{key");
        assert_eq!(rendering.met().len(), 1);
        let overrides = [("key".to_owned(), "other".to_owned())];
        assert_eq!(Rendering::new(&marks, &overrides).text("<{key}>"), "<other>");
    }

    #[test]
    fn each_character_is_one_octet() {
        let empty = TABLE.replace("\"key\"", "\"empty\"").replace("\"K\"", "\"\"");
        let marks = marks(&format!("{TABLE}{empty}")).unwrap();
        let mut rendering = Rendering::new(&marks, &[]);
        let octets = rendering.octets(&elements(r#"["a\u0000\u00ff", {"repeat": "xy", "times": 2}, "{key}"]"#));
        let (octets, spans) = octets.unwrap();
        assert_eq!(octets, b"a\x00\xffxyxyK");
        assert_eq!(spans, [MarkSpan { octets: 7..8, mark: "key".to_owned() }]);
        let overrides = [("key".to_owned(), "other".to_owned())];
        let (octets, spans) = Rendering::new(&marks, &overrides).octets(&elements(r#"["\u00ff{key}"]"#)).unwrap();
        assert_eq!((&octets[..], spans), (&b"\xffother"[..], Vec::new()));
        assert!(rendering.octets(&elements(r#"["\u0100"]"#)).unwrap_err().0.contains("U+0100"));
        for (repeat, times, said) in [
            ("xy", u64::MAX, "longer than"),
            ("xy", 99_999_999_999, "longer than"),
            ("xy", 0, "repeats nothing"),
            ("", 1, "repeats nothing"),
            ("", u64::MAX, "repeats nothing"),
            ("{empty}", u64::MAX, "repeats nothing"),
        ] {
            let json = format!("[{{\"repeat\": \"{repeat}\", \"times\": {times}}}]");
            let error = rendering.octets(&elements(&json)).unwrap_err();
            assert!(error.0.starts_with(said), "{json}: {error:?}");
        }
        let block = "x".repeat(1 << 16);
        let around = |text: &str| {
            let times = LONGEST / block.len() - 1;
            elements(&format!(r#"["{text}", {{"repeat": "{block}", "times": {times}}}]"#))
        };
        assert_eq!(rendering.octets(&around(&block)).unwrap().0.len(), LONGEST);
        assert!(rendering.octets(&around(&format!("{block}x"))).is_err());
        assert!(serde_json::from_str::<Vec<Element>>(r#"[{"repeat": "x", "times": 1, "more": 1}]"#).is_err());
    }

    #[test]
    fn a_table_that_cannot_be_used_is_an_error() {
        assert_eq!(marks(&format!("{TABLE}{TABLE}")).unwrap_err().0[0].line, Some(2));
        assert_eq!(marks(&TABLE.replace("\"K\"", "\"\\u0100\"")).unwrap_err().0[0].line, Some(2));
        assert_eq!(marks(&TABLE.replace("\"K\"", "\"\\u00ff\"")).unwrap().marks()[0].canonical, "\u{ff}");
        for empty in ["\"key\"", "\"h\""] {
            let said = marks(&TABLE.replace(empty, "\"\"")).unwrap_err().to_string();
            assert!(said.contains("an empty `name` or `how`"), "{said}");
        }
        assert!(marks(&format!("{TABLE}colour = 1\n")).is_err());
    }
}
