//! Which lines of a head hold the fields that the handshake reads, found in one pass (RFC 6455 §4.1 and §4.2.1).

use crate::http::grammar::is_same;
use crate::http::{Head, Named, Side, meter};
use crate::judgement::Span;

/// A field that a side of the handshake reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Host,
    Origin,
    Upgrade,
    Connection,
    Key,
    Accept,
    Version,
    Protocol,
    Extensions,
}

impl Field {
    const COUNT: usize = 9;

    /// Its name, as RFC 6455 spells it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Field::Host => "Host",
            Field::Origin => "Origin",
            Field::Upgrade => "Upgrade",
            Field::Connection => "Connection",
            Field::Key => "Sec-WebSocket-Key",
            Field::Accept => "Sec-WebSocket-Accept",
            Field::Version => "Sec-WebSocket-Version",
            Field::Protocol => "Sec-WebSocket-Protocol",
            Field::Extensions => "Sec-WebSocket-Extensions",
        }
    }

    /// The field of a name, which is compared without regard to case, if the side reads it; and whether the name is spelled
    /// as in RFC 6455. No two of the names have one length.
    #[inline(always)]
    pub(super) fn read(name: &[u8], side: Side) -> Option<(Field, bool)> {
        let request = matches!(side, Side::Request);
        let (field, is_exact) = match name.len() {
            4 if request => (Field::Host, name == b"Host"),
            6 if request => (Field::Origin, name == b"Origin"),
            7 => (Field::Upgrade, name == b"Upgrade"),
            10 => (Field::Connection, name == b"Connection"),
            17 if request => (Field::Key, name == b"Sec-WebSocket-Key"),
            20 if !request => (Field::Accept, name == b"Sec-WebSocket-Accept"),
            21 if request => (Field::Version, name == b"Sec-WebSocket-Version"),
            22 => (Field::Protocol, name == b"Sec-WebSocket-Protocol"),
            24 => (Field::Extensions, name == b"Sec-WebSocket-Extensions"),
            _ => return None,
        };
        (is_exact || is_same(name, field.name().as_bytes())).then_some((field, is_exact))
    }
}

/// The places of the lines of one field.
#[derive(Clone, Copy, Debug, Default)]
struct Lines {
    first: u32,
    /// Behind the last one; 0 where there is none.
    end: u32,
}

/// The fields of a head.
#[derive(Debug)]
pub(super) struct Fields<'h> {
    head: &'h Head<'h>,
    lines: [Lines; Field::COUNT],
    /// A bit for each field that has its name in another case than that of RFC 6455 on some line.
    other_case: u16,
    /// The place of the first line of another field.
    pub(super) other: Option<usize>,
    /// The bits of the names of the other fields.
    other_names: u64,
    /// Whether one of them may stand twice.
    pub(super) may_repeat: bool,
}

/// The bit that a set of names has for one: of a name whose bit is not in the set there is no line.
#[inline]
fn bit_of(name: &[u8]) -> u64 {
    let first = name.first().map_or(0, |octet| octet.to_ascii_lowercase());
    1 << (usize::from(first) * name.len() % 64)
}

impl<'h> Fields<'h> {
    /// Looks at each name once.
    pub(super) fn read(head: &'h Head<'h>, side: Side) -> Self {
        let lines = [Lines::default(); Field::COUNT];
        let mut fields = Fields { head, lines, other_case: 0, other: None, other_names: 0, may_repeat: false };
        let text = head.text();
        for (place, line) in head.fields.iter().enumerate() {
            meter::visit(1);
            let name = &text[line.name.clone()];
            let Some((field, is_exact)) = Field::read(name, side) else {
                fields.other = fields.other.or(Some(place));
                let bit = bit_of(name);
                // Most heads are short, and seldom have two names of one bit.
                let mut before = head.fields[..place.min(32)].iter();
                fields.may_repeat = fields.may_repeat
                    || fields.other_names & bit != 0
                        && (place >= 32 || before.any(|its| is_same(&text[its.name.clone()], name)));
                fields.other_names |= bit;
                continue;
            };
            let lines = &mut fields.lines[field as usize];
            if lines.end == 0 {
                lines.first = place as u32;
            }
            lines.end = place as u32 + 1;
            if !is_exact {
                fields.other_case |= 1 << field as u16;
            }
        }
        fields
    }

    /// The lines of a field, in order.
    pub(super) fn named(&self, field: Field) -> Named<'h> {
        let lines = self.lines[field as usize];
        self.head.named_from(field.name(), lines.first as usize..lines.end as usize)
    }

    /// The lines of another field, in order.
    pub(super) fn others(&self, name: &'h str) -> Named<'h> {
        if self.other_names & bit_of(name.as_bytes()) == 0 {
            return self.head.named_from(name, 0..0);
        }
        self.head.named(name)
    }

    /// Whether the name of a field is in another case on one of its lines.
    const fn is_other_case(&self, field: Field) -> bool {
        self.other_case & 1 << field as u16 != 0
    }

    /// The first name of a field that is in another case.
    #[inline(always)]
    pub(super) fn name_in_other_case(&self, field: Field) -> Option<Span> {
        if self.is_other_case(field) { self.first_in_other_case(field) } else { None }
    }

    // Out of the way of what is read when there is nothing to report.
    #[cold]
    fn first_in_other_case(&self, field: Field) -> Option<Span> {
        let text = self.head.text();
        let mut names = self.named(field).map(|line| &line.name);
        names.find(|name| &text[(*name).clone()] != field.name().as_bytes()).cloned()
    }

    /// The value of a field of which there is one line, with its name as RFC 6455 spells it.
    #[inline]
    pub(super) fn alone(&self, field: Field) -> Option<&'h [u8]> {
        let lines = self.lines[field as usize];
        let is_alone = lines.end == lines.first + 1 && !self.is_other_case(field);
        is_alone.then(|| &self.head.text()[self.head.fields[lines.first as usize].value.clone()])
    }

    /// Whether that value is exactly this one, of which there is nothing to say.
    #[inline]
    pub(super) fn is_alone(&self, field: Field, value: &[u8]) -> bool {
        self.alone(field) == Some(value)
    }
}
