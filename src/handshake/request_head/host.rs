//! Item 2 of RFC 6455 §4.2.1: Host.

use super::Judge;
use crate::handshake::fields::Field;
use crate::http::host::{Authority, Form, is_zoned};
use crate::judgement::{Class, Span, requirements as r};

impl Judge<'_, '_> {
    pub(super) fn host(&mut self, named: Option<Span>) {
        let class = Class::Host;
        let lines = self.lines(Field::Host);
        let Some(first) = lines.first() else {
            return self.absent(Field::Host, class, &r::RFC6455_4_2_1_HOST_MISSING, "missing Host");
        };
        if let Some(second) = lines.second() {
            let line = second.line();
            self.report(&r::RFC9112_3_2_HOST_DUPLICATE, class, line, "duplicate Host line");
            self.other_case(first, lines.clone(), class);
        }
        self.name_case(Field::Host);
        for line in lines {
            self.host_value(&line.value, named.as_ref());
        }
    }

    pub(super) fn host_value(&mut self, value: &Span, named: Option<&Span>) {
        let class = Class::Host;
        let octets = self.octets(value);
        if octets.is_empty() {
            let message = "Host is empty";
            return self.report(&r::RFC6455_4_2_1_HOST_EMPTY, class, value.clone(), message);
        }
        let Some(authority) = Authority::read(octets) else {
            if is_zoned(octets) {
                let message = "Host has an IPv6 zone identifier";
                return self.report(&r::RFC9112_3_2_HOST_ZONE_ID, class, value.clone(), message);
            }
            self.broken_inside(value.clone(), class);
            return self.report(&r::RFC9112_3_2_HOST_INVALID, class, value.clone(), "invalid host or port");
        };
        if authority.host.is_empty() {
            let message = "Host has a port and no host";
            return self.report(&r::RFC6455_4_2_1_HOST_EMPTY, class, value.clone(), message);
        }
        match authority.form() {
            Form::Plain => {}
            Form::Literal => {
                let message = "Host is an IP literal or has an empty port";
                self.report(&r::RFC9110_7_2_HOST_VALID_FORMS, class, value.clone(), message);
            }
            Form::Odd => {
                let message = "Host is a registered name that is not a DNS name";
                self.report(&r::RFC9112_3_2_HOST_ODD_REGNAME, class, value.clone(), message);
            }
            Form::PortRange | Form::LeadingZeros | Form::Future => self.unusable(&authority, class, value.clone()),
        }
        if authority.has_capitals() {
            self.report(&r::RFC9110_4_2_3_HOST_SCHEME_CASE, class, value.clone(), "uppercase in Host");
        }
        if authority.port == Some(self.own.policy.default_port()) {
            let message = "Host spells out the default port";
            self.report(&r::RFC6455_4_1_REQ_HOST_PORT, class, value.clone(), message);
        }
        let mut asked = authority;
        if let Some(span) = named
            && let Some(target) = Authority::read(self.octets(span))
        {
            if !target.is_same(&authority, self.own.policy.default_port()) {
                let message = "Host differs from the authority of the request-target, which counts";
                self.report(&r::RFC9112_3_2_2_ABSOLUTE_OVERRIDES_HOST, class, value.clone(), message);
            }
            asked = target;
        }
        if !self.own.policy.serves_authority(&asked) {
            let message = "authority is not one of this server";
            self.report(&r::RFC6455_4_2_1_HOST_AUTHORITY, class, value.clone(), message);
        }
    }

    /// Reports a host and port that the grammar allows and that not every recipient can use.
    pub(super) fn unusable(&mut self, authority: &Authority<'_>, class: Class, span: Span) {
        let message = match authority.form() {
            Form::PortRange => "port is above 65535",
            Form::LeadingZeros => "port is 0 or has leading zeros, which not every recipient reads",
            Form::Future => "IP literal of an undefined version",
            Form::Plain | Form::Literal | Form::Odd => return,
        };
        self.report(&r::RFC9112_3_2_HOST_UNUSABLE, class, span, message);
    }
}
