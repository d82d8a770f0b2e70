//! The verdict on what a client builds from a URI and options.

use super::{Failing, Faults, Verdict, line};
use crate::judgement::Permitted;
use crate::suite::law::register::Register;
use crate::suite::law::vector::{Expectation, Writing};
use crate::suite::wire::{Field, Head};
use crate::suite::{Building, Built};

/// Judges what a client made of a URI and options.
pub fn judge_built(expectation: &Expectation, building: &Building, built: &Built, register: &Register) -> Verdict {
    let mut faults = Faults { register, found: Vec::new() };
    match built {
        Built::Unsupported(what) => return Verdict::Unsupported(what.clone()),
        Built::Harness(what) => return Verdict::Harness(what.clone()),
        Built::Crashed(message) => faults.must(Failing::Crash, None, format!("crashed while building: {message}")),
        Built::Refused(_) if expectation.permitted == Permitted::MustAccept => {
            faults.decided(Failing::Refuses, expectation, "refused to send what must be sent");
        }
        Built::Refused(_) => {}
        Built::Sent { .. } if expectation.permitted == Permitted::MustReject => {
            let message = format!("sent a request for {}", building.uri.escape_default());
            faults.decided(Failing::Accepts, expectation, &message);
        }
        Built::Sent { request, host, port, tls } => {
            if let Some(writing) = &expectation.request {
                faults.written(writing, request);
            }
            if let Some(connect) = &expectation.connect
                && (&connect.host, connect.port, connect.tls) != (host, *port, *tls)
            {
                let message = format!(
                    "connects to {host}:{port} (TLS: {tls}), not to {}:{} (TLS: {})",
                    connect.host, connect.port, connect.tls
                );
                faults.must(Failing::Answers, None, message);
            }
        }
    }
    Verdict::of(faults.found, expectation.permitted)
}

impl Faults<'_> {
    /// The request that a client built.
    fn written(&mut self, writing: &Writing, request: &[u8]) {
        let failing = Failing::Answers;
        let head = Head::read(request);
        let start_line = if head.start() == 0 { head.start_line() } else { &[] };
        if let Some(target) = &writing.target
            && start_line.trim_ascii_end() != format!("GET {target} HTTP/1.1").as_bytes()
        {
            let message = format!("request-line is {}, where the target is {target}", start_line.escape_ascii());
            self.must(failing, None, message);
        }
        for (name, value) in &writing.fields {
            let mut its = head.fields().filter(|field| field.name.eq_ignore_ascii_case(name.as_bytes()));
            // What a client writes is held to the plain spelling: here nothing is read as what it is not.
            let is_plain = |field: &Field<'_>| {
                let line = &request[field.span.clone()];
                let breaks = line.iter().filter(|octet| matches!(octet, b'\r' | b'\n' | 0)).count();
                line.get(name.len()) == Some(&b':') && breaks == 2 && line.ends_with(b"\r\n")
            };
            let is = |field: Field<'_>, value: &[u8]| is_plain(&field) && *field.value == *value;
            let good = match value {
                None => its.next().is_some_and(|field| is_plain(&field)),
                Some(value) => its.next().is_some_and(|field| is(field, value)) && its.next().is_none(),
            };
            if !good {
                let value = value.as_ref().map(|value| value.escape_ascii().to_string());
                self.must(failing, None, format!("the request lacks {}, or has more", line(name, &value)));
            }
        }
        for name in writing.absent.iter().filter(|name| head.has(name)) {
            self.must(failing, None, format!("the request has {name}"));
        }
        for octets in writing.octets_absent.iter().filter(|octets| !octets.is_empty()) {
            if request.windows(octets.len()).any(|window| window == octets) {
                self.must(failing, None, format!("the request contains {}", octets.escape_ascii()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::law::register::of_the_project;
    use crate::suite::law::vector::Connect;

    fn failing(verdict: &Verdict) -> Vec<Failing> {
        assert!(verdict.is_failure(), "{verdict:?}");
        verdict.faults().iter().map(|fault| fault.failing).collect()
    }

    #[test]
    fn what_is_sent_is_held_against_the_options() {
        let building = Building {
            uri: "ws://h/".to_owned(),
            protocols: Vec::new(),
            extensions: None,
            origin: None,
            fields: Vec::new(),
            nonce: [0; 16],
        };
        let writing = Writing {
            target: Some("/".to_owned()),
            fields: vec![("Host".to_owned(), Some(b"h".to_vec())), ("X".to_owned(), None)],
            absent: vec!["Origin".to_owned()],
            octets_absent: vec![b"%0".to_vec()],
        };
        let connect = Some(Connect { host: "h".to_owned(), port: 80, tls: false });
        let sent = Expectation { request: Some(writing), connect, ..Expectation::of(Permitted::MustAccept) };
        let built = |request: &str, port| Built::Sent {
            request: request.as_bytes().to_vec(),
            host: "h".to_owned(),
            port,
            tls: false,
        };
        let judged = |built: &Built| judge_built(&sent, &building, built, of_the_project());
        let good = "GET / HTTP/1.1\r\nHost: h\r\nx:\r\n\r\n";
        assert_eq!(judged(&built(good, 80)), Verdict::Pass);
        assert_eq!(failing(&judged(&built(good, 443))), [Failing::Answers]);
        for (from, to) in [
            ("GET /", "GET /a"),
            (": h", ": i"),
            (": h", ": h\r\nHost: i"),
            (": h", ": h\r\nhost: h"),
            ("x:", "y:"),
            ("x:", "x:%0"),
            ("x:", "Origin: x\r\nx:"),
        ] {
            assert_eq!(failing(&judged(&built(&good.replace(from, to), 80))), [Failing::Answers], "{from} {to}");
        }
        assert_eq!(failing(&judged(&Built::Refused("e".to_owned()))), [Failing::Refuses]);
        let undone = Built::Harness("why".to_owned());
        assert_eq!(judged(&undone), Verdict::Harness("why".to_owned()));
        let refuse = Expectation::of(Permitted::MustReject);
        assert_eq!(failing(&judge_built(&refuse, &building, &built(good, 80), of_the_project())), [Failing::Accepts]);
    }
}
