//! `ws101 diff FILE…`: what each peer makes of the octets.

use std::path::Path;
use std::sync::atomic::Ordering;

use super::diff::Options;
use super::diff_server::is_url;
use super::failure::{Failure, Status};
use super::input::{Input, shown};
use super::terminal::Terminal;
use super::written::written;
use super::{Format, Global};
use crate::judgement::{Role, Severity};
use crate::live::interrupt;
use crate::oracle::{Case, Compared, Oracle};
use crate::report::{Difference, Row, Rows};
use crate::run::servers::Stranger;
use crate::run::{Patience, smallest};
use crate::suite::{Conformance, Delivery, End, Evidence, Exchange, Invocation, Outcome, Peer, Verdict};

impl Options {
    pub(super) fn given(
        &self,
        peers: &[&dyn Peer],
        data: &Conformance,
        global: &Global,
        terminal: &mut Terminal,
    ) -> Result<Status, Failure> {
        let servers = self.servers()?;
        let strangers: Vec<Stranger<'_>> =
            servers.iter().map(|server| Stranger::new(server, interrupt::flag())).collect();
        let strangers = strangers.iter().map(|stranger| -> &dyn Peer { stranger });
        let peers: Vec<&dyn Peer> = peers.iter().copied().chain(strangers).collect();
        let (mut has_failed, mut is_done) = (false, true);
        if self.shrink && self.files.iter().any(|file| file.as_os_str() == "-") {
            let remedy = "give a file: what is shrunk is written beside it";
            return Err(Failure::usage("standard input has no place beside it", "--shrink", remedy));
        }
        for file in &self.files {
            let Input { name, octets } = Input::read(Some(file), terminal)?;
            let exchange = self.exchange(&name, octets)?;
            let case = Case::judged(exchange).ok_or_else(|| {
                let remedy = "give permessage-deflate, or leave it out";
                Failure::usage("the reference does not support these extensions", "--extensions", remedy)
            })?;
            let (mut rows, mut new) = (Vec::new(), Vec::new());
            for &peer in peers.iter().filter(|peer| peer.plays(case.exchange.role)) {
                let ledger = self.ledger(data, peer.name());
                let oracle = Oracle { register: &data.register, ledger: &ledger, peer, strict: self.strict };
                let compared = oracle.compare(&case);
                if let Verdict::Harness(why) = &compared.verdict {
                    let remedy = self.remedy(peer.name()).unwrap_or("see that it is there, and try again");
                    terminal.note(&Failure::undone(why, peer.name(), remedy).to_string());
                    is_done = false;
                }
                // A crash that is known is one all the same.
                let has_crashed = matches!(compared.observation.outcome, Outcome::Crashed(_));
                has_failed |= has_crashed || !compared.new.is_empty();
                let reason = |id: &String| ledger.get(id).map(|entry| entry.reason.clone()).unwrap_or_default();
                rows.push(Row {
                    peer: peer.name().to_owned(),
                    version: peer.version().to_owned(),
                    verdict: word(&compared).to_owned(),
                    did: compared.observation.words(),
                    known: compared.known().iter().map(|id| (id.clone(), reason(id))).collect(),
                    faults: compared.verdict.faults().to_vec(),
                });
                if !compared.new.is_empty() {
                    new.push((peer, compared));
                }
            }
            if rows.is_empty() {
                let what = format!("none of the peers plays a {}", case.exchange.role);
                return Err(Failure::undone(what, &name, "name another peer, or give --role"));
            }
            let judgement = case.judged.judgement.as_ref();
            let rows = Rows { name: &name, exchange: &case.exchange, judgement, rows };
            terminal.print(&match global.format {
                Format::Human => rows.human(&data.register, terminal.look()),
                Format::Json => format!("{}\n", rows.json()),
            })?;
            if self.shrink {
                self.shrunk(file, &case, &new, data, global, terminal)?;
            }
        }
        Ok(Status::of(is_done, !has_failed))
    }

    /// Writes the smallest octets that show what is new of a peer beside the file, and says how to see it again.
    fn shrunk(
        &self,
        file: &Path,
        case: &Case,
        new: &[(&dyn Peer, Compared)],
        data: &Conformance,
        global: &Global,
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        let place = || shown(&file.to_string_lossy());
        let (peer, compared) = match new {
            [(peer, compared)] => (*peer, compared.clone()),
            [] => {
                let remedy = "give all options of the line that its finding has printed";
                return Err(Failure::usage("no peer shows anything new here", place(), remedy));
            }
            _ => {
                return Err(Failure::usage("several peers show something new here", place(), "name one with --peer"));
            }
        };
        let ledger = self.ledger(data, peer.name());
        let oracle = Oracle { register: &data.register, ledger: &ledger, peer, strict: self.strict };
        let is_over = || interrupt::flag().load(Ordering::Relaxed);
        let patience = is_url(peer.name()).then(|| Patience::unless(&is_over));
        let divergence = smallest(&oracle, case, compared, &place(), patience);
        let Evidence::Octets { exchange, .. } = &divergence.evidence else { return Ok(()) };
        let mut beside = file.as_os_str().to_owned();
        beside.push(".shrunk");
        written(Path::new(&beside), &exchange.octets)?;
        let live = || is_url(peer.name()).then(|| Invocation::live(peer.name(), &self.live.words()));
        let mut invocation = peer.invocation().or_else(live);
        invocation.iter_mut().for_each(|its| self.again(its, global));
        let difference = Difference {
            peer: peer.name(),
            version: peer.version(),
            invocation: invocation.as_ref(),
            new: &divergence,
        };
        terminal.print(&match global.format {
            Format::Human => difference.human(&data.register, terminal.look()),
            Format::Json => format!("{}\n", difference.json()),
        })
    }

    /// The octets with everything around them.
    fn exchange(&self, name: &str, octets: Vec<u8>) -> Result<Exchange, Failure> {
        let role = match self.role {
            Some(role) => role,
            // A status-line begins with the version, a request-line ends with it.
            None if octets.starts_with(b"HTTP/") => Role::Client,
            None => Role::Server,
        };
        let needs = self.reader.needs(role)?;
        let plain = Exchange::new(role, octets);
        Ok(Exchange {
            delivery: self.delivery(name, plain.octets.len())?,
            end: if self.half_close { End::HalfClosed } else { End::Open },
            key: self.reader.key.clone().or(plain.key.clone()),
            needs,
            ..plain
        })
    }

    fn delivery(&self, name: &str, length: usize) -> Result<Delivery, Failure> {
        let Some(split) = self.split.as_deref() else { return Ok(Delivery::Whole) };
        if split == "octets" {
            return Ok(Delivery::Octets);
        }
        let places: Result<Vec<usize>, _> = split.split(',').map(|at| at.trim().parse()).collect();
        let inside = |places: &[usize]| {
            places.iter().all(|&at| at > 0 && at < length) && places.is_sorted_by(|before, behind| before < behind)
        };
        match places {
            Ok(places) if inside(&places) => Ok(Delivery::Split(places)),
            _ => Err(Failure::usage(
                format_args!("\"{}\" does not cut the {length} octets of {name}", shown(split)),
                "--split",
                format_args!("give ascending offsets between 0 and {length}, or octets"),
            )),
        }
    }
}

/// The word for what a comparison came to.
fn word(compared: &Compared) -> &'static str {
    match &compared.verdict {
        Verdict::Pass => "pass",
        Verdict::Permitted => "permitted",
        Verdict::Faulty(_) if !compared.new.is_empty() => "new",
        Verdict::Faulty(_) if !compared.explained.is_empty() => "known",
        Verdict::Faulty(_) => match compared.verdict.severity() {
            Some(Severity::Contested) => "contested",
            Some(Severity::NonStrict) => "non-strict",
            _ => "informational",
        },
        Verdict::Unsupported(_) => "unsupported",
        Verdict::Harness(_) => "harness error",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use clap::Parser as _;

    use super::super::{Arguments, Command as Asked};
    use super::*;
    use crate::generate::{Seeded, Situation};
    use crate::suite::law::vector::Vector;
    use crate::suite::results::reproduce;
    use crate::suite::{Invocation, Needs};

    /// What a shell hands to the program for each of the lines: its arguments, and its standard input.
    fn pasted(lines: &[String]) -> Vec<(Vec<String>, Vec<u8>)> {
        // The program is a function of the shell that tells what it was given, in octal, a run on one line.
        let program =
            r#"ws101() { { printf '.%s\0' ws101 "$@"; printf '\0'; cat; } | od -An -v -to1 | tr -d '\n'; echo; }"#;
        let mut shell = Command::new("sh").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell");
        let script = format!("{program}\n{}\n", lines.join("\n"));
        let mut input = shell.stdin.take().unwrap();
        let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
        let output = shell.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        let octets = |line: &str| -> Vec<u8> {
            line.split_whitespace().map(|octal| u8::from_str_radix(octal, 8).unwrap()).collect()
        };
        let run = |line| {
            let all = octets(line);
            let end = all.windows(2).position(|pair| pair == [0, 0]).unwrap();
            let words = all[..end].split(|&octet| octet == 0);
            (words.map(|word| String::from_utf8(word[1..].to_vec()).unwrap()).collect(), all[end + 2..].to_vec())
        };
        String::from_utf8(output.stdout).unwrap().lines().map(run).collect()
    }

    /// Every vector in several deliveries, every kind of need, and generated octets: what a shell makes of the printed line is
    /// the exchange, and nothing of it is lost.
    #[test]
    fn a_printed_line_is_the_exchange_itself() {
        let data = Conformance::embedded().unwrap();
        let exchanges: Vec<Exchange> = data.vectors.all().iter().filter_map(Vector::exchange).cloned().collect();
        let (plain, needy): (Vec<_>, Vec<_>) =
            exchanges.into_iter().partition(|exchange| exchange.needs.is_none() && exchange.end == End::Open);
        // A shell takes its time.
        let mut exchanges = [plain.into_iter().step_by(4).collect(), needy].concat();
        for seed in 0..400 {
            let role = if seed % 2 == 0 { Role::Server } else { Role::Client };
            let mut drawn = Situation::draw(role, &mut Seeded::new(seed), 2000).exchange;
            // No reader is configured for the empty text.
            drawn.needs.protocols.retain(|name| !name.is_empty());
            drawn.needs.resources.iter_mut().for_each(|resources| resources.retain(|name| !name.is_empty()));
            // A client has sent some key.
            exchanges.push(Exchange { key: drawn.key.or(Exchange::new(role, []).key), ..drawn });
        }
        exchanges.retain(|exchange| exchange.octets.len() < 9000);
        let none = Needs { origins: Some(Vec::new()), resources: Some(Vec::new()), ..Needs::default() };
        exchanges.push(Exchange { needs: none, ..Exchange::new(Role::Server, *b"-n\\%s'\0\xff") });
        let named = [
            Invocation::built_in("ws101", "tungstenite"),
            Invocation {
                program: "ws101".to_owned(),
                options: ["--adapter", "mine=python3 'my dir/a.py'"].map(str::to_owned).to_vec(),
            },
            Invocation::live(
                "wss://[::1]:9001/?q=$(id)",
                &["--insecure", "--timeout", "500", "--header", "A: `b`", "--strict"].map(str::to_owned),
            ),
        ];
        let lines: Vec<String> = exchanges
            .iter()
            .enumerate()
            .map(|(at, exchange)| reproduce::diff(&named[at % named.len()], exchange))
            .collect();
        let runs = pasted(&lines);
        assert_eq!(runs.len(), exchanges.len());
        let has = |is: fn(&Exchange) -> bool| exchanges.iter().filter(|exchange| is(exchange)).count();
        assert!(has(|exchange| exchange.needs.origins.is_some()) > 10);
        assert!(has(|exchange| exchange.needs.resources.is_some()) > 10);
        assert!(has(|exchange| exchange.needs.authorities.is_some()) > 10);
        assert!(has(|exchange| exchange.end == End::HalfClosed) > 10);
        assert!(has(|exchange| matches!(exchange.delivery, Delivery::Split(_))) > 10);
        for ((at, exchange), (words, octets)) in exchanges.iter().enumerate().zip(runs) {
            let Some(Asked::Diff(options)) = Arguments::try_parse_from(&words).unwrap().command else {
                panic!("{words:?}")
            };
            let named = &named[at % named.len()].options;
            assert!(words.windows(named.len()).any(|some| some == named), "{words:?}");
            let again = options.exchange("standard input", octets).unwrap();
            let delivery = Delivery::Split(exchange.delivery.ends(exchange.octets.len()));
            let asked = Delivery::Split(again.delivery.ends(again.octets.len()));
            assert_eq!(asked, delivery, "{}", lines[at]);
            assert_eq!(Exchange { delivery: exchange.delivery.clone(), ..again }, *exchange, "{}", lines[at]);
        }
    }
}
