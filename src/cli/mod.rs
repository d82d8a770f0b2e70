//! The command line: one file per command, and the only place that prints.

mod accept;
mod bless;
mod check;
mod diff;
mod diff_files;
mod diff_server;
mod explain;
mod failure;
mod input;
mod list;
mod reach;
mod reader;
mod terminal;
mod test;
mod test_client;
mod test_server;
mod written;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::judgement::Role;
use crate::oracle::unfounded;
use crate::suite::law::source::DataError;
use crate::suite::{Conformance, DataErrors, Ledger, Peer, Source};
use failure::{Failure, Status};
use terminal::Terminal;

/// The version of the program, and of each peer that is at hand.
static VERSIONS: OnceLock<String> = OnceLock::new();

fn versions(peers: &[Box<dyn Peer>]) -> String {
    let mut versions = env!("CARGO_PKG_VERSION").to_owned();
    for peer in peers.iter().filter(|peer| peer.name() != "reference") {
        versions.push_str(&format!("\n{} {}", peer.name(), peer.version()));
    }
    versions
}

/// The referee of the WebSocket opening handshake (RFC 6455 §4).
///
/// Says of any octets what the RFCs permit, what an implementation did with them, and which clause decides.
#[derive(Debug, Parser)]
#[command(name = "ws101", version, long_version = VERSIONS.get().map_or("", String::as_str), max_term_width = 100, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    global: Global,
}

const EXIT_STATUS: &str = "\
Exit status: 0 nothing new, 1 a failure or a new divergence, 2 wrong usage or unusable
input, 3 the work could not be done.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Tries every peer beside the reference: the main job, and the default.
    Diff(diff::Options),
    /// Judges a request or a response: every finding, and the verdict.
    Check(check::Options),
    /// Prints the Sec-WebSocket-Accept for a key.
    Accept(accept::Options),
    /// Explains a requirement, a vector or a divergence: clause, octets, who fails it.
    Explain(explain::Options),
    /// Lists requirements, vectors, peers, divergences or planted faults.
    List(list::Options),
    /// Tests a live server or a live client: a verdict for each requirement.
    Test(test::Options),
}

/// What every command takes.
#[derive(Debug, Args)]
struct Global {
    /// Prints for people, or JSON for programs.
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Colours the output; by default where the terminal wants it.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = clap::ColorChoice::Auto)]
    color: clap::ColorChoice,
    /// Reads requirements, vectors and ledgers from a directory like conformance/ instead of the program.
    #[arg(long, global = true, value_name = "DIR")]
    conformance: Option<PathBuf>,
}

/// What the output is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

impl Global {
    fn source(&self) -> Source {
        self.conformance.clone().map_or(Source::Embedded, Source::Directory)
    }

    fn data(&self) -> Result<Conformance, DataErrors> {
        let data = match &self.conformance {
            None => Conformance::embedded(),
            Some(directory) => Conformance::from_dir(directory),
        }?;
        let entries = data.ledgers.iter().flat_map(Ledger::divergences);
        let unfounded = entries.filter_map(|entry| {
            let (id, (file, line)) = (unfounded(entry)?, entry.place.clone());
            let message = format!("{}: `with` names {id}, which its reproducer does not violate", entry.id);
            Some(DataError { file, line, message, remedy: "show it in `octets`, or leave it out".to_owned() })
        });
        let errors: Vec<DataError> = unfounded.collect();
        if errors.is_empty() { Ok(data) } else { Err(DataErrors(errors)) }
    }
}

/// Runs the program with the arguments of the process. The peers are those at hand, the reference first.
pub fn run(peers: Vec<Box<dyn Peer>>) -> ExitCode {
    VERSIONS.get_or_init(|| versions(&peers));
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nobody is left to tell where even this cannot be printed.
            let _ = error.print();
            return if error.use_stderr() { Status::Usage.into() } else { Status::Fine.into() };
        }
    };
    let mut terminal = Terminal::new(arguments.global.color);
    let main_job = Command::Diff(diff::Options::default());
    let command = || match arguments.command.as_ref().unwrap_or(&main_job) {
        Command::Diff(options) => diff::run(options, &peers, &arguments.global, &mut terminal),
        Command::Check(options) => check::run(options, &arguments.global, &mut terminal),
        Command::Accept(options) => accept::run(options, &arguments.global, &mut terminal),
        Command::Explain(options) => explain::run(options, &arguments.global, &mut terminal),
        Command::List(options) => list::run(options, &peers, &arguments.global, &mut terminal),
        Command::Test(options) => test::run(options, &arguments.global, &mut terminal),
    };
    let done = guarded(command);
    let done = done.and_then(|status| terminal.finish().map(|()| status));
    done.unwrap_or_else(|failure| {
        terminal.note(&failure.to_string());
        failure.status()
    })
    .into()
}

/// A panic has had its words on standard error; here it gets its place among the statuses.
fn guarded(command: impl FnOnce() -> Result<Status, Failure>) -> Result<Status, Failure> {
    catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| {
        let remedy = "report the command, its input and the panic above to the project";
        Err(Failure::undone("the program panicked before its work was done", "ws101", remedy))
    })
}

/// Reads `server` or `client`.
fn role() -> impl TypedValueParser<Value = Role> {
    let roles = [Role::Server, Role::Client];
    PossibleValuesParser::new(roles.map(Role::as_str))
        .map(move |word| if word == Role::Server.as_str() { Role::Server } else { Role::Client })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_work_that_was_not_done() {
        assert_eq!(guarded(|| panic!("planted")).unwrap_err().status(), Status::Undone);
        assert!(matches!(guarded(|| Ok(Status::Fine)), Ok(Status::Fine)));
    }
}
