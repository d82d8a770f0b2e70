//! The form of `check` that people read, eighty columns wide where it goes to no terminal.

use super::{KEY, REQUEST, RESPONSE, edited, program, run_with, ws101};

/// Every line has eighty columns at most.
fn drawn(words: &str, octets: &[u8]) -> String {
    let run = ws101(words, octets);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    for line in run.out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
        assert!(line.chars().all(|character| !character.is_control()), "{line:?}");
    }
    run.out
}

#[test]
fn a_request_that_is_accepted() {
    let expected = r"standard input: 230 octets, as a server reads a request
1 | GET /chat HTTP/1.1\r\n
2 | Host: server.example.com\r\n
3 | Upgrade: websocket\r\n
4 | Connection: Upgrade\r\n
5 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n
6 | Origin: http://example.com\r\n
7 | Sec-WebSocket-Protocol: chat, superchat\r\n
8 | Sec-WebSocket-Version: 13\r\n
9 | \r\n

accept with 101 (permitted: accept)
Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
agreed: subprotocol superchat
findings: none; head: all 230 octets
";
    assert_eq!(drawn("check --role server --protocols superchat,chat", REQUEST), expected);
}

#[test]
fn a_request_with_several_findings() {
    let octets = b"GET /chat HTTP/1.1\n\
        Host: server.example.com\r\n\
        Upgrade: WebSocket\r\n\
        Connection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n\
        Sec-WebSocket-Version: 13\r\n\
        \r\n";
    let expected = r#"standard input: 152 octets, as a server reads a request
1 | GET /chat HTTP/1.1\n
  |                   ~~
  | latitude rfc9112-2.2-bare-lf-request: line ends in a bare LF, without CR
  |   (rejected)
2 | Host: server.example.com\r\n
3 | Upgrade: WebSocket\r\n
4 | Connection: Upgrade\r\n
5 | Sec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n
  |                    ^^^^^^^^^^^^^^^^
  | violated rfc6455-4.2.1-key-length: key is not the base64 of 16 octets
6 | Sec-WebSocket-Version: 13\r\n
7 | \r\n

reject with 400 (permitted: reject) by rfc6455-4.2.1-key-length
RFC 6455 §4.2.1 item 5: A key that decodes to anything but 16 octets is refused.
contested: strict: The key is described as a value of 16 octets when decoded; a
  value of another length is off the description and the server stops. With
  padding that is 22 characters and '==', which needs no decoder. ("when
  decoded, is 16 bytes in length", RFC 6455 §4.2.1)
other: The server uses the encoded text as it came and need not decode it. A
  server that does not decode cannot find that the length is wrong, and the duty
  begins with finding. ("It is not necessary for the server to", RFC 6455
  §4.2.2)
findings: 1 violated, 1 latitude, 1 exercised (legal, seldom seen: shown with
  --all); head: all 152 octets
"#;
    assert_eq!(drawn("check --role server -", octets), expected);
}

#[test]
fn what_is_missing_is_pointed_at_where_the_head_ends() {
    let expected = r"standard input: 44 octets, as a server reads a request
1 | GET / HTTP/1.1\r\n
2 | Host: server.example.com\r\n
3 | \r\n
  |     ^ violated rfc6455-4.2.1-upgrade-missing: missing Upgrade
  |     ^ violated rfc6455-4.2.1-connection-missing: missing Connection
  |     ^ violated rfc6455-4.2.1-key-missing: missing Sec-WebSocket-Key
  |     ^ violated rfc6455-4.2.1-version-missing: missing Sec-WebSocket-Version

reject with 426 (permitted: reject) by rfc6455-4.2.1-upgrade-missing
RFC 6455 §4.2.1 item 3: Without Upgrade there is no handshake.
findings: 4 violated; head: all 44 octets
";
    assert_eq!(drawn("check --role server", b"GET / HTTP/1.1\r\nHost: server.example.com\r\n\r\n"), expected);
}

#[test]
fn a_response_without_the_key_says_what_was_not_judged() {
    let octets = [RESPONSE, b"\x81\x05Hello"].concat();
    let expected = r"standard input: 166 octets, as a client reads a response
1 | HTTP/1.1 101 Switching Protocols\r\n
2 | Upgrade: websocket\r\n
3 | Connection: Upgrade\r\n
4 | Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n
5 | Sec-WebSocket-Protocol: chat\r\n
6 | \r\n
  | (the head ends here)
7 | \x81\x05Hello

accept the 101 (permitted: accept)
agreed: subprotocol chat
findings: none; head: 159 of 166 octets
The accept value was not judged: give the key of the request with --key.
";
    assert_eq!(drawn("check --role client --protocols chat", &octets), expected);
}

#[test]
fn octets_that_are_no_text_are_escaped_and_cut() {
    let mut octets = b"\x16\x03\x01\x00\xf8\x01\x00\x00\xf4\x03\x03".to_vec();
    octets.extend(0x80..=0xff_u8);
    let expected = r"standard input: 139 octets, as a server reads a request
1 | \x16\x03\x01\x00\xf8\x01\x00\x00\xf4\x03\x03\x80\x81\x82\x83\x84\x85\x86…
  | ^^^^ violated rfc9112-2.2-bad-grammar-400: not an HTTP/1.1 request
  | ^^^^ violated rfc6455-4.2.1-method: method is not GET

reject with 400 (permitted: reject) by rfc9112-2.2-bad-grammar-400
RFC 9112 §2.2: Octets that do not match the message grammar get 400 and a close.
findings: 2 violated; judged: 1 of 139 octets
Nothing behind octet 1 was judged: from a fault like this no single reading
  follows.
";
    assert_eq!(drawn("check --role server", &octets), expected);
}

#[test]
fn a_long_line_is_cut_around_the_finding() {
    let long = format!("Cookie: {}\0{}\r\nOrigin:", "a".repeat(200), "b".repeat(200));
    let out = drawn("check --role server --protocols chat", &edited(REQUEST, "Origin:", &long));
    let line = format!("6 | Cookie: …{}\\x00{}…\n", "a".repeat(16), "b".repeat(44));
    assert!(out.contains(&line), "{out}");
    assert!(out.contains(&format!("  | {}~~~~\n", " ".repeat(25))), "{out}");
}

#[test]
fn a_large_message_is_drawn_small() {
    for octets in [
        edited(REQUEST, "Origin:", &format!("X: {}\r\nOrigin:", "a".repeat(100 * 1024))),
        edited(REQUEST, "Origin:", &format!("{}Origin:", "X: a\r\n".repeat(20_000))),
        edited(REQUEST, "Connection: ", &format!("Connection: {}", "a b,".repeat(10_000))),
        [REQUEST, &b"\n".repeat(100 * 1024)].concat(),
        vec![b'\n'; 100 * 1024],
        vec![b'a'; 100 * 1024],
        vec![0xff; 100 * 1024],
        edited(REQUEST, "Origin:", &format!("{}Origin:", "a b: c\r\n".repeat(500))),
        edited(REQUEST, "Origin:", &format!("{}Origin:", "abc\r\n x\r\n".repeat(250))),
        edited(REQUEST, "Origin:", &format!("Sec-WebSocket-Extensions: {}b\r\nOrigin:", "a,".repeat(30_000))),
    ] {
        let lines = drawn("check --role server", &octets).lines().count();
        assert!(lines < 60, "{lines} lines");
        drawn(&format!("check --role client --key {KEY}"), &octets);
    }
    for extension in ["a,", "permessage-deflate; a,", "permessage-deflate,"] {
        let list = format!("Upgrade: websocket\r\nSec-WebSocket-Extensions: {}b", extension.repeat(3_000));
        let octets = edited(RESPONSE, "Upgrade: websocket", &list);
        let lines =
            drawn(&format!("check --role client --key {KEY} --extensions permessage-deflate"), &octets).lines().count();
        assert!(lines < 80, "{extension}: {lines} lines");
    }
}

#[test]
fn nothing_at_all_has_a_verdict_as_well() {
    let out = drawn("check --role server", b"");
    assert!(out.starts_with("standard input: no octets, where a server expects a request\n  | ^ violated "), "{out}");
    assert!(out.contains("\nreject with 400 (permitted: reject) by rfc9112-2.1-truncated-request\n"), "{out}");
}

/// The text without its escape sequences.
fn plain(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[test]
fn colour_changes_nothing_but_colour() {
    let words = ["check", "--role", "server"];
    let run = |more: &[&str], variable: &str| {
        let mut command = program();
        command.args(words).args(more);
        if !variable.is_empty() {
            command.env(variable, "1");
        }
        run_with(command, b"GET / HTTP/1.1\r\n\r\n").out
    };
    let plainly = run(&[], "");
    assert!(!plainly.contains('\u{1b}'), "a pipe is no terminal");
    let always = run(&["--color", "always"], "");
    assert!(always.contains("\u{1b}[1m\u{1b}[31m^"), "{always:?}");
    assert_eq!(plain(&always), plainly);
    assert_eq!(run(&[], "CLICOLOR_FORCE"), always);
    assert_eq!(run(&["--color", "never"], "CLICOLOR_FORCE"), plainly);
    assert_eq!(run(&[], "NO_COLOR"), plainly);
    // What was asked for on the command line wins.
    assert_eq!(run(&["--color", "always"], "NO_COLOR"), always);
}
