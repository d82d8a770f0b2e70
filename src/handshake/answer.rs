//! A server's answer as octets: the 101 (RFC 6455 §4.2.2 step 5), or a refusal.

use std::borrow::Cow;

/// A response without content, or with a short text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The field lines, in order.
    pub fields: Vec<(&'static str, Cow<'static, str>)>,
    /// The content, which a response to HEAD announces but does not have.
    pub content: String,
    /// Whether the content is sent.
    pub has_content: bool,
}

impl Answer {
    /// The octets of the response.
    pub fn octets(&self) -> Vec<u8> {
        let content = if self.has_content { self.content.as_str() } else { "" };
        let mut text = String::with_capacity(USUAL_HEAD + content.len());
        let mut write = |parts: [&str; 4]| parts.iter().for_each(|part| text.push_str(part));
        match status_line(self.status) {
            Some(line) => write([line, "", "", ""]),
            None => write(["HTTP/1.1 ", &self.status.to_string(), " ", ""]),
        }
        for (name, value) in &self.fields {
            write(["\r\n", name, ": ", value]);
        }
        write(["\r\n", "\r\n", content, ""]);
        text.into_bytes()
    }
}

/// Room for most heads; larger ones grow.
const USUAL_HEAD: usize = 224;

/// The status-line of the codes that a server answers with, their reason phrases as registered (RFC 9110 §15).
const fn status_line(status: u16) -> Option<&'static str> {
    Some(match status {
        101 => "HTTP/1.1 101 Switching Protocols",
        400 => "HTTP/1.1 400 Bad Request",
        403 => "HTTP/1.1 403 Forbidden",
        404 => "HTTP/1.1 404 Not Found",
        405 => "HTTP/1.1 405 Method Not Allowed",
        413 => "HTTP/1.1 413 Content Too Large",
        414 => "HTTP/1.1 414 URI Too Long",
        417 => "HTTP/1.1 417 Expectation Failed",
        421 => "HTTP/1.1 421 Misdirected Request",
        426 => "HTTP/1.1 426 Upgrade Required",
        431 => "HTTP/1.1 431 Request Header Fields Too Large",
        501 => "HTTP/1.1 501 Not Implemented",
        505 => "HTTP/1.1 505 HTTP Version Not Supported",
        _ => return None,
    })
}
