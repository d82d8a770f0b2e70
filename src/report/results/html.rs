//! Results as one page: no network, no script, light and dark.

use askama::Template;

use super::case;
use super::octets::{Line, Piece, lines};
use super::sections::documents;
use super::standing::{counts, levels, meaning, word};
use super::terminal::{failed, fine};
use crate::report::visible::printable;
use crate::suite::Results;
use crate::suite::results::{CaseResult, Conclusion, Ended, Standing};

/// No page should be larger, in octets.
const SMALL: usize = 1_000_000;
/// How much is shown of each case.
#[derive(Clone, Copy)]
struct Room {
    /// So many columns of octets where it fails, and where it does not.
    octets: [usize; 2],
    /// So many of its commands, the last ones, likewise.
    commands: [usize; 2],
    /// Whether what fails stands apart before everything else, and not only in its section.
    apart: bool,
}

/// The largest room comes first, and one that is small enough for any suite of the usual size last.
const ROOMS: [Room; 6] = [
    Room { octets: [16_000, 4000], commands: [2, 2], apart: true },
    Room { octets: [4000, 1000], commands: [2, 1], apart: true },
    Room { octets: [2000, 600], commands: [2, 0], apart: true },
    Room { octets: [1000, 400], commands: [1, 0], apart: true },
    Room { octets: [400, 250], commands: [1, 0], apart: true },
    Room { octets: [120, 60], commands: [0, 0], apart: false },
];

/// The results as a page that stands alone. It shows as much of the octets as keeps it below a megabyte, and of any octets
/// only what can be seen: the JSON has them all.
pub fn html(results: &Results) -> String {
    let mut page = String::new();
    for room in ROOMS {
        // Nothing in it can fail to be written to memory.
        page = Page::new(results, room).render().unwrap_or_default();
        if page.len() <= SMALL {
            break;
        }
    }
    page
}

#[derive(Template)]
#[template(path = "page.html", config = "src/report/results/askama.toml")]
struct Page<'r> {
    program: String,
    role: String,
    target: String,
    options: String,
    strict: bool,
    verdict: Verdict,
    control: Control,
    ended: Option<String>,
    differs: Vec<(&'static str, Vec<String>)>,
    all: usize,
    counts: Vec<Count>,
    levels: [(&'static str, usize); 4],
    shortened: String,
    failing: String,
    failures: Vec<Case<'r>>,
    documents: Vec<Document<'r>>,
}

struct Verdict {
    standing: Standing,
    word: &'static str,
    text: String,
}

struct Control {
    wrong: Vec<String>,
    sent: Octets,
    received: Octets,
}

struct Count {
    standing: Standing,
    word: &'static str,
    cases: usize,
    meaning: &'static str,
}

struct Document<'r> {
    anchor: String,
    title: String,
    cases: usize,
    standings: String,
    sections: Vec<Section<'r>>,
}

struct Section<'r> {
    anchor: String,
    title: String,
    cases: usize,
    failing: usize,
    standings: String,
    requirements: Vec<Requirement<'r>>,
}

struct Requirement<'r> {
    id: String,
    summary: String,
    clause: String,
    standings: String,
    cases: Vec<Case<'r>>,
}

struct Case<'r> {
    standing: Standing,
    word: &'static str,
    anchor: String,
    id: String,
    /// Whether it stands among the failures, and here is only pointed at.
    told_above: bool,
    open: bool,
    requirement: String,
    summary: String,
    clause: String,
    terms: Vec<(&'r str, String)>,
    sent: Octets,
    received: Octets,
    commands: Vec<String>,
}

struct Octets {
    title: String,
    lines: Vec<Line>,
    /// Whether escapes have a colour of their own, which takes room.
    coloured: bool,
}

impl Octets {
    fn new(title: String, octets: &str, limit: usize, coloured: bool) -> Octets {
        Octets { title, lines: lines(octets, limit), coloured }
    }
}

impl<'r> Page<'r> {
    fn new(results: &'r Results, room: Room) -> Page<'r> {
        let [failing, other] = room.octets;
        let (standing, word, text) = match results.conclusion() {
            Conclusion::Fine => (Standing::Pass, "FINE", fine(results)),
            Conclusion::Failed => (Standing::Fail, "FAILED", failed(results)),
            Conclusion::Undone(why) => (Standing::HarnessError, "NOT DONE", why),
        };
        let failures: Vec<&CaseResult> =
            results.cases.iter().filter(|case| room.apart && results.is_failure(case.standing)).collect();
        let control = &results.control;
        Page {
            program: printable(&results.program),
            role: printable(&results.role),
            target: printable(&results.target),
            options: printable(&results.options.join(" ")),
            strict: results.strict,
            verdict: Verdict { standing, word, text: printable(&text) },
            control: Control {
                wrong: case::control(control),
                sent: Octets::new(case::octets(&control.sent), &control.sent, failing, true),
                received: Octets::new(case::octets(&control.received), &control.received, failing, true),
            },
            ended: match &results.ended {
                Ended::Complete => None,
                Ended::Interrupted => Some("It was stopped.".to_owned()),
                Ended::Broken(why) => Some(printable(why)),
            },
            differs: differs(results),
            all: results.cases.len(),
            counts: counts(results.cases.iter().map(|case| case.standing))
                .into_iter()
                .map(|(standing, cases)| Count {
                    standing,
                    word: self::word(standing),
                    cases,
                    meaning: meaning(standing),
                })
                .collect(),
            levels: levels(results),
            shortened: format!(
                "Octets that cannot be seen are escaped as in C, and long repeats are told as ⟨'a' × 8000⟩. Here what is \
                 longer than {failing} columns is cut, than {other} where nothing fails; the JSON has every octet."
            ),
            failing: standings(failures.iter().copied()),
            failures: failures.iter().map(|case| Case::new(results, case, room, true)).collect(),
            documents: documents(results)
                .into_iter()
                .map(|document| {
                    let title = document.title();
                    let anchor = anchor(document.name);
                    Document {
                        cases: document.cases().count(),
                        standings: standings(document.cases()),
                        sections: document
                            .sections
                            .iter()
                            .map(|section| Section {
                                anchor: self::anchor(&format!("{anchor}{}", section.title)),
                                title: printable(&section.title),
                                cases: section.cases.len(),
                                failing: section.cases.iter().filter(|case| results.is_failure(case.standing)).count(),
                                standings: standings(section.cases.iter().copied()),
                                requirements: requirements(results, &section.cases, room),
                            })
                            .collect(),
                        title: printable(&title),
                        anchor,
                    }
                })
                .collect(),
        }
    }
}

/// The cases about each requirement, in the order in which the suite comes to them.
fn requirements<'r>(results: &'r Results, cases: &[&'r CaseResult], room: Room) -> Vec<Requirement<'r>> {
    let mut kinds: Vec<Vec<&'r CaseResult>> = Vec::new();
    for &case in cases {
        match kinds.iter_mut().find(|kind| kind[0].requirement == case.requirement) {
            Some(kind) => kind.push(case),
            None => kinds.push(vec![case]),
        }
    }
    let requirement = |kind: Vec<&'r CaseResult>| Requirement {
        id: printable(&kind[0].requirement),
        summary: printable(&kind[0].summary),
        clause: printable(&kind[0].clause()),
        standings: standings(kind.iter().copied()),
        cases: kind.iter().map(|case| Case::new(results, case, room, false)).collect(),
    };
    kinds.into_iter().map(requirement).collect()
}

impl<'r> Case<'r> {
    /// The case as it stands among the failures, or in its section.
    fn new(results: &Results, case: &'r CaseResult, room: Room, among_failures: bool) -> Case<'r> {
        let fails = results.is_failure(case.standing);
        let limit = room.octets[usize::from(!fails)];
        let left_out = case.reproduce.len().saturating_sub(room.commands[usize::from(!fails)]);
        Case {
            standing: case.standing,
            word: word(case.standing),
            anchor: anchor(&case.id),
            id: printable(&case.id),
            told_above: fails && room.apart && !among_failures,
            open: among_failures,
            requirement: printable(&case.requirement),
            summary: printable(&case.summary),
            clause: printable(&case.clause()),
            terms: case::terms(case),
            sent: Octets::new(case::sent(case), &case.sent, limit, fails),
            received: Octets::new(case::octets(&case.received), &case.received, limit, fails),
            commands: case.reproduce[left_out..].iter().map(|text| printable(text)).collect(),
        }
    }
}

/// What differs from the baseline, by how.
fn differs(results: &Results) -> Vec<(&'static str, Vec<String>)> {
    let Some(differs) = &results.baseline else { return Vec::new() };
    [
        ("New: fails, and is not in the baseline like this", &differs.new),
        ("Unexpected pass: is in the baseline and fails no more", &differs.unexpected_passes),
        ("Matches nothing: no case of the suite has this id", &differs.unmatched),
        ("Still without a reason", &differs.unexplained),
    ]
    .into_iter()
    .filter(|(_, lines)| !lines.is_empty())
    .map(|(title, lines)| (title, lines.iter().map(|line| printable(line)).collect()))
    .collect()
}

/// The standings of the cases, as names of classes.
fn standings<'r>(cases: impl Iterator<Item = &'r CaseResult>) -> String {
    let counts = counts(cases.map(|case| case.standing));
    counts.iter().map(|(standing, _)| standing.as_str()).collect::<Vec<_>>().join(" ")
}

/// The text as the name of a place on the page.
fn anchor(text: &str) -> String {
    printable(text).split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::samples::{case, full, results, sample, usual};
    use super::super::standing::shape;
    use super::*;

    const CSS: &str = include_str!("page.css");

    /// What stands between the two texts, wherever they stand.
    fn between<'t>(text: &'t str, before: &str, behind: &str) -> Vec<&'t str> {
        text.split(before).skip(1).filter_map(|rest| rest.split(behind).next()).collect()
    }

    #[test]
    fn nothing_hostile_gets_out_of_its_place() {
        let page = html(&sample());
        assert!(!page.contains("<script") && !page.contains("-->"));
        assert!(page.chars().all(|letter| letter == '\n' || !letter.is_control()));
        let seen = page
            .replace("&#38;", "&")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#34;", "\"")
            .replace("&#39;", "'");
        assert!(
            seen.contains(r#"]]>--><script>alert(1)</script>&amp;"'%s<i>\\</i>n$(id)<i>\x7f\x80\x9b</i>2J<i>\xff</i>"#),
            "{seen}"
        );
        assert!(page.contains("<em>⟨&#39;a&#39; × 65536⟩</em>"));
    }

    #[test]
    fn the_page_is_whole_and_stands_alone() {
        for results in [sample(), usual(), results(Vec::new())] {
            let page = html(&results);
            let tags = [
                "html", "head", "body", "main", "section", "details", "summary", "dl", "pre", "em", "table", "nav",
                "code", "ul", "li", "div", "p", "i", "b",
            ];
            for tag in tags {
                let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
                assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
            }
            for outside in ["src=", "href=\"http", "url(", "@import", "<link"] {
                assert!(!page.contains(outside), "{outside}");
            }
            let ids = between(&page, " id=\"", "\"");
            let places: HashSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), places.len(), "an id stands twice");
            for target in between(&page, "href=\"#", "\"").into_iter().chain(between(&page, "aria-labelledby=\"", "\""))
            {
                assert!(places.contains(target), "{target}");
            }
            assert_eq!(page.matches("<h1>").count(), 1);
        }
    }

    #[test]
    fn standings_differ_by_word_shape_and_filter() {
        let page = html(&sample());
        for standing in Standing::ALL {
            assert!(page.contains(&format!("<b class=\"{standing}\">{}</b>", word(standing))), "{standing}");
            assert!(page.contains(&format!("id=\"only-{standing}\"")), "{standing}");
            assert!(
                CSS.contains(&format!("#only-{standing}:checked) :is(.part, .case):not(.{standing})")),
                "{standing}"
            );
            let shape = shape(standing);
            assert!(
                CSS.contains(&format!(
                    "b.{standing}::before {{ content: \"{shape} \"; content: \"{shape} \" / \"\"; }}"
                ))
            );
        }
    }

    #[test]
    fn failures_come_first_and_open() {
        let page = html(&usual());
        assert_eq!(page.matches("<details class=\"case fail\"").count(), 3);
        assert_eq!(page.matches(" open>").count(), 3);
        let (before, behind) = page.split_once("<h2 id=\"failures\">").expect("the failures");
        assert!(!before.contains("<details") && behind.contains("<details class=\"case pass\""));
        assert!(page.contains("<a href=\"#server/connection/list-ows\">"));
        assert!(page.contains("<pre class=\"command\">ws101 test server ws://127.0.0.1:9001/chat --only"));
        let strict = html(&Results { strict: true, ..usual() });
        assert_eq!(strict.matches(" open>").count(), 4);
        let fine = html(&results(vec![case("a", Standing::Pass, &[])]));
        assert!(fine.contains(">FINE</b> 1 case judged") && !fine.contains("id=\"failures\""));
    }

    #[test]
    fn the_whole_suite_is_below_a_megabyte() {
        for standing in [Standing::Pass, Standing::Fail] {
            let results = full(standing);
            assert!(results.cases.len() > 1000, "{}", results.cases.len());
            let page = html(&results);
            assert!(page.len() <= SMALL, "{standing}: {}", page.len());
            assert!(results.cases.iter().all(|case| page.contains(&format!("<code>{}</code>", case.id))));
        }
        // Where one in twenty fails, the heads of usual length are still there whole, and so are the commands.
        let mut results = full(Standing::Pass);
        for (index, case) in results.cases.iter_mut().enumerate().filter(|(index, _)| index % 20 == 0) {
            case.standing = Standing::Fail;
            case.notes.push(format!("case {index}"));
        }
        let page = html(&results);
        assert!(
            page.len() <= SMALL && page.contains("longer than 2000 columns is cut, than 600 where"),
            "{}",
            page.len()
        );
    }

    /// The relative luminance of a colour `#rrggbb` (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("two digits")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn every_colour_can_be_read_on_both_grounds() {
        let themes = between(CSS, ":root {", "}");
        assert_eq!(themes.len(), 2);
        for theme in themes {
            let colour = |name: &str| between(theme, &format!("{name}: "), ";")[0];
            for text in
                ["--fg", "--dim", "--fail", "--contested", "--non-strict", "--informational", "--known", "--pass"]
            {
                for ground in ["--bg", "--soft"] {
                    let (a, b) = (luminance(colour(text)), luminance(colour(ground)));
                    let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                    assert!(contrast >= 4.5, "{text} on {ground}: {contrast:.2}");
                }
            }
        }
    }
}
