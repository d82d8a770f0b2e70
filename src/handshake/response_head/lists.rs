//! Steps 2 and 3 of RFC 6455 §4.1: Upgrade and Connection.

use super::Judge;
use crate::handshake::fields::Field;
use crate::handshake::list::List;
use crate::judgement::{Class, requirements as r};

impl Judge<'_, '_> {
    #[inline]
    pub(super) fn upgrade(&mut self) {
        if !self.fields.is_alone(Field::Upgrade, b"websocket") {
            self.unusual_upgrade();
        }
    }

    #[inline(never)]
    fn unusual_upgrade(&mut self) {
        let class = Class::Upgrade;
        let head = self.head;
        let Some(list) = List::read(head, self.lines(Field::Upgrade)) else {
            return self.absent(class, &r::RFC6455_4_1_RESP_UPGRADE_MISSING, "missing Upgrade");
        };
        self.name_case(Field::Upgrade);
        let whole = list.whole.clone();
        let mut found = list.matching(self.text, "websocket");
        let Some(first) = found.next() else {
            return self.no_websocket(&list);
        };
        let second = found.next();
        if 1 + usize::from(second.is_some()) + found.count() < list.members.len() {
            let message = "Upgrade names another protocol with websocket";
            return self.report(&r::RFC6455_4_1_RESP_UPGRADE_LIST, class, whole, message);
        }
        if self.octets(first) != b"websocket" {
            self.report(&r::RFC6455_4_1_RESP_UPGRADE_CASE, class, first.clone(), "websocket is not in lower case");
        }
        if let Some(second) = second {
            self.report(&r::RFC6455_4_1_RESP_UPGRADE_DUPLICATE, class, second.clone(), "websocket twice");
        }
        if let Some(empty) = list.empty.clone() {
            self.report(&r::RFC6455_4_1_RESP_UPGRADE_EMPTY_ELEMENT, class, empty, "empty list member");
        }
    }

    pub(super) fn no_websocket(&mut self, list: &List) {
        let class = Class::Upgrade;
        let whole = list.whole.clone();
        let versioned = list.members.iter().find(|member| {
            self.octets(member).get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"websocket/"))
        });
        if let Some(member) = versioned.cloned() {
            let message = "websocket has a protocol version: another value";
            return self.report(&r::RFC6455_4_1_RESP_UPGRADE_VERSION_SUFFIX, class, member, message);
        }
        if list.members.iter().any(|member| self.is_beyond_ows(member, b"websocket", class)) {
            if list.members.len() > 1 {
                let message = "Upgrade names another protocol with websocket";
                self.report(&r::RFC6455_4_1_RESP_UPGRADE_LIST, class, whole, message);
            }
            return;
        }
        self.report(&r::RFC6455_4_1_RESP_UPGRADE_OTHER, class, whole, "Upgrade does not name websocket");
        self.foreign_letters(&list.members, b"websocket", class);
    }

    #[inline]
    pub(super) fn connection(&mut self) {
        if !self.fields.is_alone(Field::Connection, b"Upgrade") {
            self.unusual_connection();
        }
    }

    #[inline(never)]
    fn unusual_connection(&mut self) {
        let class = Class::Connection;
        let head = self.head;
        let Some(list) = List::read(head, self.lines(Field::Connection)) else {
            return self.absent(class, &r::RFC6455_4_1_RESP_CONNECTION_MISSING, "missing Connection");
        };
        self.name_case(Field::Connection);
        let whole = list.whole.clone();
        let found = list.matching(self.text, "upgrade").next().cloned();
        match found {
            Some(member) => {
                if self.octets(&member) != b"Upgrade" {
                    let message = "the Upgrade option differs in letter case";
                    self.report(&r::RFC6455_4_1_RESP_CONNECTION_CASE, class, member, message);
                }
                if list.members.len() > 1 || list.lines > 1 {
                    let message = "Upgrade is one of several connection options";
                    self.report(&r::RFC6455_4_1_RESP_CONNECTION_LIST, class, whole, message);
                }
                if let Some(empty) = list.empty.clone() {
                    let message = "empty list member";
                    self.report(&r::RFC6455_4_1_RESP_CONNECTION_EMPTY_ELEMENT, class, empty, message);
                }
                if let Some(member) = list.malformed(self.text, false).cloned() {
                    let message = "connection option that is not a valid token";
                    self.report(&r::RFC9110_7_6_1_MALFORMED_LIST_MEMBER_RESPONSE, class, member, message);
                }
            }
            None => {
                let beyond = list.members.iter().any(|member| self.is_beyond_ows(&member.clone(), b"upgrade", class));
                if !beyond {
                    let message = "Connection does not have the option Upgrade";
                    self.report(&r::RFC6455_4_1_RESP_CONNECTION_NO_TOKEN, class, whole, message);
                    self.foreign_letters(&list.members, b"upgrade", class);
                }
            }
        }
        if let Some(member) = list.matching(self.text, "close").next().cloned() {
            let message = "Connection has close with Upgrade: no switch";
            self.report(&r::RFC6455_4_1_RESP_CONNECTION_CLOSE, class, member, message);
        }
    }
}
