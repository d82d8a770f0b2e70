//! Where findings point: the octets between ⟦ and ⟧ are those that the requirement speaks of, offsets counted from the first
//! octet of the head.

mod heads;

use heads::{REQUEST, RESPONSE, is_whole, with};
use ws101::judgement::{Judgement, Role, requirements as r};

/// The octets, one for each character, and the span between the brackets.
fn marked(text: &str) -> (Vec<u8>, std::ops::Range<usize>) {
    let octets =
        |text: &str| text.chars().map(|character| u8::try_from(character).expect("an octet")).collect::<Vec<_>>();
    let (before, rest) = text.split_once('⟦').expect("an opening bracket");
    let (inside, behind) = rest.split_once('⟧').expect("a closing bracket");
    let (before, inside, behind) = (octets(before), octets(inside), octets(behind));
    let span = before.len()..before.len() + inside.len();
    ([before, inside, behind].concat(), span)
}

fn judged(role: Role, octets: &[u8]) -> Judgement {
    match role {
        Role::Server => heads::of_request(octets, &heads::policy()),
        Role::Client => heads::of_response(octets, &heads::offer()),
    }
}

/// Whole heads are given whole; a line stands in its head.
fn check(role: Role, cases: &[(&str, &str)]) {
    let base: &[&str] = if role == Role::Server { &REQUEST } else { &RESPONSE };
    let mut wrong = Vec::new();
    for (id, text) in cases {
        let (octets, span) = marked(&if is_whole(text) { (*text).to_owned() } else { with(base, text) });
        let judgement = judged(role, &octets);
        let found = judgement.findings.iter().filter(|finding| finding.requirement.id.as_str() == *id);
        let found: Vec<_> = found.map(|finding| finding.span.clone()).collect();
        if !found.contains(&span) {
            let all: Vec<_> =
                judgement.findings.iter().map(|finding| (finding.requirement.id, finding.span.clone())).collect();
            wrong.push(format!("{id} in {text:?}: {span:?} is not in {found:?} of {all:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn in_the_request_line() {
    check(
        Role::Server,
        &[
            ("rfc9112-3-request-line-sp", "⟦GET  /chat HTTP/1.1⟧"),
            ("rfc9112-3-request-line-sp", "⟦GET /chat HTTP/1.1 ⟧"),
            ("rfc9112-3.2.1-target-no-slash", "GET⟦  ⟧HTTP/1.1"),
            ("rfc9112-3.2.1-target-no-slash", "GET ⟦chat⟧ HTTP/1.1"),
            ("rfc9112-3.2-no-ws-in-target", "GET ⟦/a b⟧ HTTP/1.1"),
            ("rfc9112-3.2-no-ws-in-target", "GET ⟦/a b⟧ HTTP/1.1 \t"),
            ("rfc9112-3.2.1-target-no-slash", "GET ⟦1a⟧ HTTP/1.1"),
            ("rfc9112-3.2.1-target-no-slash", "GET ⟦-a:80⟧ HTTP/1.1"),
            ("rfc6455-4.2.1-target-other-forms", "GET ⟦1a:80⟧ HTTP/1.1"),
            ("rfc6455-4.2.1-target-other-forms", "GET ⟦*⟧ HTTP/1.1"),
            ("rfc6455-4.2.1-http09", "GET ⟦/HTTP/⟧"),
            ("rfc6455-4.2.1-http09", "GET  ⟦/HTTP/⟧"),
            ("rfc6455-4.2.1-http09", "GET ⟦HTTP/1.1⟧"),
            ("rfc6455-4.2.1-http09", "GET   ⟦HTTP/1.1⟧"),
            ("rfc6455-4.2.1-method", "⟦POST⟧ /chat HTTP/1.1"),
            ("rfc6455-4.2.1-http10", "GET /chat ⟦HTTP/1.0⟧"),
            ("rfc6455-4.2.1-target-origin-form", "GET /chat⟦?a=b⟧ HTTP/1.1"),
            ("rfc6455-3-empty-query", "GET /chat⟦?⟧ HTTP/1.1"),
            ("rfc6455-4.2.1-target-fragment", "GET /chat⟦#top⟧ HTTP/1.1"),
            ("rfc6455-4.2.1-target-bad-chars", "GET /ch⟦\"<⟧at HTTP/1.1"),
            ("rfc6455-4.2.1-target-bad-chars", "GET /ch⟦%⟧4gat HTTP/1.1"),
            ("rfc6455-4.2.1-target-bad-chars", "GET /chat⟦%⟧4 HTTP/1.1"),
            ("rfc6455-4.2.1-target-bad-chars", "GET /⟦\"⟧a\" HTTP/1.1"),
            ("rfc6455-4.2.1-target-foreign-scheme", "GET ⟦ftp⟧://server.example/chat HTTP/1.1"),
            ("rfc6455-4.2.1-target-absolute-form", "GET ⟦http://server.example/chat⟧ HTTP/1.1"),
            ("rfc9110-4.2.4-target-userinfo", "GET http://⟦user@⟧server.example/chat HTTP/1.1"),
            ("rfc9110-4.2.3-host-scheme-case", "GET ⟦http://Server.example⟧/chat HTTP/1.1"),
            ("rfc9110-4.2.3-host-scheme-case", "GET ⟦HTTP://server.example⟧/chat HTTP/1.1"),
            ("rfc9110-4.2.3-absolute-empty-path", "GET http://server.example⟦⟧ HTTP/1.1"),
            ("rfc9110-4.2.3-absolute-empty-path", "GET http://user@server.example⟦⟧?a HTTP/1.1"),
            ("rfc9112-3.2-host-unusable", "GET http://user@⟦server.example:99999⟧/chat HTTP/1.1"),
            ("rfc6455-4.2.1-target-bad-chars", "GET http://user@⟦ser\"ver⟧/chat HTTP/1.1"),
            ("rfc9110-4.2.1-absolute-empty-host", "GET http://user@⟦:80⟧/chat HTTP/1.1"),
        ],
    );
}

#[test]
fn in_field_lines() {
    check(
        Role::Server,
        &[
            ("rfc9112-2.2-leading-crlf", "⟦\r\n⟧GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("rfc9112-2.2-ws-before-first-field", "GET / HTTP/1.1\r\n⟦ X: a\r\n Y: b⟧\r\nHost: a\r\n\r\n"),
            ("rfc9112-2.2-ws-line-not-used", "GET / HTTP/1.1\r\n⟦ Host: a⟧\r\nX: b\r\n\r\n"),
            ("rfc9112-2.2-bare-cr-not-line-end", "GET / HTTP/1.1\r\nX: a⟦\rHost: b⟧\r\n\r\n"),
            ("rfc9112-2.2-ws-line-not-used", "GET / HTTP/1.1\r\n A: b\r\n⟦\t host : a⟧\r\nX: b\r\n\r\n"),
            ("rfc9112-5.2-blank-fold-not-end", "GET / HTTP/1.1\r\nX: a\r\n⟦ \t⟧\r\n"),
            ("rfc9112-2.2-bare-lf-request", "GET / HTTP/1.1⟦\n⟧Host: a\r\n\r\n"),
            ("rfc9112-2.2-bare-lf-request", "GET / HTTP/1.1\r\nHost: a\r\n⟦\n⟧X: b\r\n\r\n"),
            ("rfc9112-5-fieldname-token", "⟦nothing⟧"),
            ("rfc9112-5-fieldname-token", "⟦nothing\r\nnothing⟧\r\nX: a\r\nmore"),
            ("rfc9112-5-fieldname-token", "⟦a b⟧: c"),
            ("rfc9112-5-fieldname-token", "⟦:⟧ c"),
            ("rfc9112-5.1-no-ws-before-colon", "X⟦ \t⟧: c"),
            ("rfc9112-5.1-ows-trim", "X:⟦  c⟧"),
            ("rfc9112-5.1-ows-trim", "X:⟦\tc⟧"),
            ("rfc9112-5.1-ows-trim", "X:⟦ c ⟧"),
            ("rfc9112-5.1-ows-trim", "X:⟦c⟧"),
            ("rfc9112-5.2-obs-fold-request", "X: a⟦\r\n \t⟧b"),
            ("rfc9110-5.5-nul-cr-lf-request", "X: a⟦\0⟧b\0"),
            ("rfc9110-5.5-other-ctl-request", "X: a⟦\u{1}⟧b\u{1}"),
            ("rfc9110-5.5-obs-text", "X: a⟦\u{e9}⟧b\u{e9}"),
            ("rfc9112-2.2-bare-cr-request", "X: a⟦\r⟧b\rc"),
            ("rfc9112-3.2-host-invalid", "Host: ⟦a%g4⟧"),
            ("rfc9112-3.2-host-invalid", "Host: ⟦a%4g⟧"),
            ("rfc9112-6.3-cl-identical-list", "Content-Length: ⟦5⟧, 05, 005"),
            ("rfc9110-9.3.1-get-content-server", "Content-Length: ⟦4294967295⟧"),
            ("rfc9110-8.6-cl-overflow", "Content-Length: ⟦4294967296⟧"),
            ("rfc9112-6.1-cl-and-te", "Content-Length: 5\r\nTransfer-Encoding: ⟦chunked⟧"),
            ("rfc9112-6.3-bad-cl", "Content-Length: 5, ⟦50⟧"),
            ("rfc9112-6.3-bad-cl", "Content-Length: 15, ⟦5⟧"),
            ("rfc9112-7.1-chunked-parameter", "Transfer-Encoding: ⟦chunked;a=b⟧"),
            ("rfc9112-6.1-te-unknown", "Transfer-Encoding: ⟦br⟧, chunked"),
            ("rfc9112-6.3-te-bad-final", "Transfer-Encoding: chunked, ⟦br⟧"),
            ("rfc9112-5.1-trim-only-ows", "Upgrade: ⟦\u{c2}\u{a0}websocket⟧"),
            ("rfc9112-5.1-trim-only-ows", "Upgrade: ⟦websocket\u{c2}\u{85}⟧"),
            ("rfc9112-5.1-trim-only-ows", "Upgrade: a, ⟦\u{b}websocket\u{a0}⟧"),
            ("rfc9112-5.1-trim-only-ows", "Sec-WebSocket-Version: ⟦\u{85}13⟧"),
            ("rfc9110-5.5-nul-in-required-field", "Sec-WebSocket-Key: dGhl⟦\0⟧IHNhbXBsZSBub25jZQ=="),
            ("rfc9112-5.2-obs-fold-splits-value", "Sec-WebSocket-Key: dGhlIHNh⟦\r\n⟧ bXBsZSBub25jZQ=="),
            ("rfc9112-5.2-obs-fold-splits-value", "Sec-WebSocket-Key: dGhlIHNh⟦\n⟧\tbXBsZSBub25jZQ=="),
            ("rfc6455-4.2.1-field-order", "GET / HTTP/1.1\r\n⟦X⟧: a\r\nHost: a\r\n\r\n"),
            ("rfc9110-7.6.1-list-hop-by-hop", "⟦TE⟧: a\r\nKeep-Alive: b"),
            ("rfc6455-4.2.1-unknown-fields", "⟦X⟧: a"),
            ("rfc6455-4.2.1-field-name-case", "⟦upgrade⟧: websocket"),
            ("rfc6455-4.2.1-host-missing", "GET / HTTP/1.1\r\nX: a\r\n\r\n⟦⟧"),
        ],
    );
}

#[test]
fn in_what_the_handshake_needs() {
    check(
        Role::Server,
        &[
            (
                "rfc6455-4.2.1-version-draft",
                "GET / HTTP/1.1\r\nSec-WebSocket-Key1: a\r\nSec-WebSocket-Key2: b\r\n\r\n⟦⟧",
            ),
            ("rfc6455-4.2.1-version-missing", "GET / HTTP/1.1\r\nHost: a\r\n\r\n⟦⟧"),
            (
                "rfc6455-4.2.1-version-missing",
                "GET / HTTP/1.1\r\nSec-WebSocket-Key: a\r\nSec-WebSocket-Key1: a\r\nSec-WebSocket-Key2: b\r\n\r\n⟦⟧",
            ),
            ("rfc6455-4.2.1-key-alphabet", "Sec-WebSocket-Key: dGhl⟦!!⟧NhbXBsZSBub25jZQ=="),
            ("rfc6455-4.2.1-key-alphabet", "Sec-WebSocket-Key: ⟦!⟧GhlIH=hbXBsZSBub25jZQ=="),
            ("rfc6455-4.2.1-key-padding", "Sec-WebSocket-Key: dGhlI⟦=⟧NhbXBsZSBub25jZQ=="),
            ("rfc6455-4.2.1-key-padding", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ⟦⟧"),
            ("rfc6455-4.2.1-key-padding", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ⟦=⟧"),
            ("rfc6455-4.2.1-key-padding", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ⟦===⟧"),
            ("rfc6455-4.2.1-key-padding", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ⟦===⟧"),
            ("rfc6455-4.2.1-key-length", "Sec-WebSocket-Key: ⟦dGhlIHNhbXBsZQ==⟧"),
            ("rfc6455-4.2.1-key-noncanonical", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ⟦R⟧=="),
            ("rfc9110-5.1-duplicate-in-other-case", "Sec-WebSocket-Version: 13\r\n⟦sec-websocket-version⟧: 13"),
            ("rfc6455-4.2.1-version-ows", "Sec-WebSocket-Version:⟦  13⟧"),
            ("rfc9112-2.2-bad-grammar-400", "\r\n⟦\u{16}⟧HTTP/: "),
            ("rfc6455-4.2.1-key-ows", "Sec-WebSocket-Key:⟦  dGhlIHNhbXBsZSBub25jZQ==⟧"),
            ("rfc6455-4.2.1-key-ows", "Sec-WebSocket-Key:⟦ dGhlIHNhbXBsZSBub25jZQ== ⟧"),
            ("rfc6455-4.2.1-key-ows", "Sec-WebSocket-Key:⟦dGhlIHNhbXBsZSBub25jZQ==⟧"),
            ("rfc9110-5.6.1.2-accept-empty-elements", "Connection: Upgrade⟦,⟧"),
            ("rfc9110-5.6.1.2-accept-empty-elements", "Connection: ⟦,⟧Upgrade"),
            ("rfc9110-5.6.1.2-accept-empty-elements", "Connection: a⟦,,⟧Upgrade"),
            ("rfc9110-5.2-combined-value", "Connection: a\r\nConnection: ⟦Upgrade⟧\r\nConnection: b"),
            ("rfc9110-7.6.1-malformed-list-member", "Connection: Upgrade, ⟦a/b⟧"),
            ("rfc9110-7.6.1-malformed-list-member", "Upgrade: websocket, ⟦a b⟧"),
            ("rfc6455-4.2.1-upgrade-case", "Upgrade: a, ⟦WebSocket⟧"),
            ("rfc6455-4.2.1-upgrade-list", "Upgrade: ⟦a, websocket⟧"),
            ("rfc6455-4.2.1-protocol-grammar", "Sec-WebSocket-Protocol: chat, ⟦a b⟧, c"),
            ("rfc6455-4.2.1-protocol-empty-elements", "Sec-WebSocket-Protocol: chat⟦,,⟧b"),
            ("rfc6455-4.2.1-protocol-empty-elements", "Sec-WebSocket-Protocol: ⟦,⟧chat"),
            ("rfc6455-4.2.1-protocol-empty-elements", "Sec-WebSocket-Protocol: chat⟦,⟧"),
            ("rfc6455-4.2.1-protocol-duplicate-name", "Sec-WebSocket-Protocol: chat, b, ⟦chat⟧"),
            ("rfc6455-4.2.2-subprotocol-no-match", "Sec-WebSocket-Protocol: ⟦a, b⟧"),
            ("rfc7936-2-case-sensitive", "Sec-WebSocket-Protocol: a, ⟦Chat⟧, CHAT"),
        ],
    );
}

/// What is not amiss is not pointed at.
fn check_none(role: Role, base: &[&str], cases: &[(&str, &str)]) {
    for (id, text) in cases {
        let text = if is_whole(text) { (*text).to_owned() } else { with(base, text) };
        let octets: Vec<u8> = text.chars().map(|character| character as u8).collect();
        let judgement = judged(role, &octets);
        let known = r::ALL.iter().find(|known| known.id.as_str() == *id).unwrap_or_else(|| panic!("{id} is unknown"));
        assert!(!judgement.cites(known.id), "{id} in {text:?}: {:?}", judgement.findings);
    }
}

#[test]
fn nowhere_in_a_request() {
    let cases = [
        // 23 characters ask for one pad, 24 for none: only the length is wrong.
        ("rfc6455-4.2.1-key-padding", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQA="),
        ("rfc6455-4.2.1-key-padding", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQAA"),
        ("rfc6455-4.2.1-key-padding", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR=="),
        ("rfc9110-7.6.1-malformed-list-member", "Upgrade: websocket, a/b"),
        ("rfc9110-5.2-combined-value", "Connection: a, Upgrade, b"),
        ("rfc6455-4.2.1-key-ows", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
        ("rfc6455-4.2.1-key-ows", "Sec-WebSocket-Key : dGhlIHNhbXBsZSBub25jZQ=="),
        ("rfc6455-4.2.1-version-ows", "Sec-WebSocket-Version\t: 13"),
        ("rfc6455-4.2.1-key-ows", "Sec-WebSocket-Key:\r\n  dGhlIHNhbXBsZSBub25jZQ=="),
        ("rfc6455-4.2.1-key-ows", "Sec-WebSocket-Key:  "),
        ("rfc9110-5.1-duplicate-in-other-case", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13"),
        ("rfc9112-3.2.2-absolute-overrides-host", "GET http://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("rfc9112-5.1-ows-trim", "X: a"),
        ("rfc6455-4.2.1-target-other-forms", "OPTIONS * HTTP/1.1"),
        ("rfc6455-4.2.1-target-other-forms", "CONNECT a:80 HTTP/1.1"),
        ("rfc6455-4.2.1-version-draft", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("rfc6455-4.2.1-version-draft", "GET / HTTP/1.1\r\nSec-WebSocket-Key1: a\r\nX: b\r\n\r\n"),
        (
            "rfc6455-4.2.1-version-draft",
            "GET / HTTP/1.1\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key1: a\r\nSec-WebSocket-Key2: b\r\n\r\n",
        ),
        ("rfc6455-4.2.1-version-missing", "GET / HTTP/1.1\r\nSec-WebSocket-Key1: a\r\nSec-WebSocket-Key2: b\r\n\r\n"),
        ("rfc9112-6.1-cl-and-te", "Transfer-Encoding: chunked"),
        ("rfc6455-4.1-early-octets-server", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\nabc"),
        ("rfc9112-5.1-ows-trim", "X:"),
        ("rfc9112-6.3-bad-cl", "Content-Length: 5, 05"),
        ("rfc6455-4.2.1-field-order", "X: a"),
        ("rfc9110-7.6.1-list-hop-by-hop", "Connection: Upgrade, te\r\nTE: a"),
        ("rfc9112-2.2-ws-line-not-used", "GET / HTTP/1.1\r\n Hostess: a\r\nX: b\r\n\r\n"),
        ("rfc9112-2.2-ws-line-not-used", "GET / HTTP/1.1\r\n Host\r\nX: b\r\n\r\n"),
        ("rfc9112-2.2-ws-line-not-used", "GET / HTTP/1.1\r\n Post: a\r\nX: b\r\n\r\n"),
        ("rfc9112-2.2-bare-cr-not-line-end", "GET / HTTP/1.1\r\nX: a\rPost: b\r\n\r\n"),
        ("rfc9112-2.2-bare-cr-not-line-end", "GET / HTTP/1.1\r\nX: a\tHost: b\r\n\r\n"),
        ("rfc9112-2.2-bare-cr-not-line-end", "GET / HTTP/1.1\r\nX: a\rY: b\r\nZ: Host: c\r\n\r\n"),
        // A line end between two lines of one name is no fold.
        (
            "rfc9112-5.2-obs-fold-splits-value",
            "Sec-WebSocket-Extensions: ,\r\nSec-WebSocket-Extensions: ,\r\nX: \u{e9}",
        ),
        ("rfc9112-5.2-obs-fold-splits-value", "Sec-WebSocket-Extensions: ,\nSec-WebSocket-Extensions: ,\nX: \u{e9}"),
        ("rfc9110-5.5-nul-in-required-field", "X: a\0b"),
        ("rfc9112-5.2-obs-fold-splits-value", "Sec-WebSocket-Key: dGhl\rI HNhbXBsZSBub25jZQ=="),
        ("rfc6455-4.3-extension-lws", "Sec-WebSocket-Extensions: a; b=c, d"),
        ("rfc6455-4.2.1-target-bad-chars", "GET /%4a%Ff?%41 HTTP/1.1"),
        ("rfc9112-5-fieldname-token", "!#$%&'*+-.^_`|~09azAZ: a"),
    ];
    check_none(Role::Server, &REQUEST, &cases);
}

#[test]
fn nowhere_in_a_response() {
    let cases = [
        ("rfc9112-4-status-line-ws", "HTTP/1.1 200 OK"),
        ("rfc9112-4-status-line-ws", "HTTP/1.1 101 Switching Protocols"),
        ("rfc9112-5.1-ows-trim-response", "X: c"),
        ("rfc6455-4.1-resp-accept-ows", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("rfc6455-4.1-resp-accept-ows", "Sec-WebSocket-Accept : s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("rfc6455-4.1-resp-accept-ows", "Sec-WebSocket-Accept:\r\n s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    ];
    check_none(Role::Client, &RESPONSE, &cases);
}

#[test]
fn in_extensions() {
    check(
        Role::Server,
        &[
            ("rfc6455-4.3-extension-lws", "Sec-WebSocket-Extensions: a⟦ ⟧; b"),
            ("rfc6455-4.3-extension-lws", "Sec-WebSocket-Extensions: a;⟦  ⟧b"),
            ("rfc6455-4.3-extension-lws", "Sec-WebSocket-Extensions: a;⟦\t⟧b"),
            ("rfc6455-4.3-extension-lws", "Sec-WebSocket-Extensions: a; b⟦ ⟧= c"),
            ("rfc6455-4.3-extension-lws", "Sec-WebSocket-Extensions: a; b=⟦ ⟧c"),
            ("rfc6455-4.3-extension-quoted", "Sec-WebSocket-Extensions: a; b=⟦\"c\"⟧"),
            ("rfc6455-4.3-extension-quoted-nontoken", "Sec-WebSocket-Extensions: a; b=⟦\"c d\"⟧; e"),
            ("rfc6455-4.3-extension-quoted-comma", "Sec-WebSocket-Extensions: a; b=⟦\"c,d\"⟧; e"),
            ("rfc6455-4.3-extension-empty-elements", "Sec-WebSocket-Extensions: a,⟦,⟧ b"),
            ("rfc6455-4.3-extension-empty-elements", "Sec-WebSocket-Extensions: a⟦,⟧"),
            ("rfc6455-4.3-extension-empty-param", "Sec-WebSocket-Extensions: a⟦; ⟧; b"),
            ("rfc6455-4.3-extension-empty-param", "Sec-WebSocket-Extensions: a⟦;⟧"),
            ("rfc6455-4.3-extension-empty-value", "Sec-WebSocket-Extensions: a; ⟦b=⟧, c"),
            ("rfc6455-4.2.1-extensions-grammar", "Sec-WebSocket-Extensions: a ⟦b⟧c"),
            ("rfc6455-4.2.1-extensions-grammar", "Sec-WebSocket-Extensions: ⟦=⟧a"),
            ("rfc6455-4.2.1-extensions-grammar", "Sec-WebSocket-Extensions: a; b=⟦\"c; d⟧"),
            ("rfc6455-4.2.1-extensions-unknown", "Sec-WebSocket-Extensions: permessage-deflate, ⟦a; b; c=d⟧, e"),
            ("rfc7692-7-decline-unknown-param", "Sec-WebSocket-Extensions: permessage-deflate; ⟦a=b⟧; c"),
            (
                "rfc7692-7-decline-unsupported",
                "Sec-WebSocket-Extensions: ⟦permessage-deflate; server_max_window_bits=8⟧, e",
            ),
        ],
    );
}

#[test]
fn in_a_response() {
    check(
        Role::Client,
        &[
            ("rfc6455-4.1-resp-status-not-101", "HTTP/1.1 ⟦200⟧ OK"),
            ("rfc9112-4-reason-ignored", "HTTP/1.1 101 ⟦Good⟧"),
            ("rfc9112-4-reason-ignored", "HTTP/1.0 101 ⟦Good⟧"),
            ("rfc9112-4-reason-ctl", "HTTP/1.1 101 Good⟦\u{1}⟧\u{2}"),
            ("rfc6455-1.6-foreign-server", "⟦\0⟧HTTP/: "),
            ("rfc6455-4.1-resp-accept-wrong", "Sec-WebSocket-Accept: ⟦AAAALMBiTxaQ9kYGzzhZRbK+xOo=⟧"),
            ("rfc6455-4.1-resp-accept-ows", "Sec-WebSocket-Accept:⟦  s3pPLMBiTxaQ9kYGzzhZRbK+xOo=⟧"),
            ("rfc6455-2.1-ascii-fold-client", "Upgrade: a, ⟦web\u{c5}\u{bf}ocket⟧"),
            ("rfc6455-4.1-resp-field-name-case", "⟦upgrade⟧: websocket"),
            ("rfc9112-5.1-ows-trim-response", "X:⟦c⟧"),
        ],
    );
}
