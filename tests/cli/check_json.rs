//! The object of `check`, key by key, and its schema.

use serde_json::{Value, json};

use super::{KEY, REQUEST, RESPONSE, Run, edited, ws101, ws101_and};

fn object(run: &Run) -> Value {
    assert_eq!(run.status, 0, "{}", run.err);
    assert_eq!(run.out.lines().count(), 1);
    serde_json::from_str(&run.out).expect("one object")
}

fn request(octets: &[u8]) -> Value {
    let run = ws101("check --role server --protocols chat --format json", octets);
    assert_eq!(run.err, "");
    object(&run)
}

fn response(octets: &[u8]) -> Value {
    let run = ws101(&format!("check --role client --key {KEY} --protocols chat,superchat --format json"), octets);
    assert_eq!(run.err, "");
    object(&run)
}

/// The requirement, class, kind and span of each finding.
fn findings(object: &Value) -> Vec<(&str, &str, &str, usize, usize)> {
    let findings = object["findings"].as_array().expect("an array");
    findings
        .iter()
        .map(|finding| {
            let word = |key: &str| finding[key].as_str().expect("a string");
            let at = |index: usize| finding["span"][index].as_u64().expect("an offset") as usize;
            (word("requirement"), word("class"), word("kind"), at(0), at(1))
        })
        .collect()
}

#[test]
fn the_sample_request_is_accepted() {
    assert_eq!(
        request(REQUEST),
        json!({
            "role": "server",
            "decision": "accept",
            "permitted": ["accept"],
            "class": null,
            "deciding": null,
            "status": 101,
            "accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "consumed": REQUEST.len(),
            "findings": [],
        })
    );
}

#[test]
fn the_sample_response_is_accepted() {
    assert_eq!(
        response(RESPONSE),
        json!({
            "role": "client",
            "decision": "accept",
            "permitted": ["accept"],
            "class": null,
            "deciding": null,
            "status": 101,
            "accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "consumed": RESPONSE.len(),
            "findings": [],
        })
    );
}

#[test]
fn keys_stand_in_the_order_of_the_design() {
    let run = ws101("check --role server --format json", REQUEST);
    let keys = ["role", "decision", "permitted", "class", "deciding", "status", "accept", "consumed", "findings"];
    let places: Vec<_> = keys.iter().map(|key| run.out.find(&format!("\"{key}\":")).expect(key)).collect();
    assert!(places.is_sorted(), "{}", run.out);
}

#[test]
fn a_missing_key_is_pointed_at_where_the_head_ends() {
    let octets = edited(REQUEST, &format!("Sec-WebSocket-Key: {KEY}\r\n"), "");
    let object = request(&octets);
    let end = octets.len();
    assert_eq!(object["decision"], "reject");
    assert_eq!(object["permitted"], json!(["reject"]));
    assert_eq!(object["class"], "key");
    assert_eq!(object["deciding"], "rfc6455-4.2.1-key-missing");
    assert_eq!(object["status"], 400);
    assert_eq!(object["accept"], Value::Null);
    assert_eq!(object["consumed"], end);
    assert_eq!(findings(&object), [("rfc6455-4.2.1-key-missing", "key", "violated", end, end)]);
    assert_eq!(object["findings"][0]["level"], "MUST");
    let finding = object["findings"][0].as_object().expect("an object");
    let keys: Vec<_> = finding.keys().map(String::as_str).collect();
    assert_eq!(keys, ["requirement", "level", "contested", "class", "kind", "span", "message"]);
}

#[test]
fn an_ordinary_request_gets_426() {
    // RFC 9110 §15.5.22 and RFC 6455 §4.2.1 item 3.
    let octets = edited(REQUEST, "Upgrade: websocket\r\n", "");
    let object = request(&octets);
    assert_eq!((&object["status"], &object["class"]), (&json!(426), &json!("upgrade")));
    assert_eq!(object["deciding"], "rfc6455-4.2.1-upgrade-missing");
}

#[test]
fn another_version_gets_426() {
    // RFC 6455 §4.2.2 step 4, "version", and §4.4.
    let octets = edited(REQUEST, "Version: 13", "Version: 14");
    let object = request(&octets);
    assert_eq!((&object["status"], &object["class"]), (&json!(426), &json!("version")));
    let at = octets.len() - "14\r\n\r\n".len();
    assert_eq!(findings(&object)[0].3..findings(&object)[0].4, at..at + 2);
}

#[test]
fn a_bare_lf_is_latitude() {
    // RFC 9112 §2.2: a recipient MAY recognize a single LF as a line terminator.
    let object = request(&edited(REQUEST, "Upgrade: websocket\r\n", "Upgrade: websocket\n"));
    assert_eq!(object["permitted"], json!(["accept", "reject"]));
    assert_eq!((&object["decision"], &object["status"]), (&json!("reject"), &json!(400)));
    let lf = REQUEST.windows(12).position(|octets| octets == b"websocket\r\nC").expect("it is there") + 9;
    assert_eq!(findings(&object), [("rfc9112-2.2-bare-lf-request", "field-line", "latitude", lf, lf + 1)]);
}

#[test]
fn an_unusual_spelling_is_exercised_and_accepted() {
    // RFC 6455 §4.2.1 item 3: an ASCII case-insensitive match.
    let object = request(&edited(REQUEST, ": websocket", ": WebSocket"));
    assert_eq!((&object["decision"], &object["permitted"]), (&json!("accept"), &json!(["accept"])));
    assert_eq!(findings(&object)[0].2, "exercised");
}

#[test]
fn the_end_of_the_file_is_the_end_of_input() {
    let half = &REQUEST[..40];
    let object = request(half);
    assert_eq!((&object["class"], &object["status"]), (&json!("truncated"), &json!(400)));
    assert_eq!(object["consumed"], 40);
    assert_eq!(request(b"")["class"], "truncated");
    let object = response(b"");
    assert_eq!((&object["class"], &object["status"]), (&json!("truncated"), &Value::Null));
    assert_eq!((&object["accept"], &object["consumed"]), (&Value::Null, &json!(0)));
}

#[test]
fn octets_behind_the_head_are_not_consumed() {
    let octets = [RESPONSE, b"\x81\x05Hello"].concat();
    let object = response(&octets);
    assert_eq!((&object["decision"], &object["consumed"]), (&json!("accept"), &json!(RESPONSE.len())));
    let interim = [b"HTTP/1.1 103 Early Hints\r\n\r\n", RESPONSE].concat();
    let object = response(&interim);
    assert_eq!((&object["decision"], &object["consumed"]), (&json!("accept"), &json!(interim.len())));
    assert_eq!((&object["status"], &object["accept"]), (&json!(101), &json!("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
}

#[test]
fn a_wrong_accept_value_is_shown_as_it_was_read() {
    // From another key: Python's hashlib and base64, conformance/marks.toml, accept:other-key.
    let octets = edited(RESPONSE, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "HSmrc0sMlYUkAGmm5OPpG2HaGWk=");
    let object = response(&octets);
    assert_eq!((&object["decision"], &object["class"]), (&json!("reject"), &json!("accept")));
    assert_eq!(object["deciding"], "rfc6455-4.1-resp-accept-wrong");
    assert_eq!((&object["status"], &object["accept"]), (&json!(101), &json!("HSmrc0sMlYUkAGmm5OPpG2HaGWk=")));
    assert_eq!(response(b"HTTP/1.1 404 Not Found\r\n\r\n")["status"], 404);
}

#[test]
fn without_the_key_a_response_is_judged_but_for_its_accept_value() {
    let octets = edited(RESPONSE, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "HSmrc0sMlYUkAGmm5OPpG2HaGWk=");
    let run = ws101("check --role client --protocols chat --format json", &octets);
    assert_eq!(object(&run)["decision"], "accept");
    assert_eq!(run.err, "ws101: judged but for the accept value; give the key of the request with --key\n");
}

#[test]
fn extensions_are_negotiated_only_where_they_are_supported() {
    let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\nOrigin:";
    let octets = edited(REQUEST, "Origin:", offer);
    let run = ws101("check --role server --protocols chat --extensions permessage-deflate", &octets);
    assert!(run.out.contains("agreed: subprotocol chat, permessage-deflate\n"), "{}", run.out);
    assert!(!ws101("check --role server", &octets).out.contains("agreed"));
    // RFC 6455 §4.1: an extension that was not offered fails the connection.
    let answer = edited(RESPONSE, "Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Extensions: permessage-deflate");
    assert_eq!(response(&answer)["class"], "extensions");
    let words = format!("check --role client --key {KEY} --format json --extensions");
    let run = ws101_and(&words, "foo, permessage-deflate; client_max_window_bits", &answer);
    assert_eq!(object(&run)["decision"], "accept");
}

#[test]
fn the_schema_fits_what_is_printed_and_nothing_else() {
    let schema = include_str!("../../conformance/schema/check.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let valid = jsonschema::validator_for(&schema).expect("a JSON Schema");
    let messages: [&[u8]; 6] =
        [REQUEST, RESPONSE, b"", b"\x16\x03\x01\0", b"GET / HTTP/1.1\n\n", b"HTTP/1.1 101 \r\n\r\n"];
    for octets in messages {
        for object in [request(octets), response(octets)] {
            assert!(valid.is_valid(&object), "{object}: {:?}", valid.iter_errors(&object).collect::<Vec<_>>());
            for (key, value) in object.as_object().expect("an object") {
                let mut without = object.clone();
                without.as_object_mut().expect("an object").remove(key);
                assert!(!valid.is_valid(&without), "{key} may be absent");
                let mut other = object.clone();
                other[key] = json!({"not": value});
                assert!(!valid.is_valid(&other), "{key} may be anything");
            }
            let mut more = object.clone();
            more["more"] = json!(1);
            assert!(!valid.is_valid(&more), "there may be other keys");
        }
    }
    let words = schema["$defs"]["class"]["enum"].as_array().expect("an array");
    let design = "request-line method target http-version status-line status field-line host upgrade connection key \
                  version protocol extensions accept origin body size truncated";
    assert_eq!(words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "), design);
}

/// However many line feeds come before anything else: there is an answer, and an object of the schema.
#[test]
fn line_feeds_around_every_limit_are_judged() {
    for count in [16_383, 16_384, 16_385, 65_535, 65_536, 70_000] {
        let octets = [vec![b'\n'; count], b"G".to_vec()].concat();
        for judged in [request(&octets), response(&octets)] {
            assert_eq!(judged["decision"], "reject", "{count}");
            assert_eq!(judged["permitted"], json!(["reject"]), "{count}: a head without its end");
        }
    }
}

/// What is permitted is about all octets, whatever the reader does that stops at its limits.
#[test]
fn a_violation_beyond_a_limit_decides() {
    let target = "a".repeat(66_000);
    let text = std::str::from_utf8(REQUEST).expect("ASCII");
    let long = text.replacen("GET /chat", &format!("GET /{target}"), 1);
    let judged = request(long.as_bytes());
    assert_eq!((&judged["permitted"], &judged["status"]), (&json!(["accept", "reject"]), &json!(414)));
    assert_eq!((&judged["class"], &judged["consumed"]), (&json!("size"), &json!(long.len())));
    let posted = long.replacen("GET", "POST", 1);
    let judged = request(posted.as_bytes());
    assert_eq!((&judged["permitted"], &judged["status"]), (&json!(["reject"]), &json!(414)));
    assert_eq!((&judged["class"], &judged["deciding"]), (&json!("method"), &json!("rfc6455-4.2.1-method")));
    let is_size = |finding: &&(&str, &str, &str, usize, usize)| finding.1 == "size" && finding.2 == "latitude";
    assert!(findings(&judged).iter().any(|finding| is_size(&finding)), "{judged}");
}
