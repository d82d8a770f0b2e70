//! Steps 5 and 6 of RFC 6455 §4.1: extensions and subprotocol.

use super::Judge;
use crate::handshake::deflate;
use crate::handshake::deflate::{Breach, Deflate};
use crate::handshake::extension::{Extension, ExtensionList, Fault, Parameter};
use crate::handshake::fields::Field;
use crate::handshake::judge::large;
use crate::http::grammar::{is_token, latin1, trim_beyond_ows};
use crate::judgement::{Class, Finding, Span, requirements as r};

impl Judge<'_, '_> {
    #[inline]
    pub(super) fn protocol(&mut self) {
        let class = Class::Protocol;
        let lines = self.lines(Field::Protocol);
        let Some(first) = lines.first() else {
            if !self.own.offer.protocols.is_empty() && self.head.is_whole() {
                let message = "missing subprotocol although some were offered";
                self.report(&r::RFC6455_4_1_RESP_PROTOCOL_ABSENT, class, self.head.missing(), message);
            }
            return;
        };
        self.name_case(Field::Protocol);
        if let Some(second) = lines.second() {
            let line = second.line();
            return self.report(
                &r::RFC6455_11_3_4_PROTOCOL_ONCE_CLIENT,
                class,
                line,
                "duplicate Sec-WebSocket-Protocol line",
            );
        }
        let value = first.value.clone();
        let octets = self.octets(&value);
        let offered = |test: &dyn Fn(&[u8]) -> bool| self.own.offer.protocols.iter().any(|name| test(name.as_bytes()));
        if offered(&|name| name == octets) {
            self.own.facts.opening.protocol = Some(latin1(octets));
            return;
        }
        if let Some(inner) = trim_beyond_ows(octets)
            && offered(&|name| name == inner)
        {
            let message = "octet around the subprotocol that is not OWS";
            return self.report(&r::RFC9112_5_1_TRIM_ONLY_OWS_RESPONSE, class, value, message);
        }
        let (requirement, message) = if octets.is_empty() {
            (&r::RFC6455_4_1_RESP_PROTOCOL_EMPTY, "Sec-WebSocket-Protocol is empty")
        } else if octets.contains(&b',') {
            (&r::RFC6455_4_1_RESP_PROTOCOL_LIST, "a response names one subprotocol, not a list")
        } else if offered(&|name| name.eq_ignore_ascii_case(octets)) {
            (&r::RFC6455_4_1_RESP_PROTOCOL_CASE, "subprotocol differs in case from the one offered")
        } else {
            (&r::RFC6455_4_1_RESP_PROTOCOL_UNREQUESTED, "subprotocol that was not offered")
        };
        self.report(requirement, class, value.clone(), message);
        if !octets.is_empty() && !octets.contains(&b',') && !is_token(octets) {
            self.report(&r::RFC6455_4_3_PROTOCOL_SERVER_ABNF, class, value, "subprotocol is not a valid token");
        }
    }

    pub(super) fn extensions(&mut self) {
        let class = Class::Extensions;
        let lines = self.lines(Field::Extensions);
        if lines.first().is_none() {
            return;
        }
        self.name_case(Field::Extensions);
        let list = match ExtensionList::read(self.text, lines.clone().map(|line| line.value.clone())) {
            Ok(list) => list,
            Err((fault, span)) => {
                let message = "extension list is malformed";
                self.report(&r::RFC6455_4_3_EXTENSION_MALFORMED_RESPONSE, class, span.clone(), message);
                if matches!(fault, Fault::QuotedNonToken | Fault::QuotedSeparator) {
                    let message = "quoted value is not a valid token";
                    self.report(&r::RFC6455_4_3_EXTENSION_QUOTED_NONTOKEN_RESPONSE, class, span, message);
                }
                return;
            }
        };
        let mut habit = |span: Option<Span>, requirement, message| {
            if let Some(span) = span {
                self.findings.push(Finding::new(requirement, class, span, message));
            }
        };
        let spelling = list.white_space.clone().or(list.quoted.clone());
        habit(spelling, &r::RFC6455_4_3_EXTENSION_LWS_RESPONSE, "whitespace between tokens, or a quoted value");
        habit(list.escaped.clone(), &r::RFC9110_5_6_4_QUOTED_PAIR_RESPONSE, "backslash in a quoted value");
        let empty = list.empty_member.clone();
        habit(empty, &r::RFC6455_4_3_EXTENSION_EMPTY_ELEMENTS_RESPONSE, "empty list member");
        let second = lines.second().map(|line| line.value.clone());
        let message = "extensions on several field lines";
        habit(second, &r::RFC6455_11_3_2_EXTENSIONS_MULTI_RESPONSE_CLIENT, message);
        let mut deflates = 0;
        for (index, element) in list.elements.iter().enumerate() {
            let offered = self.own.offer.extensions.iter().any(|offer| offer.name() == element.name);
            if offered && element.name == deflate::NAME {
                deflates += 1;
                if deflates == 2 {
                    let message = "two agreements that both use RSV1";
                    self.report(&r::RFC7692_5_CLIENT_RSV1_CONFLICT, class, element.span.clone(), message);
                }
                // A second one is a conflict already: no more than a few are held against every offer.
                if deflates <= large::ELEMENTS {
                    self.agreement(element);
                }
            } else if offered {
                let message = "agreement on an extension that no RFC describes";
                let requirement = &r::RFC6455_9_1_UNDESCRIBED_AGREEMENT;
                self.report_element(index, requirement, class, element.span.clone(), message);
            } else {
                let in_other_case =
                    self.own.offer.extensions.iter().any(|offer| offer.name().eq_ignore_ascii_case(&element.name));
                let (requirement, message) = if in_other_case {
                    (&r::RFC6455_4_1_RESP_EXTENSION_CASE, "extension name differs in case from the one offered")
                } else {
                    (&r::RFC6455_4_1_RESP_EXTENSION_UNREQUESTED, "extension that was not offered")
                };
                self.report_element(index, requirement, class, element.span.clone(), message);
            }
        }
        self.own.facts.opening.extensions = list.elements;
    }

    /// An agreement on permessage-deflate against what was offered (RFC 7692 §7.1).
    pub(super) fn agreement(&mut self, element: &Extension) {
        let class = Class::Extensions;
        let span = element.span.clone();
        let agreed = match Deflate::read(element, deflate::Side::Agreement) {
            Ok(agreed) => agreed,
            Err((fault, span)) => return self.bad_agreement(element, fault, span),
        };
        let offers = || self.own.offer.deflates();
        let fitting: Vec<&Deflate> = offers().filter(|offer| offer.breaches(&agreed).is_empty()).collect();
        if fitting.is_empty() {
            for breach in offers().next().map(|offer| offer.breaches(&agreed)).unwrap_or_default() {
                let (requirement, message) = match breach {
                    Breach::NoServerNoContextTakeover => (
                        &r::RFC7692_7_1_1_1_CLIENT_MISSING_SNCT,
                        "agreement lacks the server_no_context_takeover that was asked for",
                    ),
                    Breach::LargerServerWindow if agreed.server_max_window_bits.is_none() => (
                        &r::RFC7692_7_1_2_1_CLIENT_LARGER_SMWB,
                        "agreement lacks the server_max_window_bits that was asked for",
                    ),
                    Breach::LargerServerWindow => (
                        &r::RFC7692_7_1_2_1_CLIENT_LARGER_SMWB,
                        "agreement has a larger server window than was asked for",
                    ),
                    Breach::ClientWindowNotOffered => (
                        &r::RFC7692_7_1_2_2_CLIENT_UNOFFERED_CMWB,
                        "agreement has a client_max_window_bits that was not offered",
                    ),
                };
                self.report(requirement, class, span.clone(), message);
            }
            return;
        }
        if agreed.server_no_context_takeover && !fitting.iter().any(|offer| offer.server_no_context_takeover) {
            let message = "server_no_context_takeover that was not asked for";
            self.report(&r::RFC7692_7_1_1_1_CLIENT_UNSOLICITED_SNCT, class, span.clone(), message);
        }
        if agreed.server_max_window_bits.is_some()
            && !fitting.iter().any(|offer| offer.server_max_window_bits.is_some())
        {
            let message = "server_max_window_bits that was not asked for";
            self.report(&r::RFC7692_7_1_2_1_CLIENT_UNSOLICITED_SMWB, class, span.clone(), message);
        }
        let asked_15 = |offer: &&Deflate| offer.server_max_window_bits == Some(15);
        if agreed.server_max_window_bits.is_none() && fitting.iter().all(asked_15) {
            let message = "agreement lacks the server_max_window_bits=15 that was asked for";
            self.report(&r::RFC7692_7_1_2_1_CLIENT_MISSING_SMWB_15, class, span.clone(), message);
        }
        if agreed.server_max_window_bits == Some(8) || agreed.client_max_window_bits == Some(Some(8)) {
            let message = "window of 256 octets, which not every client has";
            self.report(&r::RFC7692_7_CLIENT_UNSUPPORTED, class, span.clone(), message);
        }
        if let Some(Some(bits)) = agreed.client_max_window_bits {
            let hinted = |offer: &&Deflate| offer.client_max_window_bits.flatten().is_none_or(|hint| bits <= hint);
            if !fitting.iter().any(hinted) {
                let message = "client_max_window_bits above the hint of the offer";
                self.report(&r::RFC7692_7_1_2_2_CMWB_NOT_LARGER, class, span.clone(), message);
            }
        }
        if agreed.client_no_context_takeover {
            let message = "client_no_context_takeover, which every client has to accept";
            self.report(&r::RFC7692_7_1_1_2_CLIENT_SUPPORTS_CNCT, class, span, message);
        }
    }

    pub(super) fn bad_agreement(&mut self, element: &Extension, fault: deflate::Fault, span: Span) {
        let class = Class::Extensions;
        if fault == deflate::Fault::UnknownParameter {
            let folded = Extension {
                parameters: element
                    .parameters
                    .iter()
                    .cloned()
                    .map(|parameter| Parameter { name: parameter.name.to_ascii_lowercase().into(), ..parameter })
                    .collect(),
                ..element.clone()
            };
            if Deflate::read(&folded, deflate::Side::Agreement).is_ok() {
                let message = "parameter name differs in letter case";
                return self.report(&r::RFC6455_4_1_RESP_EXTENSION_CASE, class, span, message);
            }
        }
        let (requirement, message) = match fault {
            deflate::Fault::UnknownParameter => (&r::RFC7692_7_CLIENT_UNKNOWN_PARAM, "undefined parameter"),
            deflate::Fault::RepeatedParameter => (&r::RFC7692_7_CLIENT_DUPLICATE_PARAM, "parameter twice"),
            deflate::Fault::InvalidValue => (&r::RFC7692_7_CLIENT_INVALID_VALUE, "invalid parameter value"),
        };
        self.report(requirement, class, span, message);
    }
}
