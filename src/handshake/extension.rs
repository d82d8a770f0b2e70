//! Sec-WebSocket-Extensions: its grammar (RFC 6455 §9.1, with the implied white space and the lists of RFC 2616 §2.1).

use std::borrow::Cow;

use super::deflate;
use crate::http::grammar::{is_ows, is_tchar, is_token, latin1};
use crate::http::meter;
use crate::judgement::Span;

/// One element of an extension list: an offer in a request, an agreement in a response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extension {
    /// The name.
    pub name: Cow<'static, str>,
    /// The parameters, in order.
    pub parameters: Vec<Parameter>,
    /// From the name to the end of the last parameter.
    pub span: Span,
}

/// A parameter of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// The name.
    pub name: Cow<'static, str>,
    /// The value, unquoted; `None` without an equals sign.
    pub value: Option<String>,
    /// From the name to the end of the value.
    pub span: Span,
}

/// Why a list is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// There is no element.
    EmptyField,
    /// No parameter behind a semicolon.
    EmptyParameter,
    /// No value behind an equals sign.
    EmptyValue,
    /// A quoted value that is no token once its quotes and backslashes are off.
    QuotedNonToken,
    /// The same, with a comma or semicolon inside.
    QuotedSeparator,
    /// Anything else.
    Malformed,
}

/// An extension list, and which legal but unusual spellings it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtensionList {
    /// The elements, in order.
    pub elements: Vec<Extension>,
    /// White space other than one SP behind a comma or semicolon.
    pub white_space: Option<Span>,
    /// A quoted value.
    pub quoted: Option<Span>,
    /// A value quoted with a backslash in it.
    pub escaped: Option<Span>,
    /// An empty list member.
    pub empty_member: Option<Span>,
}

impl ExtensionList {
    /// Reads the values of all lines of the field as one list. A malformed list has no elements that could be used.
    ///
    /// ```text
    /// extension-list = 1#extension         ; #rule and implied white space of RFC 2616 §2.1
    /// ```
    pub fn read(text: &[u8], lines: impl IntoIterator<Item = Span>) -> Result<Self, (Fault, Span)> {
        let mut list = ExtensionList::default();
        let mut whole: Option<Span> = None;
        for line in lines {
            meter::visit(line.len());
            whole = Some(whole.map_or(line.clone(), |whole| whole.start..line.end));
            Parser { text, at: line.start, end: line.end, list: &mut list }.line()?;
        }
        match whole {
            Some(whole) if list.elements.is_empty() => Err((Fault::EmptyField, whole)),
            _ => Ok(list),
        }
    }

    /// Reads a raw value.
    pub fn parse(value: &str) -> Result<Self, (Fault, Span)> {
        ExtensionList::read(value.as_bytes(), std::iter::once(0..value.len()))
    }
}

struct Parser<'a, 'l> {
    text: &'a [u8],
    at: usize,
    end: usize,
    list: &'l mut ExtensionList,
}

impl<'a> Parser<'a, '_> {
    fn peek(&self) -> Option<u8> {
        (self.at < self.end).then(|| self.text[self.at])
    }

    /// Skips white space; a single SP where one is usual is not worth a word.
    fn skip(&mut self, usual: bool) {
        let start = self.at;
        while self.peek().is_some_and(is_ows) {
            self.at += 1;
        }
        let plain = self.at == start || (usual && &self.text[start..self.at] == b" ");
        if !plain && self.list.white_space.is_none() {
            self.list.white_space = Some(start..self.at);
        }
    }

    fn token(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        while self.peek().is_some_and(is_tchar) {
            self.at += 1;
        }
        (start < self.at).then(|| &self.text[start..self.at])
    }

    fn fault<T>(&self, fault: Fault) -> Result<T, (Fault, Span)> {
        Err((fault, self.at..(self.at + 1).min(self.end).max(self.at)))
    }

    fn line(mut self) -> Result<(), (Fault, Span)> {
        loop {
            let start = self.at;
            self.skip(true);
            match self.peek() {
                Some(b',') => {
                    self.list.empty_member.get_or_insert(start..self.at + 1);
                }
                None => {
                    self.list.empty_member.get_or_insert(start.saturating_sub(1)..self.at);
                    return Ok(());
                }
                Some(_) => {
                    self.element()?;
                    if self.peek().is_none() {
                        return Ok(());
                    }
                }
            }
            self.at += 1;
        }
    }

    /// An element, up to the comma behind it or the end.
    ///
    /// ```text
    /// extension       = extension-token *( ";" extension-param )
    /// extension-token = registered-token            ; a token
    /// ```
    fn element(&mut self) -> Result<(), (Fault, Span)> {
        let start = self.at;
        let Some(name) = self.token() else { return self.fault(Fault::Malformed) };
        let name = deflate::name(name);
        let mut element = Extension { name, parameters: Vec::new(), span: start..self.at };
        loop {
            self.skip(false);
            match self.peek() {
                None | Some(b',') => break,
                Some(b';') => self.at += 1,
                Some(_) => return self.fault(Fault::Malformed),
            }
            let parameter = self.parameter()?;
            element.span.end = parameter.span.end;
            if element.parameters.is_empty() {
                // Most have one, and thousands of elements would take room for four each.
                element.parameters.reserve_exact(1);
            }
            element.parameters.push(parameter);
        }
        self.list.elements.push(element);
        Ok(())
    }

    /// A parameter, after its semicolon.
    ///
    /// ```text
    /// extension-param = token [ "=" ( token / quoted-string ) ]
    /// ```
    fn parameter(&mut self) -> Result<Parameter, (Fault, Span)> {
        let semicolon = self.at - 1;
        self.skip(true);
        let start = self.at;
        let name = match (self.peek(), self.token()) {
            (None | Some(b',' | b';'), _) => return Err((Fault::EmptyParameter, semicolon..self.at)),
            (_, None) => return self.fault(Fault::Malformed),
            (_, Some(name)) => deflate::name(name),
        };
        let mut end = self.at;
        self.skip(false);
        let mut value = None;
        if self.peek() == Some(b'=') {
            self.at += 1;
            self.skip(false);
            value = Some(match self.peek() {
                Some(b'"') => self.quoted()?,
                None | Some(b',' | b';') => return Err((Fault::EmptyValue, start..self.at)),
                Some(_) => match self.token() {
                    Some(token) => latin1(token),
                    None => return self.fault(Fault::Malformed),
                },
            });
            end = self.at;
        }
        Ok(Parameter { name, value, span: start..end })
    }

    /// `quoted-string`, which has to be a token once unescaped (RFC 6455 §9.1).
    fn quoted(&mut self) -> Result<String, (Fault, Span)> {
        let start = self.at;
        self.at += 1;
        let mut value = Vec::new();
        let mut escaped = false;
        loop {
            match self.peek() {
                None => return Err((Fault::Malformed, start..self.end)),
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 1;
                    match self.peek() {
                        None => return Err((Fault::Malformed, start..self.end)),
                        Some(octet) => value.push(octet),
                    }
                }
                Some(octet) => value.push(octet),
            }
            self.at += 1;
        }
        self.at += 1;
        let span = start..self.at;
        if !is_token(&value) {
            let separator = value.iter().any(|octet| matches!(octet, b',' | b';'));
            return Err((if separator { Fault::QuotedSeparator } else { Fault::QuotedNonToken }, span));
        }
        self.list.quoted.get_or_insert(span.clone());
        if escaped {
            self.list.escaped.get_or_insert(span);
        }
        Ok(latin1(&value))
    }
}
