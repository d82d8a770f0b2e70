//! Upgrade and Connection as lists (RFC 9110 §7.6.1, §7.8 and §5.6.1).

use crate::http::grammar::{is_token, list_members};
use crate::http::{FieldLine, Head};
use crate::judgement::Span;

/// The members of all lines of one field.
#[derive(Debug)]
pub(super) struct List {
    /// The members that are not empty, in order.
    pub(super) members: Vec<Span>,
    /// The first place where a member is empty, and how many are.
    pub(super) empty: Option<Span>,
    pub(super) empties: usize,
    /// How many lines there are.
    pub(super) lines: usize,
    /// From the first value to the end of the last one.
    pub(super) whole: Span,
    /// The value of the second line.
    pub(super) second: Option<Span>,
}

impl List {
    /// The list, or `None` where the head has no such field.
    pub(super) fn read(head: &Head<'_>, name: &str) -> Option<Self> {
        let mut list: Option<List> = None;
        for FieldLine { value, .. } in head.named(name) {
            let list = list.get_or_insert(List {
                members: Vec::new(),
                empty: None,
                empties: 0,
                lines: 0,
                whole: value.clone(),
                second: None,
            });
            list.lines += 1;
            list.whole.end = value.end;
            if list.lines == 2 {
                list.second = Some(value.clone());
            }
            for member in list_members(head.text(), value.clone()) {
                if member.is_empty() {
                    list.empties += 1;
                    let around = member.start.saturating_sub(1).max(value.start)..(member.end + 1).min(value.end);
                    list.empty.get_or_insert(around);
                } else {
                    list.members.push(member);
                }
            }
        }
        list
    }

    /// The members that are the token, without regard to case.
    pub(super) fn matching<'l>(&'l self, text: &'l [u8], token: &'l str) -> impl Iterator<Item = &'l Span> {
        self.members.iter().filter(move |member| text[(*member).clone()].eq_ignore_ascii_case(token.as_bytes()))
    }

    /// The first member that is no token, or, for Upgrade, no token with another one behind a slash.
    pub(super) fn malformed(&self, text: &[u8], with_version: bool) -> Option<&Span> {
        self.members.iter().find(|member| {
            let octets = &text[(*member).clone()];
            match octets.iter().position(|&octet| octet == b'/') {
                Some(slash) if with_version => !is_token(&octets[..slash]) || !is_token(&octets[slash + 1..]),
                _ => !is_token(octets),
            }
        })
    }
}
