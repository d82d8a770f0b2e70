//! `ws101 test server`: a live server, judged by every vector for servers.

use std::path::PathBuf;

use clap::Args;

use super::Global;
use super::failure::{Failure, Status};
use super::input::shown;
use super::terminal::Terminal;
use super::test::{Bar, Shared};
use crate::http::grammar::is_token;
use crate::judgement::Class;
use crate::live::interrupt;
use crate::live::{Conditions, Deadlines, Endpoint, Server, Trust};
use crate::oracle::Case;
use crate::run::servers::{Planned, ServerTest, planned};
use crate::suite::selection::Names;
use crate::suite::{Conformance, Needs};

/// Whom to test, and how.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The ws or wss URL of a resource that opens WebSocket connections.
    url: String,
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
    /// The subprotocols that the server supports, in its order of preference: runs the vectors that need them.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    supports_protocols: Vec<String>,
    /// The extensions that the server supports: runs the vectors that need them.
    #[arg(long, value_name = "RAW")]
    supports_extensions: Option<String>,
    #[command(flatten)]
    shared: Shared,
}

pub(super) fn run(options: &Options, global: &Global, terminal: &mut Terminal) -> Result<Status, Failure> {
    let data = global.data()?;
    let known = options.shared.known()?;
    let server = options.server()?;
    let suite = planned(&data);
    let ids: Vec<String> = suite.iter().map(Planned::id).collect();
    let names: Vec<Names<'_>> = suite.iter().zip(&ids).map(|(planned, id)| names(&data, planned, id)).collect();
    let selected = options.shared.selected(&names)?;
    let test = ServerTest {
        data: &data,
        server: &server,
        conditions: options.conditions()?,
        supports: Needs {
            protocols: options.supports_protocols.clone(),
            extensions: options.supports_extensions.clone(),
            ..Needs::default()
        },
        cases: selected.into_iter().map(|at| suite[at]).collect(),
        options: options.words(),
        jobs: usize::from(options.shared.jobs),
        seed: options.shared.seed,
    };
    interrupt::listen();
    let bar = Bar::new();
    let results = test.run(interrupt::flag(), &|step| bar.show(step.done, step.of, step.failed));
    bar.finish();
    let has = |id: &str| ids.iter().any(|its| its == id);
    options.shared.conclude(results, known.as_ref(), has, global, terminal)
}

/// By what a case may be selected.
fn names<'a>(data: &'a Conformance, planned: &Planned<'a>, id: &'a str) -> Names<'a> {
    let requirements = planned.requirements();
    let entry = requirements.first().and_then(|id| data.register.get(id));
    let case = planned.octets().cloned().and_then(Case::judged);
    let mut classes: Vec<Class> = case
        .iter()
        .flat_map(|case| case.judged.judgement.iter().flat_map(|judgement| &judgement.findings))
        .filter(|finding| requirements.contains(&finding.requirement.id))
        .map(|finding| finding.class)
        .collect();
    classes.sort_unstable();
    classes.dedup();
    Names {
        id,
        document: entry.map_or("rfc6455", |entry| &entry.document),
        section: entry.map_or_else(|| planned.section(), |entry| &entry.section),
        requirements,
        classes,
    }
}

impl Options {
    fn server(&self) -> Result<Server, Failure> {
        let mut endpoint = Endpoint::resolve(&self.url).map_err(|error| {
            let remedy = "give ws://HOST:PORT/PATH or wss://HOST:PORT/PATH";
            Failure::usage(format_args!("\"{}\" {error}", shown(&self.url)), "URL", remedy)
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
        let trust = match (&self.ca, self.insecure, endpoint.tls) {
            (_, _, false) => None,
            (_, true, true) => Some(Trust::of_everyone()),
            (Some(file), ..) => Some(Trust::of_file(file).map_err(|error| {
                let place = format!("--ca {}", shown(&file.to_string_lossy()));
                Failure::usage(error, place, "give a file with certificates in PEM")
            })?),
            (None, ..) => Some(Trust::of_the_system().map_err(|error| {
                Failure::undone(error, "wss", "give a certificate with --ca, or trust any with --insecure")
            })?),
        };
        let answer = self.shared.answer();
        let deadlines = Deadlines { answer, close: answer, ..Deadlines::default() };
        Ok(Server { endpoint, trust, deadlines })
    }

    /// The options that shape what is sent, as a command line has them.
    fn words(&self) -> Vec<String> {
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
        if !self.supports_protocols.is_empty() {
            option("--supports-protocols", &self.supports_protocols.join(","));
        }
        if let Some(extensions) = &self.supports_extensions {
            option("--supports-extensions", extensions);
        }
        if let Some(file) = &self.ca {
            option("--ca", &file.to_string_lossy());
        }
        if self.shared.timeout != 2000 {
            option("--timeout", &self.shared.timeout.to_string());
        }
        if self.shared.seed != 101 {
            option("--seed", &self.shared.seed.to_string());
        }
        if self.insecure {
            words.push("--insecure".to_owned());
        }
        words
    }

    fn conditions(&self) -> Result<Conditions, Failure> {
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
}
