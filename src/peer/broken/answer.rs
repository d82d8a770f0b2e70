//! What comes out of the reference, changed: the outcome and the octets stay two views of one answer.

use crate::http::grammar::latin1;
pub(super) use crate::suite::wire::Fields;
use crate::suite::wire::{Head, joined};
use crate::suite::{Observation, Opened, Outcome, Refused};

/// Changes the status and the field lines of what a server answered; nothing where there was no answer.
pub(super) fn rewrite(observation: &mut Observation, change: impl FnOnce(&mut u16, &mut Fields)) {
    let (was, fields, rest) = match &observation.outcome {
        Outcome::Opened(opened) => (101, &opened.fields, opened.rest.clone()),
        Outcome::Refused(Refused { status: Some(status), fields, .. }) => (*status, fields, None),
        _ => return,
    };
    let (mut status, mut fields) = (was, fields.clone());
    change(&mut status, &mut fields);
    let head = Head::read(&observation.written);
    let mut octets =
        if status == was { head.start_line().to_vec() } else { format!("HTTP/1.1 {status} Otherwise").into_bytes() };
    for (name, value) in &fields {
        octets.extend([b"\r\n", name.as_bytes(), b": ", value].concat());
    }
    octets.extend_from_slice(b"\r\n\r\n");
    octets.extend_from_slice(head.after());
    observation.written = octets;
    observation.outcome = if status == 101 {
        Outcome::Opened(Opened {
            accept: joined(&fields, "Sec-WebSocket-Accept"),
            protocol: joined(&fields, "Sec-WebSocket-Protocol").map(|value| latin1(&value)),
            extensions: joined(&fields, "Sec-WebSocket-Extensions").map(|value| latin1(&value)),
            fields,
            rest,
        })
    } else {
        Outcome::Refused(Refused { status: Some(status), fields, error: None })
    };
}

/// Changes the field lines of a server's 101.
pub(super) fn in_101(mut observation: Observation, change: impl FnOnce(&mut Fields)) -> Observation {
    if matches!(observation.outcome, Outcome::Opened(_)) {
        rewrite(&mut observation, |_, fields| change(fields));
    }
    observation
}

/// Changes the status and the field lines of a server's refusal.
pub(super) fn in_refusal(mut observation: Observation, change: impl FnOnce(&mut u16, &mut Fields)) -> Observation {
    if matches!(observation.outcome, Outcome::Refused(_)) {
        rewrite(&mut observation, change);
    }
    observation
}

/// Changes the open connection that a client or a server reports.
pub(super) fn in_opened(mut observation: Observation, change: impl FnOnce(&mut Opened)) -> Observation {
    if let Outcome::Opened(opened) = &mut observation.outcome {
        change(opened);
    }
    observation
}

/// Sets a field of a server's 101, in its place.
pub(super) fn set_field(observation: &mut Observation, name: &str, value: &str) {
    if matches!(observation.outcome, Outcome::Opened(_)) {
        rewrite(observation, |_, fields| set(fields, name, value));
    }
}

/// Sets a field among field lines.
pub(super) fn set(fields: &mut Fields, name: &str, value: &str) {
    match fields.iter_mut().find(|(its, _)| its.eq_ignore_ascii_case(name)) {
        Some((_, its)) => *its = value.as_bytes().to_vec(),
        None => fields.push((name.to_owned(), value.as_bytes().to_vec())),
    }
}

/// Takes a field away.
pub(super) fn remove(fields: &mut Fields, name: &str) {
    fields.retain(|(its, _)| !its.eq_ignore_ascii_case(name));
}

/// A refusal in place of an open connection.
pub(super) fn refuse(mut observation: Observation, error: &str) -> Observation {
    if observation.written.is_empty() {
        let refused = Refused { status: Some(101), fields: Vec::new(), error: Some(error.to_owned()) };
        return Observation { outcome: Outcome::Refused(refused), written: Vec::new() };
    }
    rewrite(&mut observation, |status, fields| {
        *status = 400;
        *fields = vec![("Connection".to_owned(), b"close".to_vec()), ("Content-Length".to_owned(), b"0".to_vec())];
    });
    if let Outcome::Refused(refused) = &mut observation.outcome {
        refused.error = Some(error.to_owned());
    }
    observation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::Role;
    use crate::peer::reference::Reference;
    use crate::suite::{Exchange, Peer as _};

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    #[test]
    fn nothing_changes_unless_something_is_changed() {
        for octets in [REQUEST, b"GET / HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\nHost: a\r\n\r\n"] {
            let before = Reference.observe(&Exchange::new(Role::Server, octets));
            let mut after = before.clone();
            rewrite(&mut after, |_, _| {});
            assert_eq!(after.written, before.written);
        }
    }

    #[test]
    fn outcome_and_octets_change_together() {
        let opened = Reference.observe(&Exchange::new(Role::Server, REQUEST));
        let other = in_101(opened.clone(), |fields| set(fields, "sec-websocket-accept", "x"));
        assert!(matches!(&other.outcome, Outcome::Opened(Opened { accept: Some(accept), .. }) if accept == b"x"));
        assert!(other.written.ends_with(b"Sec-WebSocket-Accept: x\r\n\r\n"), "{}", other.written.escape_ascii());
        let refused = refuse(opened, "why");
        assert!(refused.written.starts_with(b"HTTP/1.1 400 Otherwise\r\nConnection: close\r\n"));
        assert!(matches!(refused.outcome, Outcome::Refused(Refused { status: Some(400), .. })));
    }
}
