//! What an open connection owes: a server's answer what was offered, a client's use what was agreed.

use super::{Failing, Faults, line};
use crate::judgement::{Role, requirements as r};
use crate::suite::law::vector::{Acceptance, Expectation, Opening, Terms};
use crate::suite::observation::Opened;
use crate::suite::wire::{Extension, extensions, holds};

impl Faults<'_> {
    /// What is open, held against what it may be.
    pub(super) fn opened(&mut self, expectation: &Expectation, role: Role, opened: &Opened) {
        match role {
            Role::Server => {
                if let Some(answer) = &expectation.answer {
                    self.answered(answer, opened);
                }
            }
            Role::Client => {
                if let Some(opening) = &expectation.opened {
                    self.in_use(opening, opened);
                }
            }
        }
        if let (Some(expected), Some(rest)) = (&expectation.rest, &opened.rest)
            && expected != rest
        {
            let message = format!(
                "handed on {} of the {} octets behind the head: {}",
                rest.len(),
                expected.len(),
                rest.escape_ascii()
            );
            self.must(Failing::Octets, None, message);
        }
    }

    /// The answer of a server that accepted.
    fn answered(&mut self, answer: &Acceptance, opened: &Opened) {
        let shown = |value: &Option<String>| value.as_deref().map_or_else(|| "none".to_owned(), |v| format!("{v:?}"));
        if let Some(accept) = &answer.accept
            && opened.accept.as_ref() != Some(accept)
        {
            let wrote = opened.accept.as_ref().map_or_else(|| "none".to_owned(), |its| its.escape_ascii().to_string());
            let message = format!("Sec-WebSocket-Accept is {wrote}, not {}", accept.escape_ascii());
            self.owed(&r::RFC6455_4_2_2_ACCEPT, message);
        }
        if let Some(permitted) = &answer.protocol
            && !permitted.contains(&opened.protocol)
        {
            let message = format!("subprotocol is {}", shown(&opened.protocol));
            self.owed(&r::RFC6455_4_2_2_SUBPROTOCOL_FROM_OFFER, message);
        }
        if let Some(grant) = &answer.grant {
            self.granted(grant, opened.extensions.as_deref());
        }
        for (name, value) in &answer.fields {
            if !holds(&opened.fields, name, value.as_deref()) {
                self.owed(&r::RFC6455_4_2_2_VALID_HTTP_RESPONSE, format!("the answer lacks {}", line(name, value)));
            }
        }
        for name in &answer.absent {
            if holds(&opened.fields, name, None) {
                self.owed(&r::RFC6455_4_2_2_VALID_HTTP_RESPONSE, format!("the answer has {name}"));
            }
        }
    }

    fn granted(&mut self, grant: &[(String, Terms)], raw: Option<&str>) {
        let agreed = raw.map(extensions).unwrap_or_default();
        for Extension { name, parameters } in &agreed {
            let Some((_, terms)) = grant.iter().find(|(its, _)| its == name) else {
                self.owed(&r::RFC6455_4_2_2_EXTENSIONS_FROM_OFFER, format!("agreed to {name:?}"));
                continue;
            };
            for (parameter, value) in parameters {
                let listed = terms.parameters.iter().find(|(its, _)| its == parameter);
                let bad = terms.forbidden.contains(parameter)
                    || listed.is_some_and(|(_, permitted)| !permitted.contains(value))
                    || listed.is_none();
                if bad {
                    let message = format!("agreed to {name} with {parameter}{}", value_of(value.as_deref()));
                    self.owed(&r::RFC7692_7_RESPONSE_DEFINED_PARAMS, message);
                }
            }
            for required in terms.required.iter().filter(|its| !parameters.iter().any(|(name, _)| name == *its)) {
                let message = format!("agreed to {name} without {required}");
                self.owed(&r::RFC7692_7_RESPONSE_DEFINED_PARAMS, message);
            }
        }
        for (name, terms) in grant {
            if !terms.optional && !agreed.iter().any(|its| its.name == *name) {
                self.owed(&r::RFC6455_4_2_2_EXTENSIONS_FROM_OFFER, format!("did not agree to {name}"));
            }
        }
    }

    /// What a client that accepted has open.
    fn in_use(&mut self, opening: &Opening, opened: &Opened) {
        if opening.protocol != opened.protocol {
            let message = format!("uses the subprotocol {:?}, not {:?}", opened.protocol, opening.protocol);
            self.must(Failing::Answers, Some(&r::RFC6455_4_1_RESP_SUBPROTOCOL_IN_USE), message);
        }
        let names = opened.extensions.as_deref().map(extensions).unwrap_or_default();
        let names: Vec<String> = names.into_iter().map(|its| its.name).collect();
        // Whether names differ in case is a question of its own, which the RFCs leave open.
        let is_alike = |(a, b): (&String, &String)| a.eq_ignore_ascii_case(b);
        if opening.extensions.len() != names.len() || !opening.extensions.iter().zip(&names).all(is_alike) {
            let message = format!("uses the extensions {names:?}, not {:?}", opening.extensions);
            self.must(Failing::Answers, Some(&r::RFC6455_4_1_RESP_EXTENSIONS_IN_USE), message);
        }
    }
}

fn value_of(value: Option<&str>) -> String {
    value.map(|value| format!("={value}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{failing, verdict};
    use super::super::*;
    use crate::suite::Opened;
    use crate::suite::law::register::of_the_project;
    use crate::suite::law::vector::{Acceptance, Opening, Terms};

    #[test]
    fn what_a_client_has_in_use_is_what_was_agreed() {
        let opened = Opening { protocol: Some("p".to_owned()), extensions: vec!["a".to_owned(), "b".to_owned()] };
        let expectation = Expectation { opened: Some(opened), ..Expectation::of(Permitted::MustAccept) };
        let judged = |protocol: Option<&str>, extensions: Option<&str>| {
            let outcome = Outcome::Opened(Opened {
                protocol: protocol.map(str::to_owned),
                extensions: extensions.map(str::to_owned),
                ..Opened::default()
            });
            let exchange = Exchange::new(Role::Client, *b"HTTP/1.1 101 Switching Protocols\r\n\r\n");
            judge(&expectation, &exchange, &Observation { outcome, written: Vec::new() }, of_the_project())
        };
        assert_eq!(judged(Some("p"), Some("a; x, B")), Verdict::Pass);
        for protocol in [None, Some("P")] {
            let verdict = judged(protocol, Some("a, b"));
            assert_eq!(verdict.faults()[0].requirement, Some(r::RFC6455_4_1_RESP_SUBPROTOCOL_IN_USE.id));
        }
        for extensions in [None, Some("a"), Some("a, b, c"), Some("b, a")] {
            let verdict = judged(Some("p"), extensions);
            assert_eq!(verdict.faults()[0].requirement, Some(r::RFC6455_4_1_RESP_EXTENSIONS_IN_USE.id));
        }
    }

    #[test]
    fn an_answer_is_held_against_the_offer() {
        let terms = Terms {
            parameters: vec![("server_max_window_bits".to_owned(), vec![Some("8".to_owned()), Some("9".to_owned())])],
            forbidden: vec!["client_max_window_bits".to_owned()],
            required: vec!["server_max_window_bits".to_owned()],
            optional: true,
        };
        let expectation = Expectation {
            answer: Some(Acceptance {
                accept: Some(b"A".to_vec()),
                protocol: Some(vec![None, Some("p".to_owned())]),
                grant: Some(vec![("d".to_owned(), terms)]),
                fields: vec![("Upgrade".to_owned(), Some("websocket".to_owned()))],
                absent: vec!["Content-Length".to_owned()],
            }),
            rest: Some(b"r".to_vec()),
            ..Expectation::of(Permitted::MustAccept)
        };
        let good = || Opened {
            accept: Some(b"A".to_vec()),
            fields: vec![("Upgrade".to_owned(), b"websocket".to_vec())],
            protocol: Some("p".to_owned()),
            extensions: Some("d; server_max_window_bits=\"9\"".to_owned()),
            rest: Some(b"r".to_vec()),
        };
        let judged = |opened| verdict(&expectation, Outcome::Opened(opened));
        assert_eq!(judged(good()), Verdict::Pass);
        assert_eq!(judged(Opened { protocol: None, extensions: None, rest: None, ..good() }), Verdict::Pass);
        let extensions = |raw: &str| Opened { extensions: Some(raw.to_owned()), ..good() };
        for wrong in [
            Opened { accept: Some(b"B".to_vec()), ..good() },
            Opened { accept: None, ..good() },
            Opened { protocol: Some("q".to_owned()), ..good() },
            Opened { fields: Vec::new(), ..good() },
            Opened { fields: [good().fields, vec![("content-length".to_owned(), b"0".to_vec())]].concat(), ..good() },
            extensions("e"),
            extensions("d"),
            extensions("d; server_max_window_bits=10"),
            extensions("d; server_max_window_bits=9; client_max_window_bits=9"),
            extensions("d; server_max_window_bits=9; other"),
            extensions("d; server_max_window_bits=\"9"),
        ] {
            assert!(matches!(failing(&judged(wrong.clone()))[..], [Failing::Answers, ..]), "{wrong:?}");
        }
        assert_eq!(failing(&judged(Opened { rest: Some(Vec::new()), ..good() })), [Failing::Octets]);
        let said = |opened| judged(opened).faults()[0].message.clone();
        assert_eq!(said(Opened { fields: Vec::new(), ..good() }), "the answer lacks Upgrade: websocket");
        let wide = "agreed to d with server_max_window_bits=10";
        assert_eq!(said(extensions("d; server_max_window_bits=10")), wide);
        let mut firm = expectation.clone();
        firm.answer.as_mut().unwrap().grant.as_mut().unwrap()[0].1.optional = false;
        assert_eq!(verdict(&firm, Outcome::Opened(good())), Verdict::Pass);
        let without = verdict(&firm, Outcome::Opened(Opened { extensions: None, ..good() }));
        assert_eq!(without.faults()[0].message, "did not agree to d");
    }
}
