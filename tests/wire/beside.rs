//! The tolerant reader with the reference's reader of heads: two readings that share no code come to the same.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use ws101::generate::{heads, mutate};
use ws101::internal::start_line::StatusLine;
use ws101::internal::{self as http, HeadReader, Limits, Progress, Side};
use ws101::judgement::Role;
use ws101::suite::wire::{Head, Reader, RequestLine, Step};

/// What is put into a head to make it less usual.
const ODD: [&[u8]; 16] = [
    b"\0",
    b"\r",
    b"\n",
    b"\r\n",
    b"\n\n",
    b"\r\n\r\n",
    b"\r\n ",
    b"\n\t",
    b" ",
    b"\t",
    b":",
    b" \t ",
    b"\x0b",
    b"\xff",
    b"a",
    b"\r\n x: y",
];

/// One change of octets.
#[derive(Clone, Debug)]
enum Edit {
    /// Some faults of the generator.
    Mutated(u64),
    /// Octets are put in.
    Put(prop::sample::Index, &'static [u8]),
    /// Octets are put in at the beginning of a line.
    PutAtLine(prop::sample::Index, &'static [u8]),
    /// A line ends with a bare LF.
    BareLf(prop::sample::Index),
    /// Every line does.
    AllBareLf,
    /// Empty lines stand before the start-line.
    Leading(Vec<bool>),
    /// The rest is missing.
    Cut(prop::sample::Index),
}

impl Edit {
    fn apply(&self, role: Role, octets: &mut Vec<u8>) {
        let feeds: Vec<usize> = (0..octets.len()).filter(|&at| octets[at] == b'\n').collect();
        let line = |index: &prop::sample::Index| (!feeds.is_empty()).then(|| *index.get(&feeds));
        match self {
            Edit::Mutated(seed) => *octets = mutate(role, octets, *seed, 4096),
            Edit::Put(index, odd) => {
                let at = index.index(octets.len() + 1);
                octets.splice(at..at, odd.iter().copied());
            }
            Edit::PutAtLine(index, odd) => {
                let at = line(index).map_or(0, |feed| feed + 1);
                octets.splice(at..at, odd.iter().copied());
            }
            Edit::BareLf(index) => {
                if let Some(feed) = line(index).filter(|&feed| octets[..feed].ends_with(b"\r")) {
                    octets.remove(feed - 1);
                }
            }
            Edit::AllBareLf => octets.retain(|&octet| octet != b'\r'),
            Edit::Leading(lines) => {
                let lines: Vec<u8> = lines.iter().flat_map(|&bare| &b"\r\n"[usize::from(bare)..]).copied().collect();
                octets.splice(0..0, lines);
            }
            Edit::Cut(index) => octets.truncate(index.index(octets.len() + 1)),
        }
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    let odd = || prop::sample::select(&ODD[..]);
    prop_oneof![
        4 => any::<u64>().prop_map(Edit::Mutated),
        4 => (any::<prop::sample::Index>(), odd()).prop_map(|(at, odd)| Edit::Put(at, odd)),
        4 => (any::<prop::sample::Index>(), odd()).prop_map(|(at, odd)| Edit::PutAtLine(at, odd)),
        2 => any::<prop::sample::Index>().prop_map(Edit::BareLf),
        1 => Just(Edit::AllBareLf),
        1 => prop::collection::vec(any::<bool>(), 1..4).prop_map(Edit::Leading),
        1 => any::<prop::sample::Index>().prop_map(Edit::Cut),
    ]
}

/// A role, and a valid head for it with some edits.
fn octets() -> impl Strategy<Value = (Role, Vec<u8>)> {
    let role = prop::sample::select(vec![Role::Server, Role::Client]);
    (role, any::<prop::sample::Index>(), prop::collection::vec(edit(), 0..5)).prop_map(|(role, head, edits)| {
        let mut octets = head.get(heads(role)).message().render();
        octets.extend_from_slice(b"\x81\x01a");
        edits.iter().for_each(|edit| edit.apply(role, &mut octets));
        (role, octets)
    })
}

fn side(role: Role) -> Side {
    match role {
        Role::Server => Side::Request,
        Role::Client => Side::Response,
    }
}

/// The reference's reader at the octets, and where it is.
fn reference(role: Role, octets: &[u8]) -> (HeadReader, Progress) {
    let limits = Limits::NONE;
    let mut reader = HeadReader::new(side(role), limits, 0);
    let progress = reader.read(octets);
    (reader, progress)
}

/// A fold is at least one SP: how many is left to the reader (RFC 9112 §5.2).
fn folded(value: &[u8]) -> Vec<u8> {
    let words = value.split(|octet| matches!(octet, b' ' | b'\t')).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}

fn cr_as_sp(octets: &[u8]) -> Vec<u8> {
    octets.iter().map(|&octet| if octet == b'\r' { b' ' } else { octet }).collect()
}

/// Holds what the two readings find in a head against each other.
fn compare(role: Role, octets: &[u8], head: &Head<'_>, reader: &HeadReader) -> Result<(), TestCaseError> {
    let end = head.end().unwrap_or(octets.len());
    let theirs = http::Head::read(side(role), octets, reader, end, head.end().is_some(), &mut Vec::new());
    let text = theirs.text();
    prop_assert_eq!(head.start_line(), &octets[theirs.start_line.clone()]);
    match role {
        Role::Server => {
            let line = theirs.request_line();
            // A bare CR inside the target is a SP to the reference.
            let [method, target, version] = [line.method, line.target, line.version].map(|part| &octets[part]);
            prop_assert_eq!(head.request_line(), RequestLine { method, target, version, is_whole: true });
        }
        Role::Client => {
            let line = StatusLine::read(text, theirs.start_line.clone());
            let ours = head.status_line().expect("a status-line");
            prop_assert_eq!((ours.version, ours.status), (&text[line.version.clone()], line.status(text)));
            prop_assert_eq!(cr_as_sp(ours.reason), &text[line.reason]);
        }
    }
    let ours: Vec<_> = head.fields().collect();
    prop_assert_eq!(ours.len(), theirs.fields.len());
    for (ours, theirs) in ours.iter().zip(theirs.fields.iter()) {
        let value = &text[theirs.value.clone()];
        prop_assert_eq!(ours.name, &text[theirs.name.clone()]);
        match theirs.folded {
            true => prop_assert_eq!(folded(&ours.value), folded(value)),
            false => prop_assert_eq!(&*ours.value, value),
        }
        let (line, line_end) = (theirs.line(), &octets[theirs.end..ours.span.end]);
        prop_assert_eq!(ours.span.start, line.start);
        prop_assert!(matches!(line_end, b"\r\n" | b"\n"), "{:?}", line_end);
    }
    Ok(())
}

/// What a reader came to in portions that end at the offsets, and at the end.
fn in_portions<'o>(role: Role, octets: &'o [u8], limit: usize, ends: &[usize]) -> Step<'o> {
    let mut reader = Reader::new(role, limit);
    for &end in ends {
        match reader.read(&octets[..end]) {
            Step::More(more) => reader = more,
            Step::Whole(head) => {
                // The same head, without what may come after it.
                let whole = Head::read(octets);
                assert_eq!((head.end(), head.start()), (whole.end(), whole.start()));
                return Step::Whole(whole);
            }
            other @ (Step::Never | Step::TooLong) => return same(other),
        }
    }
    reader.read(octets)
}

/// A step that borrows nothing.
fn same<'o>(step: Step<'_>) -> Step<'o> {
    match step {
        Step::Never => Step::Never,
        _ => Step::TooLong,
    }
}

/// All that can be told of where a reader is.
fn told(step: Step<'_>, octets: &[u8]) -> String {
    let told = |head: &Head<'_>| {
        let fields = head.fields().map(|field| (field.name.to_vec(), field.value.into_owned(), field.span));
        format!("{:?} {:?} {:?}", head.start()..head.end().unwrap_or(0), head.start_line(), fields.collect::<Vec<_>>())
    };
    match step {
        Step::More(reader) => format!("more {}", told(&reader.unfinished(octets))),
        Step::Whole(head) => format!("whole {}", told(&head)),
        Step::Never => "never".to_owned(),
        Step::TooLong => "too long".to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_readers_find_the_same((role, octets) in octets()) {
        let shown = octets.escape_ascii().to_string();
        let (reader, progress) = reference(role, &octets);
        match (Reader::new(role, usize::MAX).read(&octets), progress) {
            (Step::Whole(head), Progress::Complete(end)) => {
                prop_assert_eq!(head.end(), Some(end), "{}", shown);
                prop_assert_eq!(head.after(), &octets[end..]);
                compare(role, &octets, &head, &reader)?;
            }
            // A line that has not come to its end is one for the tolerant reader alone.
            (Step::More(more), Progress::NeedMore) if octets.ends_with(b"\n") => {
                let head = more.unfinished(&octets);
                if !head.start_line().is_empty() {
                    compare(role, &octets, &head, &reader)?;
                }
            }
            (Step::More(_), Progress::NeedMore) | (Step::Never, Progress::Broken(_)) => {}
            (Step::Never, Progress::NeedMore) => {
                let ended = [&octets[..], b"\n"].concat();
                prop_assert!(matches!(reference(role, &ended).1, Progress::Broken(_)), "never, but {}", shown);
            }
            (step, progress) => prop_assert!(false, "{}: {:?}, {}", shown, progress, told(step, &octets)),
        }
    }

    #[test]
    fn portions_change_nothing(
        (role, octets) in octets(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        limit in prop_oneof![Just(None), any::<prop::sample::Index>().prop_map(Some)],
        is_by_octet: bool,
    ) {
        let limit = limit.map_or(usize::MAX, |limit| limit.index(octets.len() + 2));
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(octets.len() + 1)).collect();
        if is_by_octet {
            ends = (0..=octets.len()).collect();
        }
        ends.sort_unstable();
        let whole = told(Reader::new(role, limit).read(&octets), &octets);
        prop_assert_eq!(told(in_portions(role, &octets, limit, &ends), &octets), whole, "{}", octets.escape_ascii());
    }
}

/// What the properties are held against is of every kind, and most of it is a head.
#[test]
fn heads_of_every_kind_are_read() {
    let mut runner = TestRunner::deterministic();
    let strategy = octets();
    let [mut whole, mut never, mut more, mut folds, mut bare, mut nul] = [0; 6];
    for _ in 0..4000 {
        let (role, octets) = strategy.new_tree(&mut runner).expect("octets").current();
        match Reader::new(role, usize::MAX).read(&octets) {
            Step::Whole(head) => {
                whole += 1;
                let lines = || head.lines().chain([(&b""[..], head.empty_line())]);
                folds += usize::from(
                    head.fields().any(|field| octets[field.span.clone()].trim_ascii_end().contains(&b'\n')),
                );
                bare += usize::from(lines().any(|(_, line_end)| line_end == b"\n"));
                nul += usize::from(lines().any(|(text, _)| text.contains(&0)));
            }
            Step::Never => never += 1,
            Step::More(_) => more += 1,
            Step::TooLong => unreachable!("there is no limit"),
        }
    }
    let counts = [whole, never, more, folds, bare, nul];
    assert!(whole > 2000 && counts.iter().all(|&count| count > 100), "{counts:?}");
}
