//! Where a live server listens: a ws or wss URL, resolved once.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs as _};

use crate::handshake::Uri;

/// A server's address, and what a request for it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The URL as it was given.
    pub url: String,
    /// The host, in brackets where it is an IPv6 address.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// Whether TLS is used.
    pub tls: bool,
    /// The resource name: path and query.
    pub target: String,
    /// Every address of the host, in the order of the resolver.
    pub addresses: Vec<SocketAddr>,
}

/// Why a URL leads nowhere, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointError {
    /// It is no ws or wss URL: with the reason.
    NoUrl(String),
    /// Its host has no address: with the reason.
    Unresolved(String),
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EndpointError::NoUrl(why) => write!(f, "is no ws or wss URL ({why})"),
            EndpointError::Unresolved(why) => write!(f, "its host has no address ({why})"),
        }
    }
}

impl std::error::Error for EndpointError {}

impl Endpoint {
    /// The endpoint of a URL (RFC 6455 §3).
    ///
    /// # Errors
    ///
    /// If the text is no ws or wss URL, or its host has no address.
    pub fn resolve(url: &str) -> Result<Endpoint, EndpointError> {
        let uri = Uri::parse(url).map_err(|error| EndpointError::NoUrl(error.to_string()))?;
        let name = uri.host.trim_matches(['[', ']']);
        let addresses: Vec<SocketAddr> =
            (name, uri.port).to_socket_addrs().map_err(|error| EndpointError::Unresolved(error.to_string()))?.collect();
        if addresses.is_empty() {
            return Err(EndpointError::Unresolved("the resolver knows none".to_owned()));
        }
        Ok(Endpoint {
            url: url.to_owned(),
            port: uri.port,
            tls: uri.secure,
            target: uri.resource.clone(),
            host: uri.host,
            addresses,
        })
    }

    /// The value of the Host field: the port is left out where it is the scheme's own (RFC 6455 §4.1).
    pub fn authority(&self) -> String {
        let default = if self.tls { 443 } else { 80 };
        if self.port == default { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    /// The host as a certificate names it.
    pub fn server_name(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_to_connect_and_what_to_ask_for() {
        let endpoint = Endpoint::resolve("ws://127.0.0.1:9001/chat?x=1").unwrap();
        assert_eq!((endpoint.port, endpoint.tls, endpoint.target.as_str()), (9001, false, "/chat?x=1"));
        assert_eq!(endpoint.authority(), "127.0.0.1:9001");
        assert_eq!(Endpoint::resolve("wss://127.0.0.1").unwrap().authority(), "127.0.0.1");
        assert_eq!(Endpoint::resolve("ws://[::1]:9001").unwrap().server_name(), "::1");
    }

    #[test]
    fn what_leads_nowhere_is_told() {
        for url in ["http://localhost/", "localhost:9001", "ws://", "ws://h h/", ""] {
            assert!(matches!(Endpoint::resolve(url), Err(EndpointError::NoUrl(_))), "{url}");
        }
        let unresolved = Endpoint::resolve("ws://no-such-host.invalid/");
        assert!(matches!(unresolved, Err(EndpointError::Unresolved(_))), "{unresolved:?}");
    }
}
