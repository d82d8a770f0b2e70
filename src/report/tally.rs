//! What a run came to: how many exchanges, where the peer departs from the RFCs, what is new.

use serde_json::{Value, json};

use super::difference::Difference;
use super::text::cut;
use super::{BAD, GOOD, Look, NAME, wrap};
use crate::judgement::Role;
use crate::suite::law::register::Entry;
use crate::suite::ledger::{Behaviour, Direction, Divergence};
use crate::suite::results::reproduce;
use crate::suite::{Ledger, NewDivergence, Origin, Register, Stale, Tally};

/// What a run came to, for one peer.
#[derive(Clone, Copy, Debug)]
pub struct TallySheet<'a> {
    /// The numbers.
    pub tally: &'a Tally,
    /// What was known of the peer.
    pub ledger: &'a Ledger,
    /// The requirements.
    pub register: &'a Register,
}

/// The sections of known departures, in order: what is said of them, and which entries they hold.
const SECTIONS: [(&str, Role, Kind); 8] = [
    ("As a server it accepts what must be rejected", Role::Server, Kind::Decides(Direction::Accepts)),
    ("As a server it refuses what must be accepted", Role::Server, Kind::Decides(Direction::Refuses)),
    ("As a server it answers otherwise than a clause asks", Role::Server, Kind::Decides(Direction::Answers)),
    ("As a server, beyond one requirement", Role::Server, Kind::Behaves),
    ("As a client it accepts what must be rejected", Role::Client, Kind::Decides(Direction::Accepts)),
    ("As a client it refuses what must be accepted", Role::Client, Kind::Decides(Direction::Refuses)),
    ("As a client it sends otherwise than a clause asks", Role::Client, Kind::Decides(Direction::Answers)),
    ("As a client, beyond one requirement", Role::Client, Kind::Behaves),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Decides(Direction),
    Behaves,
}

impl Kind {
    fn of(entry: &Divergence) -> Kind {
        match entry.behaviour {
            Some(Behaviour::Split | Behaviour::Octets | Behaviour::Hang | Behaviour::Crash) => Kind::Behaves,
            None => Kind::Decides(entry.direction),
        }
    }
}

/// Where exchanges come from, behind their number: a vector is tried in several deliveries.
const fn whence(origin: Origin) -> &'static str {
    match origin {
        Origin::Vectors => "from vectors",
        Origin::Corpus => "from the corpus",
        Origin::Generated => "generated",
    }
}

impl TallySheet<'_> {
    /// For people.
    pub fn human(&self, look: Look) -> String {
        let tally = self.tally;
        let mut lines = Vec::new();
        let origins: Vec<String> =
            tally.exchanges.iter().map(|(origin, count)| format!("{} {}", number(*count), whence(*origin))).collect();
        let title = format!("{} {}", tally.peer, tally.version);
        let exchanges = format!(": {} exchanges ({})", number(tally.total()), origins.join(", "));
        for (index, line) in wrap(&exchanges, look.width, title.chars().count(), 2).into_iter().enumerate() {
            lines.push(if index == 0 { format!("{}{line}", look.paint(NAME, &title)) } else { line });
        }
        for (count, what) in [
            (tally.passed, "conformant"),
            (tally.permitted, "permitted (the RFCs leave a choice)"),
            (tally.contested, "contested: a second careful reading leaves it free"),
            (tally.non_strict, "SHOULD or MAY not followed (non-strict, informational)"),
            (tally.explained, "with known deviations, listed below"),
            (tally.unsupported, "beyond what the peer can be configured for"),
            (tally.unrepeated, "that showed something once, and not again"),
            (tally.harness.0, "that the harness could not try"),
        ] {
            if count > 0 {
                lines.push(format!("{:>12}  {what}", number(count)));
            }
        }
        lines.push(format!("{:>12}  new", number(tally.departed)));
        if tally.crashed > 0 {
            lines.push(format!(
                "Among these are {} crashes: failures, whether they are known or not.",
                number(tally.crashed)
            ));
        }
        self.known(look, &mut lines);
        for new in &tally.new {
            lines.push(String::new());
            lines.push(self.difference(new).human(self.register, look).trim_end().to_owned());
        }
        if let (kinds @ 1.., exchanges) = tally.beyond {
            lines.push(String::new());
            lines.extend(wrap(
                &format!(
                    "{} more kinds, in {} exchanges, are not shown: so much that is new asks for a look at the peer.",
                    number(kinds),
                    number(exchanges)
                ),
                look.width,
                0,
                2,
            ));
        }
        for stale in &tally.stale {
            lines.push(String::new());
            lines.extend(wrap(&said(stale), look.width, 0, 2));
            if let Stale::Passing { vectors, .. } = stale {
                lines.extend(vectors.iter().map(|vector| format!("    {vector}")));
            }
            if let (Some(peer), Stale::Passing { .. } | Stale::Sealed { .. }) = (&tally.invocation, stale) {
                lines.push(reproduce::bless(peer));
            }
        }
        lines.push(String::new());
        lines.push(self.verdict(look));
        lines.join("\n") + "\n"
    }

    fn difference<'a>(&'a self, new: &'a NewDivergence) -> Difference<'a> {
        let Tally { peer, version, invocation, .. } = self.tally;
        Difference { peer, version, invocation: invocation.as_ref(), new }
    }

    fn known(&self, look: Look, lines: &mut Vec<String>) {
        let count = |entry: &Divergence| self.tally.known.get(&entry.id).map(|known| known.count);
        let shown: Vec<(&Divergence, u64)> =
            self.ledger.divergences().iter().filter_map(|entry| Some((entry, count(entry)?))).collect();
        for (heading, role, kind) in SECTIONS {
            let mut entries: Vec<_> =
                shown.iter().filter(|(entry, _)| entry.role == role && Kind::of(entry) == kind).collect();
            if entries.is_empty() {
                continue;
            }
            entries.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            lines.push(String::new());
            lines.push(look.paint(NAME, heading));
            for (entry, count) in entries {
                let slug = entry.id.rsplit('/').next().unwrap_or_default();
                let contested = if self.is_contested(entry) { "contested: " } else { "" };
                let clause = format!("{:>9}  {slug:<33} {contested}{}", number(*count), entry.clause);
                lines.push(cut(&clause, look.width));
            }
        }
        if !shown.is_empty() {
            lines.push(String::new());
            let example = &shown[0].0.id;
            let live = self.tally.invocation.as_ref().and_then(|peer| reproduce::verbose(peer, example));
            lines.push(format!("Each with its octets: {}", live.unwrap_or_else(|| format!("ws101 explain {example}"))));
        }
    }

    /// Whether a second careful reading leaves free what the entry departs from, be it for its requirement or for the place where
    /// its reproducer violates it.
    fn is_contested(&self, entry: &Divergence) -> bool {
        let has_readings = |its: &Entry| its.contested.is_some();
        self.tally.disputed.contains(&entry.id)
            || entry.requirement.and_then(|id| self.register.get(id)).is_some_and(has_readings)
    }

    fn verdict(&self, look: Look) -> String {
        let tally = self.tally;
        if tally.is_clean() && tally.harness.0 == 0 && tally.adds_up() {
            let nothing = if tally.ended_early { "Nothing new before the run ended" } else { "Nothing new" };
            let is_contested = |entry: &&Divergence| tally.known.contains_key(&entry.id) && self.is_contested(entry);
            let contested = match self.ledger.divergences().iter().filter(is_contested).count() {
                0 => String::new(),
                count => format!(", {count} of them contested"),
            };
            return format!(
                "{}: {} departs in {} known ways{contested}.",
                look.paint(GOOD, nothing),
                tally.peer,
                tally.known.len()
            );
        }
        let mut parts = Vec::new();
        if !tally.new.is_empty() {
            let kinds = tally.new.len() as u64 + tally.beyond.0;
            let (s, in_) = (if kinds == 1 { "" } else { "s" }, number(tally.departed));
            parts.push(format!("{} kind{s} of new divergences in {in_} exchanges", number(kinds)));
        }
        if tally.harness.0 > 0 {
            parts.push(format!("{} exchanges that could not be tried", number(tally.harness.0)));
        }
        if !tally.adds_up() {
            parts.push("counts that do not add up".to_owned());
        }
        if tally.crashed > 0 {
            parts.push(format!("{} crashes", number(tally.crashed)));
        }
        if !tally.stale.is_empty() {
            parts.push(format!("{} stale entries of the ledger", tally.stale.len()));
        }
        look.paint(BAD, parts.join(", ")).to_string()
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let tally = self.tally;
        let known = self.ledger.divergences().iter().filter_map(|entry| {
            let known = tally.known.get(&entry.id)?;
            Some(json!({
                "id": entry.id,
                "requirement": entry.requirement,
                "contested": self.is_contested(entry),
                "clause": entry.clause,
                "reason": entry.reason,
                "count": known.count,
                "first": known.first,
            }))
        });
        let exchanges: serde_json::Map<String, Value> =
            tally.exchanges.iter().map(|(origin, count)| (origin.as_str().to_owned(), json!(count))).collect();
        json!({
            "peer": tally.peer,
            "version": tally.version,
            "exchanges": exchanges,
            "passed": tally.passed,
            "permitted": tally.permitted,
            "contested": tally.contested,
            "non_strict": tally.non_strict,
            "explained": tally.explained,
            "departed": tally.departed,
            "kinds_beyond": tally.beyond.0,
            "crashed": tally.crashed,
            "unsupported": tally.unsupported,
            "ended_early": tally.ended_early,
            "unrepeated": tally.unrepeated,
            "harness": tally.harness.0,
            "known": known.collect::<Vec<_>>(),
            "new": tally.new.iter().map(|new| self.difference(new).json()).collect::<Vec<_>>(),
            "stale": tally.stale.iter().map(stale_json).collect::<Vec<_>>(),
        })
    }
}

/// What is stale, for programs.
fn stale_json(stale: &Stale) -> Value {
    match stale {
        Stale::Reproducer { id, did } => json!({"id": id, "did": did}),
        Stale::Passing { id, vectors } => json!({"id": id, "vectors": vectors}),
        Stale::Sealed { id, sealed, failing } => json!({"id": id, "sealed": sealed, "failing": failing}),
    }
}

/// What is stale, and what to do about it.
fn said(stale: &Stale) -> String {
    let id = stale.id();
    let bless = "Look why, then write the list anew.";
    match stale {
        Stale::Reproducer { did, .. } => format!(
            "STALE {id}: on its reproducer the peer now does what it should, or what the entry does not explain ({did}). \
             Mend the entry, or remove it."
        ),
        Stale::Passing { vectors, .. } => {
            let (count, s) = (vectors.len(), if vectors.len() == 1 { "" } else { "s" });
            format!(
                "STALE {id}: lists {count} vector{s} that no longer fail{} as it says. {bless}",
                if count == 1 { "s" } else { "" }
            )
        }
        Stale::Sealed { sealed, failing, .. } => {
            format!("STALE {id}: {failing} vectors fail under it, and they are not the {sealed} that it seals. {bless}")
        }
    }
}

/// A number with a comma between each three digits.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use proptest::array;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::suite::{Evidence, Exchange, Origin};

    /// By its requirement, or by its reproducer.
    #[test]
    fn what_is_contested_is_marked_and_counted() {
        let data = crate::suite::Conformance::embedded().unwrap();
        let ledger = data.ledger("tungstenite");
        for (entry, is_disputed, is_marked) in [
            ("server/upgrade-list", false, true),
            ("server/host-missing", false, false),
            ("server/second-key-empty", false, false),
            ("server/second-key-empty", true, true),
        ] {
            let id = format!("tungstenite/{entry}");
            let known = crate::suite::Known { count: 1, first: "v".to_owned() };
            let disputed = is_disputed.then(|| id.clone()).into_iter().collect();
            let tally = Tally { known: [(id, known)].into(), disputed, ..Tally::default() };
            let sheet = TallySheet { tally: &tally, ledger: &ledger, register: &data.register };
            let human = sheet.human(Look::PLAIN);
            assert_eq!(human.contains("contested: RFC "), is_marked, "{human}");
            assert_eq!(human.contains("in 1 known ways, 1 of them contested."), is_marked, "{human}");
            assert_eq!(sheet.json()["known"][0]["contested"], is_marked);
        }
    }

    #[test]
    fn exchanges_are_counted_by_where_they_come_from() {
        let exchanges = [Origin::Generated, Origin::Vectors, Origin::Corpus].into_iter().zip(1..).collect();
        let tally = Tally { peer: "p".to_owned(), version: "1".to_owned(), exchanges, ..Tally::default() };
        let (ledger, register) = (Ledger::empty("p"), Register::default());
        let sheet = TallySheet { tally: &tally, ledger: &ledger, register: &register };
        assert_eq!(sheet.json()["exchanges"], json!({"vectors": 2, "corpus": 3, "generated": 1}));
        let human = sheet.human(Look::PLAIN);
        assert!(human.starts_with("p 1: 6 exchanges (2 from vectors, 3 from the corpus, 1 generated)"), "{human}");
    }

    /// A new divergence in so many exchanges.
    fn shown_in(count: u64) -> NewDivergence {
        let exchange = Exchange::new(Role::Server, *b"GET / HTTP/1.1\r\n\r\n");
        NewDivergence {
            source: "s".to_owned(),
            signature: "hang".to_owned(),
            evidence: Evidence::Octets { exchange, judgement: None, consumed: 0 },
            faults: Vec::new(),
            did: "waits".to_owned(),
            unlisted: Vec::new(),
            count,
        }
    }

    proptest! {
        /// Whatever a run came to: the lines of the sheet sum to the number above them, and one exchange too many or too few
        /// anywhere is told from a sum.
        #[test]
        fn the_lines_sum_to_the_number_above_them(
            told in array::uniform8(prop_oneof![Just(0), 0..5000_u64]),
            new in vec(1..2000_u64, 0..4),
            beyond in prop_oneof![Just((0, 0)), (1..90_u64, 90..4000_u64)],
            cut in (0..100_u64, 0..100_u64),
            (at, is_more) in (0..9_usize, any::<bool>()),
        ) {
            let departed = new.iter().sum::<u64>() + beyond.1;
            let all = told.iter().sum::<u64>() + departed;
            let from = |share: u64| all * share / 200;
            let (vectors, corpus) = (from(cut.0), from(cut.1));
            let exchanges = [(Origin::Vectors, vectors), (Origin::Corpus, corpus), (Origin::Generated, all - vectors - corpus)];
            let [passed, permitted, contested, non_strict, explained, unsupported, unrepeated, harness] = told;
            let tally = Tally {
                exchanges: exchanges.into(),
                asked: all,
                harness: (harness, None),
                new: new.into_iter().map(shown_in).collect(),
                passed, permitted, contested, non_strict, explained, unsupported, unrepeated, departed, beyond,
                ..Tally::default()
            };
            prop_assert!(tally.adds_up());
            let (ledger, register) = (Ledger::empty("p"), Register::default());
            let human = TallySheet { tally: &tally, ledger: &ledger, register: &register }.human(Look::PLAIN);
            let count = |text: &str| text.trim().replace(',', "").parse::<u64>().ok();
            let above = human.split_whitespace().find_map(count);
            let lines = human.lines().take_while(|line| !line.is_empty());
            let under: Vec<u64> = lines.filter_map(|line| count(line.get(..12)?)).collect();
            prop_assert_eq!(above, Some(all), "{}", &human);
            prop_assert_eq!(under.iter().sum::<u64>(), all, "{}", &human);
            prop_assert!(!human.contains("do not add up"));
            // The last line is the verdict, and what is new in it is what was counted.
            prop_assert_eq!(human.contains(&format!("in {} exchanges", number(departed))), departed > 0, "{}", &human);
            let mut off = tally.clone();
            let field = match at {
                0 => &mut off.passed,
                1 => &mut off.permitted,
                2 => &mut off.contested,
                3 => &mut off.non_strict,
                4 => &mut off.explained,
                5 => &mut off.departed,
                6 => &mut off.harness.0,
                7 => &mut off.asked,
                _ => &mut off.beyond.1,
            };
            *field = if is_more || *field == 0 { *field + 1 } else { *field - 1 };
            prop_assert!(!off.adds_up());
            let human = TallySheet { tally: &off, ledger: &ledger, register: &register }.human(Look::PLAIN);
            prop_assert!(human.contains("do not add up") && !human.contains("Nothing new"), "{}", &human);
        }
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }
}
