//! Octets as the data files write them: strings of U+0000–00FF, repeats, and marks with their canonical rendering.

use std::collections::HashSet;

use serde::Deserialize;

use super::source::{DataErrors, Source, Text};

/// No octets of a data file are longer: a slip in `times` has to end in an error, not in exhausted memory.
const LONGEST: usize = 16 * 1024 * 1024;

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

    pub(super) fn read(text: &Text) -> Result<Marks, DataErrors> {
        let file: File = text.toml("Octets").map_err(|error| DataErrors(vec![error]))?;
        let mut names = HashSet::new();
        let mut errors = Vec::new();
        for mark in &file.mark {
            let line = text.text.lines().position(|line| line == format!("name = \"{}\"", mark.name)).map(|at| at + 1);
            if !names.insert(&mark.name) {
                errors.push(text.error(line, format!("mark `{}` stands twice", mark.name), "remove one"));
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
pub(super) enum Element {
    Text(String),
    Repeat(Repeat),
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repeat {
    repeat: String,
    times: usize,
}

/// Renders octets canonically, and remembers which marks it met.
pub(super) struct Rendering<'a> {
    marks: &'a Marks,
    overrides: &'a [(String, String)],
    met: HashSet<String>,
}

impl<'a> Rendering<'a> {
    /// With the renderings that a vector overrides.
    pub(super) fn new(marks: &'a Marks, overrides: &'a [(String, String)]) -> Self {
        Rendering { marks, overrides, met: HashSet::new() }
    }

    /// The names of the marks that were met.
    pub(super) fn met(&self) -> &HashSet<String> {
        &self.met
    }

    /// What stands for a mark here.
    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        let canonical = self.marks.canonical(name)?;
        Some(self.overrides.iter().find(|(mark, _)| mark == name).map_or(canonical, |(_, value)| value))
    }

    /// The text with its marks rendered; `{…}` that is no mark is literal.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut rendered = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            rendered.push_str(&rest[..open]);
            rest = &rest[open..];
            let name = rest.find('}').map(|close| &rest[1..close]);
            match name.and_then(|name| Some((name, self.value(name)?))) {
                Some((name, value)) => {
                    self.met.insert(name.to_owned());
                    rendered.push_str(value);
                    rest = &rest[name.len() + 2..];
                }
                None => {
                    rendered.push('{');
                    rest = &rest[1..];
                }
            }
        }
        rendered.push_str(rest);
        rendered
    }

    /// The octets of one string: one for each character.
    pub(super) fn octets_of(&mut self, text: &str) -> Result<Vec<u8>, String> {
        let octet = |character: char| {
            u8::try_from(u32::from(character)).map_err(|_| {
                format!("{character:?} (U+{:04X}) is beyond U+00FF, so it is no octet", u32::from(character))
            })
        };
        self.text(text).chars().map(octet).collect()
    }

    /// The octets of an array.
    pub(super) fn octets(&mut self, elements: &[Element]) -> Result<Vec<u8>, String> {
        let mut octets = Vec::new();
        for element in elements {
            let (text, times) = match element {
                Element::Text(text) => (text, 1),
                Element::Repeat(Repeat { repeat, times }) => (repeat, *times),
            };
            let once = self.octets_of(text)?;
            let length = once.len().checked_mul(times).and_then(|length| length.checked_add(octets.len()));
            if length.is_none_or(|length| length > LONGEST) {
                return Err(format!("longer than {LONGEST} octets"));
            }
            for _ in 0..times {
                octets.extend_from_slice(&once);
            }
        }
        Ok(octets)
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
        let marks = marks(TABLE).unwrap();
        let mut rendering = Rendering::new(&marks, &[]);
        let octets = rendering.octets(&elements(r#"["a\u0000\u00ff", {"repeat": "xy", "times": 2}, "{key}"]"#));
        assert_eq!(octets.unwrap(), b"a\x00\xffxyxyK");
        assert!(rendering.octets(&elements(r#"["\u0100"]"#)).unwrap_err().contains("U+0100"));
        assert!(rendering.octets(&elements(r#"[{"repeat": "xy", "times": 99999999999}]"#)).is_err());
        let repeated = |times| elements(&format!(r#"["x", {{"repeat": "x", "times": {times}}}]"#));
        assert_eq!(rendering.octets(&repeated(LONGEST - 1)).unwrap().len(), LONGEST);
        assert!(rendering.octets(&repeated(LONGEST)).is_err());
        assert!(serde_json::from_str::<Vec<Element>>(r#"[{"repeat": "x", "times": 1, "more": 1}]"#).is_err());
    }

    #[test]
    fn a_table_that_cannot_be_used_is_an_error() {
        assert_eq!(marks(&format!("{TABLE}{TABLE}")).unwrap_err().0[0].line, Some(2));
        assert_eq!(marks(&TABLE.replace("\"K\"", "\"\\u0100\"")).unwrap_err().0[0].line, Some(2));
        assert_eq!(marks(&TABLE.replace("\"K\"", "\"\\u00ff\"")).unwrap().marks()[0].canonical, "\u{ff}");
        assert!(marks(&format!("{TABLE}colour = 1\n")).is_err());
    }
}
