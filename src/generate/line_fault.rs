//! Faults of lines: start-lines, line ends, field lines as a whole.

use super::entropy::{Entropy, Seeded};
use super::fault::{OCTETS, some_line};
use super::message::{Line, Message};

/// Replaces the part of the start-line between white space that has the number.
fn set_part(message: &mut Message, number: usize, text: &[u8]) {
    let mut parts: Vec<&[u8]> = message.start.splitn(3, |&octet| octet == b' ').collect();
    if number < parts.len() {
        parts[number] = text;
        message.start = parts.join(&b' ');
    }
}

pub(super) fn method(message: &mut Message, entropy: &mut Seeded) {
    const METHODS: [&[u8]; 14] = [
        b"POST",
        b"PUT",
        b"HEAD",
        b"get",
        b"Get",
        b"CONNECT",
        b"OPTIONS",
        b"TRACE",
        b"GETS",
        b"GE",
        b"WEBSOCKET",
        b"",
        b"G(T",
        b"PRI",
    ];
    set_part(message, 0, entropy.pick(&METHODS));
}

pub(super) fn target(message: &mut Message, entropy: &mut Seeded) {
    const TARGETS: [&[u8]; 32] = [
        b"/",
        b"/?",
        b"/a?b=c",
        b"//",
        b"//server.example.com/chat",
        b"/a/../b",
        b"/%41",
        b"/%",
        b"/%4",
        b"/%zz",
        b"/a#b",
        b"/#",
        b"/a\"b",
        b"/a\\b",
        b"/{}",
        b"/a|b",
        b"/\xc3\xa4",
        b"/a\x01",
        b"/a\x7f",
        b"*",
        b"chat",
        b"?a",
        b"",
        b"server.example.com:80",
        b"http://server.example.com/chat",
        b"HTTP://Server.Example.com",
        b"http://other.example/chat",
        b"http:///chat",
        b"https://server.example.com/chat",
        b"ws://server.example.com/chat",
        b"ftp://server.example.com/chat",
        b"urn:chat",
    ];
    set_part(message, 1, entropy.pick(&TARGETS));
}

pub(super) fn http_version(message: &mut Message, entropy: &mut Seeded) {
    const VERSIONS: [&[u8]; 19] = [
        b"HTTP/1.1 x",
        b"HTTP/1.0",
        b"HTTP/1.2",
        b"HTTP/1.9",
        b"HTTP/2.0",
        b"HTTP/2",
        b"HTTP/0.9",
        b"HTTP/3.0",
        b"http/1.1",
        b"Http/1.1",
        b"HTTP/1.01",
        b"HTTP/01.1",
        b"HTTP/1.10",
        b"HTTP/1.",
        b"HTTP/1",
        b"HTTP/1,1",
        b"HTTP/11",
        b"HTTPS/1.1",
        b"",
    ];
    set_part(message, 2, entropy.pick(&VERSIONS));
}

pub(super) fn response_version(message: &mut Message, entropy: &mut Seeded) {
    const VERSIONS: [&[u8]; 10] = [
        b"HTTP/1.0",
        b"HTTP/1.2",
        b"HTTP/2.0",
        b"HTTP/2",
        b"http/1.1",
        b"HTTP/1.01",
        b"HTTP/01.1",
        b"ICY",
        b"HTTP/1",
        b"",
    ];
    set_part(message, 0, entropy.pick(&VERSIONS));
}

pub(super) fn start_line_space(message: &mut Message, entropy: &mut Seeded) {
    const SPACES: [&[u8]; 7] = [b"  ", b"\t", b" \t", b"\x0b", b"\x0c", b"\r", b"   "];
    let space = entropy.pick(&SPACES);
    match entropy.below(5) {
        0 => message.start.splice(0..0, space.iter().copied()).for_each(drop),
        1 => message.start.extend_from_slice(space),
        _ => {
            let places: Vec<usize> = (0..message.start.len()).filter(|&at| message.start[at] == b' ').collect();
            if !places.is_empty() {
                let at = entropy.pick(&places);
                message.start.splice(at..at + 1, space.iter().copied());
            }
        }
    }
}

pub(super) fn status(message: &mut Message, entropy: &mut Seeded) {
    const CODES: [&[u8]; 22] = [
        b"200", b"201", b"204", b"301", b"302", b"400", b"401", b"404", b"426", b"500", b"503", b"102", b"103", b"999",
        b"1O1", b"0101", b"10", b"101.", b"-101", b"", b"101,", b"110",
    ];
    set_part(message, 1, entropy.pick(&CODES));
}

pub(super) fn reason(message: &mut Message, entropy: &mut Seeded) {
    const REASONS: [&[u8]; 9] = [
        b"",
        b"OK",
        b"switching protocols",
        b"Web Socket Protocol Handshake",
        b"\xe4",
        b"\x01",
        b"a\tb",
        b"101",
        b"\x7f",
    ];
    match entropy.below(8) {
        0 => message.start.truncate(message.start.len().min(12)),
        _ => set_part(message, 2, entropy.pick(&REASONS)),
    }
}

pub(super) fn start_line_octet(message: &mut Message, entropy: &mut Seeded) {
    let at = entropy.below(message.start.len() + 1);
    let octet = entropy.pick(OCTETS);
    match entropy.below(3) {
        0 if at < message.start.len() => message.start[at] = octet,
        1 if at < message.start.len() => drop(message.start.remove(at)),
        _ => message.start.insert(at, octet),
    }
}

pub(super) fn leading_crlf(message: &mut Message, entropy: &mut Seeded) {
    const BEFORE: [&[u8]; 6] = [b"\r\n", b"\r\n\r\n", b"\n", b"\r\n\r\n\r\n", b"\r", b" \r\n"];
    message.before = entropy.pick(&BEFORE).to_vec();
}

/// The line ends, those of the start-line and of the head included.
fn some_end<'m>(message: &'m mut Message, entropy: &mut Seeded) -> &'m mut Vec<u8> {
    let at = entropy.below(message.lines.len() + 2);
    match at.checked_sub(2) {
        Some(at) => &mut message.lines[at].end,
        None if at == 0 => &mut message.start_end,
        None => &mut message.end,
    }
}

pub(super) fn bare_lf(message: &mut Message, entropy: &mut Seeded) {
    match entropy.below(4) {
        0 => {
            for line in &mut message.lines {
                line.end = b"\n".to_vec();
            }
            message.start_end = b"\n".to_vec();
            message.end = b"\n".to_vec();
        }
        1 => {
            if let Some(at) = some_line(message, entropy) {
                let value = &mut message.lines[at].value;
                let place = entropy.below(value.len() + 1);
                value.insert(place, b'\n');
            }
        }
        _ => *some_end(message, entropy) = b"\n".to_vec(),
    }
}

pub(super) fn bare_cr(message: &mut Message, entropy: &mut Seeded) {
    match entropy.below(3) {
        0 => *some_end(message, entropy) = b"\r".to_vec(),
        1 => *some_end(message, entropy) = b"\r\r\n".to_vec(),
        _ => {
            if let Some(at) = some_line(message, entropy) {
                let value = &mut message.lines[at].value;
                let place = entropy.below(value.len() + 1);
                value.insert(place, b'\r');
            }
        }
    }
}

pub(super) fn line_end_missing(message: &mut Message, entropy: &mut Seeded) {
    some_end(message, entropy).clear();
}

pub(super) fn obs_fold(message: &mut Message, entropy: &mut Seeded) {
    const FOLDS: [&[u8]; 5] = [b"\r\n ", b"\r\n\t", b"\r\n  ", b"\n ", b"\r\n \r\n "];
    let fold = entropy.pick(&FOLDS);
    if let Some(at) = some_line(message, entropy) {
        let value = &mut message.lines[at].value;
        let place = match entropy.below(3) {
            0 => 0,
            1 => value.len(),
            _ => entropy.below(value.len() + 1),
        };
        value.splice(place..place, fold.iter().copied());
    }
}

/// A line of blanks where the empty line should be, or before it.
pub(super) fn blank_line(message: &mut Message, entropy: &mut Seeded) {
    const LINES: [&[u8]; 4] = [b" \r\n", b"\t\r\n", b" \r\n\r\n", b" \n"];
    message.end = entropy.pick(&LINES).to_vec();
}

pub(super) fn space_before_colon(message: &mut Message, entropy: &mut Seeded) {
    const COLONS: [&[u8]; 5] = [b" : ", b"\t: ", b"  :", b"\x0b: ", b"\0: "];
    if let Some(at) = some_line(message, entropy) {
        message.lines[at].colon = entropy.pick(&COLONS).to_vec();
    }
}

pub(super) fn colon(message: &mut Message, entropy: &mut Seeded) {
    const COLONS: [&[u8]; 6] = [b"", b" ", b"=", b":: ", b"; ", b":"];
    if let Some(at) = some_line(message, entropy) {
        message.lines[at].colon = entropy.pick(&COLONS).to_vec();
    }
}

pub(super) fn ows(message: &mut Message, entropy: &mut Seeded) {
    const BLANKS: [&[u8]; 10] =
        [b"", b"  ", b"\t", b" \t ", b"          ", b"\x0b", b"\x0c", b"\xa0", b"\xc2\xa0", b"\x85"];
    if let Some(at) = some_line(message, entropy) {
        let blanks = entropy.pick(&BLANKS);
        let line = &mut message.lines[at];
        if entropy.once_in(2) {
            line.colon = [b":", blanks].concat();
        } else {
            line.value.extend_from_slice(blanks);
        }
    }
}

pub(super) fn white_before_first(message: &mut Message, entropy: &mut Seeded) {
    if !message.lines.is_empty() {
        let at = if entropy.once_in(2) { 0 } else { entropy.below(message.lines.len()) };
        let line = message.lines.remove(at);
        message.lines.insert(0, line);
        message.lines[0].name.insert(0, entropy.pick(b" \t"));
    }
}

pub(super) fn name_case(message: &mut Message, entropy: &mut Seeded) {
    if let Some(at) = some_line(message, entropy) {
        let name = &mut message.lines[at].name;
        match entropy.below(3) {
            0 => name.make_ascii_lowercase(),
            1 => name.make_ascii_uppercase(),
            _ => {
                if !name.is_empty() {
                    let place = entropy.below(name.len());
                    name[place] ^= if name[place].is_ascii_alphabetic() { 0x20 } else { 0 };
                }
            }
        }
    }
}

pub(super) fn name_octet(message: &mut Message, entropy: &mut Seeded) {
    if let Some(at) = some_line(message, entropy) {
        let name = &mut message.lines[at].name;
        let place = entropy.below(name.len() + 1);
        match entropy.below(3) {
            0 if place < name.len() => drop(name.remove(place)),
            1 if place < name.len() => name[place] = entropy.pick(OCTETS),
            _ => name.insert(place, entropy.pick(OCTETS)),
        }
    }
}

pub(super) fn missing(message: &mut Message, entropy: &mut Seeded) {
    if let Some(at) = some_line(message, entropy) {
        message.lines.remove(at);
    }
}

pub(super) fn twice(message: &mut Message, entropy: &mut Seeded) {
    if let Some(at) = some_line(message, entropy) {
        let line = message.lines[at].clone();
        let place = entropy.below(message.lines.len() + 1);
        message.lines.insert(place, line);
    }
}

pub(super) fn moved(message: &mut Message, entropy: &mut Seeded) {
    if let Some(at) = some_line(message, entropy) {
        let line = message.lines.remove(at);
        let place = entropy.below(message.lines.len() + 1);
        message.lines.insert(place, line);
    }
}

pub(super) fn value_empty(message: &mut Message, entropy: &mut Seeded) {
    if let Some(at) = some_line(message, entropy) {
        message.lines[at].value.clear();
    }
}

pub(super) fn of_octets(message: &mut Message, entropy: &mut Seeded) {
    let length = 1 + entropy.below(8);
    let name = (0..length).map(|_| entropy.pick(OCTETS)).collect();
    let place = entropy.below(message.lines.len() + 1);
    let line = Line { name, colon: Vec::new(), value: Vec::new(), end: b"\r\n".to_vec() };
    message.lines.insert(place, line);
}

pub(super) fn unknown(message: &mut Message, entropy: &mut Seeded) {
    const FIELDS: [(&str, &str); 14] = [
        ("X-Note", "1"),
        ("User-Agent", "ws101"),
        ("Cookie", "a=b; c=d"),
        ("Cache-Control", "no-cache"),
        ("Pragma", "no-cache"),
        ("TE", "trailers"),
        ("Keep-Alive", "timeout=5"),
        ("Sec-WebSocket-Key1", "1 2"),
        ("Sec-WebSocket-Key2", "1 2"),
        ("Sec-WebSocket-Origin", "http://example.com"),
        ("Sec-Fetch-Mode", "websocket"),
        ("HTTP2-Settings", "AAMAAABkAAQAAP__"),
        ("Forwarded", "host=other.example"),
        ("Date", "Tue, 01 Dec 2026 12:00:00 GMT"),
    ];
    let (name, value) = entropy.pick(&FIELDS);
    let place = entropy.below(message.lines.len() + 1);
    message.lines.insert(place, Line::new(name, value));
}

pub(super) fn many(message: &mut Message, entropy: &mut Seeded) {
    const COUNTS: [usize; 9] = [4, 7, 20, 50, 90, 120, 124, 130, 200];
    let count = entropy.pick(&COUNTS);
    let place = entropy.below(message.lines.len() + 1);
    message.lines.splice(place..place, (0..count).map(|number| Line::new("X-Note", &number.to_string())));
}

pub(super) fn long(message: &mut Message, entropy: &mut Seeded) {
    const LENGTHS: [usize; 8] = [100, 128, 129, 300, 1100, 2000, 4090, 9000];
    let length = entropy.pick(&LENGTHS);
    let place = entropy.below(message.lines.len() + 1);
    message.lines.insert(place, Line::new("X-Note", &"a".repeat(length)));
}

pub(super) fn long_target(message: &mut Message, entropy: &mut Seeded) {
    const LENGTHS: [usize; 6] = [900, 1100, 4000, 7900, 8100, 66_000];
    let target = [b"/".to_vec(), vec![b'a'; entropy.pick(&LENGTHS)]].concat();
    set_part(message, 1, &target);
}

pub(super) fn truncated(message: &mut Message, entropy: &mut Seeded) {
    let octets = message.render();
    let end = if entropy.once_in(3) {
        octets.len().saturating_sub(1 + entropy.below(4))
    } else {
        entropy.below(octets.len() + 1)
    };
    *message = Message::read(&octets[..end]);
}

pub(super) fn behind(message: &mut Message, entropy: &mut Seeded) {
    const BEHIND: [&[u8]; 8] = [
        b"\x81\x02hi",
        b"\x81\x82\0\0\0\0hi",
        b"\x88\0",
        b"\x89\0\x81\x01a",
        b"\x81",
        b"\r\n",
        b"\0",
        b"\x81\x05Hello\x81\x05World",
    ];
    message.behind.extend_from_slice(entropy.pick(&BEHIND));
}

pub(super) fn second_head(message: &mut Message, entropy: &mut Seeded) {
    let head = Message { behind: Vec::new(), ..message.clone() }.render();
    if entropy.once_in(2) {
        message.behind.extend_from_slice(&head);
    } else {
        message.behind.extend_from_slice(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }
}
