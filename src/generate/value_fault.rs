//! Faults of field values.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::entropy::{Entropy, Seeded};
use super::fault::{OCTETS, some_line};
use super::message::{Line, Message};

/// Some value and some place in it.
fn some_place<'m>(message: &'m mut Message, entropy: &mut Seeded) -> Option<(&'m mut Vec<u8>, usize)> {
    let at = some_line(message, entropy)?;
    let value = &mut message.lines[at].value;
    let place = entropy.below(value.len() + 1);
    Some((value, place))
}

pub(super) fn octet(message: &mut Message, entropy: &mut Seeded) {
    let octet = entropy.pick(OCTETS);
    let replaces = entropy.once_in(2);
    if let Some((value, place)) = some_place(message, entropy) {
        if replaces && place < value.len() {
            value[place] = octet;
        } else {
            value.insert(place, octet);
        }
    }
}

pub(super) fn octet_gone(message: &mut Message, entropy: &mut Seeded) {
    if let Some((value, place)) = some_place(message, entropy).filter(|(value, place)| *place < value.len()) {
        value.remove(place);
    }
}

pub(super) fn octet_twice(message: &mut Message, entropy: &mut Seeded) {
    if let Some((value, place)) = some_place(message, entropy).filter(|(value, place)| *place < value.len()) {
        value.insert(place, value[place]);
    }
}

pub(super) fn case(message: &mut Message, entropy: &mut Seeded) {
    let way = entropy.below(3);
    if let Some((value, place)) = some_place(message, entropy) {
        match way {
            0 => value.make_ascii_lowercase(),
            1 => value.make_ascii_uppercase(),
            _ => {
                if let Some(octet) = value.get_mut(place).filter(|octet| octet.is_ascii_alphabetic()) {
                    *octet ^= 0x20;
                }
            }
        }
    }
}

pub(super) fn quoted(message: &mut Message, entropy: &mut Seeded) {
    if let Some((value, _)) = some_place(message, entropy) {
        *value = [b"\"", value.as_slice(), b"\""].concat();
    }
}

pub(super) fn cut(message: &mut Message, entropy: &mut Seeded) {
    if let Some((value, place)) = some_place(message, entropy) {
        value.truncate(place);
    }
}

pub(super) fn longer(message: &mut Message, entropy: &mut Seeded) {
    const MORE: [&[u8]; 6] = [b"s", b"/13", b" x", b";a=b", b"-", b"="];
    let more = entropy.pick(&MORE);
    if let Some((value, _)) = some_place(message, entropy) {
        value.extend_from_slice(more);
    }
}

pub(super) fn list_member(message: &mut Message, entropy: &mut Seeded) {
    const MEMBERS: [&[u8]; 9] =
        [b"foo", b"keep-alive", b"h2c", b"close", b"upgrade", b"websocket", b"a b", b"\"q\"", b"TLS/1.0"];
    let member = entropy.pick(&MEMBERS);
    let in_front = entropy.once_in(2);
    if let Some((value, _)) = some_place(message, entropy) {
        *value = if in_front { [member, b", ", value].concat() } else { [value, b",".as_slice(), member].concat() };
    }
}

pub(super) fn list_empty_member(message: &mut Message, entropy: &mut Seeded) {
    const EMPTY: [(&[u8], &[u8]); 5] = [(b",", b""), (b"", b","), (b", ,", b""), (b"", b",\t,"), (b",,", b",,")];
    let (before, behind) = entropy.pick(&EMPTY);
    if let Some((value, _)) = some_place(message, entropy) {
        *value = [before, value, behind].concat();
    }
}

pub(super) fn list_split(message: &mut Message, entropy: &mut Seeded) {
    let listed = |line: &Line| line.value.contains(&b',');
    let places: Vec<usize> = (0..message.lines.len()).filter(|&at| listed(&message.lines[at])).collect();
    if places.is_empty() {
        // A list of one member on its line, and another member on a line of its own.
        let name = entropy.pick(&["Upgrade", "Connection", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"]);
        message.lines.push(Line::new(name, "foo"));
        return;
    }
    let at = entropy.pick(&places);
    let line = message.lines[at].clone();
    let comma = line.value.iter().position(|&octet| octet == b',').unwrap_or(0);
    let behind = line.value[comma + 1..].trim_ascii_start().to_vec();
    message.lines[at].value.truncate(comma);
    let place = at + 1 + entropy.below(message.lines.len() - at);
    message.lines.insert(place, Line { value: behind, ..line });
}

/// Sets the value of a field, which is put in where there is none.
fn set(message: &mut Message, name: &str, value: &[u8]) {
    match message.places(name).first() {
        Some(&at) => message.lines[at].value = value.to_vec(),
        None => message.lines.push(Line { value: value.to_vec(), ..Line::new(name, "") }),
    }
}

/// Sets the value of a field, or adds a line of its name.
fn set_or_add(message: &mut Message, entropy: &mut Seeded, name: &str, values: &[&[u8]]) {
    let value = entropy.pick(values);
    if entropy.once_in(4) {
        again(message, entropy, name, value);
    } else {
        set(message, name, value);
    }
}

fn again(message: &mut Message, entropy: &mut Seeded, name: &str, value: &[u8]) {
    let place = entropy.below(message.lines.len() + 1);
    message.lines.insert(place, Line { value: value.to_vec(), ..Line::new(name, "") });
}

pub(super) fn host(message: &mut Message, entropy: &mut Seeded) {
    const HOSTS: [&[u8]; 26] = [
        b"",
        b"server.example.com:80",
        b"server.example.com:8080",
        b"SERVER.example.com",
        b"other.example",
        b"a b",
        b"a,b",
        b"a, b",
        b"user@server.example.com",
        b"server.example.com/",
        b"server.example.com?",
        b"server.example.com:",
        b"server.example.com:x",
        b"server.example.com:99999",
        b"server.example.com:80:80",
        b":80",
        b"[::1]",
        b"[::1]:80",
        b"[::1",
        b"::1",
        b"127.0.0.1",
        b"a_b",
        b"a%41",
        b"a%4",
        b"http://a",
        b"\xe4",
    ];
    let value = entropy.pick(&HOSTS);
    set(message, "Host", value);
}

pub(super) fn upgrade(message: &mut Message, entropy: &mut Seeded) {
    const VALUES: [&[u8]; 18] = [
        b"websoc\xe2\x84\xaaet",
        b"web\xc5\xbfocket",
        b"websocket",
        b"WebSocket",
        b"WEBSOCKET",
        b"websockets",
        b"websocke",
        b"web socket",
        b"websocket/13",
        b"foo",
        b"foo, websocket",
        b"websocket, foo",
        b"websocket,websocket",
        b"h2c, websocket",
        b",websocket",
        b"websocket,",
        b"foo/websocket",
        b"\"websocket\"",
    ];
    let value = entropy.pick(&VALUES);
    set(message, "Upgrade", value);
}

pub(super) fn connection(message: &mut Message, entropy: &mut Seeded) {
    const VALUES: [&[u8]; 19] = [
        b"upgrade",
        b"UPGRADE",
        b"Upgrades",
        b"Upgrad",
        b"keep-alive",
        b"keep-alive, Upgrade",
        b"Upgrade, keep-alive",
        b"keep-alive,Upgrade",
        b"keep-alive Upgrade",
        b"close, Upgrade",
        b"close",
        b",Upgrade",
        b"Upgrade,,",
        b"Upgrade;q=1",
        b"\"Upgrade\"",
        b"not-Upgrade",
        b"Upgrade, Sec-WebSocket-Key",
        b"Upgrade, a b",
        b"keep-alive\t,\tUpgrade",
    ];
    let value = entropy.pick(&VALUES);
    set(message, "Connection", value);
}

const KEYS: [&[u8]; 28] = [
    b"",
    b"AAAAAAAAAAAAAAAAAAAAAA==",
    b"/////////////////////w==",
    b"AAECAwQFBgcICQoLDA0ODw==",
    b"x3JJHMbDL1EzLkh9GBhXDw==",
    b"dGhlIHNhbXBsZSBub25jZR==",
    b"dGhlIHNhbXBsZSBub25jZQ",
    b"dGhlIHNhbXBsZSBub25jZQ=",
    b"dGhlIHNhbXBsZSBub25jZQ===",
    b"dGhlIHNhbXBsZSBub25jZ===",
    b"dGhlIHNhbXBsZSBub25j",
    b"dGhlIHNhbXBsZSBub25jZQA=",
    b"dGhlIHNhbXBsZSBub25jZQAA",
    b"dGhlIHNhbXBsZSBub25jZQAAAAAA",
    b"dGhl IHNhbXBsZSBub25jZQ==",
    b"dGhlIHNhbXBsZSBub25jZ-==",
    b"dGhlIHNhbXBsZSBub25jZ_==",
    b"dGhlIHNhbXBsZSBub25jZ*==",
    b"dGhlIHNhbXBsZSBub2=jZQ==",
    b"=dGhlIHNhbXBsZSBub25jZQ=",
    b"the sample nonce",
    b"74686520736d706c65206e6f6e6365aa",
    b"dGhlIHNhbXBsZSBub25jZQ==,dGhlIHNhbXBsZSBub25jZQ==",
    b"dGhlIHNhbXBsZSBub25jZQ==, x3JJHMbDL1EzLkh9GBhXDw==",
    b"\"dGhlIHNhbXBsZSBub25jZQ==\"",
    b"dGhlIHNhbXBsZSBub25jZQ==\xe4",
    // Blanks to functions that trim text, but not to HTTP.
    b"\xa0dGhlIHNhbXBsZSBub25jZQ==",
    b"dGhlIHNhbXBsZSBub25jZQ==\xc2\xa0",
];

pub(super) fn key(message: &mut Message, entropy: &mut Seeded) {
    let value = entropy.pick(&KEYS);
    set(message, "Sec-WebSocket-Key", value);
}

/// A key as any other client draws it: that of the nonce must not matter.
pub(super) fn nonce(message: &mut Message, entropy: &mut Seeded) {
    let nonce = [entropy.next().to_be_bytes(), entropy.next().to_be_bytes()].concat();
    set(message, "Sec-WebSocket-Key", STANDARD.encode(nonce).as_bytes());
}

pub(super) fn key_twice(message: &mut Message, entropy: &mut Seeded) {
    let value = entropy.pick(&KEYS);
    again(message, entropy, "Sec-WebSocket-Key", value);
}

pub(super) fn version(message: &mut Message, entropy: &mut Seeded) {
    const VERSIONS: [&[u8]; 20] = [
        b"", b"12", b"14", b"0", b"7", b"8", b"255", b"256", b"013", b"13.0", b"+13", b"-13", b"1 3", b"13, 8",
        b"8, 13", b"13,", b"13;", b"x", b"13\x0b", b"\"13\"",
    ];
    let value = entropy.pick(&VERSIONS);
    if entropy.once_in(4) {
        again(message, entropy, "Sec-WebSocket-Version", if value.is_empty() { b"13" } else { value });
    } else {
        set(message, "Sec-WebSocket-Version", value);
    }
}

pub(super) fn origin(message: &mut Message, entropy: &mut Seeded) {
    const ORIGINS: [&[u8]; 11] = [
        b"http://example.com",
        b"https://example.com:8443",
        b"http://example.com.evil.example",
        b"http://evil.example",
        b"null",
        b"",
        b"NULL",
        b"http://example.com/",
        b"http://a http://b",
        b"example.com",
        b"HTTP://EXAMPLE.COM",
    ];
    set_or_add(message, entropy, "Origin", &ORIGINS);
}

pub(super) fn content(message: &mut Message, entropy: &mut Seeded) {
    const FIELDS: [(&str, &[u8]); 17] = [
        ("Content-Length", b"0"),
        ("Content-Length", b"5"),
        ("Content-Length", b"00"),
        ("Content-Length", b"+5"),
        ("Content-Length", b"-1"),
        ("Content-Length", b"5, 5"),
        ("Content-Length", b"5, 6"),
        ("Content-Length", b""),
        ("Content-Length", b"x"),
        ("Content-Length", b"99999999999999999999"),
        // 5 in 32 bits.
        ("Content-Length", b"4294967301"),
        ("Transfer-Encoding", b"chunked"),
        ("Transfer-Encoding", b"Chunked"),
        ("Transfer-Encoding", b"gzip, chunked"),
        ("Transfer-Encoding", b"gzip"),
        ("Transfer-Encoding", b"chunked, gzip"),
        ("Transfer-Encoding", b"identity"),
    ];
    let (name, value) = entropy.pick(&FIELDS);
    again(message, entropy, name, value);
    if entropy.once_in(2) {
        message.behind.extend_from_slice(if name == "Content-Length" { b"hello" } else { b"5\r\nhello\r\n0\r\n\r\n" });
    }
}

pub(super) fn expect(message: &mut Message, entropy: &mut Seeded) {
    const VALUES: [&[u8]; 3] = [b"100-continue", b"100-Continue", b"something"];
    let value = entropy.pick(&VALUES);
    again(message, entropy, "Expect", value);
}

pub(super) fn protocol_offer(message: &mut Message, entropy: &mut Seeded) {
    const VALUES: [&[u8]; 16] = [
        b"chat",
        b"superchat, chat",
        b"Chat",
        b"foo",
        b"foo,chat",
        b"",
        b",",
        b"chat,,superchat",
        b"chat, chat",
        b"a b",
        b"a/b",
        b"\"chat\"",
        b"chat;x=1",
        b"\xe4",
        b"chat,",
        b"b          x",
    ];
    set_or_add(message, entropy, "Sec-WebSocket-Protocol", &VALUES);
}

const EXTENSIONS: [&[u8]; 37] = [
    b"permessage-deflate",
    b"permessage-deflate; client_max_window_bits",
    b"permessage-deflate; client_max_window_bits=10",
    b"permessage-deflate; server_max_window_bits=10",
    b"permessage-deflate; server_max_window_bits=15",
    b"permessage-deflate; server_max_window_bits=8",
    b"permessage-deflate; server_max_window_bits=7",
    b"permessage-deflate; server_max_window_bits=16",
    b"permessage-deflate; server_max_window_bits=010",
    b"permessage-deflate; server_max_window_bits",
    b"permessage-deflate; server_max_window_bits=\"10\"",
    b"permessage-deflate; server_no_context_takeover",
    b"permessage-deflate; server_no_context_takeover; server_max_window_bits=10",
    b"permessage-deflate; server_no_context_takeover=1",
    b"permessage-deflate; client_no_context_takeover",
    b"permessage-deflate; client_no_context_takeover; client_no_context_takeover",
    b"permessage-deflate; unknown",
    b"permessage-deflate; unknown=1, permessage-deflate",
    b"Permessage-Deflate",
    b"foo",
    b"foo; a=b; c",
    b"foo; a=\"b\"",
    b"foo; a=\"b,c\"",
    b"foo; a=\"b c\"",
    b"foo; a=\"b",
    b"foo; a=\"\\c\\c",
    b"foo;",
    b"foo; a=",
    b"foo; =b",
    b"foo bar",
    b"foo/bar",
    b"",
    b",",
    b"foo,,bar",
    b"foo ; a = b",
    b"constructor",
    b",;constructor",
];

pub(super) fn extension_offer(message: &mut Message, entropy: &mut Seeded) {
    set_or_add(message, entropy, "Sec-WebSocket-Extensions", &EXTENSIONS);
}

pub(super) fn extension_agreement(message: &mut Message, entropy: &mut Seeded) {
    extension_offer(message, entropy);
}

const ACCEPTS: [&[u8]; 16] = [
    b"",
    b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    b"s3pplmbitxaq9kygzzhzrbk+xoo=",
    b"S3PPLMBITXAQ9KYGZZHZRBK+XOO=",
    b"s3pPLMBiTxaQ9kYGzzhZRbK+xOp=",
    b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo",
    b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo==",
    b"s3pPLMBiTxaQ9kYGzzhZRbK-xOo=",
    b"s3pPLMBiTxaQ9kYG zzhZRbK+xOo=",
    b"HSmrc0sMlYUkAGmm5OPpG2HaGWk=",
    b"b37a4f2cc0624f1690f64606cf385945b2bec4ea",
    b"dGhlIHNhbXBsZSBub25jZQ==",
    b"\"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\"",
    b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=,s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    b"\xa0s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\xc2\xa0",
];

pub(super) fn accept(message: &mut Message, entropy: &mut Seeded) {
    let value = entropy.pick(&ACCEPTS);
    set(message, "Sec-WebSocket-Accept", value);
}

pub(super) fn accept_twice(message: &mut Message, entropy: &mut Seeded) {
    let value = entropy.pick(&ACCEPTS);
    again(message, entropy, "Sec-WebSocket-Accept", value);
}

pub(super) fn protocol_agreement(message: &mut Message, entropy: &mut Seeded) {
    const VALUES: [&[u8]; 12] = [
        b"chat",
        b"superchat",
        b"Chat",
        b"foo",
        b"",
        b",",
        b"chat, superchat",
        b"chat,",
        b"\"chat\"",
        b"chat;x=1",
        b"chat chat",
        b"\xe4",
    ];
    set_or_add(message, entropy, "Sec-WebSocket-Protocol", &VALUES);
}

pub(super) fn interim(message: &mut Message, entropy: &mut Seeded) {
    const HEADS: [&[u8]; 7] = [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 199 \r\n\r\n",
        b"HTTP/1.1 100 Continue\r\nUpgrade: foo\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ];
    message.before = entropy.pick(&HEADS).to_vec();
}

pub(super) fn framing(message: &mut Message, entropy: &mut Seeded) {
    const FIELDS: [(&str, &[u8]); 5] = [
        ("Content-Length", b"0"),
        ("Content-Length", b"5"),
        ("Content-Length", b"x"),
        ("Transfer-Encoding", b"chunked"),
        ("Transfer-Encoding", b"gzip"),
    ];
    let (name, value) = entropy.pick(&FIELDS);
    again(message, entropy, name, value);
}

pub(super) fn set_cookie(message: &mut Message, entropy: &mut Seeded) {
    for _ in 0..1 + entropy.below(3) {
        again(message, entropy, "Set-Cookie", b"a=b; Secure; HttpOnly");
    }
}
