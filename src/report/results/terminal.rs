//! Results on a terminal: a tree by clause, what fails with its octets, and what it all comes to.

use anstyle::Style;

use super::case::{self, kinds, same_requirement, same_vector};
use super::screen::{Screen, some_of};
use super::sections::{Section, documents};
use super::standing::{badge, counts, levels, meaning, shape, style, word};
use crate::report::{BAD, FRAME, GOOD, Look, NAME, OPEN};
#[cfg(feature = "cli")]
use crate::suite::results::CaseResult;
use crate::suite::results::{Conclusion, Ended, Results, Standing};

/// Results for a terminal.
#[derive(Clone, Copy, Debug)]
pub struct ResultsSheet<'r> {
    /// What the test came to.
    pub results: &'r Results,
    /// Whether every case is spelled out, not only what fails.
    pub verbose: bool,
}

/// No page is narrower than this.
const NARROW: usize = 24;
/// Of more failures than this, only one is spelled out for each requirement and kind of fault.
const MANY: usize = 10;
/// So many columns of octets are drawn for a case; with `verbose`, or for the control, more.
const OCTETS: [usize; 2] = [1600, 16_000];

impl ResultsSheet<'_> {
    /// For people: no line is longer than the page is wide but those that are there to be copied.
    pub fn human(&self, look: Look) -> String {
        let look = Look { width: look.width.max(NARROW), ..look };
        let mut page = Screen { look, drawn: String::new() };
        self.title(&mut page);
        self.tree(&mut page);
        self.failures(&mut page);
        self.in_short(&mut page);
        self.baseline(&mut page);
        self.totals(&mut page);
        page.drawn
    }

    fn title(&self, page: &mut Screen) {
        let results = self.results;
        page.text(0, NAME, &format!("{}: a {} at {}", results.program, results.role, results.target));
        if !results.options.is_empty() {
            page.term("options", &results.options.join(" "));
        }
        let control = &results.control;
        let wrong = case::control(control);
        if wrong.is_empty() {
            let asked = if control.asked == 1 { "once".to_owned() } else { format!("{} times", control.asked) };
            page.term("control", &format!("a minimal valid handshake opened a connection, {asked}"));
        } else {
            page.space();
            page.text(0, BAD, &format!("{} THE CONTROL FAILED", shape(Standing::Fail)));
            for sentence in wrong {
                page.text(2, NAME, &sentence);
            }
            page.octets("sent", &case::octets(&control.sent), '>', &control.sent, OCTETS[1]);
            page.octets("received", &case::octets(&control.received), '<', &control.received, OCTETS[1]);
        }
    }

    fn tree(&self, page: &mut Screen) {
        page.space();
        for document in documents(self.results) {
            page.counted(0, &document.title(), document.cases().map(|case| case.standing));
            let is_calm = |section: &&Section<'_>| {
                section
                    .cases
                    .iter()
                    .all(|case| matches!(case.standing, Standing::Pass | Standing::Permitted | Standing::Unsupported))
            };
            let (calm, told): (Vec<_>, Vec<_>) =
                document.sections.iter().partition(|section| !self.verbose && is_calm(section));
            for section in told {
                page.counted(2, &section.title, section.cases.iter().map(|case| case.standing));
                for case in section.cases.iter().filter(|_| self.verbose) {
                    page.flow(
                        4,
                        6,
                        &[(badge(case.standing, Look::PLAIN), style(case.standing)), (case.id.clone(), NAME)],
                    );
                }
            }
            if !calm.is_empty() {
                let title = if calm.len() == 1 { calm[0].title.clone() } else { format!("{} sections", calm.len()) };
                page.counted(2, &title, calm.iter().flat_map(|section| &section.cases).map(|case| case.standing));
            }
        }
    }

    /// Each failure spelled out; each case, where all are asked for.
    fn failures(&self, page: &mut Screen) {
        if self.verbose {
            return self.results.cases.iter().for_each(|case| page.case(case, &[], OCTETS[1]));
        }
        for standing in Standing::ALL.into_iter().filter(|&standing| self.results.is_failure(standing)) {
            let alike = if self.results.count(standing) > MANY { same_requirement } else { same_vector };
            for kind in kinds(self.results, standing, alike) {
                page.case(kind[0], &kind[1..], OCTETS[0]);
            }
        }
    }

    /// What is no failure, a line for each kind with its cases; and what was not judged, with how many of each.
    fn in_short(&self, page: &mut Screen) {
        let told = [
            Standing::Contested,
            Standing::NonStrict,
            Standing::Informational,
            Standing::Unsupported,
            Standing::HarnessError,
        ];
        for standing in told.into_iter().filter(|&standing| !self.verbose && !self.results.is_failure(standing)) {
            let kinds = kinds(self.results, standing, |a, b| case::said(a) == case::said(b));
            if !kinds.is_empty() {
                page.space();
                let title = format!("{} {}: {}", shape(standing), word(standing), meaning(standing));
                page.text(0, style(standing), &title);
            }
            for kind in kinds {
                page.text(2, Style::new(), &case::said(kind[0]));
                let ids = some_of(&kind.iter().map(|case| case.id.as_str()).collect::<Vec<_>>());
                let cases = if standing == Standing::Unsupported { numbered(kind.len(), "case", "cases") } else { ids };
                page.text(4, FRAME, &cases);
            }
        }
    }

    fn baseline(&self, page: &mut Screen) {
        let Some(differs) = &self.results.baseline else { return };
        for (lines, what) in [
            (&differs.new, "new: fails, and is not in the baseline like this"),
            (&differs.unexpected_passes, "unexpected pass: is in the baseline and fails no more, take the line out"),
            (&differs.unmatched, "matches nothing: no case of the suite has this id, take the line out"),
        ] {
            if !lines.is_empty() {
                page.space();
                page.text(0, BAD, &format!("{} BASELINE, {what}", shape(Standing::Fail)));
                lines.iter().for_each(|line| page.text(2, NAME, line));
            }
        }
        if !differs.unexplained.is_empty() {
            page.space();
            let lines = numbered(differs.unexplained.len(), "line", "lines");
            page.text(0, OPEN, &format!("BASELINE, {lines} without a reason: write one in place of TODO"));
            page.text(2, NAME, &some_of(&differs.unexplained.iter().map(String::as_str).collect::<Vec<_>>()));
        }
    }

    fn totals(&self, page: &mut Screen) {
        let results = self.results;
        page.space();
        page.text(0, NAME, &numbered(results.cases.len(), "case", "cases"));
        let counts = counts(results.cases.iter().map(|case| case.standing));
        let widest = counts.iter().map(|(_, count)| count.to_string().len()).max().unwrap_or(0);
        for (standing, count) in counts {
            let badge = (format!("{count:>widest$} {:<15}", badge(standing, Look::PLAIN)), style(standing));
            page.flow(2, widest + 5, &[badge, (meaning(standing).to_owned(), FRAME)]);
        }
        let levels: Vec<String> = levels(results).iter().map(|(level, count)| format!("{count} {level}")).collect();
        page.text(2, Style::new(), &format!("faults by level: {}", levels.join(", ")));
        match &results.ended {
            Ended::Complete => {}
            Ended::Interrupted => page.text(0, OPEN, "! INTERRUPTED: the run was stopped before its end"),
            Ended::Broken(why) => page.text(0, BAD, &format!("! BROKEN OFF: {why}")),
        }
        page.space();
        match results.conclusion() {
            Conclusion::Fine => page.text(0, GOOD, &format!("{} FINE: {}", shape(Standing::Pass), fine(results))),
            Conclusion::Failed => page.text(0, BAD, &format!("{} FAILED: {}", shape(Standing::Fail), failed(results))),
            Conclusion::Undone(why) => page.text(0, BAD, &format!("! NOT DONE: {why}")),
        }
    }
}

/// A case, spelled out on a page without colour.
#[cfg(feature = "cli")]
pub(super) fn spelled(case: &CaseResult) -> String {
    let mut page = Screen { look: Look { width: 100, colour: false }, drawn: String::new() };
    page.case(case, &[], OCTETS[1]);
    page.drawn.trim_start().to_owned()
}

/// So many of something.
fn numbered(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What a clean run proved.
pub(super) fn fine(results: &Results) -> String {
    let known = match results.count(Standing::Known) {
        0 => String::new(),
        count => format!(", {count} of them known failures"),
    };
    format!("{} judged{known}", numbered(results.judged(), "case", "cases"))
}

/// What is wrong, in one line.
pub(super) fn failed(results: &Results) -> String {
    let plural = |count, one, many| (count > 0).then(|| numbered(count, one, many));
    let failures = results.cases.iter().filter(|case| results.is_failure(case.standing)).count();
    let (gone, unmatched) =
        results.baseline.as_ref().map_or((0, 0), |differs| (differs.unexpected_passes.len(), differs.unmatched.len()));
    let parts = [
        (!results.control.faults.is_empty()).then(|| "the control is answered wrongly".to_owned()),
        plural(failures, "case fails", "cases fail"),
        plural(gone, "unexpected pass", "unexpected passes"),
        plural(unmatched, "line of the baseline matches nothing", "lines of the baseline match nothing"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::samples::{case, fault, results, sample, usual};
    use super::*;
    use crate::report::visible::printable;

    fn drawn(results: &Results, verbose: bool, width: usize) -> String {
        ResultsSheet { results, verbose }.human(Look { width, colour: false })
    }

    #[test]
    fn no_line_is_wider_than_the_page_but_those_to_copy() {
        for results in [sample(), usual()] {
            let commands: Vec<String> =
                results.cases.iter().flat_map(|case| &case.reproduce).map(|text| printable(text)).collect();
            for width in [24, 40, 80, 200] {
                for verbose in [false, true] {
                    for line in drawn(&results, verbose, width).lines() {
                        let fits = line.chars().count() <= width || commands.iter().any(|command| command == line);
                        assert!(fits, "{width}: {line}");
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_printed() {
        for verbose in [false, true] {
            let drawn = drawn(&sample(), verbose, 80);
            assert!(drawn.chars().all(|letter| letter == '\n' || !letter.is_control()));
            let coloured = ResultsSheet { results: &sample(), verbose }.human(Look { width: 80, colour: true });
            let plain: String = anstream_free(&coloured);
            assert_eq!(plain, drawn);
        }
    }

    /// The text without the escape sequences that colour it.
    fn anstream_free(text: &str) -> String {
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = behind.split_once('m').expect("an end").1;
        }
        plain + rest
    }

    #[test]
    fn three_failures_are_seen_whole_on_two_screens() {
        let drawn = drawn(&usual(), false, 80);
        assert!(drawn.lines().count() <= 70, "{drawn}");
        for told in [
            "✗ FAIL  server/key/decodes-to-14\n",
            "  likewise  server/key/decodes-to-14 + octets\n",
            "  clause    RFC 6455 §4.2.1 item 5: The key is base64 of 16 octets.\n",
            "  MUST      accepted what must be rejected\n",
            "  permitted only to reject: the key decodes to 14 octets\n",
            "    > Sec-WebSocket-Key: dGhlIHNhbXBsZSBub24=\\r\\n\n",
            "    < HTTP/1.1 400 Bad Request\\r\\n\n",
            "\nws101 test server ws://127.0.0.1:9001/chat --only server/connection/list-ows\n",
            "▲ non-strict: a SHOULD is missed\n",
            "faults by level: 3 MUST, 0 contested, 1 SHOULD, 0 MAY or INFO\n",
        ] {
            assert!(drawn.contains(told), "{told} in\n{drawn}");
        }
        assert!(drawn.ends_with("\n✗ FAILED: 3 cases fail\n"), "{drawn}");
    }

    #[test]
    fn many_failures_of_one_requirement_are_told_once() {
        let failing =
            |index| case(&format!("server/key/{index}"), Standing::Fail, &[fault("accepts", "MUST", "accepted it")]);
        let few = results((0..MANY).map(failing).collect());
        assert_eq!(drawn(&few, false, 80).matches("  clause ").count(), MANY);
        let many = results((0..40).map(failing).collect());
        let drawn = drawn(&many, false, 80);
        assert_eq!(drawn.matches("  clause ").count(), 1);
        assert!(drawn.contains("server/key/12 and 27\n            more\n"), "{drawn}");
    }

    #[test]
    fn what_is_more_than_a_failure_is_unmistakable() {
        let without = Results { control: Default::default(), ..usual() };
        let text = drawn(&without, false, 80);
        assert!(text.contains("✗ THE CONTROL FAILED\n  A minimal valid handshake did not open"), "{text}");
        assert!(text.contains("\n! NOT DONE: the control"), "{text}");
        let text = drawn(&sample(), false, 80);
        for told in [
            "BASELINE, new",
            "BASELINE, unexpected pass",
            "BASELINE, matches nothing",
            "! BROKEN OFF:\n",
            "without a reason: write one",
        ] {
            assert!(text.contains(told), "{told} in\n{text}");
        }
        let stopped = Results { ended: Ended::Interrupted, ..results(vec![case("a", Standing::Pass, &[])]) };
        assert!(drawn(&stopped, false, 80).ends_with("! NOT DONE: the run was interrupted\n"));
        let fine = results(vec![case("a", Standing::Pass, &[]), case("b", Standing::Known, &[])]);
        assert!(drawn(&fine, false, 80).ends_with("✓ FINE: 2 cases judged, 1 of them known failures\n"));
        let strict = Results { strict: true, ..usual() };
        assert!(drawn(&strict, false, 80).contains("▲ non-strict  server/version/no-426\n  clause "));
    }

    #[test]
    fn everything_is_spelled_out_where_that_is_asked_for() {
        let drawn = drawn(&usual(), true, 80);
        assert_eq!(drawn.matches("  clause ").count(), usual().cases.len());
    }
}
