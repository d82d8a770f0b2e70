//! Results to draw in tests: every standing, and octets of every unpleasant kind.

use crate::http::grammar::latin1;
use crate::judgement::requirements as r;
use crate::suite::Exchange;
use crate::suite::results::baseline::Differs;
use crate::suite::results::reproduce;
use crate::suite::results::{CaseResult, Control, Ended, FaultResult, Results, SCHEMA, Standing};

/// What a terminal, a page, XML or a shell would obey.
pub(super) const HOSTILE: &str =
    "\0\u{1b}[31m]]>--><script>alert(1)</script>&amp;\"'%s\\n$(id)\u{7f}\u{80}\u{9b}2J\u{ff}";

const TARGET: &str = "ws://127.0.0.1:9001/chat";

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A fault under the requirement that the samples are about.
pub(super) fn fault(failing: &str, level: &str, message: &str) -> FaultResult {
    FaultResult {
        failing: failing.to_owned(),
        requirement: r::RFC6455_4_2_1_KEY_LENGTH.id.to_string(),
        level: level.to_owned(),
        standing: match level {
            "MUST" => Standing::Fail,
            "SHOULD" => Standing::NonStrict,
            _ => Standing::Informational,
        },
        readings: Vec::new(),
        message: message.to_owned(),
    }
}

/// A fault with two readings.
fn contested() -> FaultResult {
    let readings = words(&["The key is of 16 octets.", HOSTILE]);
    FaultResult {
        standing: Standing::Contested,
        readings,
        ..fault("accepts", "MUST", "accepted what must be rejected")
    }
}

/// A case about the length of the key.
pub(super) fn case(id: &str, standing: Standing, faults: &[FaultResult]) -> CaseResult {
    let exchange = Exchange::new(
        crate::judgement::Role::Server,
        *b"GET /chat HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
           Sec-WebSocket-Key: dGhlIHNhbXBsZSBub24=\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    CaseResult {
        id: id.to_owned(),
        requirement: r::RFC6455_4_2_1_KEY_LENGTH.id.to_string(),
        document: "rfc6455".to_owned(),
        section: "4.2.1 item 5".to_owned(),
        summary: "The key is base64 of 16 octets.".to_owned(),
        permitted: "must-reject".to_owned(),
        why: "the key decodes to 14 octets".to_owned(),
        standing,
        faults: faults.to_vec(),
        notes: Vec::new(),
        did: "accepted with Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=".to_owned(),
        delivery: "whole".to_owned(),
        half_closed: false,
        sent: latin1(&exchange.octets),
        received: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                   Sec-WebSocket-Accept: Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=\r\n\r\n"
            .to_owned(),
        reproduce: reproduce::server(TARGET, &[], id, &exchange),
    }
}

/// Results of the cases, with a control that opened.
pub(super) fn results(cases: Vec<CaseResult>) -> Results {
    Results {
        schema: SCHEMA,
        program: "ws101 0.1.0".to_owned(),
        role: "server".to_owned(),
        target: TARGET.to_owned(),
        control: Control { opened: true, asked: 3, ..Control::default() },
        durations: cases.iter().map(|case| (case.id.clone(), 12)).collect(),
        cases,
        ..Results::default()
    }
}

/// A case of every standing, with hostile text and octets wherever there are some, and a baseline that it differs from.
pub(super) fn sample() -> Results {
    let octets: Vec<u8> = (0..=u8::MAX).cycle().take(1000).chain([b'a'; 65536]).chain(*b"\r\n\r\n").collect();
    let faults = |standing| match standing {
        Standing::Fail | Standing::Known => {
            vec![
                fault("accepts", "MUST", HOSTILE),
                FaultResult { requirement: String::new(), ..fault("octets", "MUST", "lost 3 octets") },
            ]
        }
        Standing::Contested => vec![contested()],
        Standing::NonStrict => vec![fault("answers", "SHOULD", "answered 400 without a reason")],
        Standing::Informational => vec![fault("answers", "INFO", "answered otherwise")],
        _ => Vec::new(),
    };
    let mut cases: Vec<CaseResult> = Standing::ALL
        .into_iter()
        .map(|standing| CaseResult {
            sent: latin1(&octets),
            received: HOSTILE.to_owned(),
            notes: words(&[HOSTILE, "it was asked twice"]),
            ..case(&format!("server/key/{} + octets", standing.as_str()), standing, &faults(standing))
        })
        .collect();
    for (case, (document, section)) in cases.iter_mut().zip([
        ("rfc6455", "4.2.1 item 5 / 1.3"),
        ("rfc9112", "2.2"),
        ("rfc9110", "5.6.1.2"),
        ("whatwg", "fetch"),
    ]) {
        (case.document, case.section) = (document.to_owned(), section.to_owned());
        case.half_closed = true;
        case.delivery = "17,40".to_owned();
    }
    Results {
        options: words(&["--header", HOSTILE]),
        target: format!("ws://h/{HOSTILE}"),
        control: Control {
            opened: true,
            faults: words(&[HOSTILE]),
            asked: 1,
            sent: HOSTILE.to_owned(),
            received: latin1(&octets),
        },
        ended: Ended::Broken(HOSTILE.to_owned()),
        baseline: Some(Differs {
            new: words(&["server/key/fail + octets"]),
            unexpected_passes: words(&[HOSTILE]),
            unmatched: words(&["server/key/gone (accepts)"]),
            unexplained: words(&["server/key/todo (accepts)"]),
        }),
        ..results(cases)
    }
}

/// Three failures among passes, as of a server that is nearly right.
pub(super) fn usual() -> Results {
    let mut cases = vec![
        case("server/key/decodes-to-14", Standing::Fail, &[fault("accepts", "MUST", "accepted what must be rejected")]),
        case(
            "server/key/decodes-to-14 + octets",
            Standing::Fail,
            &[fault("accepts", "MUST", "accepted what must be rejected")],
        ),
        CaseResult {
            permitted: "must-accept".to_owned(),
            why: "a blank before the comma is OWS".to_owned(),
            summary: "The Connection field holds the token Upgrade, among others and in any case.".to_owned(),
            did: "refused, status 400: bad connection header".to_owned(),
            section: "4.2.1 item 4".to_owned(),
            requirement: r::RFC6455_4_2_1_CONNECTION_LIST.id.to_string(),
            received: "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_owned(),
            notes: words(&["it answered the same when it was asked alone"]),
            ..case(
                "server/connection/list-ows",
                Standing::Fail,
                &[FaultResult {
                    requirement: r::RFC6455_4_2_1_CONNECTION_LIST.id.to_string(),
                    ..fault("refuses", "MUST", "refused what must be accepted")
                }],
            )
        },
        case(
            "server/version/no-426",
            Standing::NonStrict,
            &[fault("answers", "SHOULD", "answered 400 where 426 is asked for")],
        ),
    ];
    let pass = |index: usize| CaseResult {
        document: if index.is_multiple_of(3) { "rfc9112" } else { "rfc6455" }.to_owned(),
        section: format!("{}.{}", 2 + index % 5, 1 + index % 2),
        ..case(
            &format!("server/topic/{index}"),
            if index.is_multiple_of(9) { Standing::Permitted } else { Standing::Pass },
            &[],
        )
    };
    cases.extend((0..60).map(pass));
    results(cases)
}

/// Results of every server vector of the suite, some in two deliveries, all of which stand so.
#[cfg(feature = "cli")]
pub(super) fn full(standing: Standing) -> Results {
    use crate::suite::{Conformance, Delivery};

    let data = Conformance::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let mut cases = Vec::new();
    for vector in data.vectors.all() {
        let Some(exchange) = vector.exchange().filter(|exchange| exchange.role == crate::judgement::Role::Server)
        else {
            continue;
        };
        let (requirement, _) = &vector.requirements[0];
        let entry = data.register.get(*requirement).expect("a requirement");
        let faults = if standing == Standing::Fail {
            vec![FaultResult {
                requirement: requirement.to_string(),
                ..fault("accepts", "MUST", "accepted what must be rejected")
            }]
        } else {
            Vec::new()
        };
        for (word, delivery) in [("whole", Delivery::Whole), ("octets", Delivery::Octets)] {
            if delivery == Delivery::Octets && !cases.len().is_multiple_of(10) {
                continue;
            }
            let exchange = Exchange { delivery, ..exchange.clone() };
            let id = if word == "whole" { vector.id.clone() } else { format!("{} + {word}", vector.id) };
            cases.push(CaseResult {
                requirement: requirement.to_string(),
                document: entry.document.clone(),
                section: entry.section.clone(),
                summary: entry.summary.clone(),
                permitted: vector.permitted().to_string(),
                why: vector.why.clone(),
                delivery: word.to_owned(),
                sent: latin1(&exchange.octets),
                reproduce: reproduce::server(TARGET, &[], &id, &exchange),
                ..case(&id, standing, &faults)
            });
        }
    }
    results(cases)
}
