//! All that is said of a head, and nothing beside: the requirements, each as often as it is named.

mod heads;

use heads::{REQUEST, RESPONSE, of_request, of_response, offer, policy, with};
use ws101::judgement::Judgement;

/// A text, and the requirements of which its head gives occasion to speak.
type Case<'c> = (&'c str, &'c [&'c str]);

fn check(cases: &[Case<'_>], judged: &dyn Fn(&str) -> Judgement) {
    let mut wrong = Vec::new();
    for (text, ids) in cases {
        let (mut ids, judgement) = (ids.to_vec(), judged(text));
        let mut found: Vec<&str> = judgement.findings.iter().map(|finding| finding.requirement.id.as_str()).collect();
        ids.sort_unstable();
        found.sort_unstable();
        if ids != found {
            wrong.push(format!("{text:?}: {found:?}, not {ids:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn of_a_request() {
    const CASES: [Case<'_>; 16] = [
        ("Host: server.example", &[]),
        ("host: server.example", &["rfc6455-4.2.1-field-name-case"]),
        (
            "Connection: Upgrade\r\nconnection: keep-alive",
            &["rfc6455-4.2.1-connection-list", "rfc6455-4.2.1-field-name-case", "rfc9110-5.2-combined-value"],
        ),
        ("Sec-WebSocket-Key:\tdGhlIHNhbXBsZSBub25jZQ==", &["rfc6455-4.2.1-key-ows", "rfc9112-5.1-ows-trim"]),
        ("sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==", &["rfc6455-4.2.1-field-name-case"]),
        ("GET /chat http/1.1", &["rfc6455-4.2.1-http-version-case"]),
        ("GET /chat HTTP/01.1", &["rfc6455-4.2.1-http-version-digits"]),
        ("Upgrade: websocket, h2c", &["rfc6455-4.2.1-upgrade-list"]),
        (
            "Upgrade: WebSocket\r\nHTTP2-Settings: AAMAAABk",
            &["rfc6455-4.2.1-unknown-fields", "rfc6455-4.2.1-upgrade-case"],
        ),
        ("Connection: upgrade", &["rfc6455-4.2.1-connection-case"]),
        ("Connection: Upgrade, a", &["rfc6455-4.2.1-connection-list"]),
        ("Sec-WebSocket-Extensions: a b", &["rfc6455-4.2.1-extensions-grammar"]),
        ("Sec-WebSocket-Extensions: a; b=", &["rfc6455-4.2.1-extensions-grammar", "rfc6455-4.3-extension-empty-value"]),
        ("Origin: https://a.example:8443", &[]),
        ("Origin: 1a://b.example", &["rfc6455-10.1-untrusted-origin"]),
        ("Origin: a_b://c.example", &["rfc6455-10.1-untrusted-origin"]),
    ];
    check(&CASES, &|text| of_request(with(&REQUEST, text).as_bytes(), &policy()));
}

#[test]
fn of_a_request_that_is_no_whole_head() {
    let content = |length: usize| with(&REQUEST, &format!("Content-Length: {length}")) + "12345";
    let cases: [Case<'_>; 5] = [
        ("GET /chat HT", &["rfc9112-2.1-truncated-request"]),
        ("GET /chat HTTP/1.1\r\nHost: a", &["rfc9112-2.1-truncated-request"]),
        ("\0", &["rfc6455-4.2.1-method", "rfc9112-2.2-bad-grammar-400"]),
        (&content(5), &["rfc9110-9.3.1-get-content-server"]),
        (&content(6), &["rfc9110-9.3.1-get-content-server", "rfc9112-6.3-incomplete-content"]),
    ];
    check(&cases, &|text| of_request(text.as_bytes(), &policy()));
}

#[test]
fn of_an_origin_where_some_are_let_in() {
    const CASES: [Case<'_>; 9] = [
        ("Origin: https://a.example", &[]),
        ("Origin: https://b.example", &["rfc6455-10.2-verify-origin"]),
        ("Origin: null", &["rfc6454-7.1-origin-null"]),
        ("Origin: https://a.example:443", &["rfc6455-4.1-req-origin-serialization"]),
        ("Origin: ws://c.example:80", &["rfc6455-4.1-req-origin-serialization"]),
        ("Origin: https://a.example:80", &["rfc6455-10.2-verify-origin"]),
        ("Origin: HTTPS://A.example", &["rfc6455-4.2.2-origin-lowercase"]),
        ("Origin: https://a.example\r\nOrigin: https://b.example", &["rfc6454-7.3-two-origins-server"]),
        (
            "Origin: https://b.example\r\nOrigin: https://d.example",
            &["rfc6454-7.3-two-origins-server", "rfc6455-10.2-verify-origin", "rfc6455-10.2-verify-origin"],
        ),
    ];
    let policy = policy().origins(["https://a.example", "ws://c.example"]);
    check(&CASES, &|text| of_request(with(&REQUEST, text).as_bytes(), &policy));
}

#[test]
fn of_a_target_where_some_resources_are_served() {
    const CASES: [Case<'_>; 7] = [
        ("GET /chat HTTP/1.1", &[]),
        ("GET /other HTTP/1.1", &["rfc6455-4.2.2-resource-unavailable"]),
        (
            "GET http://server.example/other HTTP/1.1",
            &["rfc6455-4.2.1-target-absolute-form", "rfc6455-4.2.2-resource-unavailable"],
        ),
        ("GET * HTTP/1.1", &["rfc6455-4.2.1-target-other-forms", "rfc6455-4.2.2-resource-unavailable"]),
        ("GET server.example:80 HTTP/1.1", &["rfc6455-4.2.1-target-other-forms", "rfc6455-4.2.2-resource-unavailable"]),
        ("GET chat HTTP/1.1", &["rfc9112-3.2.1-target-no-slash"]),
        ("GET ht~p://server.example/chat HTTP/1.1", &["rfc9112-3.2.1-target-no-slash"]),
    ];
    let policy = policy().resources(["/chat"]);
    check(&CASES, &|text| of_request(with(&REQUEST, text).as_bytes(), &policy));
}

#[test]
fn of_a_response() {
    const CASES: [Case<'_>; 17] = [
        ("Upgrade: websocket", &[]),
        ("Host: a.example", &["rfc6455-4.1-resp-unknown-fields"]),
        ("Origin: https://a.example", &["rfc6455-4.1-resp-unknown-fields"]),
        ("Sec-WebSocket-Key: a", &["rfc6455-4.1-resp-unknown-fields"]),
        ("Set-Cookie: a=b", &["rfc6455-4.1-resp-set-cookie"]),
        ("Sec-WebSocket-Protocol:", &["rfc6455-4.1-resp-protocol-empty"]),
        ("Sec-WebSocket-Protocol: a, b", &["rfc6455-4.1-resp-protocol-list"]),
        ("Sec-WebSocket-Protocol: a", &["rfc6455-4.1-resp-protocol-unrequested"]),
        ("HTTP/1.1 200 OK", &["rfc6455-4.1-resp-status-not-101", "rfc9112-4-reason-ignored"]),
        (
            "HTTP/1.1 401 Unauthorized",
            &["rfc6455-4.1-resp-401", "rfc6455-4.1-resp-status-not-101", "rfc9112-4-reason-ignored"],
        ),
        (
            "HTTP/1.1 299 OK",
            &["rfc6455-4.1-resp-status-not-101", "rfc9110-15-status-class", "rfc9112-4-reason-ignored"],
        ),
        ("http/1.1 101 Switching Protocols", &["rfc9112-2.3-response-version-2616-forms"]),
        ("HTTP/2.2 101 Switching Protocols", &["rfc9112-2.3-response-http2"]),
        ("Upgrade: websocket, websocket, websocket", &["rfc6455-4.1-resp-upgrade-duplicate"]),
        ("Connection: upgrade", &["rfc6455-4.1-resp-connection-case"]),
        (
            "Connection: Upgrade\r\nConnection:",
            &["rfc6455-4.1-resp-connection-empty-element", "rfc6455-4.1-resp-connection-list"],
        ),
        ("Connection: Upgrade\r\nConnection: a", &["rfc6455-4.1-resp-connection-list"]),
    ];
    check(&CASES, &|text| of_response(with(&RESPONSE, text).as_bytes(), &offer()));
    const PARTS: [Case<'_>; 2] = [
        ("HTTP/1.1 10", &["rfc9112-2.1-truncated-response"]),
        ("HTTP/1.1 101 Switching Protocols\r\nUp", &["rfc9112-2.1-truncated-response"]),
    ];
    check(&PARTS, &|text| of_response(text.as_bytes(), &offer()));
}

/// An empty path is the path `/` (RFC 9110 §4.2.3), before a query and before a fragment as well.
#[test]
fn of_an_absolute_target_without_a_path() {
    const ABSOLUTE: [&str; 2] = ["rfc6455-4.2.1-target-absolute-form", "rfc9110-4.2.3-absolute-empty-path"];
    let with_fragment = ["rfc6455-4.2.1-target-fragment", ABSOLUTE[0], ABSOLUTE[1]];
    let cases: [Case<'_>; 4] = [
        ("GET http://server.example HTTP/1.1", &ABSOLUTE),
        ("GET http://server.example?x HTTP/1.1", &ABSOLUTE),
        ("GET http://server.example#f HTTP/1.1", &with_fragment),
        ("GET http://server.example/?x HTTP/1.1", &ABSOLUTE[..1]),
    ];
    for served in ["/", "/?x", "/chat"] {
        let policy = policy().resources([served]);
        let judged = |text: &str| of_request(with(&REQUEST, text).as_bytes(), &policy);
        let is_served = |text: &str| served == "/" || (served == "/?x" && text.contains("?x"));
        for (text, ids) in cases {
            let unavailable = ["rfc6455-4.2.2-resource-unavailable"];
            let ids = if is_served(text) { ids.to_vec() } else { [ids, &unavailable].concat() };
            check(&[(text, &ids)], &judged);
        }
    }
}
