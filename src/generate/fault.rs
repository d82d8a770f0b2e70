//! Named faults and unusual features: each changes a message in one way.

use super::entropy::{Entropy, Seeded};
use super::line_fault as line;
use super::message::Message;
use super::value_fault as value;
use crate::judgement::Role;

/// A change of a message. Not each one is wrong: some only make unusual use of what is permitted.
#[derive(Clone, Copy)]
pub struct Fault {
    /// The name: that of the vectors and findings which are about the same thing.
    pub name: &'static str,
    /// The role of the reader of such a message; `None` for both.
    pub role: Option<Role>,
    pub(super) change: fn(&mut Message, &mut Seeded),
}

impl std::fmt::Debug for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn of(name: &'static str, role: Role, change: fn(&mut Message, &mut Seeded)) -> Fault {
    Fault { name, role: Some(role), change }
}

const fn any(name: &'static str, change: fn(&mut Message, &mut Seeded)) -> Fault {
    Fault { name, role: None, change }
}

use Role::{Client, Server};

/// Every fault.
pub static FAULTS: &[Fault] = &[
    // Start-lines.
    of("method", Server, line::method),
    of("target", Server, line::target),
    of("target-long", Server, line::long_target),
    of("http-version", Server, line::http_version),
    of("request-line-space", Server, line::start_line_space),
    of("http-version-of-response", Client, line::response_version),
    of("status", Client, line::status),
    of("reason", Client, line::reason),
    of("status-line-space", Client, line::start_line_space),
    any("start-line-octet", line::start_line_octet),
    // Line ends and field lines.
    any("leading-crlf", line::leading_crlf),
    any("bare-lf", line::bare_lf),
    any("bare-cr", line::bare_cr),
    any("line-end-missing", line::line_end_missing),
    any("obs-fold", line::obs_fold),
    any("blank-line", line::blank_line),
    any("space-before-colon", line::space_before_colon),
    any("colon", line::colon),
    any("ows", line::ows),
    any("white-space-before-first-field", line::white_before_first),
    any("field-name-case", line::name_case),
    any("field-name-octet", line::name_octet),
    any("field-missing", line::missing),
    any("field-twice", line::twice),
    any("field-moved", line::moved),
    any("field-value-empty", line::value_empty),
    any("field-line-of-octets", line::of_octets),
    any("unknown-field", line::unknown),
    any("many-fields", line::many),
    any("long-field", line::long),
    any("truncated", line::truncated),
    any("octets-behind", line::behind),
    any("second-head", line::second_head),
    // Values: any.
    any("value-octet", value::octet),
    any("value-octet-gone", value::octet_gone),
    any("value-octet-twice", value::octet_twice),
    any("value-case", value::case),
    any("value-quoted", value::quoted),
    any("value-cut", value::cut),
    any("value-longer", value::longer),
    any("list-member", value::list_member),
    any("list-empty-member", value::list_empty_member),
    any("list-split", value::list_split),
    // Values of one field.
    of("host", Server, value::host),
    any("upgrade", value::upgrade),
    any("connection", value::connection),
    of("key", Server, value::key),
    of("nonce", Server, value::nonce),
    of("key-twice", Server, value::key_twice),
    of("version", Server, value::version),
    of("origin", Server, value::origin),
    of("content", Server, value::content),
    of("expect", Server, value::expect),
    of("protocol-offer", Server, value::protocol_offer),
    of("extension-offer", Server, value::extension_offer),
    of("accept", Client, value::accept),
    of("accept-twice", Client, value::accept_twice),
    of("protocol-agreement", Client, value::protocol_agreement),
    of("extension-agreement", Client, value::extension_agreement),
    of("interim", Client, value::interim),
    of("framing-of-101", Client, value::framing),
    of("set-cookie", Client, value::set_cookie),
];

impl Fault {
    /// Whether it belongs into a message for that reader.
    pub fn fits(&self, role: Role) -> bool {
        self.role.is_none_or(|its| its == role)
    }

    /// The places in [`FAULTS`] of those that fit.
    pub fn fitting(role: Role) -> Vec<usize> {
        FAULTS.iter().enumerate().filter(|(_, fault)| fault.fits(role)).map(|(at, _)| at).collect()
    }

    /// Changes the message; which of the variants it takes hangs on the seed.
    pub fn apply(&self, message: &mut Message, seed: u64) {
        (self.change)(message, &mut Seeded::new(seed));
    }
}

/// The octets that mean something to somebody in a head.
pub(super) const OCTETS: &[u8] = b"\0\t\n\x0b\x0c\r !\"#%&'()*+,-./0:;<=>?@[\\]^_`a{|}~\x7f\x80\x85\xa0\xc3\xff";

/// A place of the message's field lines, the named ones of the handshake more often.
pub(super) fn some_line(message: &Message, entropy: &mut Seeded) -> Option<usize> {
    let important: Vec<usize> = message
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| {
            ["Host", "Upgrade", "Connection"].iter().any(|name| line.is(name))
                || line.name.get(..14).is_some_and(|name| name.eq_ignore_ascii_case(b"Sec-WebSocket-"))
        })
        .map(|(at, _)| at)
        .collect();
    if message.lines.is_empty() {
        None
    } else if important.is_empty() || entropy.once_in(4) {
        Some(entropy.below(message.lines.len()))
    } else {
        Some(entropy.pick(&important))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::heads;

    #[test]
    fn each_fault_has_a_name_of_its_own_and_changes_something() {
        let mut names: Vec<_> = FAULTS.iter().map(|fault| fault.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FAULTS.len());
        for fault in FAULTS {
            for role in [Role::Server, Role::Client].into_iter().filter(|&role| fault.fits(role)) {
                let changed = heads(role).iter().any(|head| {
                    (0..16).any(|seed| {
                        let mut message = head.message();
                        fault.apply(&mut message, seed);
                        message.render() != head.message().render()
                    })
                });
                assert!(changed, "{} never changes anything for a {role}", fault.name);
            }
        }
    }

    #[test]
    fn faults_bear_any_message() {
        for octets in [&b""[..], b"\r\n", b"GET", b"a: b\r\n\r\n", b"x y z\r\n:\r\n\n", b"\xff\xfe\r\n\r\nrest"] {
            for fault in FAULTS {
                for seed in 0..32 {
                    let mut message = Message::read(octets);
                    fault.apply(&mut message, seed);
                    fault.apply(&mut message, seed + 1);
                    message.render();
                }
            }
        }
    }
}
