//! `ws101 diff`, the main job: every peer beside the reference.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::{fs, io};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::bless::bless;
use super::diff_server::{Live, is_url};
use super::failure::{Failure, Status};
use super::input::shown;
use super::reader::Reader;
use super::terminal::Terminal;
use super::{Format, Global, role};
use crate::judgement::Role;
use crate::live::{Program, interrupt};
use crate::peer;
use crate::report::TallySheet;
use crate::run::{Diff, Progress};
use crate::suite::law::corpus::Seed;
use crate::suite::{Conformance, Invocation, Origin, Peer, Tally};

/// Without files: every vector and the corpus in several deliveries, then generated exchanges from a fixed seed.
/// With files: what each peer makes of the octets.
#[derive(Debug, Default, Args)]
pub(super) struct Options {
    /// Files with the octets of a request or a response; - for standard input.
    #[arg(value_name = "FILE|-")]
    pub(super) files: Vec<PathBuf>,
    /// Only this peer, or the server behind a ws or wss URL; may be given several times. By default every peer that is
    /// built in but the reference.
    #[arg(long, value_name = "NAME|URL")]
    pub(super) peer: Vec<String>,
    /// A peer behind a program that speaks the adapter contract (conformance/README.md): its name, and the command with its
    /// words quoted as for a shell; may be given several times, and stands in the place of the peers that are built in.
    #[arg(long, value_name = "NAME=COMMAND", value_parser = program)]
    adapter: Vec<(String, Vec<String>)>,
    /// Only in this role; with files, the role of who reads them (told from the octets without it).
    #[arg(long, value_parser = role())]
    pub(super) role: Option<Role>,
    /// With files: where the octets are cut into reads, or `octets` for one octet a read.
    #[arg(long, value_name = "17,40", requires = "files")]
    pub(super) split: Option<String>,
    /// With files: the sender's side of the connection ends behind the octets.
    #[arg(long, requires = "files")]
    pub(super) half_close: bool,
    /// With files: writes the smallest octets found that show the same new divergence of a peer, as FILE.shrunk.
    #[arg(long, requires = "files")]
    pub(super) shrink: bool,
    /// Another corpus beside the one that is built in: a directory with the folders `request` and `response`.
    #[arg(long, value_name = "DIR", conflicts_with = "files")]
    corpus: Option<PathBuf>,
    /// How many exchanges are generated for each role [default: 200000; 2000 for a URL, in at most two minutes].
    #[arg(long, value_name = "N", conflicts_with_all = ["seconds", "files"])]
    pub(super) cases: Option<u64>,
    /// How long exchanges are generated for each role, in place of a number of them.
    #[arg(long, value_name = "N", conflicts_with = "files", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) seconds: Option<u64>,
    /// The seed of the generated exchanges [default: 101].
    #[arg(long, value_name = "S", conflicts_with = "files")]
    pub(super) seed: Option<u64>,
    /// What is contested or non-strict counts as well.
    #[arg(long)]
    pub(super) strict: bool,
    /// Writes into the ledger of each peer which vectors fail today under which entry; reasons are yours to write. The ledgers
    /// are those of --conformance, or of conformance/ in this directory.
    #[arg(long, conflicts_with_all = ["files", "shrink", "adapter", "cases", "seconds", "seed", "corpus", "strict", "role"])]
    bless: bool,
    #[command(flatten, next_help_heading = "For the octets of files: who reads them")]
    pub(super) reader: Reader,
    #[command(flatten, next_help_heading = "For a peer behind a URL")]
    pub(super) live: Live,
}

pub(super) fn run(
    options: &Options,
    peers: &[Box<dyn Peer>],
    global: &Global,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    peer::catch_panics();
    if options.files.is_empty() && options.reader != Reader::default() {
        let remedy = "give a file, or - for standard input";
        return Err(Failure::usage("there are no octets for the reader that is described", "FILE", remedy));
    }
    if options.bless {
        return options.bless(peers, global, terminal);
    }
    let data = global.data()?;
    let programs: Vec<Program> =
        options.adapter.iter().map(|(name, words)| Program::new(name, words.clone())).collect();
    if !programs.is_empty() {
        // A signal that ended the program at once would leave theirs behind.
        interrupt::listen();
    }
    let mut peers = options.peers(peers)?;
    peers.extend(programs.iter().map(|program| program as &dyn Peer));
    if options.files.is_empty() {
        options.everything(&peers, &data, global, terminal)
    } else {
        options.given(&peers, &data, global, terminal)
    }
}

impl Options {
    /// The peers that were asked for, in the order of the program.
    fn peers<'p>(&self, all: &'p [Box<dyn Peer>]) -> Result<Vec<&'p dyn Peer>, Failure> {
        let is_known = |name: &str| is_url(name) || all.iter().any(|peer| peer.name() == name);
        if let Some(name) = self.peer.iter().find(|name| !is_known(name)) {
            let names: Vec<&str> = all.iter().map(|peer| peer.name()).collect();
            let remedy = format!("give one of {}, or a ws or wss URL", names.join(", "));
            return Err(Failure::usage(format_args!("unknown peer \"{}\"", shown(name)), "--peer", remedy));
        }
        // Without files the reference is what the others stand beside.
        let is_asked = |peer: &dyn Peer| match self.peer.as_slice() {
            [] => self.adapter.is_empty() && (!self.files.is_empty() || peer.name() != "reference"),
            names => names.iter().any(|name| name == peer.name()),
        };
        Ok(all.iter().map(AsRef::as_ref).filter(|peer| is_asked(*peer)).collect())
    }

    fn bless(&self, peers: &[Box<dyn Peer>], global: &Global, terminal: &mut Terminal) -> Result<Status, Failure> {
        let here = PathBuf::from("conformance");
        let directory = global.conformance.clone().or_else(|| here.join("divergences").is_dir().then_some(here));
        let Some(directory) = directory else {
            let remedy = "give the directory with --conformance DIR";
            return Err(Failure::usage("there is no conformance/divergences here to write to", "--bless", remedy));
        };
        let named = self.peers(peers)?;
        if !self.servers()?.is_empty() || named.is_empty() {
            let remedy = "name a peer that `ws101 list peers` has";
            return Err(Failure::usage("a ledger is of a peer that is built in", "--bless", remedy));
        }
        let data = Conformance::with_old_lists(&directory)?;
        bless(&named, &Diff::new(&data), &directory, terminal)
    }

    fn everything(
        &self,
        peers: &[&dyn Peer],
        data: &Conformance,
        global: &Global,
        terminal: &mut Terminal,
    ) -> Result<Status, Failure> {
        let mut diff = Diff::new(data);
        diff.corpus.extend(self.corpus.as_deref().map(grown).transpose()?.unwrap_or_default());
        diff.roles = self.role.map_or(diff.roles, |role| vec![role]);
        diff.cases = self.cases.unwrap_or(diff.cases);
        diff.seconds = self.seconds;
        diff.seed = self.seed.unwrap_or(diff.seed);
        diff.strict = self.strict;
        diff.stop = Some(interrupt::flag());
        let (mut is_clean, mut sheets) = (true, Vec::new());
        let servers = self.servers()?;
        // What one peer could not be asked takes nothing from the results of the others.
        let mut is_done = true;
        for &peer in peers {
            if is_interrupted() {
                break;
            }
            let bar = Bar::new(peer.name());
            let mut tally = diff.run(peer, &|progress| bar.show(progress));
            bar.finish();
            tally.invocation.iter_mut().for_each(|its| self.again(its, global));
            if let Err(why) = self.able(&tally) {
                terminal.note(&why.to_string());
                is_done = false;
            }
            is_clean &= tally.is_clean();
            let ledger = data.ledger(peer.name());
            let sheet = TallySheet { tally: &tally, ledger: &ledger, register: &data.register };
            match global.format {
                Format::Human => terminal.print(&sheet.human(terminal.look()))?,
                Format::Json => sheets.push(sheet.json()),
            }
        }
        for server in servers.iter().filter(|_| !is_interrupted()) {
            let bar = Bar::new(&server.endpoint.url);
            let mut differences = self.against(data, server, diff.seed, &|progress| bar.show(progress))?;
            bar.finish();
            differences.tally.invocation.iter_mut().for_each(|its| self.again(its, global));
            is_clean &= differences.tally.is_clean();
            if let Some(why) = differences.undone().or_else(|| self.able(&differences.tally).err()) {
                terminal.note(&why.to_string());
                is_done = false;
            }
            match global.format {
                Format::Human => terminal.print(&differences.human(data, terminal.look()))?,
                Format::Json => sheets.push(differences.json(data)),
            }
        }
        if is_interrupted() && !self.adapter.is_empty() {
            let why = Failure::undone("the run was interrupted", "diff", "run it again for the rest");
            terminal.note(&why.to_string());
            is_done = false;
        }
        if global.format == Format::Json {
            terminal.print(&format!("{}\n", json!({"seed": diff.seed, "peers": sheets})))?;
        }
        Ok(Status::of(is_done, is_clean))
    }

    /// What is printed to be run again says with what data and how strictly it was judged.
    pub(super) fn again(&self, invocation: &mut Invocation, global: &Global) {
        if self.strict {
            invocation.options.push("--strict".to_owned());
        }
        if let Some(directory) = &global.conformance {
            invocation.options.extend(["--conformance".to_owned(), directory.to_string_lossy().into_owned()]);
        }
    }

    /// What to do about an adapter that could not be asked.
    pub(super) fn remedy(&self, peer: &str) -> Option<&'static str> {
        let is_adapter = self.adapter.iter().any(|(name, _)| name == peer);
        is_adapter.then_some("conformance/README.md has the adapter contract")
    }

    /// A run that tried nothing, or could not try, says nothing of the peer.
    fn able(&self, tally: &Tally) -> Result<(), Failure> {
        if tally.total() == 0 {
            let remedy = "leave out --role, or name another peer";
            return Err(Failure::undone("no exchange was tried", &tally.peer, remedy));
        }
        if !tally.adds_up() {
            let what =
                format!("of {} exchanges {} were tried, and their results do not add up", tally.asked, tally.total());
            return Err(Failure::undone(what, &tally.peer, "report this: it is a mistake of the program"));
        }
        if let (failed @ 1.., why) = &tally.harness {
            let what =
                format!("{failed} exchanges could not be tried ({})", why.as_deref().unwrap_or("no reason given"));
            let remedy = self.remedy(&tally.peer).unwrap_or("report this: it is no fault of the peer");
            return Err(Failure::undone(what, &tally.peer, remedy));
        }
        Ok(())
    }
}

/// Whether the user wants an end.
fn is_interrupted() -> bool {
    interrupt::flag().load(Ordering::Relaxed)
}

/// Reads `name=path argument…`.
fn program(text: &str) -> Result<(String, Vec<String>), String> {
    let (name, command) = text.split_once('=').ok_or("write NAME=COMMAND, as in mine=./adapter --quiet")?;
    let words = Program::split(command)
        .ok_or("the quotes of the command do not balance: close each ' and \", or write a backslash before it")?;
    let is_name =
        !name.is_empty() && name.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'));
    match (is_name, words.is_empty()) {
        (false, _) => Err("a name is made of a-z, 0-9, - and .".to_owned()),
        (true, true) => Err("there is no command behind the =".to_owned()),
        (true, false) => Ok((name.to_owned(), words)),
    }
}

/// The inputs of a grown corpus: those of the targets whose inputs are the octets themselves.
fn grown(directory: &Path) -> Result<Vec<Seed>, Failure> {
    let place = || shown(&directory.to_string_lossy());
    let unreadable = |error: io::Error| {
        let remedy = "give a directory that holds a folder `request` or `response`";
        Failure::usage(format_args!("cannot read ({error})"), place(), remedy)
    };
    let mut seeds = Vec::new();
    for target in ["request", "response"] {
        let folder = directory.join(target);
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_file() {
                let octets = fs::read(&path).map_err(unreadable)?;
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                seeds.push(Seed { path: format!("{target}/{name}"), octets: octets.into() });
            }
        }
    }
    if seeds.is_empty() {
        let remedy = "give a directory that holds a folder `request` or `response` with files in it";
        return Err(Failure::undone("no corpus", place(), remedy));
    }
    seeds.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(seeds)
}

/// Progress on standard error, where that is a terminal.
pub(super) struct Bar(Mutex<ProgressBar>);

impl Bar {
    fn new(peer: &str) -> Bar {
        // Hidden where standard error is no terminal.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{prefix} {msg} {wide_bar} {pos}/{len} {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(peer.to_owned());
        Bar(Mutex::new(bar))
    }

    fn show(&self, progress: Progress) {
        // A poisoned lock is a bar that is drawn no more: no reason to end the run.
        let Ok(bar) = self.0.lock() else { return };
        let new = if progress.new > 0 { format!(", {} new", progress.new) } else { String::new() };
        bar.set_message(format!("{}, {}{new}", progress.role, progress.origin.as_str()));
        bar.set_length(progress.of.unwrap_or(progress.done));
        bar.set_position(if progress.origin == Origin::Generated { progress.done } else { 0 });
    }

    fn finish(&self) {
        if let Ok(bar) = self.0.lock() {
            bar.finish_and_clear();
        }
    }
}
