//! The field lines of a head (RFC 9112 §5), read as a tolerant recipient may, with a finding for each tolerance.

use std::borrow::Cow;

use super::grammar::{
    is_obs_text, is_other_control, is_ows, is_same, is_token, position, position_unprintable, token_length, trim,
    trim_ows,
};
use super::reader::{HeadReader, Line, Side};
use super::start_line::RequestLine;
use super::{grammar, meter};
use crate::judgement::{Class, Finding, Requirement, Span, requirements as r};

/// One field line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldLine {
    /// The name.
    pub name: Span,
    /// Where the colon after the name is: white space before it is a fault, and no part of either.
    pub colon: usize,
    /// The value, without the optional white space around it; spans over folds.
    pub value: Span,
    /// Behind the last octet of the line, which begins with the name: without its line end.
    pub end: usize,
    /// Whether the value was folded over several lines.
    pub folded: bool,
}

impl FieldLine {
    /// The line, without its line end.
    pub const fn line(&self) -> Span {
        self.name.start..self.end
    }

    /// What stands between the colon and the end of the line, where that is neither one SP and the value after it, nor a value
    /// that is empty or folded.
    pub(crate) fn unusual_ows(&self, octets: &[u8]) -> Option<Span> {
        let after = self.colon + 1;
        let is_usual = self.value == (after + 1..self.end) && octets[after] == b' ';
        (!is_usual && !self.value.is_empty() && !self.folded).then_some(after..self.end)
    }

    /// The field of what nearly every line is: `name: value`, with visible octets at both ends of the value, and CR LF behind
    /// it.
    #[inline(always)]
    pub(super) fn usual(text: &[u8], start: usize) -> Option<Self> {
        let octets = text.get(start..)?;
        let length = token_length(octets);
        let value = octets.get(length..)?.strip_prefix(b": ")?;
        let end = position_unprintable(value);
        meter::visit(length + end.unwrap_or(value.len()));
        let end = end?;
        let ([b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~']) = value[..end] else { return None };
        let is_usual = length > 0 && value[end..].starts_with(b"\r\n");
        let colon = start + length;
        let end = colon + 2 + end;
        is_usual.then_some(FieldLine { name: start..colon, colon, value: colon + 2..end, end, folded: false })
    }
}

/// A head, or as much of it as came.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// The octets as they came.
    raw: &'a [u8],
    /// As `raw`, with SP for each bare CR, each NUL in a value and each octet of a fold.
    text: Cow<'a, [u8]>,
    /// The start-line, without its line end.
    pub start_line: Span,
    /// The parts of that of a request, as it came.
    request_line: Option<&'a RequestLine>,
    /// The field lines, in order.
    pub fields: Cow<'a, [FieldLine]>,
    /// Lines that begin with white space where no field line precedes them: to be discarded unread (RFC 9112 §2.2).
    pub discarded: Vec<Span>,
    /// Behind the empty line; behind the last line where that has not come.
    pub end: usize,
    /// Whether the empty line has come.
    pub complete: bool,
    /// Whether a line of white space alone was read as a fold.
    pub blank_fold: Option<Span>,
    /// Whether its lines hold visible ASCII and SP alone, and none is folded: then there is little to look for in them.
    plain: bool,
}

/// The field lines of one name, in order. The next one has always been found already.
#[derive(Clone, Debug)]
pub struct Named<'h> {
    text: &'h [u8],
    name: &'h str,
    next: Option<&'h FieldLine>,
    behind: &'h [FieldLine],
}

impl<'h> Named<'h> {
    /// The first line that the iterator has not passed.
    pub const fn first(&self) -> Option<&'h FieldLine> {
        self.next
    }

    /// The line behind the first one.
    #[inline]
    pub fn second(&self) -> Option<&'h FieldLine> {
        let mut behind = self.clone();
        behind.advance();
        behind.next
    }

    #[inline]
    fn advance(&mut self) {
        self.next = None;
        while let [line, behind @ ..] = self.behind {
            meter::visit(1);
            self.behind = behind;
            if is_same(&self.text[line.name.clone()], self.name.as_bytes()) {
                self.next = Some(line);
                break;
            }
        }
    }
}

impl<'h> Iterator for Named<'h> {
    type Item = &'h FieldLine;

    #[inline]
    fn next(&mut self) -> Option<&'h FieldLine> {
        let next = self.next;
        if next.is_some() {
            self.advance();
        }
        next
    }
}

/// The requirements that a side has for its head.
struct Law {
    bare_lf: &'static Requirement,
    bare_cr: &'static Requirement,
    nul: &'static Requirement,
    control: &'static Requirement,
    obs_text: &'static Requirement,
    fold: &'static Requirement,
    leading: &'static Requirement,
    white_first: &'static Requirement,
    field_line: &'static Requirement,
    before_colon: &'static Requirement,
    ows: &'static Requirement,
}

const REQUEST: Law = Law {
    bare_lf: &r::RFC9112_2_2_BARE_LF_REQUEST,
    bare_cr: &r::RFC9112_2_2_BARE_CR_REQUEST,
    nul: &r::RFC9110_5_5_NUL_CR_LF_REQUEST,
    control: &r::RFC9110_5_5_OTHER_CTL_REQUEST,
    obs_text: &r::RFC9110_5_5_OBS_TEXT,
    fold: &r::RFC9112_5_2_OBS_FOLD_REQUEST,
    leading: &r::RFC9112_2_2_LEADING_CRLF,
    white_first: &r::RFC9112_2_2_WS_BEFORE_FIRST_FIELD,
    field_line: &r::RFC9112_5_FIELDNAME_TOKEN,
    before_colon: &r::RFC9112_5_1_NO_WS_BEFORE_COLON,
    ows: &r::RFC9112_5_1_OWS_TRIM,
};

const RESPONSE: Law = Law {
    bare_lf: &r::RFC9112_2_2_BARE_LF_RESPONSE,
    bare_cr: &r::RFC9112_2_2_BARE_CR_RESPONSE,
    nul: &r::RFC9110_5_5_NUL_CR_LF_RESPONSE,
    control: &r::RFC9110_5_5_OTHER_CTL_RESPONSE,
    obs_text: &r::RFC9110_5_5_OBS_TEXT_RESPONSE,
    fold: &r::RFC9112_5_2_OBS_FOLD_RESPONSE,
    leading: &r::RFC9112_2_2_LEADING_CRLF_RESPONSE,
    white_first: &r::RFC9112_2_2_WS_BEFORE_FIRST_FIELD_RESPONSE,
    field_line: &r::RFC9112_5_FIELDNAME_TOKEN_RESPONSE,
    before_colon: &r::RFC9112_5_1_WS_BEFORE_COLON_RESPONSE,
    ows: &r::RFC9112_5_1_OWS_TRIM_RESPONSE,
};

impl<'a> Head<'a> {
    /// Reads the lines that the reader has cut out of `buffer`. `end` is where the head ends, or where the octets do.
    pub fn read(
        side: Side,
        buffer: &'a [u8],
        reader: &'a HeadReader,
        end: usize,
        complete: bool,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let law = if side == Side::Request { &REQUEST } else { &RESPONSE };
        let of = |fields: &'a [FieldLine]| Head {
            raw: buffer,
            text: Cow::Borrowed(buffer),
            start_line: reader.start_line(),
            request_line: reader.request_line(),
            fields: Cow::Borrowed(fields),
            discarded: Vec::new(),
            end,
            complete,
            blank_fold: None,
            plain: reader.is_plain(),
        };
        if let Some(fields) = reader.usual_fields() {
            return of(fields);
        }
        let mut head = of(&[]);
        head.read_lines(law, reader, findings);
        head
    }

    /// Reads lines that are not all usual.
    fn read_lines(&mut self, law: &Law, reader: &HeadReader, findings: &mut Vec<Finding>) {
        let (leading, lines) = reader.lines(self.raw);
        if let (Some(first), Some(last)) = (leading.first(), leading.last()) {
            let span = first.start..last.end;
            findings.push(Finding::new(law.leading, Class::FieldLine, span, "empty line before the start-line"));
        }
        let of_line =
            leading.iter().chain(&lines).find(|line| line.ends_in_bare_lf()).map(|line| line.text_end..line.end);
        let of_empty_line =
            || (self.complete && !self.raw[..self.end].ends_with(b"\r\n")).then(|| self.end - 1..self.end);
        if let Some(span) = of_line.or_else(of_empty_line) {
            findings.push(Finding::new(law.bare_lf, Class::FieldLine, span, "line ends in a bare LF, without CR"));
        }
        if !self.plain {
            self.read_bare_cr(law, &lines, findings);
        }
        self.read_fields(law, lines.get(1..).unwrap_or_default(), findings);
    }

    /// The octets, with SP for each bare CR, each NUL in a value and each octet of a fold: the one reading that RFC 9110 §5.5 and RFC 9112
    /// §2.2 and §5.2 leave beside a refusal. Offsets are those of the octets as they came.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The parts of the start-line of a request.
    pub fn request_line(&self) -> RequestLine {
        match (&self.text, self.request_line) {
            (Cow::Borrowed(_), Some(parts)) => parts.clone(),
            _ => RequestLine::read(&self.text, self.start_line.clone()),
        }
    }

    /// The octets as they came.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The field lines of a name, which is compared without regard to case (RFC 9110 §5.1).
    #[inline]
    pub fn named<'s>(&'s self, name: &'s str) -> Named<'s> {
        let is_named = |line: &FieldLine| {
            meter::visit(1);
            is_same(&self.text[line.name.clone()], name.as_bytes())
        };
        let first = self.fields.iter().position(is_named);
        self.named_from(name, first.map_or(0..0, |first| first..self.fields.len()))
    }

    /// The field lines of a name where it is known between which places in `fields` they are: the first one is one of them.
    #[inline]
    pub(crate) fn named_from<'s>(&'s self, name: &'s str, places: Span) -> Named<'s> {
        let lines = &self.fields[places];
        Named { text: &self.text, name, next: lines.first(), behind: lines.get(1..).unwrap_or_default() }
    }

    /// Where to point for something that the head lacks.
    pub const fn missing(&self) -> Span {
        self.end..self.end
    }

    /// Whether something that is not in `fields` is not in the head either.
    pub const fn is_whole(&self) -> bool {
        self.complete
    }

    fn read_bare_cr(&mut self, law: &Law, lines: &[Line], findings: &mut Vec<Finding>) {
        let mut cr = None;
        for line in lines {
            meter::visit(line.text().len());
            let mut start = line.start;
            while let Some(at) = position(&self.raw[start..line.text_end], b'\r').map(|at| start + at) {
                cr = cr.or(Some(at));
                self.text.to_mut()[at] = b' ';
                start = at + 1;
            }
        }
        if let Some(at) = cr {
            findings.push(Finding::new(law.bare_cr, Class::FieldLine, at..at + 1, "bare CR, without LF behind it"));
        }
    }

    /// Reads field lines. One that is none is passed over: no reading that uses it is permitted (RFC 6455 §4.2.1).
    ///
    /// ```text
    /// field-line    = field-name ":" OWS field-value OWS
    /// field-name    = token
    /// field-value   = *field-content
    /// obs-fold      = OWS CRLF RWS
    /// ```
    fn read_fields(&mut self, law: &Law, mut lines: &[Line], findings: &mut Vec<Finding>) {
        // A bare CR at the beginning of a line is a SP by now.
        let begins_white = |line: &Line| matches!(self.raw[line.start], b' ' | b'\t' | b'\r');
        let is_field = |line: &Line| !begins_white(line);
        let (discarded, rest) = lines.split_at(lines.iter().position(is_field).unwrap_or(lines.len()));
        self.discarded.extend(discarded.iter().map(Line::text));
        lines = rest;
        if let (Some(first), Some(last)) = (self.discarded.first(), self.discarded.last()) {
            let span = first.start..last.end;
            findings.push(Finding::new(
                law.white_first,
                Class::FieldLine,
                span,
                "whitespace before the first field line",
            ));
        }
        let (mut fold, mut nul, mut control, mut obs_text, mut ows) = (None, None, None, None, None);
        // Faults of one kind in lines that follow on one another are told once, be they thousands. Of a line without a colon all is
        // at fault, of another one its name only: the first one stands for all.
        let mut after_fault = usize::MAX;
        let mut is_no_field = |findings: &mut Vec<Finding>, span: Span, next: usize, message, is_whole: bool| {
            match findings.last_mut() {
                Some(last) if after_fault == span.start && last.message == message => {
                    if is_whole {
                        last.span.end = span.end;
                    }
                }
                _ => findings.push(Finding::new(law.field_line, Class::FieldLine, span, message)),
            }
            after_fault = next;
        };
        while let [line, rest @ ..] = lines {
            lines = rest;
            let (mut end, mut next_line) = (line.text_end, line.end);
            let mut folded = false;
            while let [next, rest @ ..] = lines
                && begins_white(next)
            {
                lines = rest;
                let white = self.text[next.text()].iter().take_while(|&&octet| is_ows(octet)).count();
                fold = fold.or(Some(end..next.start + white));
                if next.start + white == next.text_end {
                    self.blank_fold.get_or_insert(next.text());
                }
                self.text.to_mut()[end..next.start + white].fill(b' ');
                (end, next_line) = (next.text_end, next.end);
                folded = true;
                self.plain = false;
            }
            let span = line.start..end;
            meter::visit(span.len());
            let Some(colon) = position(&self.text[line.text()], b':').map(|at| line.start + at) else {
                is_no_field(findings, line.text(), next_line, "line without a colon", true);
                continue;
            };
            let mut name = line.start..colon;
            let mut is_name = is_token(&self.text[name.clone()]);
            if !is_name {
                name = trim(&self.text, name, is_ows);
                is_name = name.start == line.start && is_token(&self.text[name.clone()]);
            }
            if !is_name {
                let span = line.start..colon.max(line.start + 1);
                is_no_field(findings, span, next_line, "field name is not a valid token", false);
                continue;
            }
            if name.end != colon {
                let message = "whitespace between field name and colon";
                findings.push(Finding::new(law.before_colon, Class::FieldLine, name.end..colon, message));
            }
            let is_plain = position_unprintable(&self.raw[span.clone()]).is_none();
            if !is_plain {
                for at in (colon..end).filter(|&at| self.raw[at] == 0) {
                    nul.get_or_insert(at..at + 1);
                    self.text.to_mut()[at] = b' ';
                }
            }
            let value = trim_ows(&self.text, colon + 1..end);
            if !is_plain {
                for at in value.clone() {
                    if is_other_control(self.raw[at]) {
                        control = control.or(Some(at..at + 1));
                    } else if is_obs_text(self.raw[at]) {
                        obs_text = obs_text.or(Some(at..at + 1));
                    }
                }
            }
            let field = FieldLine { name, colon, value, end, folded };
            ows = ows.or_else(|| field.unusual_ows(self.raw));
            self.fields.to_mut().push(field);
        }
        let mut report = |span: Option<Span>, requirement, message| {
            if let Some(span) = span {
                findings.push(Finding::new(requirement, Class::FieldLine, span, message));
            }
        };
        report(nul, law.nul, "NUL in a field value");
        report(fold, law.fold, "field line is folded (obs-fold)");
        report(control, law.control, "control octet in a field value");
        report(obs_text, law.obs_text, "octet beyond ASCII in a field value");
        report(ows, law.ows, "optional whitespace other than one SP around a field value");
    }

    /// Whether a required value is broken by a NUL or a fold, which a recipient may only refuse or read as SP: the first one
    /// inside the value, and its span.
    pub fn break_in(&self, value: Span) -> Option<(Break, Span)> {
        meter::visit(value.len());
        // A value may span several lines of one name: a line end is a fold only where white space follows it.
        let is_white = |at: usize| self.raw.get(at).is_some_and(|&octet| is_ows(octet));
        value.clone().find_map(|at| match self.raw[at] {
            0 => Some((Break::Nul, at..at + 1)),
            b'\r' if self.raw.get(at + 1) == Some(&b'\n') => is_white(at + 2).then_some((Break::Fold, at..at + 2)),
            b'\n' => is_white(at + 1).then_some((Break::Fold, at..at + 1)),
            _ => None,
        })
    }

    /// Whether a line that has to be discarded unread, or the text behind a bare CR, looks like a field of the name.
    pub fn hidden(&self, name: &str) -> Option<(Hidden, Span)> {
        let looks = |octets: &[u8]| {
            octets.split_at_checked(name.len()).is_some_and(|(start, rest)| {
                start.eq_ignore_ascii_case(name.as_bytes()) && rest.trim_ascii_start().first() == Some(&b':')
            })
        };
        if let Some(line) = self.discarded.iter().find(|line| looks(self.text[(*line).clone()].trim_ascii_start())) {
            return Some((Hidden::WhiteLine, line.clone()));
        }
        if self.plain {
            return None;
        }
        let start = self.start_line.clone();
        self.fields.iter().map(|field| field.line()).chain([start]).find_map(|line| {
            meter::visit(line.len());
            let mut start = line.start;
            while let Some(at) = position(&self.raw[start..line.end], b'\r').map(|at| start + at) {
                start = at + 1;
                if self.raw.get(start) != Some(&b'\n') && looks(&self.raw[start..line.end]) {
                    return Some((Hidden::BehindBareCr, at..line.end));
                }
            }
            None
        })
    }
}

/// What breaks a value in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Break {
    Nul,
    Fold,
}

/// Why a field that seems to be there is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// It stands on a line that begins with white space, before any field line.
    WhiteLine,
    /// It stands behind a bare CR, which ends no line.
    BehindBareCr,
}

/// The spans of the members of all field lines of a name, as one list (RFC 9110 §5.2), empty members included.
pub fn members<'h>(head: &'h Head<'_>, name: &'h str) -> impl Iterator<Item = Span> + 'h {
    head.named(name).flat_map(|line| grammar::list_members(head.text(), line.value.clone()))
}
