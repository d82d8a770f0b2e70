//! ws and wss URIs (RFC 6455 §3).

use core::fmt;

use crate::http::grammar::is_digits;
use crate::http::host::Authority;
use crate::http::target::is_plain_in_resource;
use crate::judgement::{Requirement, requirements as r};

/// The components of a ws or wss URI.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uri {
    /// Whether the scheme is wss.
    pub secure: bool,
    /// The host in lower case, an IPv6 literal with its brackets.
    pub host: String,
    /// The TCP port: that of the URI, or 80 or 443.
    pub port: u16,
    /// Path and query: the request-target.
    pub resource: String,
}

/// Why a string is no ws or wss URI that a client may connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UriError {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// What is wrong, and what would be right.
    pub message: &'static str,
}

impl fmt::Display for UriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.requirement.id)
    }
}

impl std::error::Error for UriError {}

impl Uri {
    /// Reads a URI; percent-encodes in path and query what a URI does not hold raw.
    pub fn parse(uri: &str) -> Result<Self, UriError> {
        let error = |requirement, message| Err(UriError { requirement, message });
        if uri.bytes().any(|octet| octet.is_ascii_control()) {
            return error(
                &r::RFC6455_1_6_LIMIT_INJECTION,
                "control octet in the URI: percent-encode it or leave it out",
            );
        }
        let Some((scheme, rest)) = uri.split_once(':') else {
            return error(&r::RFC6455_3_SCHEME_SET, "no scheme: a WebSocket URI begins with ws:// or wss://");
        };
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "ws" => false,
            "wss" => true,
            _ => return error(&r::RFC6455_3_SCHEME_SET, "scheme is neither ws nor wss"),
        };
        let Some(rest) = rest.strip_prefix("//") else {
            return error(&r::RFC6455_4_1_URI_VALID, "no authority: two slashes and a host follow the scheme");
        };
        if rest.contains('#') {
            return error(&r::RFC6455_3_NO_FRAGMENT, "fragment in the URI: write %23 for a number sign that is data");
        }
        let (authority, resource) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = read_authority(authority, secure)?;
        Ok(Uri { secure, host, port, resource: encode_resource(resource)? })
    }

    /// The value of Host: the port is there if it is not the default one of the scheme (RFC 6455 §4.1 item 4).
    pub fn authority(&self) -> String {
        if self.port == default_port(self.secure) { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }
}

const fn default_port(secure: bool) -> u16 {
    if secure { 443 } else { 80 }
}

fn read_authority(authority: &str, secure: bool) -> Result<(String, u16), UriError> {
    let error = |requirement, message| Err(UriError { requirement, message });
    if authority.contains('@') {
        return error(&r::RFC6455_3_USERINFO, "userinfo in the URI: give credentials in an Authorization field");
    }
    if !authority.is_ascii() {
        let message = "host beyond ASCII: give its IDNA form, which begins with xn--";
        return error(&r::RFC6455_11_1_1_IDN_HOST, message);
    }
    let colon = authority.rfind(':').filter(|&at| !authority[at..].contains(']'));
    let (host, port) = authority.split_at(colon.unwrap_or(authority.len()));
    let digits = port.strip_prefix(':').unwrap_or_default();
    let port = match digits {
        "" => default_port(secure),
        digits if is_digits(digits.as_bytes()) => match digits.parse() {
            Ok(port) => port,
            Err(_) => return error(&r::RFC6455_3_PORT_RANGE, "port is above 65535"),
        },
        _ => return error(&r::RFC6455_3_PORT_RANGE, "port is no number"),
    };
    if host.is_empty() {
        return error(&r::RFC6455_3_EMPTY_HOST, "no host");
    }
    if Authority::read(host.as_bytes()).is_none_or(|read| read.port.is_some()) {
        return error(&r::RFC6455_4_1_URI_VALID, "host is neither a name nor an address: an IPv6 address has brackets");
    }
    Ok((host.to_ascii_lowercase(), port))
}

/// The request-target for path and query (RFC 6455 §3): a slash for an empty path, no question mark for an empty query.
fn encode_resource(resource: &str) -> Result<String, UriError> {
    let (path, query) = resource.split_once('?').unwrap_or((resource, ""));
    let mut target = if path.starts_with('/') { String::new() } else { "/".to_owned() };
    encode(path, &mut target)?;
    if !query.is_empty() {
        target.push('?');
        encode(query, &mut target)?;
    }
    Ok(target)
}

fn encode(part: &str, target: &mut String) -> Result<(), UriError> {
    let octets = part.as_bytes();
    for (at, &octet) in octets.iter().enumerate() {
        if octet == b'%' {
            let hex = octets.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
            if !hex {
                let message = "percent sign without two hexadecimal digits: write %25 for a percent sign that is data";
                return Err(UriError { requirement: &r::RFC6455_4_1_URI_VALID, message });
            }
            target.push('%');
        } else if is_plain_in_resource(octet) {
            target.push(octet as char);
        } else {
            target.push_str(&format!("%{octet:02X}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{ClientOptions, ClientRequest};

    #[test]
    fn an_error_says_what_is_wrong_and_by_which_requirement() {
        let error = Uri::parse("http://a/").expect_err("no ws URI");
        assert_eq!(error.to_string(), format!("{} ({})", error.message, error.requirement.id));
        let message = |uri| Uri::parse(uri).expect_err("no port").message;
        assert_eq!(message("ws://a:b/"), "port is no number");
        assert_eq!(message("ws://a:65536/"), "port is above 65535");
        let options = ClientOptions { protocols: vec!["a b".to_owned()], ..ClientOptions::default() };
        let error = ClientRequest::build("ws://a/", &options, [7; 16]).expect_err("no token");
        assert_eq!(error.to_string(), format!("{} ({})", error.message, error.requirement.id));
    }
}
