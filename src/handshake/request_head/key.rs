//! Items 5 and 6 of RFC 6455 §4.2.1: the key and the version.

use super::Judge;
use crate::handshake::fields::Field;
use crate::handshake::key;
use crate::http::grammar::{number, trim_beyond_ows};
use crate::judgement::{Class, requirements as r};

impl Judge<'_, '_> {
    /// Whether the request is one of the draft hixie-76, with two keys in other fields, which has no version field.
    fn has_draft_keys(&self) -> bool {
        ["Sec-WebSocket-Key1", "Sec-WebSocket-Key2"].iter().all(|name| self.head.named(name).next().is_some())
    }

    /// Item 5.
    pub(super) fn key(&mut self) {
        let class = Class::Key;
        let lines = self.lines(Field::Key);
        let Some(first) = lines.first() else {
            if self.lines(Field::Version).first().is_none() && self.has_draft_keys() {
                let message = "keys of the draft hixie-76, which a server may speak as well";
                return self.report(&r::RFC6455_4_2_1_VERSION_DRAFT, Class::Version, self.head.missing(), message);
            }
            return self.absent(Field::Key, class, &r::RFC6455_4_2_1_KEY_MISSING, "missing Sec-WebSocket-Key");
        };
        if let Some(second) = lines.second() {
            let line = second.line();
            self.report(&r::RFC6455_11_3_1_KEY_ONCE_SERVER, class, line, "duplicate Sec-WebSocket-Key line");
            self.other_case(first, lines.clone(), class);
        }
        self.name_case(Field::Key);
        for line in lines.clone() {
            let value = line.value.clone();
            let octets = self.octets(&value);
            let faults = key::faults(octets);
            if faults.is_empty() {
                continue;
            }
            for (requirement, span, message) in faults {
                let span = value.start + span.start..value.start + span.end;
                self.report(requirement, class, span, message);
            }
            if trim_beyond_ows(octets).is_some_and(|inner| key::faults(inner).is_empty()) {
                let message = "octet beside the key that is not OWS";
                self.report(&r::RFC9112_5_1_TRIM_ONLY_OWS, class, value.clone(), message);
            }
            self.broken_inside(value, class);
        }
        self.ows(first, class, &r::RFC6455_4_2_1_KEY_OWS);
        self.own.facts.key = Some(first.value.clone());
    }

    /// Item 6.
    ///
    /// ```text
    /// Sec-WebSocket-Version-Client = version
    /// version = DIGIT / ( NZDIGIT DIGIT ) / ( "1" DIGIT DIGIT ) / ( "2" DIGIT DIGIT )     ; 0 to 255, no leading zeros
    /// ```
    pub(super) fn version(&mut self) {
        let class = Class::Version;
        let lines = self.lines(Field::Version);
        let Some(first) = lines.first() else {
            if self.lines(Field::Key).first().is_none() && self.has_draft_keys() {
                return;
            }
            return self.absent(
                Field::Version,
                class,
                &r::RFC6455_4_2_1_VERSION_MISSING,
                "missing Sec-WebSocket-Version",
            );
        };
        if let Some(second) = lines.second() {
            let line = second.line();
            self.report(&r::RFC6455_11_3_5_VERSION_ONCE_SERVER, class, line, "duplicate Sec-WebSocket-Version line");
            self.other_case(first, lines.clone(), class);
        }
        self.name_case(Field::Version);
        for line in lines.clone() {
            let value = line.value.clone();
            let octets = self.octets(&value);
            if octets == b"13" {
                continue;
            }
            let plain = !octets.is_empty() && octets.len() <= 3 && octets.iter().all(u8::is_ascii_digit);
            let canonical = plain && (octets.len() == 1 || octets[0] != b'0') && number(octets).unwrap_or(256) < 256;
            let (requirement, message) = match octets {
                // The drafts that had the field began with 4.
                b"4" | b"5" | b"6" | b"7" | b"8" => (&r::RFC6455_4_2_1_VERSION_DRAFT, "version of an interim draft"),
                _ if canonical => (&r::RFC6455_4_2_1_VERSION_NOT_13, "version is not 13"),
                _ if octets.contains(&b',') => {
                    (&r::RFC6455_4_2_1_VERSION_LIST, "a request names one version, not a list")
                }
                _ => (&r::RFC6455_4_2_1_VERSION_SHAPE, "version is not a number from 0 to 255 without leading zeros"),
            };
            self.report(requirement, class, value.clone(), message);
            if trim_beyond_ows(octets) == Some(b"13") {
                let message = "octet beside the version that is not OWS";
                self.report(&r::RFC9112_5_1_TRIM_ONLY_OWS, class, value.clone(), message);
            }
            self.broken_inside(value, class);
        }
        self.ows(first, class, &r::RFC6455_4_2_1_VERSION_OWS);
    }
}
