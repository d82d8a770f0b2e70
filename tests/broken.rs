//! Planted faults.

use ws101::oracle::data;
use ws101::peer::{self, broken::planted};
use ws101::run;

#[test]
fn measure() {
    peer::catch_panics();
    let faults: Vec<_> = planted().collect();
    let cases = std::env::var("CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(200_000);
    let start = std::time::Instant::now();
    for c in run::catch(data(), &faults, cases) {
        println!("{}\t{:?}\t{:?}\t{:?}", c.planted.name, c.vector, c.inputs, c.planted.shows);
    }
    println!("{:?}", start.elapsed());
}
