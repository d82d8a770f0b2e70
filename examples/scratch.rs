use ws101::{
    judgement::Role,
    peer,
    run::Diff,
    suite::{Conformance, Evidence},
};
fn main() {
    peer::catch_panics();
    let data = Conformance::embedded().unwrap();
    let cases = std::env::args().nth(1).map_or(20000, |s| s.parse().unwrap());
    let diff = Diff { data: &data, roles: vec![Role::Server, Role::Client], cases, seconds: None, seed: 1, threads: 2 };
    let peer = peer::by_name("tungstenite").unwrap();
    let t = std::time::Instant::now();
    let tally = diff.run(peer.as_ref(), &|_| {});
    eprintln!("{:?}", t.elapsed());
    println!(
        "{:?} passed {} permitted {} explained {} nonstrict {} unsup {} harness {:?}",
        tally.exchanges,
        tally.passed,
        tally.permitted,
        tally.explained,
        tally.non_strict,
        tally.unsupported,
        tally.harness
    );
    for (id, k) in &tally.known {
        println!("known {id} {} {}", k.count, k.first);
    }
    if std::env::args().nth(2).as_deref() == Some("json") {
        let mut out = Vec::new();
        for n in &tally.new {
            if let Evidence::Octets(e, j) = &n.evidence {
                let lat: Vec<_> = j
                    .iter()
                    .flat_map(|j| j.findings.iter())
                    .map(|f| serde_json::json!([f.requirement.id, f.kind().as_str()]))
                    .collect();
                out.push(serde_json::json!({"role":e.role.as_str(),"octets":e.octets.iter().map(|&b|b as char).collect::<String>(),"delivery":format!("{:?}",e.delivery),"end":format!("{:?}",e.end),"protocols":e.needs.protocols,"extensions":e.needs.extensions,"key":e.key,"did":n.did,"count":n.count,"source":n.source,"findings":lat,"faults":n.faults.iter().map(|f|serde_json::json!([format!("{:?}",f.failing),f.requirement,f.message])).collect::<Vec<_>>()}));
            }
        }
        println!("{}", serde_json::to_string(&out).unwrap());
        return;
    }
    let mut groups = std::collections::BTreeMap::<String, (u64, usize)>::new();
    for (i, n) in tally.new.iter().enumerate() {
        let kind =
            n.faults.iter().map(|f| format!("{:?} {:?}", f.failing, f.requirement)).collect::<Vec<_>>().join("+");
        let (role, v) = match &n.evidence {
            Evidence::Octets(e, j) => (
                format!("{:?}", e.role),
                j.iter()
                    .flat_map(|j| j.findings.iter())
                    .filter(|f| if kind.starts_with("Refuses") { false } else { f.kind().as_str() == "violated" })
                    .map(|f| f.requirement.id)
                    .collect::<Vec<_>>()
                    .join(","),
            ),
            Evidence::Options(_) => ("build".into(), n.source.clone()),
        };
        let g = groups
            .entry(format!("{role} {kind} | {} | {v}", n.did.split(" with ").next().unwrap_or("")))
            .or_insert((0, i));
        g.0 += n.count;
    }
    let mut gs: Vec<_> = groups.into_iter().collect();
    gs.sort_by_key(|(_, g)| std::cmp::Reverse(g.0));
    for (k, (c, i)) in &gs {
        println!("{c:6} {k}");
        if let Evidence::Octets(e, _) = &tally.new[*i].evidence {
            println!(
                "          {:?} {}",
                e.delivery,
                e.octets.escape_ascii().to_string().chars().take(330).collect::<String>()
            );
        }
    }
    if std::env::args().nth(2).is_some() {
        return;
    }
    for n in &tally.new {
        println!("--- {} x{}: {}", n.source, n.count, n.did);
        for f in &n.faults {
            println!("   {:?} {:?} {}", f.failing, f.requirement, f.message);
        }
        match &n.evidence {
            Evidence::Octets(e, j) => {
                println!("   {:?} {:?} {:?} {:?}", e.role, e.delivery, e.end, e.needs);
                println!("   {}", e.octets.escape_ascii());
                if let Some(j) = j {
                    println!(
                        "   {:?}",
                        j.findings.iter().map(|f| (f.requirement.id, f.kind().as_str())).collect::<Vec<_>>()
                    );
                }
            }
            Evidence::Options(b) => println!("   {b:?}"),
        }
    }
    for s in &tally.stale {
        println!("stale {s:?}");
    }
}
