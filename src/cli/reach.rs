//! How a server behind a URL is reached: its certificates, and the conditions under which it is willing.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::failure::Failure;
use super::input::shown;
use crate::http::grammar::is_token;
use crate::live::{Conditions, Deadlines, Endpoint, EndpointError, Server, Trust};

/// How a server is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub(super) struct Reach {
    /// Trusts the certificates of a PEM file, and no others.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Trusts every certificate.
    #[arg(long, conflicts_with = "ca")]
    insecure: bool,
    /// Asks for this resource in place of the URL's.
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// Sends a further field line with every request.
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// Sends this Origin with every request.
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<String>,
    /// Offers this subprotocol with every request, for a server that wants one.
    #[arg(long, value_name = "NAME")]
    protocol: Option<String>,
}

impl Reach {
    /// The server behind a URL, which stands at a place of the command line. It has so long to answer.
    ///
    /// # Errors
    ///
    /// If the URL leads nowhere, the path is none, or there is nobody to trust.
    pub(super) fn server(&self, url: &str, place: &str, answer: Duration) -> Result<Server, Failure> {
        let mut endpoint = Endpoint::resolve(url).map_err(|error| {
            let what = format!("\"{}\" {error}", shown(url));
            match error {
                EndpointError::NoUrl(_) => {
                    Failure::usage(what, place, "give ws://HOST:PORT/PATH or wss://HOST:PORT/PATH")
                }
                EndpointError::Unresolved(_) => {
                    Failure::undone(what, place, "mend the name, or give the address of the server")
                }
            }
        })?;
        if let Some(path) = &self.path {
            let is_target =
                path.starts_with('/') && path.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'#');
            if !is_target {
                let what = format!("\"{}\" is no resource name", shown(path));
                return Err(Failure::usage(what, "--path", "begin it with /, percent-encode blanks, leave # out"));
            }
            endpoint.target.clone_from(path);
        }
        let trust = if endpoint.tls { Some(self.trust()?) } else { None };
        Ok(Server { endpoint, trust, deadlines: Deadlines { answer, close: answer, ..Deadlines::default() } })
    }

    fn trust(&self) -> Result<Trust, Failure> {
        if self.insecure {
            return Trust::of_everyone().map_err(|error| Failure::undone(error, "--insecure", "report this"));
        }
        match &self.ca {
            Some(file) => Trust::of_file(file).map_err(|error| {
                let place = format!("--ca {}", shown(&file.to_string_lossy()));
                Failure::usage(error, place, "give a file with certificates in PEM")
            }),
            None => Trust::of_the_system().map_err(|error| {
                Failure::undone(error, "wss", "give a certificate with --ca, or trust any with --insecure")
            }),
        }
    }

    /// Under which conditions the server is willing.
    ///
    /// # Errors
    ///
    /// For a header that is no field line.
    pub(super) fn conditions(&self) -> Result<Conditions, Failure> {
        let mut fields = Vec::new();
        for header in &self.header {
            let field = header.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
            let is_field = |(name, value): &(String, String)| {
                is_token(name.as_bytes()) && value.bytes().all(|octet| octet == b'\t' || !octet.is_ascii_control())
            };
            fields.push(field.filter(is_field).ok_or_else(|| {
                let what = format!("\"{}\" is no field line", shown(header));
                Failure::usage(what, "--header", "write it as 'Name: value'")
            })?);
        }
        fields.extend(self.origin.iter().map(|origin| ("Origin".to_owned(), origin.clone())));
        fields.extend(self.protocol.iter().map(|name| ("Sec-WebSocket-Protocol".to_owned(), name.clone())));
        Ok(Conditions { fields })
    }

    /// The options as a command line has them.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut option = |name: &str, value: &str| words.extend([name.to_owned(), value.to_owned()]);
        if let Some(path) = &self.path {
            option("--path", path);
        }
        self.header.iter().for_each(|header| option("--header", header));
        if let Some(origin) = &self.origin {
            option("--origin", origin);
        }
        if let Some(protocol) = &self.protocol {
            option("--protocol", protocol);
        }
        if let Some(file) = &self.ca {
            option("--ca", &file.to_string_lossy());
        }
        if self.insecure {
            words.push("--insecure".to_owned());
        }
        words
    }
}
