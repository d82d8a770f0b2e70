//! `ws101 test client`: a live client, judged by every vector for clients and by the requests that it sends.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use super::Global;
use super::failure::{Failure, Status};
use super::terminal::Terminal;
use super::test::{Bar, Shared, names};
use crate::live::client::{ClientCommand, Patience};
use crate::live::interrupt;
use crate::run::clients::{ClientTest, Planned, Way, planned};
use crate::suite::results::Ended;
use crate::suite::results::selection::Names;

/// Whom to test, and how.
#[derive(Debug, Args)]
#[command(after_help = EXPLANATION)]
pub(super) struct Options {
    /// Starts the client once for each job, and writes it one URL after another to its standard input, a line each.
    #[arg(long, requires = "command", conflicts_with = "listen")]
    persistent: bool,
    /// Serves a page at http://ADDR/ that makes a browser the client, and the next URL at http://ADDR/next.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// How long the client may take to start and to send its request, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(10..=600_000))]
    start_timeout: u32,
    #[command(flatten)]
    shared: Shared,
    /// The client: {url} stands for the URL that it connects to, and {protocols} for the subprotocols that it offers, with
    /// commas between them.
    #[arg(last = true, value_name = "CMD")]
    command: Vec<String>,
}

const EXPLANATION: &str = "\
The client has to show that a connection is open to it: by a message, by a Close frame, or by
answering a Ping. It is started anew for each case and ended behind it, with everything that it
started in its process group.

  ws101 test client -- python3 client.py {url}
  ws101 test client --persistent -- node client.mjs
  ws101 test client --listen 127.0.0.1:9001
  ws101 test client --listen 127.0.0.1:0 -- chromium --headless {url}";

pub(super) fn run(options: &Options, global: &Global, terminal: &mut Terminal) -> Result<Status, Failure> {
    interrupt::listen();
    let way = options.way()?;
    let data = global.data()?;
    let known = options.shared.known()?;
    let suite = planned(&data);
    let ids: Vec<String> = suite.iter().map(Planned::id).collect();
    let names: Vec<Names<'_>> = suite
        .iter()
        .zip(&ids)
        .map(|(planned, id)| names(&data, id, planned.requirements(), planned.octets(), None))
        .collect();
    let selected = options.shared.selected(&names)?;
    let test = ClientTest {
        data: &data,
        way,
        options: options.words(),
        cases: selected.into_iter().map(|at| suite[at]).collect(),
        jobs: usize::from(options.shared.jobs),
        patience: Patience {
            connect: Duration::from_millis(u64::from(options.start_timeout)),
            answer: options.shared.answer(),
            ..Patience::default()
        },
    };
    let ready = |address: SocketAddr| {
        if options.listen.is_some() && options.command.is_empty() {
            let page = format!("http://{address}/");
            terminal.note(&format!("open {page} in a browser, or ask for one URL after another at {page}next"));
        }
    };
    let bar = Bar::new();
    let results = test.run(interrupt::flag(), &ready, &|step| bar.show(step.done, step.of, step.failed));
    bar.finish();
    let results = results.map_err(|error| {
        let place = options.listen.map_or_else(|| "127.0.0.1".to_owned(), |address| address.to_string());
        Failure::undone(format_args!("cannot listen ({error})"), place, "give a free address with --listen")
    })?;
    if let (Ended::Broken(why), false) = (&results.ended, results.control.opened) {
        let what = format!("nothing can be said of the client: {why}");
        // Without a request there is nothing to report.
        if results.control.received.is_empty() {
            return Err(Failure::undone(what, &results.target, REMEDY));
        }
        terminal.note(&what);
    }
    let has = |id: &str| ids.iter().any(|its| its == id);
    options.shared.conclude(results, known.as_ref(), has, global, terminal)
}

const REMEDY: &str = "try it by hand against a WebSocket server first";

impl Options {
    /// The options that bear on the results, as they would be given again.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if self.persistent {
            words.push("--persistent".to_owned());
        }
        if let Some(address) = &self.listen {
            words.extend(["--listen".to_owned(), address.to_string()]);
        }
        if self.shared.timeout != 2000 {
            words.extend(["--timeout".to_owned(), self.shared.timeout.to_string()]);
        }
        if self.start_timeout != 10_000 {
            words.extend(["--start-timeout".to_owned(), self.start_timeout.to_string()]);
        }
        words
    }

    fn way(&self) -> Result<Way, Failure> {
        let command = ClientCommand(self.command.clone());
        match (self.listen, self.persistent) {
            (None, false) if self.command.is_empty() => {
                Err(Failure::usage("no client", "-- CMD", "give its command behind --, with {url} in it, or --listen"))
            }
            (None, true) => Ok(Way::Lines(command)),
            (listen, _) if !self.command.is_empty() && !command.has("{url}") => {
                let what = "the command has no {url}, so the client cannot know where to connect";
                let remedy = if listen.is_some() {
                    "put {url} where the page's URL goes"
                } else {
                    "put {url} where its URL goes, or write URLs to its standard input with --persistent"
                };
                Err(Failure::usage(what, format_args!("-- {command}"), remedy))
            }
            (None, false) => Ok(Way::Each(command)),
            (Some(address), _) => Ok(Way::Asks(address, (!self.command.is_empty()).then_some(command))),
        }
    }
}
