//! What only a socket shows: whether behind a 101 there is a WebSocket server at all (RFC 6455 §5).

use std::time::Instant;

use super::CONTROL;
use super::trial::{Done, Trial};
use crate::live::frames::{CLOSE, Frame, PING, PONG, TEXT, masked, read, unmasked};
use crate::live::{Ending, Talk};
use crate::suite::results::{FaultResult, Standing};
use crate::suite::{Delivery, Exchange, Outcome};

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
}

impl Check {
    /// Every check.
    pub const ALL: [Check; 4] = [Check::Ping, Check::Unmasked, Check::SecondHandshake, Check::GluedPing];

    pub(super) const fn id(self) -> &'static str {
        match self {
            Check::Ping => "server/live/ping",
            Check::Unmasked => "server/live/unmasked-frame",
            Check::SecondHandshake => "server/live/second-handshake",
            Check::GluedPing => "server/live/ping-glued-to-the-request",
        }
    }

    /// The clause, which is none of the opening handshake and so stands in no register.
    pub(super) const fn requirement(self) -> &'static str {
        match self {
            Check::Ping => "rfc6455-5.5.2",
            Check::Unmasked => "rfc6455-5.1",
            Check::SecondHandshake => "rfc6455-5.2",
            Check::GluedPing => "rfc6455-4.1",
        }
    }

    pub(super) const fn section(self) -> &'static str {
        match self {
            Check::Ping => "5.5.2",
            Check::Unmasked => "5.1",
            Check::SecondHandshake => "5.2",
            Check::GluedPing => "4.1",
        }
    }

    pub(super) const fn summary(self) -> &'static str {
        match self {
            Check::Ping => "A Ping is answered by a Pong with the same application data.",
            Check::Unmasked => "A server closes the connection on a frame without a mask.",
            Check::SecondHandshake => "Behind a 101 there are frames alone, and a second request is none.",
            Check::GluedPing => "A client waits for the answer before it sends more; what comes early may be refused.",
        }
    }

    pub(super) const fn why(self) -> &'static str {
        match self {
            Check::Ping => "Whoever only computes the accept value does not know frames. Silence is borne with.",
            Check::Unmasked => "A server must close the connection on it, and so is seen to read frames.",
            Check::SecondHandshake => {
                "Its first octets are a frame with a reserved bit, a reserved opcode and no mask: the connection fails."
            }
            Check::GluedPing => "What a server does with it is worth knowing; no clause fixes it.",
        }
    }

    /// Tries it.
    pub(super) fn go(self, trial: &Trial<'_, '_>) -> Done {
        let blank = |standing, note: &str| Done::of(trial.run.test.blank(trial.planned, standing, note));
        let vector = trial.run.test.data.vectors.get(CONTROL);
        let key = trial.key();
        let rendered = vector.and_then(|vector| trial.rendered(vector, &key).ok());
        let Some(exchange) = rendered.as_ref().and_then(|vector| vector.exchange()) else {
            return blank(Standing::HarnessError, "the control cannot be rendered");
        };
        let ping = masked(PING, b"ws101", [0x65, 0x43, 0x21, 0x0f]);
        let sent = match self {
            Check::GluedPing => [&exchange.octets[..], &ping].concat(),
            Check::Ping | Check::Unmasked | Check::SecondHandshake => exchange.octets.clone(),
        };
        let exchange = Exchange { octets: sent, ..exchange.clone() };
        let server = trial.server();
        let mut talk = match server.talk(&exchange) {
            Ok(talk) => talk,
            Err(error) => {
                let mut done = blank(Standing::HarnessError, &format!("no connection came about ({error})"));
                done.went_away = true;
                return done;
            }
        };
        let behind = match self {
            Check::Ping => ping,
            Check::Unmasked => unmasked(TEXT, b"without a mask"),
            Check::SecondHandshake => exchange.octets.clone(),
            Check::GluedPing => Vec::new(),
        };
        let mut done = blank(Standing::Pass, "");
        trial.sent(&mut done.case, &exchange);
        trial.received(&mut done, &talk.observation, talk.ending);
        if !matches!(talk.observation.outcome, Outcome::Opened(_)) {
            done.silent = false;
            let glued = self == Check::GluedPing;
            done.case.standing = if glued { Standing::Permitted } else { Standing::HarnessError };
            let note = if glued { "refused, as it may" } else { "the control did not open this time" };
            done.case.notes.push(note.to_owned());
            return done;
        }
        talk.connection.send(&behind, &Delivery::Whole);
        done.case.sent.extend(behind.iter().map(|&octet| char::from(octet)));
        let until = Instant::now() + server.deadlines.close;
        let start = talk.behind;
        let is_over = |received: &[u8]| {
            let (frames, broken) = read(&received[start..]);
            broken || frames.iter().any(|frame| matches!(frame.opcode, CLOSE) || self.is_pong(frame))
        };
        let ending = talk.connection.receive(until, is_over);
        self.conclude(&mut done, &talk, ending);
        done
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
            (None, None, false) => "opened and stayed silent".to_owned(),
        };
        if broken {
            let message = format!("what stands behind the 101 is no frame: {}", behind.escape_ascii());
            return self.fail(done, message);
        }
        match self {
            Check::Ping => match pong {
                Some(pong) if pong.payload == b"ws101" => {}
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
                done.silent = ending == Ending::TimedOut;
                let what = if self == Check::Unmasked { "a frame without a mask" } else { "a second handshake" };
                self.fail(
                    done,
                    format!("did not close the connection on {what}: whatever answers here reads no frames"),
                );
            }
            Check::GluedPing => {
                done.case.standing = Standing::Permitted;
                if pong.is_none() {
                    done.case.notes.push("opened, and what came early was not answered".to_owned());
                }
            }
        }
    }

    fn fail(self, done: &mut Done, message: String) {
        done.case.standing = Standing::Fail;
        done.case.faults.push(FaultResult {
            failing: "answers".to_owned(),
            requirement: self.requirement().to_owned(),
            level: "MUST".to_owned(),
            message,
        });
    }
}
