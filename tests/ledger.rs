//! What is known of each peer: every entry shows on its reproducer, is needed, and speaks of the version that is built in.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;

use ws101::handshake::accept_value;
use ws101::judgement::Role;
use ws101::oracle::{Case, Oracle, data};
use ws101::peer::{self, broken, reference::Reference, tungstenite::Tungstenite};
use ws101::run::Diff;
use ws101::run::power::{Plant, flip_generated, flip_vectors, plant};
use ws101::suite::ledger::{Behaviour, Reproducer};
use ws101::suite::wire::Head;
use ws101::suite::{Conformance, Exchange, Ledger, Observation, Opened, Outcome, Peer, Stale};

const BOTH: [Role; 2] = [Role::Server, Role::Client];

fn peers() -> Vec<Box<dyn Peer>> {
    peer::catch_panics();
    peer::all().into_iter().filter(|peer| peer.name() != "reference").collect()
}

fn run(data: &Conformance, peer: &dyn Peer, roles: &[Role], cases: u64) -> ws101::suite::Tally {
    run_as(Diff { roles: roles.to_vec(), cases, strict: true, ..Diff::new(data) }, peer)
}

fn run_as(diff: Diff<'_>, peer: &dyn Peer) -> ws101::suite::Tally {
    let diff = Diff { corpus: Vec::new(), threads: 2, ..diff };
    diff.run(peer, &|_| {})
}

#[test]
fn nothing_is_new_and_no_entry_is_stale() {
    for peer in peers() {
        let tally = run_as(Diff { cases: 20_000, ..Diff::new(data()) }, peer.as_ref());
        assert!(tally.new.is_empty(), "{:#?}", tally.new);
        assert!(tally.stale.is_empty(), "{:#?}", tally.stale);
        // The first of two keys is right, and no line has a Host.
        let is_disputed = |slug: &str| tally.disputed.contains(&format!("tungstenite/server/{slug}"));
        assert!(is_disputed("second-key-empty") && !is_disputed("host-missing"), "{:?}", tally.disputed);
        assert!(tally.total() > 45_000 && tally.unsupported == 0 && tally.harness.0 == 0, "{tally:?}");
    }
}

/// Without an entry, what it explains is new: no entry is covered by another one.
#[test]
fn every_entry_is_needed() {
    for peer in peers() {
        let ledger = data().ledger(peer.name());
        let whole = run(data(), peer.as_ref(), &BOTH, 0);
        let mut unneeded = BTreeSet::new();
        for entry in ledger.divergences() {
            // The lists apart, which name each vector under its entry.
            let with = |ledger: Ledger| {
                let mut data = data().clone();
                data.ledgers.retain(|ledger| ledger.peer != peer.name());
                data.ledgers.push(ledger.without_lists());
                data
            };
            let (all, less) = (with(ledger.clone().into_owned()), with(ledger.without(&entry.id)));
            // The vectors show most of them, and generated exchanges the others.
            let new = |data: &Conformance, cases| -> u64 {
                run(data, peer.as_ref(), &[entry.role], cases).new.iter().map(|new| new.count).sum()
            };
            let shown = |cases| new(&less, cases) > new(&all, cases);
            if !(whole.known.contains_key(&entry.id) && shown(0) || shown(60_000)) {
                unneeded.insert(entry.id.clone());
            }
        }
        assert!(unneeded.is_empty(), "taking these out makes nothing new: {unneeded:#?}");
    }
}

/// The data with one ledger, of a peer: the text of its file.
fn with_ledger(peer: &str, text: &str) -> Conformance {
    let folder = std::env::temp_dir().join(format!("ws101-ledger-{}-{:?}", std::process::id(), thread::current().id()));
    fs::create_dir_all(folder.join("divergences")).expect("a folder");
    for name in ["requirements", "vectors", "unshown", "marks.toml"] {
        copy(&Path::new("conformance").join(name), &folder.join(name));
    }
    fs::write(folder.join(format!("divergences/{peer}.toml")), text).expect("a file");
    let data = Conformance::from_dir(&folder).expect("the data");
    fs::remove_dir_all(&folder).expect("the folder goes");
    data
}

/// A ledger is exact about the vectors: one line less is new, contested or not, and one line more is stale.
#[test]
fn a_list_is_exact() {
    let peer = peer::by_name("tungstenite").expect("tungstenite");
    let tally = |from: &str, to: &str| {
        let text = fs::read_to_string("conformance/divergences/tungstenite.toml").expect("the ledger");
        assert!(text.contains(from), "{from}");
        let data = with_ledger("tungstenite", &text.replacen(from, to, 1));
        let tally = run_as(Diff { cases: 0, ..Diff::new(&data) }, peer.as_ref());
        assert_eq!(tally.total(), run_as(Diff { cases: 0, ..Diff::new(self::data()) }, peer.as_ref()).total());
        let new: Vec<String> = tally.new.iter().map(|new| new.source.clone()).collect();
        (new, tally.stale)
    };
    let passing =
        |id: &str, line: &str| vec![Stale::Passing { id: format!("tungstenite/{id}"), vectors: vec![line.to_owned()] }];
    let line = |line: &str| format!("  \"{line}\",\n");
    let two = "server/host/two whole cut";
    assert_eq!(tally(&line(two), ""), (vec!["server/host/two".to_owned()], vec![]));
    let contested = "server/protocol/backslash contested whole cut";
    assert_eq!(tally(&line(contested), ""), (vec!["server/protocol/backslash".to_owned()], vec![]));
    // What was contested and is a fault is new; what was a fault and is contested is stale.
    let (new, _) = tally(two, &two.replace(" whole", " contested whole"));
    assert_eq!(new, ["server/host/two"]);
    let was = contested.replace(" contested", "");
    assert_eq!(tally(contested, &was), (vec![], passing("server/protocol-malformed", &was)));
    // In one delivery more, and in one less.
    let (new, _) = tally(two, "server/host/two whole");
    assert_eq!(new, ["server/host/two"]);
    assert_eq!(tally(two, "server/host/two"), (vec![], passing("server/host-duplicate", "server/host/two")));
    // What passes, and is listed.
    let last = line("server/host/two-the-first-empty whole cut");
    let more = format!("{last}{}", line("server/host/underscore"));
    assert_eq!(tally(&last, &more), (vec![], passing("server/host-duplicate", "server/host/underscore")));
}

/// The reproducer shows the entry's own difference, not only some.
#[test]
fn reproducers_depart_from_what_they_are_about() {
    for peer in peers() {
        let ledger = data().ledger(peer.name());
        for entry in ledger.divergences() {
            let Reproducer::Octets(exchange) = &entry.reproducer else { continue };
            let case = Case::of_reproducer(data(), exchange).expect("needs of the reference");
            let oracle = Oracle { register: &data().register, ledger: &ledger, peer: peer.as_ref(), strict: true };
            let compared = oracle.compare(&case);
            assert_eq!(compared.new, [], "{}", entry.id);
            assert!(compared.known().contains(&entry.id), "{}: {:?}", entry.id, compared.known());
            // A bare oracle, without any ledger, sees a failure there.
            let bare = Ledger::empty(peer.name());
            let unexplained = Oracle { ledger: &bare, ..oracle }.compare(&case);
            assert!(!unexplained.new.is_empty(), "{}", entry.id);
        }
    }
}

/// What a peer rejects today as it must would be new if it opened: every vector, and of generated exchanges all but a few.
#[test]
fn nothing_hides_behind_what_is_known() {
    for peer in peers() {
        let ledger = data().ledger(peer.name());
        let oracle = Oracle { register: &data().register, ledger: &ledger, peer: peer.as_ref(), strict: true };
        for role in [Role::Server, Role::Client].into_iter().filter(|&role| peer.plays(role)) {
            let (asked, hidden) = flip_vectors(data(), &oracle, role);
            assert!(asked > 150, "{} {role}: {asked}", peer.name());
            assert!(hidden.is_empty(), "{} {role}: {hidden:#?}", peer.name());
            let power = flip_generated(&oracle, role, 101, 20_000);
            assert!(power.all.asked > 3000 && power.all.share() <= 0.02, "{} {role}: {power:#?}", peer.name());
            for (id, its) in power.by.iter().filter(|(_, its)| its.asked >= 100) {
                assert!(its.share() <= 0.05, "{} {role} {id}: {its:?} {}", peer.name(), power.first[id]);
            }
        }
    }
}

/// The planted faults that change nothing which tungstenite does rightly with a vector: it has them already, writes no refusal,
/// has no extension to answer, or, of one key in a thousand, no vector has that key.
const ALREADY_SO: [&str; 29] = [
    "server-connection-cut-at-blanks",
    "server-key-first-line",
    "server-version-first-line",
    "server-extension-quoted-any",
    "server-extension-value-empty",
    "server-protocol-empty",
    "server-host-not-needed",
    "server-names-compared-by-case",
    "server-content-length-any",
    "server-upgrade-list",
    "server-connection-first-line",
    "server-accept-of-one-key-in-a-thousand",
    "server-deflate-window-not-echoed",
    "server-deflate-takeover-not-echoed",
    "server-deflate-window-unasked",
    "server-refuses-a-host-with-404",
    "server-refuses-a-version-with-200",
    "server-refuses-a-version-without-its-own",
    "server-refuses-with-426-without-upgrade",
    "server-refuses-with-405-without-allow",
    "server-refuses-head-with-content",
    "server-waits-instead-of-refusing",
    "client-accept-first-line",
    "client-protocol-first-line",
    "client-extension-malformed",
    "client-deflate-unknown-parameter",
    "client-deflate-bad-value",
    "client-deflate-larger-window",
    "client-interim-refused",
];

/// A fault that is planted in a peer is new behind its ledger, or the peer has it already.
#[test]
fn every_planted_fault_is_new_behind_every_ledger() {
    for peer in peers() {
        let ledger = data().ledger(peer.name());
        let oracle = Oracle { register: &data().register, ledger: &ledger, peer: peer.as_ref(), strict: true };
        let mut already = Vec::new();
        let (mut tried, mut hidden) = (0, Vec::new());
        for planted in broken::planted().filter(|planted| peer.plays(planted.role)) {
            tried += 1;
            match plant(data(), &oracle, planted) {
                Plant::New => {}
                Plant::AlreadySo => already.push(planted.name),
                Plant::Hidden(vectors) => hidden.push((planted.name, vectors)),
            }
        }
        assert!(hidden.is_empty(), "{} of {tried} are hidden: {hidden:#?}", hidden.len());
        assert_eq!(tried, 183);
        assert_eq!(already, ALREADY_SO);
    }
}

/// The others are those of `conformance/peers/rust`, whose own tests hold their ledgers against them.
#[test]
fn ledgers_speak_of_the_versions_that_are_built_in() {
    let peers = peers();
    let adapters: Vec<String> = fs::read_dir("conformance/peers/rust/src")
        .expect("the adapters")
        .map(|file| fs::read_to_string(file.expect("a file").path()).expect("UTF-8"))
        .collect();
    for ledger in &data().ledgers {
        match peers.iter().find(|peer| peer.name() == ledger.peer) {
            Some(peer) => {
                let is_listed = ledger.versions.iter().any(|version| version == peer.version());
                assert!(is_listed, "{} {}", ledger.peer, peer.version());
            }
            None => {
                let name = format!("name: \"{}\"", ledger.peer);
                assert!(adapters.iter().any(|adapter| adapter.contains(&name)), "nobody is called {}", ledger.peer);
            }
        }
    }
}

/// What is not published yet stays so: a crash has no octets before its maintainers know it.
#[test]
fn crashes_are_sealed_until_they_are_known() {
    let entries = data().ledgers.iter().flat_map(|ledger| ledger.divergences());
    for entry in entries.filter(|entry| entry.behaviour == Some(Behaviour::Crash)) {
        let is_sealed = matches!(entry.reproducer, Reproducer::Sealed(_));
        assert!(is_sealed || entry.upstream.is_some(), "{}", entry.id);
    }
}

/// A peer that panics where the reference would look at a field.
struct Fragile;

impl Peer for Fragile {
    fn name(&self) -> &str {
        "fragile"
    }

    fn version(&self) -> &str {
        "1.0.0"
    }

    fn plays(&self, role: Role) -> bool {
        role == Role::Server
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        if exchange.octets.windows(6).any(|window| window == b"X-Note") {
            return Observation { outcome: Outcome::Crashed("index 7 out of bounds".to_owned()), written: Vec::new() };
        }
        Reference.observe(exchange)
    }
}

/// A crash is a failure, listed or not: one that is listed is not new, and its run is not clean all the same.
#[test]
fn no_entry_excuses_a_crash() {
    let entry = format!(
        "schema = 1\npeer = \"fragile\"\nversions = [\"1.0.0\"]\n[[divergence]]\nid = \"fragile/server/crash\"\n\
         role = \"server\"\nbehaviour = \"crash\"\ndirection = \"answers\"\nerror = \"out of bounds\"\n\
         sealed = \"{}\"\nreason = \"r\"\nclause = \"c\"\n",
        "00".repeat(32)
    );
    let unlisted = run(data(), &Fragile, &[Role::Server], 0);
    let listed = with_ledger("fragile", &entry);
    let listed = run(&listed, &Fragile, &[Role::Server], 0);
    assert!(!unlisted.new.is_empty() && !unlisted.is_clean());
    assert!(listed.new.is_empty(), "{:?}", listed.new);
    // It seals no vector, and some fail.
    assert!(matches!(listed.stale.as_slice(), [Stale::Sealed { sealed: 0, failing: 1.., .. }]), "{:?}", listed.stale);
    assert!(listed.crashed > 0 && listed.crashed == unlisted.crashed && !listed.is_clean());
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).expect("a copy");
        return;
    }
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let name = entry.expect("an entry").file_name();
        copy(&from.join(&name), &to.join(&name));
    }
}

/// However many threads there are, the numbers are the same.
#[test]
fn a_run_is_the_same_every_time() {
    let peer = peer::by_name("tungstenite").expect("tungstenite");
    let one = |threads| {
        let roles = vec![Role::Client];
        Diff { corpus: Vec::new(), roles, cases: 5_000, seed: 7, threads, ..Diff::new(data()) }
            .run(peer.as_ref(), &|_| {})
    };
    assert_eq!(one(1), one(3));
}

/// tungstenite, and worse: it opens on octets that it refuses.
struct Worse {
    role: Role,
    opens: fn(&[u8]) -> bool,
}

impl Peer for Worse {
    fn name(&self) -> &str {
        "tungstenite"
    }

    fn version(&self) -> &str {
        "worse"
    }

    fn plays(&self, role: Role) -> bool {
        role == self.role
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        let observation = Tungstenite.observe(exchange);
        if matches!(observation.outcome, Outcome::Opened(_)) || !(self.opens)(&exchange.octets) {
            return observation;
        }
        let key = Head::read(&exchange.octets).values("Sec-WebSocket-Key").next().unwrap_or_default().into_owned();
        let accept = (exchange.role == Role::Server).then(|| accept_value(&key).into_bytes());
        let opened = Opened { accept, rest: None, ..Opened::default() };
        Observation { outcome: Outcome::Opened(opened), written: Vec::new() }
    }
}

/// An entry is asked of the peer that has become worse, and may not be borne out by that: what stands beside it in its own
/// reproducer has to stand there.
#[test]
fn a_peer_that_has_become_worse_bears_out_no_entry() {
    peer::catch_panics();
    let has = |octets: &[u8], part: &[u8]| octets.windows(part.len()).any(|window| window == part);
    type Opens = fn(&[u8]) -> bool;
    let worse: [(Role, Opens, &[u8]); 2] = [
        (
            Role::Client,
            |octets| octets.windows(27).any(|window| window == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo"),
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
              Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOoX\r\n\r\n",
        ),
        (
            Role::Server,
            |octets| octets.windows(14).any(|window| window == b": c2hvcnQga2V5"),
            b"GET / HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
              Sec-WebSocket-Key: c2hvcnQga2V5\r\nSec-WebSocket-Version: 13\r\n\r\n",
        ),
    ];
    for (role, opens, octets) in worse {
        assert!(has(octets, b"Upgrade: websocket") && opens(octets));
        let (ledger, peer) = (data().ledger("tungstenite"), Worse { role, opens });
        let oracle = Oracle { register: &data().register, ledger: &ledger, peer: &peer, strict: true };
        let case = Case::judged(Exchange::new(role, octets)).expect("a plain reader");
        assert!(Oracle { peer: &Tungstenite, ..oracle }.compare(&case).new.is_empty());
        assert!(!oracle.compare(&case).new.is_empty(), "{role}");
    }
}
