//! Cases by the document and the clause that they are about.

use std::collections::BTreeMap;

use crate::suite::law::register;
use crate::suite::results::{CaseResult, Results};

/// The cases about one document.
#[derive(Debug)]
pub(super) struct Document<'r> {
    /// Its name in ids: `rfc6455`.
    pub(super) name: &'r str,
    /// By clause, in the order of the document.
    pub(super) sections: Vec<Section<'r>>,
}

/// The cases about one clause.
#[derive(Debug)]
pub(super) struct Section<'r> {
    /// Its number, with a sign before it where the document has such: `§4.2.1`.
    pub(super) title: String,
    /// In the order of the suite.
    pub(super) cases: Vec<&'r CaseResult>,
}

impl Document<'_> {
    /// Its name for people: `RFC 6455`.
    pub(super) fn title(&self) -> String {
        register::document(self.name)
    }

    pub(super) fn cases(&self) -> impl Iterator<Item = &CaseResult> {
        self.sections.iter().flat_map(|section| section.cases.iter().copied())
    }
}

/// Every case by document and clause: RFC 6455 first, then the others by their numbers.
pub(super) fn documents(results: &Results) -> Vec<Document<'_>> {
    let mut tree: BTreeMap<_, BTreeMap<_, Section<'_>>> = BTreeMap::new();
    for case in &results.cases {
        let document = case.document.as_str();
        let number = case.number();
        let sign = if document.starts_with("rfc") { "§" } else { "" };
        let section = || Section { title: format!("{sign}{number}"), cases: Vec::new() };
        let sections = tree.entry((document != "rfc6455", document)).or_default();
        sections.entry(order(number)).or_insert_with(section).cases.push(case);
    }
    let document = |((_, name), sections): ((bool, _), BTreeMap<_, _>)| Document {
        name,
        sections: sections.into_values().collect(),
    };
    tree.into_iter().map(document).collect()
}

/// Where a number stands: §4.10 behind §4.9.
fn order(number: &str) -> (Vec<u32>, &str) {
    (number.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect(), number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_in_the_order_of_their_documents() {
        let case = |document: &str, section: &str| CaseResult {
            document: document.to_owned(),
            section: section.to_owned(),
            ..CaseResult::default()
        };
        let results = Results {
            cases: vec![
                case("rfc9110", "7.8"),
                case("rfc4648", "4"),
                case("rfc6455", "11.3"),
                case("rfc6455", "4.2.1 item 10"),
                case("rfc6455", "4.2.1 item 9"),
                case("rfc6455", "4.2"),
                case("whatwg", "fetch"),
            ],
            ..Results::default()
        };
        let drawn: Vec<String> = documents(&results)
            .iter()
            .flat_map(|document| {
                let section =
                    |section: &Section<'_>| format!("{} {} {}", document.title(), section.title, section.cases.len());
                document.sections.iter().map(section).collect::<Vec<_>>()
            })
            .collect();
        let expected = [
            "RFC 6455 §4.2 1",
            "RFC 6455 §4.2.1 2",
            "RFC 6455 §11.3 1",
            "RFC 4648 §4 1",
            "RFC 9110 §7.8 1",
            "WHATWG fetch 1",
        ];
        assert_eq!(drawn, expected);
    }
}
