//! Item 7 of RFC 6455 §4.2.1: Origin.

use super::Judge;
use crate::handshake::fields::Field;
use crate::http::FieldLine;
use crate::http::grammar::position;
use crate::http::host::Authority;
use crate::judgement::{Class, Span, requirements as r};

impl Judge<'_, '_> {
    pub(super) fn origin(&mut self) {
        let class = Class::Origin;
        let lines = self.lines(Field::Origin);
        let Some(first) = lines.first() else {
            if self.own.policy.origins.is_some() && self.head.is_whole() {
                let message = "there is no Origin: not a browser";
                self.report(&r::RFC6455_4_2_1_ORIGIN_ABSENT_NOT_BROWSER, class, self.head.missing(), message);
            }
            return;
        };
        if let Some(second) = lines.second() {
            let line = second.line();
            self.report(&r::RFC6454_7_3_TWO_ORIGINS_SERVER, class, line, "duplicate Origin line");
        }
        // Of several lines nothing tells which one counts: one that is let in leaves a choice.
        let is_let_in = |line: &FieldLine| {
            let allowed = self.own.policy.origins.iter().flatten();
            allowed.into_iter().any(|origin| origin.as_bytes() == self.octets(&line.value))
        };
        let any_is_let_in = lines.second().is_some() && lines.clone().any(is_let_in);
        for line in lines {
            self.origin_value(line.value.clone(), any_is_let_in);
        }
        self.own.facts.origin = Some(first.value.clone());
    }

    pub(super) fn origin_value(&mut self, value: Span, other_is_let_in: bool) {
        let class = Class::Origin;
        let octets = self.octets(&value);
        let mut parts = octets.split(|&octet| octet == b' ').filter(|part| !part.is_empty());
        if position(octets, b' ').is_some() && parts.all(is_origin) {
            return self.report(&r::RFC6454_7_1_ORIGIN_LIST, class, value, "list of origins");
        }
        if !is_origin(octets) {
            let message = "Origin is neither null nor scheme, host and port";
            self.report(&r::RFC6455_10_1_UNTRUSTED_ORIGIN, class, value.clone(), message);
        }
        let Some(allowed) = &self.own.policy.origins else { return };
        let is = |test: &dyn Fn(&[u8]) -> bool| allowed.iter().any(|origin| test(origin.as_bytes()));
        if other_is_let_in || is(&|origin| origin == octets) {
            return;
        }
        let (requirement, message) = if is(&|origin| origin.eq_ignore_ascii_case(octets)) {
            (&r::RFC6455_4_2_2_ORIGIN_LOWERCASE, "Origin is on the list but for its case")
        } else if octets.is_empty() || is(&|origin| plain(origin) == plain(octets)) {
            (&r::RFC6455_4_1_REQ_ORIGIN_SERIALIZATION, "Origin is empty, or on the list but for its spelling")
        } else if octets == b"null" {
            (&r::RFC6454_7_1_ORIGIN_NULL, "Origin null is not on the list")
        } else {
            (&r::RFC6455_10_2_VERIFY_ORIGIN, "Origin is not on the list")
        };
        self.report(requirement, class, value, message);
    }
}

/// An origin without what does not belong to its text: capitals, the default port, a path.
fn plain(origin: &[u8]) -> Vec<u8> {
    let mut plain = origin.to_ascii_lowercase();
    let authority = plain.windows(3).position(|window| window == b"://").map_or(0, |at| at + 3);
    if let Some(slash) = plain[authority..].iter().position(|&octet| octet == b'/') {
        plain.truncate(authority + slash);
    }
    let port: &[u8] = match &plain[..authority] {
        b"http://" | b"ws://" => b":80",
        b"https://" | b"wss://" => b":443",
        _ => b"",
    };
    plain.truncate(plain.len() - plain.strip_suffix(port).map_or(0, |_| port.len()));
    plain
}

/// `null`, or scheme, host and an optional port (RFC 6454 §7.1).
fn is_origin(octets: &[u8]) -> bool {
    if octets == b"null" {
        return true;
    }
    let (scheme, rest) = octets.split_at(position(octets, b':').unwrap_or(octets.len()));
    let Some(authority) = rest.strip_prefix(b"://") else { return false };
    scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|&octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.'))
        && Authority::read(authority).is_some()
}
