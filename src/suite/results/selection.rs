//! Which cases of the suite are run: patterns over ids, clauses, requirements and classes.

use std::fmt;

use globset::{Glob, GlobMatcher};

use super::{number, vector};
use crate::judgement::Class;

/// What a case can be selected by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names<'a> {
    /// The id of the case: that of its vector, and in another delivery ` + ` and its word behind.
    pub id: &'a str,
    /// The document that it is about: `rfc6455`.
    pub document: &'a str,
    /// The section of the register: `4.2.1 item 5`.
    pub section: &'a str,
    /// The requirements that it shows.
    pub requirements: Vec<&'a str>,
    /// The parts of the message that its octets have findings about.
    pub classes: Vec<Class>,
}

/// What to run, and what not. Patterns match as a whole, and `*` stands for anything, `/` included.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    only: Vec<Pattern>,
    skip: Vec<Pattern>,
}

/// A pattern that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPattern {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" is no pattern ({})", self.pattern, self.message)
    }
}

impl std::error::Error for BadPattern {}

#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    glob: GlobMatcher,
}

impl Pattern {
    fn new(text: &str) -> Result<Pattern, BadPattern> {
        match Glob::new(text) {
            Ok(glob) => Ok(Pattern { text: text.to_owned(), glob: glob.compile_matcher() }),
            Err(error) => Err(BadPattern { pattern: text.to_owned(), message: error.kind().to_string() }),
        }
    }

    fn matches(&self, names: &Names<'_>) -> bool {
        let is = |name: &str| self.glob.is_match(name);
        is(names.id)
            || is(vector(names.id))
            || names.requirements.iter().any(|requirement| is(requirement))
            || names.classes.iter().any(|class| is(class.as_str()))
            || [names.section, number(names.section)].into_iter().any(|section| {
                is(section) || is(&format!("§{section}")) || is(&format!("{}-{section}", names.document))
            })
            || is(names.document)
    }
}

impl Selection {
    /// What matches one of `only`, or everything where there is none, without what matches one of `skip`.
    ///
    /// # Errors
    ///
    /// The first pattern with an open bracket or brace, or the like.
    pub fn new(only: &[String], skip: &[String]) -> Result<Selection, BadPattern> {
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect::<Result<_, _>>();
        Ok(Selection { only: patterns(only)?, skip: patterns(skip)? })
    }

    /// Whether the case is run.
    pub fn selects(&self, names: &Names<'_>) -> bool {
        let matches = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(names));
        (self.only.is_empty() || matches(&self.only)) && !matches(&self.skip)
    }

    /// The patterns that match none of the cases of the suite.
    pub fn idle(&self, suite: &[Names<'_>]) -> Vec<&str> {
        let idle = |pattern: &&Pattern| !suite.iter().any(|names| pattern.matches(names));
        self.only.iter().chain(&self.skip).filter(idle).map(|pattern| pattern.text.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::requirements as r;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn selects(only: &[&str], skip: &[&str]) -> bool {
        let names = Names {
            id: "server/key/too-short + octets",
            document: "rfc6455",
            section: "4.2.1 item 5 / 1.3",
            requirements: vec![r::RFC6455_4_2_1_KEY_LENGTH.id.as_str(), r::RFC6455_11_3_1_KEY_ONCE_SERVER.id.as_str()],
            classes: vec![Class::Key],
        };
        Selection::new(&texts(only), &texts(skip)).unwrap().selects(&names)
    }

    #[test]
    fn a_case_goes_by_its_id_its_clauses_its_requirements_and_its_classes() {
        assert!(selects(&[], &[]));
        for pattern in [
            "*",
            "server/*",
            "server/key/too-short",
            "server/key/too-short + octets",
            "* + octets",
            "key",
            "{key,host}",
            "rfc6455",
            "4.2.1",
            "§4.2.1",
            "4.2*",
            "rfc6455-4.2.1",
            "4.2.1 item 5*",
            "rfc6455-4.2.1*",
            "*-key-once-server",
            "[r]fc6455-4.2.1-key-length",
        ] {
            assert!(selects(&[pattern], &[]), "{pattern}");
            assert!(selects(&["nothing", pattern], &["nothing"]), "{pattern}");
            assert!(!selects(&[], &[pattern]), "{pattern}");
            assert!(!selects(&["*"], &["nothing", pattern]), "{pattern}");
        }
        for pattern in
            ["", "server", "too-short", "4.2", "4.2.10", "item 5", "host", "rfc6455-4", "SERVER/*", "+ octets"]
        {
            assert!(!selects(&[pattern], &[]), "{pattern}");
            assert!(selects(&[], &[pattern]), "{pattern}");
        }
    }

    #[test]
    fn patterns_that_match_nothing_are_known() {
        let names = [Names { id: "server/a/b", ..Names::default() }, Names { id: "server/c/d", ..Names::default() }];
        let selection = Selection::new(&texts(&["server/a/*", "gone"]), &texts(&["*/d", "lost"])).unwrap();
        assert_eq!(selection.idle(&names), ["gone", "lost"]);
        let error = Selection::new(&texts(&["[a"]), &[]).unwrap_err();
        assert!(error.to_string().starts_with("\"[a\" is no pattern ("), "{error}");
    }
}
