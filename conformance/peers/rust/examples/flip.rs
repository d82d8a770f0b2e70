//! What each ledger would hide: every generated exchange that a peer rejects today as it must is judged as if it had opened.
//!
//! `cargo run --release --example flip -- [CASES] [PEER]…`: CASES of each role, 200000 by default, of every peer by default.

use std::thread;

use ws101::judgement::Role;
use ws101::oracle::{Oracle, data};
use ws101::peer::{self, tungstenite::Tungstenite};
use ws101::run::power::{Hidden, Power, flip_generated};
use ws101::suite::Peer;
use ws101_peers::borrowed;

/// Of fewer exchanges a share says little.
const ENOUGH: u64 = 100;

fn main() {
    peer::catch_panics();
    let mut arguments = std::env::args().skip(1);
    let cases: u64 = arguments.next().map_or(200_000, |cases| cases.parse().expect("a number of cases"));
    let names: Vec<String> = arguments.collect();
    let peers: Vec<&dyn Peer> = std::iter::once(&Tungstenite as &dyn Peer).chain(borrowed()).collect();
    let asked: Vec<_> = peers
        .into_iter()
        .filter(|peer| names.is_empty() || names.iter().any(|name| name == peer.name()))
        .flat_map(|peer| [(peer, Role::Server), (peer, Role::Client)])
        .filter(|(peer, role)| peer.plays(*role))
        .collect();
    let (first, second) = asked.split_at(asked.len() / 2);
    let powers: Vec<Vec<(String, Role, Power)>> = thread::scope(|scope| {
        let threads =
            [first, second].map(|half| scope.spawn(move || half.iter().map(|its| flip(*its, cases)).collect()));
        threads.map(|thread| thread.join().expect("a panic goes on")).into_iter().collect()
    });
    let mut worst = Vec::new();
    let (mut rejected, mut hidden) = (0, 0);
    for (peer, role, power) in powers.into_iter().flatten() {
        let Hidden { asked, hidden: its } = power.all;
        println!("{peer} {role}: {its} of {asked} hidden, {:.2} %; {} apart", 100.0 * power.all.share(), power.apart);
        rejected += power.all.asked;
        hidden += power.all.hidden;
        for (id, its) in power.by.iter().filter(|(_, its)| its.asked >= ENOUGH && its.hidden > 0) {
            worst.push((
                its.share(),
                format!("{peer} {role} {id}: {} of {}", its.hidden, its.asked),
                power.first[id].clone(),
            ));
        }
    }
    println!("all: {hidden} of {rejected} hidden, {:.2} %", 100.0 * hidden as f64 / rejected.max(1) as f64);
    worst.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("{} requirements beyond 5 %; the worst:", worst.iter().filter(|(share, ..)| *share > 0.05).count());
    for (share, what, first) in worst.iter().take(40) {
        println!("{:6.2} % {what}\n         {first}", 100.0 * share);
    }
}

fn flip((peer, role): (&dyn Peer, Role), cases: u64) -> (String, Role, Power) {
    let ledger = data().ledger(peer.name());
    let oracle = Oracle { register: &data().register, ledger: &ledger, peer, strict: true };
    (peer.name().to_owned(), role, flip_generated(&oracle, role, 101, cases))
}
