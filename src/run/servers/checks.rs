//! What only a socket shows: whether behind a 101 there is a WebSocket server at all (RFC 6455 §5).

use std::time::{Duration, Instant};

use super::CONTROL;
use super::plan::About;
use super::trial::{Done, Trial};
use crate::judgement::requirements as r;
use crate::live::frames::{CLOSE, Frame, PING, PONG, TEXT, masked, read, unmasked};
use crate::live::{Ending, Talk, unconnected};
use crate::suite::results::{FaultResult, Standing};
use crate::suite::wire::{Head, holds};
use crate::suite::{Delivery, Exchange, Failing, Outcome};

/// The application data of the Ping.
const DATA: &[u8] = b"ws101";

/// What the frame without a mask holds.
const UNMASKED: &[u8] = b"without a mask";

/// A check of what stands behind the opening handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// A Ping behind the 101.
    Ping,
    /// A frame without a mask.
    Unmasked,
    /// A second handshake behind the first.
    SecondHandshake,
    /// A Ping in the same segment as the request.
    GluedPing,
    /// A second request behind a refusal, or the end that the refusal announces.
    Refusal,
}

impl Check {
    /// Every check.
    pub const ALL: [Check; 5] =
        [Check::Ping, Check::Unmasked, Check::SecondHandshake, Check::GluedPing, Check::Refusal];

    pub(super) const fn id(self) -> &'static str {
        match self {
            Check::Ping => "server/live/ping",
            Check::Unmasked => "server/live/unmasked-frame",
            Check::SecondHandshake => "server/live/second-handshake",
            Check::GluedPing => "server/live/ping-glued-to-the-request",
            Check::Refusal => "server/live/behind-a-refusal",
        }
    }

    pub(super) const fn about(self) -> About {
        let (document, section, summary) = match self {
            Check::Unmasked => return About::Requirement(r::RFC6455_5_1_UNMASKED_FRAME_SERVER.id),
            Check::Ping => ("rfc6455", "5.5.2", "A Ping is answered by a Pong with the same application data."),
            Check::SecondHandshake => {
                ("rfc6455", "5.2", "Behind a 101 there are frames alone, and a second request is none.")
            }
            Check::GluedPing => {
                let summary = "A client waits for the answer before it sends more; what comes early may be refused.";
                ("rfc6455", "4.1", summary)
            }
            Check::Refusal => {
                ("rfc9112", "9.6", "A connection ends behind an answer that says close; else it can be used again.")
            }
        };
        About::Clause { document, section, summary }
    }

    pub(super) const fn why(self) -> &'static str {
        match self {
            Check::Ping => "Whoever only computes the accept value does not know frames. Silence is borne with.",
            Check::Unmasked => "A server must close the connection on it, and so is seen to read frames.",
            Check::SecondHandshake => {
                "Its first octets are a frame with a reserved bit, a reserved opcode and no mask: the connection fails."
            }
            Check::GluedPing => "What a server does with it is worth knowing; no clause fixes it.",
            Check::Refusal => {
                "A connection that stays open and answers nothing more holds a client up. No clause sets a time."
            }
        }
    }

    /// Tries it.
    pub(super) fn go(self, trial: &Trial<'_, '_>) -> Done {
        let blank = |standing, note: &str| Done::of(trial.run.test.blank(trial.planned, standing, note));
        if self == Check::Refusal {
            return behind_a_refusal(trial);
        }
        let vector = trial.run.test.data.vectors.get(CONTROL);
        let key = trial.key();
        let rendered = vector.and_then(|vector| trial.rendered(vector, &key).ok());
        let Some(exchange) = rendered.as_ref().and_then(|vector| vector.exchange()) else {
            return blank(Standing::HarnessError, "the control cannot be rendered");
        };
        let ping = masked(PING, DATA, [0x65, 0x43, 0x21, 0x0f]);
        let sent = match self {
            Check::GluedPing => [&exchange.octets[..], &ping].concat(),
            Check::Ping | Check::Unmasked | Check::SecondHandshake | Check::Refusal => exchange.octets.clone(),
        };
        let exchange = Exchange { octets: sent, ..exchange.clone() };
        let server = trial.server();
        let mut talk = match server.talk(&exchange) {
            Ok(talk) => talk,
            Err(error) => {
                let mut done = blank(Standing::HarnessError, &unconnected(&error));
                done.went_away = true;
                return done;
            }
        };
        let behind = match self {
            Check::Ping => ping.clone(),
            Check::Unmasked => unmasked(TEXT, UNMASKED),
            Check::SecondHandshake => exchange.octets.clone(),
            Check::GluedPing | Check::Refusal => Vec::new(),
        };
        let mut done = blank(Standing::Pass, "");
        trial.sent(&mut done.case, &exchange);
        by_this_program_alone(&mut done);
        trial.received(&mut done, &talk.observation, talk.ending);
        if !matches!(talk.observation.outcome, Outcome::Opened(_)) {
            done.silent = false;
            let glued = self == Check::GluedPing;
            done.case.standing = if glued { Standing::Permitted } else { Standing::HarnessError };
            let note = if glued { "refused, as it may" } else { "the control did not open this time" };
            done.case.notes.push(note.to_owned());
            return done;
        }
        let close = server.deadlines.close;
        let mut ending = self.ask(&mut done, &mut talk, &behind, close, |frames| self.is_echoed(frames));
        let (frames, _) = read(&talk.connection.received()[talk.behind..]);
        if ending == Ending::Complete && self.is_echoed(&frames) {
            ending = self.ask(&mut done, &mut talk, &ping, close, |_| false);
        }
        self.conclude(&mut done, &talk, ending);
        done
    }

    /// Sends octets behind the 101, and reads until a Close frame, a Pong that is waited for, what is no frame, or what else
    /// ends the waiting.
    fn ask(
        self,
        done: &mut Done,
        talk: &mut Talk,
        octets: &[u8],
        patience: Duration,
        ends: impl Fn(&[Frame]) -> bool,
    ) -> Ending {
        talk.connection.send(octets, &Delivery::Whole);
        done.case.sent.extend(octets.iter().map(|&octet| char::from(octet)));
        let start = talk.behind;
        talk.connection.receive(Instant::now() + patience, |received| {
            let (frames, broken) = read(&received[start..]);
            broken || ends(&frames) || frames.iter().any(|frame| frame.opcode == CLOSE || self.is_pong(frame))
        })
    }

    /// Whether the data of the frame without a mask came back: it was taken for a message. Any other frame may be a greeting.
    fn is_echoed(self, frames: &[Frame]) -> bool {
        let data = frames.iter().filter(|frame| frame.opcode < CLOSE);
        let data: Vec<u8> = data.flat_map(|frame| frame.payload.iter().copied()).collect();
        self == Check::Unmasked && data.windows(UNMASKED.len()).any(|window| window == UNMASKED)
    }

    /// Whether it is settled that the frame without a mask does not make the server close, although no clause sets a time:
    /// its data came back, and then the Ping behind it was answered. So the server read on, where one that fails the
    /// connection reads nothing more (RFC 6455 §7.1.7), and neither load nor a time of its own can be why it stays open. An
    /// echo alone settles nothing: a server may echo and then close, and has the whole deadline for it behind the Ping too.
    fn is_taken(self, frames: &[Frame]) -> bool {
        self.is_echoed(frames) && frames.iter().any(|frame| frame.opcode == PONG && frame.payload == DATA)
    }

    /// Whether the frame is the Pong that was waited for, right or wrong.
    fn is_pong(self, frame: &Frame) -> bool {
        matches!(self, Check::Ping | Check::GluedPing) && frame.opcode == PONG
    }

    fn conclude(self, done: &mut Done, talk: &Talk, ending: Ending) {
        let behind = &talk.connection.received()[talk.behind..];
        done.case.received = talk.connection.received().iter().map(|&octet| char::from(octet)).collect();
        done.silent = false;
        let (frames, broken) = read(behind);
        let pong = frames.iter().find(|frame| self.is_pong(frame));
        let closed = frames.iter().find(|frame| frame.opcode == CLOSE);
        let code = closed.and_then(|frame| frame.payload.first_chunk()).map(|code| u16::from_be_bytes(*code));
        let is_over = closed.is_some() || matches!(ending, Ending::Closed | Ending::Reset);
        done.case.did = match (pong, code, is_over) {
            (Some(_), ..) => "opened and answered the Ping".to_owned(),
            (None, Some(code), _) => format!("opened and closed with {code}"),
            (None, None, true) => "opened and ended the connection".to_owned(),
            (None, None, false) if frames.is_empty() => "opened and stayed silent".to_owned(),
            (None, None, false) => "opened, sent frames and stayed open".to_owned(),
        };
        if broken {
            let message = format!("what stands behind the 101 is no frame: {}", behind.escape_ascii());
            return self.fail(done, message);
        }
        match self {
            Check::Ping => match pong {
                Some(pong) if pong.payload == DATA => {}
                Some(pong) => {
                    let message =
                        format!("the Pong has {:?}, not the data of the Ping", pong.payload.escape_ascii().to_string());
                    self.fail(done, message);
                }
                None if is_over => {
                    done.case.standing = Standing::Informational;
                    done.case
                        .notes
                        .push("closed in place of a Pong, as a service may that wants something else".to_owned());
                }
                None => {
                    done.case.standing = Standing::Informational;
                    done.case.notes.push("no Pong came".to_owned());
                }
            },
            Check::Unmasked | Check::SecondHandshake if is_over => {}
            Check::Unmasked | Check::SecondHandshake => {
                let is_taken = self.is_taken(&frames);
                done.silent = ending == Ending::TimedOut && !is_taken;
                let what = if self == Check::Unmasked { "a frame without a mask" } else { "a second handshake" };
                // A frame in return shows that frames are read: then it is the mask alone that is not asked for.
                let shows = match frames.is_empty() {
                    _ if is_taken => "it sent the data back, and answered a Ping behind it",
                    true => "nothing shows that frames are read here",
                    false => "it sent a frame in return",
                };
                self.fail(done, format!("did not close the connection on {what}: {shows}"));
            }
            Check::GluedPing | Check::Refusal => {
                done.case.standing = Standing::Permitted;
                if pong.is_none() {
                    done.case.notes.push("opened, and what came early was not answered".to_owned());
                }
            }
        }
    }

    fn fail(self, done: &mut Done, message: String) {
        done.case.standing = Standing::Fail;
        let requirement = done.case.requirement.clone();
        done.case.faults.push(FaultResult::must(Failing::Answers, requirement, message));
    }
}

/// What is sent behind an answer cannot be piped into a program that only connects.
fn by_this_program_alone(done: &mut Done) {
    done.case.reproduce.retain(|command| command.starts_with("ws101 "));
}

/// What becomes of a connection behind a refusal: the control without its key is sent, then the control.
fn behind_a_refusal(trial: &Trial<'_, '_>) -> Done {
    let blank = |standing, note: &str| Done::of(trial.run.test.blank(trial.planned, standing, note));
    let vector = trial.run.test.data.vectors.get(CONTROL);
    let key = trial.key();
    let rendered = vector.and_then(|vector| trial.rendered(vector, &key).ok());
    let Some(control) = rendered.as_ref().and_then(|vector| vector.exchange()) else {
        return blank(Standing::HarnessError, "the control cannot be rendered");
    };
    let line = format!("Sec-WebSocket-Key: {key}\r\n").into_bytes();
    let at = control.octets.windows(line.len()).position(|window| window == line).unwrap_or(control.octets.len());
    let octets = [&control.octets[..at], control.octets.get(at + line.len()..).unwrap_or_default()].concat();
    let exchange = Exchange { octets, ..control.clone() };
    let server = trial.server();
    let mut talk = match server.talk(&exchange) {
        Ok(talk) => talk,
        Err(error) => {
            let mut done = blank(Standing::HarnessError, &format!("no connection came about ({error})"));
            done.went_away = true;
            return done;
        }
    };
    let mut done = blank(Standing::Pass, "");
    trial.sent(&mut done.case, &exchange);
    by_this_program_alone(&mut done);
    trial.received(&mut done, &talk.observation, talk.ending);
    done.silent = false;
    let Outcome::Refused(refused) = &talk.observation.outcome else {
        done.case.standing = Standing::Unsupported;
        done.case.notes.push("there was no refusal to look behind".to_owned());
        return done;
    };
    let says_close = holds(&refused.fields, "Connection", Some("close"));
    if talk.ending != Ending::Complete {
        return done;
    }
    let before = talk.connection.received().len();
    if !says_close {
        talk.connection.send(&control.octets, &Delivery::Whole);
        done.case.sent.extend(control.octets.iter().map(|&octet| char::from(octet)));
    }
    let until = Instant::now() + server.deadlines.close;
    let ending =
        talk.connection.receive(until, |received| !says_close && Head::read(&received[before..]).end().is_some());
    done.case.received = talk.connection.received().iter().map(|&octet| char::from(octet)).collect();
    let (standing, did) = match ending {
        Ending::Complete => (Standing::Pass, "refused, and answered the next request on the same connection"),
        Ending::Closed | Ending::Reset => (Standing::Pass, "refused, and ended the connection"),
        Ending::TimedOut | Ending::TooLong if says_close => {
            (Standing::Informational, "refused with `close`, and left the connection open")
        }
        Ending::TimedOut | Ending::TooLong => {
            (Standing::Informational, "refused, left the connection open, and answered nothing more on it")
        }
    };
    done.case.standing = standing;
    done.case.did = did.to_owned();
    done
}
