//! What a refusal owes: the form that a clause fixes, and what its status or the method alone asks for.

use super::{Failing, Fault, Faults, Form, line};
use crate::judgement::{Requirement, requirements as r};
use crate::suite::wire::{Head, holds};

impl Faults<'_> {
    /// The form of a refusal.
    pub(super) fn refused(&mut self, form: Option<&Form>, status: Option<u16>, fields: &[(String, Vec<u8>)]) {
        let Some(form) = form else { return };
        let mut wrong = |message: String| {
            let (requirement, owed) = (Some(form.requirement), form.owed);
            self.found.push(Fault { failing: Failing::Answers, requirement, owed, message });
        };
        let listed = match &form.status[..] {
            [] => "an error status".to_owned(),
            listed => listed.iter().map(u16::to_string).collect::<Vec<_>>().join(" or "),
        };
        let meets = |status: u16| match &form.status[..] {
            [] => (400..600).contains(&status),
            listed => listed.contains(&status),
        };
        match status {
            // RFC 6455 §10.7 lets an endpoint drop the connection on a handshake that it does not expect.
            None => {
                let message = format!("refused without an answer, where {} asks for {listed}", form.requirement);
                self.owed(&r::RFC6455_10_7_ERROR_STATUS, message);
            }
            Some(status) if !meets(status) => wrong(format!("refused with {status}, not with {listed}")),
            Some(_) => {
                for (name, value) in &form.fields {
                    if !holds(fields, name, value.as_deref()) {
                        wrong(format!("the refusal lacks {}", line(name, value)));
                    }
                }
            }
        }
    }

    /// The field that an answer of this status has to have, whatever its ground.
    pub(super) fn incomplete(&mut self, status: Option<u16>, fields: &[(String, Vec<u8>)]) {
        const OWED: [(u16, &str, &Requirement); 3] = [
            (401, "WWW-Authenticate", &r::RFC9110_15_5_2_401_CHALLENGE),
            (405, "Allow", &r::RFC9110_15_5_6_405_ALLOW),
            (426, "Upgrade", &r::RFC9110_7_8_426_UPGRADE),
        ];
        for (_, name, requirement) in OWED.iter().filter(|(owing, ..)| status == Some(*owing)) {
            if !holds(fields, name, None) {
                self.owed(requirement, format!("the refusal lacks {name}"));
            }
        }
    }

    /// An answer to HEAD has no content.
    pub(super) fn content(&mut self, request: &[u8], written: &[u8]) {
        let content = Head::read(written).after();
        // A second request may have had an answer of its own.
        let is_content = !content.is_empty() && !content.starts_with(b"HTTP/");
        if is_content && request[Head::read(request).start()..].starts_with(b"HEAD ") {
            let message = format!("the answer to HEAD has {} octets of content", content.len());
            self.owed(&r::RFC9110_9_3_2_HEAD_NO_CONTENT, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use crate::suite::Refused;
    use crate::suite::law::register::of_the_project;

    fn verdict(expectation: &Expectation, outcome: Outcome) -> Verdict {
        let exchange = Exchange::new(Role::Server, *b"GET / HTTP/1.1\r\n\r\n");
        judge(expectation, &exchange, &Observation { outcome, written: Vec::new() }, of_the_project())
    }

    #[test]
    fn an_answer_to_head_has_no_content() {
        let faults = |request: &[u8], written: &[u8]| {
            let mut faults = Faults { register: of_the_project(), found: Vec::new() };
            faults.content(request, written);
            faults.found.len()
        };
        let answer = b"HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\n\r\nno";
        assert_eq!(faults(b"\r\nHEAD / HTTP/1.1\r\n\r\n", answer), 1);
        assert_eq!(faults(b"HEAD / HTTP/1.1\r\n\r\n", &answer[..answer.len() - 2]), 0);
        assert_eq!(faults(b"POST / HTTP/1.1\r\n\r\n", answer), 0);
        assert_eq!(faults(b"", b""), 0);
    }

    #[test]
    fn some_statuses_owe_a_field_and_only_101_opens() {
        let refused = |status, name: &str| {
            let fields = vec![(name.to_owned(), b"x".to_vec())];
            verdict(
                &Expectation::of(Permitted::MustReject),
                Outcome::Refused(Refused { status: Some(status), fields, error: None }),
            )
        };
        for (status, name) in [(401, "www-authenticate"), (405, "allow"), (426, "upgrade")] {
            assert_eq!(refused(status, name), Verdict::Pass);
            assert_eq!(refused(status, "X-Note").faults()[0].failing, Failing::Answers);
        }
        let success = Outcome::Refused(Refused { status: Some(200), ..Refused::default() });
        let verdict = verdict(&Expectation::of(Permitted::MustAccept), success);
        assert_eq!(verdict.faults()[0].requirement, Some(r::RFC6455_4_2_2_STATUS_101.id));
    }
}
