//! Items 8 and 9 of RFC 6455 §4.2.1: subprotocols and extensions.

use super::Judge;
use crate::handshake::deflate;
use crate::handshake::extension::{Extension, ExtensionList, Fault};
use crate::handshake::fields::Field;
use crate::handshake::list::Members;
use crate::http::grammar::{is_token, list_members};
use crate::judgement::{Class, Finding, Span, requirements as r};

impl Judge<'_, '_> {
    /// Item 8.
    ///
    /// ```text
    /// Sec-WebSocket-Protocol-Client = 1#token
    /// ```
    pub(super) fn protocol(&mut self) {
        let class = Class::Protocol;
        let lines = self.lines(Field::Protocol);
        let Some(first) = lines.first() else { return };
        self.name_case(Field::Protocol);
        let whole = first.value.start..lines.clone().last().unwrap_or(first).value.end;
        let mut offered = Members::default();
        let (mut empty, mut bad) = (None, None);
        for line in lines.clone() {
            for member in list_members(self.text, line.value.clone()) {
                if member.is_empty() {
                    empty = empty.or(Some(member));
                } else if !is_token(self.octets(&member)) {
                    bad = bad.or(Some(member));
                } else {
                    offered.push(member);
                }
            }
        }
        if let Some(member) = bad {
            self.broken_inside(member.clone(), class);
            return self.report(
                &r::RFC6455_4_2_1_PROTOCOL_GRAMMAR,
                class,
                member,
                "subprotocol name is not a valid token",
            );
        }
        if offered.len() == 0 {
            return self.report(&r::RFC6455_4_2_1_PROTOCOL_EMPTY, class, whole, "subprotocol list has no member");
        }
        if let Some(member) = empty {
            let around = member.start.saturating_sub(1).max(whole.start)..(member.end + 1).min(whole.end);
            self.report(&r::RFC6455_4_2_1_PROTOCOL_EMPTY_ELEMENTS, class, around, "empty list member");
        }
        if let Some(second) = lines.second() {
            let message = "subprotocols on several field lines";
            self.report(&r::RFC6455_11_3_4_PROTOCOL_MULTI_SERVER, class, second.value.clone(), message);
        }
        if let Some(span) = self.repeated(&offered) {
            self.report(&r::RFC6455_4_2_1_PROTOCOL_DUPLICATE_NAME, class, span, "subprotocol offered twice");
        }
        let (spoken, text) = (&self.own.policy.protocols, self.text);
        let exact = |span: &Span| spoken.iter().any(|name| name.as_bytes() == &text[span.clone()]);
        if !offered.iter().any(exact) {
            let message = "no subprotocol that this server speaks";
            self.report(&r::RFC6455_4_2_2_SUBPROTOCOL_NO_MATCH, class, whole, message);
        }
        let is_folded = |span: &&Span| {
            !exact(span) && spoken.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(&text[(*span).clone()]))
        };
        if let Some(span) = offered.iter().filter(is_folded).min_by_key(|span| span.start).cloned() {
            let message = "subprotocol differs from a spoken one in case alone: another name";
            self.report(&r::RFC7936_2_CASE_SENSITIVE, class, span, message);
        }
        // The best one of the server, in exactly the spelling of the offer (RFC 6455 §4.2.2 step 4; RFC 7936 §2).
        let is_offered = |name: &String| offered.iter().any(|span| name.as_bytes() == &text[span.clone()]);
        self.own.facts.protocol = spoken.iter().position(is_offered);
    }

    /// The second place of a name that is among the members twice.
    fn repeated(&self, members: &Members) -> Option<Span> {
        // Two, and there mostly are no more, need no sorting.
        if members.len() <= 2 {
            let mut octets = members.iter().map(|span| self.octets(span));
            let is_repeated = members.len() == 2 && octets.next() == octets.next();
            return members.iter().nth(1).filter(|_| is_repeated).cloned();
        }
        let mut sorted: Vec<Span> = members.iter().cloned().collect();
        sorted.sort_unstable_by_key(|span| (self.octets(span), span.start));
        let twice = sorted.windows(2).find(|pair| self.octets(&pair[0]) == self.octets(&pair[1]));
        twice.map(|pair| pair[1].clone())
    }

    pub(super) fn extensions(&mut self) {
        let class = Class::Extensions;
        let lines = self.lines(Field::Extensions);
        if lines.first().is_none() {
            return;
        }
        let usual = self.fields.alone(Field::Extensions).and_then(deflate::usual_offer);
        if usual.is_some() {
            self.own.facts.deflate = usual;
            return;
        }
        self.name_case(Field::Extensions);
        let list = match ExtensionList::read(self.text, lines.clone().map(|line| line.value.clone())) {
            Ok(list) => list,
            Err((fault, span)) => return self.malformed_extensions(fault, span),
        };
        let mut habit = |span: &Option<Span>, requirement, message| {
            if let Some(span) = span.clone() {
                self.findings.push(Finding::new(requirement, class, span, message));
            }
        };
        habit(&list.white_space, &r::RFC6455_4_3_EXTENSION_LWS, "whitespace between tokens of an extension");
        habit(&list.quoted, &r::RFC6455_4_3_EXTENSION_QUOTED, "quoted parameter value");
        habit(&list.empty_member, &r::RFC6455_4_3_EXTENSION_EMPTY_ELEMENTS, "empty list member");
        let second = lines.second().map(|line| line.value.clone());
        habit(&second, &r::RFC6455_9_1_EXTENSION_LINES, "extensions on several field lines");
        for (index, element) in list.elements.iter().enumerate() {
            if element.name == deflate::NAME {
                self.deflate_offer(index, element);
            } else if element.name.eq_ignore_ascii_case(deflate::NAME) {
                let message = "extension name differs in letter case: taken as unknown";
                self.report_element(index, &r::RFC6455_4_3_EXTENSION_TOKEN_CASE, class, element.span.clone(), message);
            } else {
                let message = "extension that this server does not know";
                self.report_element(index, &r::RFC6455_4_2_1_EXTENSIONS_UNKNOWN, class, element.span.clone(), message);
            }
        }
    }

    pub(super) fn malformed_extensions(&mut self, fault: Fault, span: Span) {
        let (requirement, message) = match fault {
            Fault::EmptyField => (&r::RFC6455_4_3_EXTENSION_EMPTY_FIELD, "extension list has no element"),
            Fault::EmptyParameter => (&r::RFC6455_4_3_EXTENSION_EMPTY_PARAM, "no parameter behind a semicolon"),
            Fault::EmptyValue => (&r::RFC6455_4_3_EXTENSION_EMPTY_VALUE, "no value behind an equals sign"),
            Fault::QuotedNonToken => (&r::RFC6455_4_3_EXTENSION_QUOTED_NONTOKEN, "quoted value is not a valid token"),
            Fault::QuotedSeparator => (&r::RFC6455_4_3_EXTENSION_QUOTED_COMMA, "quoted value has a separator in it"),
            Fault::Malformed => (&r::RFC6455_4_2_1_EXTENSIONS_GRAMMAR, "extension list is malformed"),
        };
        self.broken_inside(span.clone(), Class::Extensions);
        if fault != Fault::Malformed {
            let message = "extension list is malformed";
            self.report(&r::RFC6455_4_2_1_EXTENSIONS_GRAMMAR, Class::Extensions, span.clone(), message);
        }
        self.report(requirement, Class::Extensions, span, message);
    }

    fn deflate_offer(&mut self, index: usize, element: &Extension) {
        let class = Class::Extensions;
        match deflate::Deflate::read(element, deflate::Side::Offer) {
            Err((fault, span)) => {
                let (requirement, message) = match fault {
                    deflate::Fault::UnknownParameter => {
                        (&r::RFC7692_7_DECLINE_UNKNOWN_PARAM, "undefined parameter: the offer is declined")
                    }
                    deflate::Fault::RepeatedParameter => {
                        (&r::RFC7692_7_DECLINE_DUPLICATE_PARAM, "parameter twice: the offer is declined")
                    }
                    deflate::Fault::InvalidValue => {
                        (&r::RFC7692_7_DECLINE_INVALID_VALUE, "invalid parameter value: the offer is declined")
                    }
                };
                self.report_element(index, requirement, class, span, message);
            }
            Ok(offer) => {
                if offer.server_max_window_bits == Some(8) {
                    let message = "window of 256 octets, which not every deflate has: may be declined";
                    let requirement = &r::RFC7692_7_DECLINE_UNSUPPORTED;
                    self.report_element(index, requirement, class, element.span.clone(), message);
                }
                self.own.facts.deflate.get_or_insert(offer);
            }
        }
    }
}
