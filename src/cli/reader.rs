//! What the reader of some octets is configured for, as `check` and `diff FILE` take it.

use clap::Args;

use super::failure::Failure;
use super::input::shown;
use crate::handshake::ExtensionList;
use crate::http::grammar::is_token;
use crate::judgement::Role;
use crate::suite::Needs;

/// What the reader of some octets is configured for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub(super) struct Reader {
    /// The Sec-WebSocket-Key of the request that a response answers.
    #[arg(long, value_name = "KEY")]
    pub(super) key: Option<String>,
    /// The subprotocols that the server speaks, best first, or that the client offered.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    protocols: Vec<String>,
    /// The extensions that the server supports, or that the client offered: a Sec-WebSocket-Extensions value.
    #[arg(long, value_name = "RAW")]
    extensions: Option<String>,
    /// An origin that the server serves, and no others [default: any]; several times for several, empty for none.
    #[arg(long, value_name = "ORIGIN")]
    origins: Option<Vec<String>>,
    /// A resource name that the server serves, and no others [default: any]; several times for several, empty for none.
    #[arg(long, value_name = "PATH")]
    resources: Option<Vec<String>>,
    /// An authority (host, or host:port) that the server serves, and no others [default: any]; several times for several,
    /// empty for none.
    #[arg(long, value_name = "AUTHORITY")]
    authorities: Option<Vec<String>>,
}

impl Reader {
    /// What a reader in the role needs.
    ///
    /// # Errors
    ///
    /// For what no reader in this role is given, and for what is no subprotocol and no extension list.
    pub(super) fn needs(&self, role: Role) -> Result<Needs, Failure> {
        if role == Role::Server && self.key.is_some() {
            let remedy = "leave it out: the key of a request stands in the request";
            return Err(Failure::usage("a server is given no key", "--key", remedy));
        }
        let served =
            [("--origins", &self.origins), ("--resources", &self.resources), ("--authorities", &self.authorities)];
        if let (Role::Client, Some((option, _))) = (role, served.iter().find(|(_, its)| its.is_some())) {
            let remedy = "leave it out, or give --role server for the octets of a request";
            return Err(Failure::usage("a client serves nothing", option, remedy));
        }
        if let Some(protocol) = self.protocols.iter().find(|protocol| !is_token(protocol.as_bytes())) {
            let remedy = "give tokens with commas between them (RFC 9110 §5.6.2)";
            let what = format!("\"{}\" is no subprotocol", shown(protocol));
            return Err(Failure::usage(what, "--protocols", remedy));
        }
        self.extension_list()?;
        let [origins, resources, authorities] = served.map(|(_, its)| its.as_deref().map(some));
        let (protocols, extensions) = (self.protocols.clone(), self.extensions.clone());
        Ok(Needs { protocols, extensions, origins, resources, authorities })
    }

    /// The extensions, read.
    ///
    /// # Errors
    ///
    /// If they are no extension list.
    pub(super) fn extension_list(&self) -> Result<ExtensionList, Failure> {
        let raw = self.extensions.as_deref().unwrap_or_default();
        if self.extensions.is_none() {
            return Ok(ExtensionList::default());
        }
        ExtensionList::parse(raw).map_err(|(_, span)| {
            let what = match raw.get(span).map(shown) {
                Some(part) if !part.is_empty() => format!("no extension list, because of \"{part}\""),
                _ => "no extension list".to_owned(),
            };
            Failure::usage(what, "--extensions", "write it as RFC 6455 §9.1 has it: name; parameter=value, name")
        })
    }

    /// A part of the extensions as it was given.
    pub(super) fn part(&self, span: std::ops::Range<usize>) -> String {
        shown(self.extensions.as_deref().and_then(|raw| raw.get(span)).unwrap_or_default())
    }
}

/// What is served, where an empty text stands for nothing.
fn some(given: &[String]) -> Vec<String> {
    given.iter().filter(|one| !one.is_empty()).cloned().collect()
}
