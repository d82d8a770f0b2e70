//! `ws101 list`: what there is to explain, and who is at hand.

use clap::{Args, ValueEnum};
use globset::{Glob, GlobMatcher};

use super::failure::{Failure, Status};
use super::input::shown;
use super::terminal::Terminal;
use super::{Format, Global};
use crate::peer::{self, broken};
use crate::report::{Item, list};
use crate::run;
use crate::suite::Peer;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// What to list.
    what: What,
    /// Only ids that match as a whole: `*key*`, `server/*`, `rfc6455-4.2.1-*`.
    glob: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    Requirements,
    Vectors,
    Peers,
    Divergences,
    /// Planted faults, and what catches each: measured anew, which takes a while.
    Broken,
}

/// How many generated exchanges it may take to catch a planted fault.
const CASES: u64 = 200_000;

pub(super) fn run(
    options: &Options,
    peers: &[Box<dyn Peer>],
    global: &Global,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let glob = options.glob.as_deref().map(glob).transpose()?;
    let data = global.data()?;
    let mut items: Vec<Item> = match options.what {
        What::Requirements => data.register.entries().iter().map(Item::requirement).collect(),
        What::Vectors => data.vectors.all().iter().map(Item::vector).collect(),
        What::Peers => peers.iter().map(|peer| Item::peer(peer.as_ref())).collect(),
        What::Divergences => {
            let of = |ledger| move |divergence| Item::divergence(ledger, divergence);
            data.ledgers.iter().flat_map(|ledger| ledger.divergences().iter().map(of(ledger))).collect()
        }
        What::Broken => {
            peer::catch_panics();
            let is_asked = |name: &str| glob.as_ref().is_none_or(|glob| glob.is_match(name));
            let faults: Vec<_> = broken::planted().filter(|planted| is_asked(planted.name)).collect();
            run::catch(&data, &faults, CASES).iter().map(Item::planted).collect()
        }
    };
    if let (Some(pattern), Some(glob)) = (&options.glob, glob) {
        items.retain(|item| glob.is_match(&item.id));
        if items.is_empty() {
            let remedy = "write * for what may stand there, as in '*key*'";
            return Err(Failure::undone(format_args!("nothing matches \"{}\"", shown(pattern)), "GLOB", remedy));
        }
    }
    terminal.print(&match global.format {
        Format::Human => list::human(&items, terminal.width(), terminal.look()),
        Format::Json => format!("{}\n", list::json(&items)),
    })?;
    Ok(Status::Fine)
}

fn glob(pattern: &str) -> Result<GlobMatcher, Failure> {
    Glob::new(pattern).map(|glob| glob.compile_matcher()).map_err(|error| {
        let what = format!("\"{}\" is no pattern ({})", shown(pattern), error.kind());
        Failure::usage(what, "GLOB", "close every bracket and brace, or write \\ before it")
    })
}
