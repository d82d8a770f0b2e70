//! What the status of an answer alone asks for.

use super::{Faults, holds};

impl Faults<'_> {
    /// The field that an answer of this status has to have, whatever its ground.
    pub(super) fn incomplete(&mut self, status: Option<u16>, fields: &[(String, Vec<u8>)]) {
        const OWED: [(u16, &str, &str); 3] = [
            (401, "WWW-Authenticate", "rfc9110-15.5.2-401-challenge"),
            (405, "Allow", "rfc9110-15.5.6-405-allow"),
            (426, "Upgrade", "rfc9110-7.8-426-upgrade"),
        ];
        for (_, name, requirement) in OWED.iter().filter(|(owing, ..)| status == Some(*owing)) {
            if !holds(fields, name, None) {
                self.owed(requirement, format!("the refusal lacks {name}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use crate::suite::Refused;
    use crate::suite::source::Source;

    fn verdict(expectation: &Expectation, outcome: Outcome) -> Verdict {
        let exchange = Exchange::new(Role::Server, *b"GET / HTTP/1.1\r\n\r\n");
        let register = Register::load(&Source::Embedded).unwrap();
        judge(expectation, &exchange, &Observation { outcome, written: Vec::new() }, &register)
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
        assert_eq!(verdict.faults()[0].requirement, Some("rfc6455-4.2.2-status-101"));
    }
}
