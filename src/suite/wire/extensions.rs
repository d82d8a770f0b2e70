//! The extensions that an answer names, with quoted strings read as such.

/// An extension, as an answer names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The name; of an element that is malformed, all of it, so that it is none that was offered.
    pub name: String,
    /// The parameters, values without their quotes.
    pub parameters: Vec<(String, Option<String>)>,
}

/// The elements of a raw list, without the empty ones.
///
/// ```text
/// extension-list  = 1#extension                                     (RFC 6455 §9.1)
/// extension       = extension-token *( ";" extension-param )
/// extension-param = token [ "=" (token | quoted-string) ]
/// ```
pub fn extensions(raw: &str) -> Vec<Extension> {
    let element = |text: &str| {
        let mut parts = cut(text, b';').into_iter();
        let name = parts.next().unwrap_or_default().to_owned();
        let parameters: Option<Vec<_>> = parts.map(parameter).collect();
        match parameters {
            Some(parameters) => Extension { name, parameters },
            None => Extension { name: text.to_owned(), parameters: Vec::new() },
        }
    };
    cut(raw, b',').into_iter().filter(|text| !text.is_empty()).map(element).collect()
}

/// The parts of a text between separators that stand outside of quoted strings, without the whitespace around them.
fn cut(text: &str, separator: u8) -> Vec<&str> {
    let (mut parts, mut start, mut is_quoted, mut is_escaped) = (Vec::new(), 0, false, false);
    for (at, octet) in text.bytes().enumerate() {
        match octet {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            _ if octet == separator && !is_quoted => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// A parameter; `None` where its value is neither a quoted string nor without quotes.
fn parameter(text: &str) -> Option<(String, Option<String>)> {
    let Some((name, value)) = text.split_once('=') else { return Some((text.to_owned(), None)) };
    let value = value.trim();
    let value = if value.contains('"') { unquoted(value)? } else { value.to_owned() };
    Some((name.trim().to_owned(), Some(value)))
}

/// What a quoted string holds.
///
/// ```text
/// quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE           (RFC 9110 §5.6.4)
/// quoted-pair   = "\" ( HTAB / SP / VCHAR / obs-text )
/// ```
fn unquoted(text: &str) -> Option<String> {
    let mut letters = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match letters.next()? {
            '"' => return letters.as_str().is_empty().then_some(value),
            '\\' => value.push(letters.next()?),
            letter => value.push(letter),
        }
    }
}
