//! `RESULTS.md` is what the peers do: `WS101_WRITE=1 cargo test --release --test results` writes it.

use std::fs;

use ws101::oracle::data;
use ws101::peer::{self, tungstenite::Tungstenite};
use ws101::suite::Peer;
use ws101_peers::{borrowed, table};

const HEAD: &str = "\
# What the peers make of the vectors

Written by `WS101_WRITE=1 cargo test --release --test results`, never by hand. Every vector is delivered in one read.

* **enforces**: of the requirements whose breach must be rejected and that some vector is about, how many it enforces in every
  such vector.
* **refuses wrongly**: of the requirements that speak of what must be accepted, how many it refuses in some such vector.
* **answers wrongly**: how many requirements its answer departs from where its decision is right, the octets behind the head
  among them.
* **contested**: how many requirements it departs from only where a second careful reading leaves that free (see
  `conformance/LATITUDE.md`). No failure, and counted in no other column; neither is a SHOULD.
* **crashes**: how many different panics.
* **behaviour**: what its ledger says of deliveries: `split` (its decision depends on where reads end), `octets` (it loses octets
  behind the head, or takes content for frames), `hang`.
* **cannot be asked**: vectors for which it cannot be configured. They count nowhere else.

`fastwebsockets-bare` leaves out the check of Upgrade and Connection that the crate has and that its documentation leaves to the
user; `httparse` is its parser with the reference behind it. The known departures, one by one: `ws101 list divergences 'PEER/*'`.

";

#[test]
fn results_are_what_the_peers_do() {
    peer::catch_panics();
    let peers = std::iter::once(&Tungstenite as &dyn Peer).chain(borrowed());
    let rows: Vec<table::Row> = peers.flat_map(|peer| table::rows(data(), peer)).collect();
    let text = format!("{HEAD}{}", table::markdown(&rows));
    if std::env::var_os("WS101_WRITE").is_some() {
        fs::write("RESULTS.md", &text).expect("RESULTS.md is written");
    }
    let stored = fs::read_to_string("RESULTS.md").expect("RESULTS.md");
    assert!(stored == text, "RESULTS.md is not what the peers do now: run this test with WS101_WRITE=1");
}
