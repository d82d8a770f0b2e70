//! Upgrade and Connection as lists (RFC 9110 §7.6.1, §7.8 and §5.6.1).

use crate::http::grammar::{is_same, is_token, list_members, position};
use crate::http::{FieldLine, Head, Named};
use crate::judgement::Span;

/// The members that are not empty. Two, and there mostly are no more, take no allocation.
#[derive(Debug, Default)]
pub(super) struct Members {
    few: [Span; 2],
    others: Vec<Span>,
    count: usize,
}

impl Members {
    pub(super) fn push(&mut self, member: Span) {
        match self.few.get_mut(self.count) {
            Some(place) => *place = member,
            None => self.others.push(member),
        }
        self.count += 1;
    }

    pub(super) const fn len(&self) -> usize {
        self.count
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Span> {
        self.few[..self.count.min(self.few.len())].iter().chain(&self.others)
    }
}

/// The members of all lines of one field.
#[derive(Debug)]
pub(super) struct List {
    /// The members that are not empty, in order.
    pub(super) members: Members,
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
    /// The list that these lines of a head are, or `None` where there is none.
    pub(super) fn read(head: &Head<'_>, lines: Named<'_>) -> Option<Self> {
        let first = lines.first()?;
        let members = Members::default();
        let whole = first.value.clone();
        let mut list = List { members, empty: None, empties: 0, lines: 0, whole, second: None };
        for FieldLine { value, .. } in lines {
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
        Some(list)
    }

    /// The members that are the token, without regard to case.
    pub(super) fn matching<'l>(&'l self, text: &'l [u8], token: &'l str) -> impl Iterator<Item = &'l Span> {
        self.members.iter().filter(move |member| is_same(&text[(*member).clone()], token.as_bytes()))
    }

    /// The first member that is no token, or, for Upgrade, no token with another one behind a slash.
    pub(super) fn malformed(&self, text: &[u8], with_version: bool) -> Option<&Span> {
        self.members.iter().find(|member| {
            let octets = &text[(*member).clone()];
            match position(octets, b'/') {
                Some(slash) if with_version => !is_token(&octets[..slash]) || !is_token(&octets[slash + 1..]),
                _ => !is_token(octets),
            }
        })
    }
}
