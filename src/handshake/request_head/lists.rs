//! Items 3 and 4 of RFC 6455 §4.2.1: Upgrade and Connection.

use super::{Judge, large};
use crate::handshake::fields::Field;
use crate::handshake::list::{List, Members};
use crate::http::Side;
use crate::judgement::{Class, requirements as r};

impl Judge<'_, '_> {
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
            return self.absent(Field::Upgrade, class, &r::RFC6455_4_2_1_UPGRADE_MISSING, "missing Upgrade");
        };
        let found = list.matching(self.text, "websocket").next().cloned();
        if let Some(member) = found {
            if self.octets(&member) != b"websocket" {
                self.report(&r::RFC6455_4_2_1_UPGRADE_CASE, class, member, "websocket is not in lower case");
            }
            if list.members.len() > 1 {
                let message = "websocket is one of several protocols";
                self.report(&r::RFC6455_4_2_1_UPGRADE_LIST, class, list.whole.clone(), message);
            }
            // The one other protocol that a client can ask for in full: without its settings it is not asked for.
            if list.matching(self.text, "h2c").next().is_some() && head.named("HTTP2-Settings").next().is_some() {
                let message = "h2c is asked for as well, and a server chooses";
                self.note(&r::RFC9110_7_8_PREFER_ANY, class, list.whole.clone(), message);
            }
            self.list_habits(&list, class, true);
        } else {
            // RFC 2616 §2.1 lets white space stand between the words of a product.
            let versioned = list.members.iter().find(|member| {
                let name = self.octets(member).split_at_checked(9);
                name.is_some_and(|(name, version)| {
                    name.eq_ignore_ascii_case(b"websocket") && version.trim_ascii_start().starts_with(b"/")
                })
            });
            if let Some(member) = versioned.cloned() {
                let message = "websocket has a protocol version, which RFC 6455 does not define";
                self.report(&r::RFC6455_4_2_1_UPGRADE_VERSION_SUFFIX, class, member, message);
                self.list_habits(&list, class, true);
            } else {
                let message = "Upgrade does not name websocket";
                self.report(&r::RFC6455_4_2_1_UPGRADE_OTHER, class, list.whole.clone(), message);
                self.near_miss(&list.members, b"websocket", class);
                for member in list.members.iter() {
                    self.broken_inside(member.clone(), class);
                }
            }
        }
        self.name_case(Field::Upgrade);
    }

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
            return self.absent(Field::Connection, class, &r::RFC6455_4_2_1_CONNECTION_MISSING, "missing Connection");
        };
        let found = list.matching(self.text, "upgrade").next().cloned();
        if let Some(member) = found {
            if self.octets(&member) != b"Upgrade" {
                let message = "the Upgrade option differs in letter case";
                self.report(&r::RFC6455_4_2_1_CONNECTION_CASE, class, member, message);
            }
            if list.members.len() > 1 {
                let message = "Upgrade is one of several connection options";
                self.report(&r::RFC6455_4_2_1_CONNECTION_LIST, class, list.whole.clone(), message);
            }
            self.list_habits(&list, class, false);
        } else {
            let message = "Connection does not have the option Upgrade";
            self.report(&r::RFC6455_4_2_1_CONNECTION_NO_TOKEN, class, list.whole.clone(), message);
            self.near_miss(&list.members, b"upgrade", class);
            for member in list.members.iter() {
                self.broken_inside(member.clone(), class);
            }
        }
        if let Some(member) = list.matching(self.text, "close").next().cloned() {
            let message = "Connection has close with Upgrade";
            self.report(&r::RFC6455_4_2_1_CONNECTION_CLOSE, class, member, message);
        }
        let named = list.members.iter().find(|member| {
            let named = Field::read(self.octets(member), Side::Request);
            named.is_some_and(|(field, _)| !matches!(field, Field::Upgrade | Field::Connection))
        });
        if let Some(member) = named.cloned() {
            let message = "Connection names a field of the handshake";
            self.report(&r::RFC6455_4_2_1_CONNECTION_NAMES_HANDSHAKE_FIELDS, class, member, message);
        }
        self.name_case(Field::Connection);
    }

    pub(super) fn list_habits(&mut self, list: &List, class: Class, with_version: bool) {
        if let Some(second) = list.second.clone() {
            self.report(&r::RFC9110_5_2_COMBINED_VALUE, class, second, "list over several field lines");
        }
        if let Some(empty) = list.empty.clone() {
            let message = "empty list member";
            self.report(&r::RFC9110_5_6_1_2_ACCEPT_EMPTY_ELEMENTS, class, empty.clone(), message);
            if list.empties > large::EMPTY_MEMBERS {
                let message = "more empty list members than a recipient has to accept";
                self.note(&r::RFC9110_5_4_TOO_LARGE, Class::Size, empty, message);
            }
        }
        if let Some(member) = list.malformed(self.text, with_version).cloned() {
            let message = "list member that is not a valid token beside the one needed";
            self.report(&r::RFC9110_7_6_1_MALFORMED_LIST_MEMBER, class, member, message);
        }
    }

    /// Says why a member that looks like the token is not the token.
    fn near_miss(&mut self, members: &Members, token: &[u8], class: Class) {
        if !members.iter().any(|member| self.is_beyond_ows(member, token, class)) {
            self.foreign_letters(members, token, class);
        }
    }
}
