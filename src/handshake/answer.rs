//! A server's answer as octets: the 101 (RFC 6455 §4.2.2 step 5), or a refusal.

/// A response without content, or with a short text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The field lines, in order.
    pub fields: Vec<(&'static str, String)>,
    /// The content, which a response to HEAD announces but does not have.
    pub content: String,
    /// Whether the content is sent.
    pub has_content: bool,
}

impl Answer {
    /// The octets of the response.
    pub fn octets(&self) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.fields {
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        if self.has_content {
            text.push_str(&self.content);
        }
        text.into_bytes()
    }
}

/// The registered reason phrase (RFC 9110 §15) of the codes that a server answers with.
const fn reason(status: u16) -> &'static str {
    match status {
        101 => "Switching Protocols",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        426 => "Upgrade Required",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}
