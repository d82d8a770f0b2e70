//! How each standing is told from the others: by a word, a shape and a colour.

use anstyle::Style;

use crate::report::{BAD, FRAME, GOOD, Look, ODD, OPEN};
use crate::suite::results::{Results, Standing};

/// The shape that stands before the word, one column wide.
pub(super) const fn shape(standing: Standing) -> char {
    match standing {
        Standing::Fail => '✗',
        Standing::Contested => '?',
        Standing::NonStrict => '▲',
        Standing::Informational => '○',
        Standing::Known => '≈',
        Standing::Pass => '✓',
        Standing::Permitted => '◇',
        Standing::Unsupported => '–',
        Standing::HarnessError => '!',
        Standing::NotRun => '·',
    }
}

/// The word for people.
pub(super) const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Fail => "FAIL",
        Standing::HarnessError => "harness error",
        Standing::NotRun => "not run",
        other => other.as_str(),
    }
}

/// What it says of the implementation.
pub(super) const fn meaning(standing: Standing) -> &'static str {
    match standing {
        Standing::Fail => "a MUST is broken",
        Standing::Contested => "a MUST with two careful readings",
        Standing::NonStrict => "a SHOULD is missed",
        Standing::Informational => "otherwise than a MAY or a note has it",
        Standing::Known => "fails, and the baseline knows",
        Standing::Pass => "as it must",
        Standing::Permitted => "the RFCs leave a choice",
        Standing::Unsupported => "cannot be asked, or is left to its policy",
        Standing::HarnessError => "could not be tried: nothing is said",
        Standing::NotRun => "the run ended before",
    }
}

/// The colour.
pub(super) const fn style(standing: Standing) -> Style {
    match standing {
        Standing::Fail => BAD,
        Standing::Contested | Standing::NonStrict | Standing::HarnessError => OPEN,
        Standing::Informational | Standing::Known => ODD,
        Standing::Pass => GOOD,
        Standing::Permitted | Standing::Unsupported | Standing::NotRun => FRAME,
    }
}

/// Shape and word in their colour.
pub(super) fn badge(standing: Standing, look: Look) -> String {
    look.paint(style(standing), format_args!("{} {}", shape(standing), word(standing)))
}

/// Each standing that some of the cases have, with how many.
pub(super) fn counts(standings: impl Iterator<Item = Standing>) -> Vec<(Standing, usize)> {
    let mut counts = Standing::ALL.map(|standing| (standing, 0));
    for standing in standings {
        counts.iter_mut().filter(|(its, _)| *its == standing).for_each(|(_, count)| *count += 1);
    }
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// How many faults the cases have by what they count. A known failure has them too.
pub(super) fn levels(results: &Results) -> [(&'static str, usize); 4] {
    let count = |standing| {
        let faults = results.cases.iter().flat_map(|case| &case.faults);
        faults.filter(|fault| fault.standing == standing).count()
    };
    [
        ("MUST", count(Standing::Fail)),
        ("contested", count(Standing::Contested)),
        ("SHOULD", count(Standing::NonStrict)),
        ("MAY or INFO", count(Standing::Informational)),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_standings_look_alike_even_without_colour() {
        let all = Standing::ALL;
        assert_eq!(all.map(shape).into_iter().collect::<HashSet<_>>().len(), all.len());
        assert_eq!(all.map(word).into_iter().collect::<HashSet<_>>().len(), all.len());
        assert!(all.into_iter().all(|standing| meaning(standing).len() <= 44));
    }
}
