//! `ws101 test server`: a live server, judged by every vector for servers.

use clap::Args;

use super::Global;
use super::failure::{Failure, Status};
use super::reach::Reach;
use super::terminal::Terminal;
use super::test::{Bar, Shared, names};
use crate::live::interrupt;
use crate::run::servers::{Planned, ServerTest, planned};
use crate::suite::Needs;
use crate::suite::results::selection::Names;

/// Whom to test, and how.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The ws or wss URL of a resource that opens WebSocket connections.
    url: String,
    #[command(flatten)]
    reach: Reach,
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
    let server = options.reach.server(&options.url, "URL", options.shared.answer())?;
    let suite = planned(&data);
    let ids: Vec<String> = suite.iter().map(Planned::id).collect();
    let names: Vec<Names<'_>> = suite
        .iter()
        .zip(&ids)
        .map(|(planned, id)| names(&data, id, planned.requirements(), planned.octets(), planned.clause()))
        .collect();
    let selected = options.shared.selected(&names)?;
    let test = ServerTest {
        data: &data,
        server: &server,
        conditions: options.reach.conditions()?,
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

impl Options {
    /// The options that shape what is sent, as a command line has them.
    fn words(&self) -> Vec<String> {
        let mut words = self.reach.words();
        let mut option = |name: &str, value: &str| words.extend([name.to_owned(), value.to_owned()]);
        if !self.supports_protocols.is_empty() {
            option("--supports-protocols", &self.supports_protocols.join(","));
        }
        if let Some(extensions) = &self.supports_extensions {
            option("--supports-extensions", extensions);
        }
        if self.shared.timeout != 2000 {
            option("--timeout", &self.shared.timeout.to_string());
        }
        if self.shared.seed != 101 {
            option("--seed", &self.shared.seed.to_string());
        }
        words
    }
}
