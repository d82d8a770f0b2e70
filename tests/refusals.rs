//! Which ground for a refusal wins, and what it is answered with: the table of `conformance/README.md`, row by row and each
//! ground beside each other one.

use ws101::handshake::{Policy, ServerOutcome, judge_request};

/// A request, in parts that a ground puts something else for.
#[derive(Clone)]
struct Request {
    method: &'static str,
    target: String,
    version: &'static str,
    lines: Vec<String>,
}

impl Request {
    fn good() -> Self {
        let lines = [
            "Host: server.example",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "Origin: https://good.example",
        ];
        let lines = lines.map(str::to_owned).to_vec();
        Request { method: "GET", target: "/chat".to_owned(), version: "HTTP/1.1", lines }
    }

    /// Puts another line for that of the name, or none.
    fn set(&mut self, name: &str, line: Option<&str>) {
        let at = self.lines.iter().position(|line| line.starts_with(name)).expect("a field of the good request");
        match line {
            Some(line) => self.lines[at] = line.to_owned(),
            None => drop(self.lines.remove(at)),
        }
    }

    fn add(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }

    fn judged(&self) -> ServerOutcome {
        let policy =
            Policy::default().resources(["/chat"]).authorities(["server.example"]).origins(["https://good.example"]);
        let Request { method, target, version, lines } = self;
        let octets = format!("{method} {target} {version}\r\n{}\r\n\r\n", lines.join("\r\n"));
        judge_request(octets.as_bytes(), false, &policy).expect("a whole head")
    }
}

/// A ground: its rank, whether it binds, the status, and what it does to a request.
struct Ground {
    what: &'static str,
    rank: u8,
    /// Whether the RFCs require the refusal, so that it goes before what they only permit to refuse.
    binds: bool,
    status: u16,
    /// The part of the request that it takes: one part cannot be wrong in two ways.
    part: &'static str,
    put: fn(&mut Request),
}

const fn ground(
    what: &'static str,
    (rank, binds): (u8, bool),
    status: u16,
    part: &'static str,
    put: fn(&mut Request),
) -> Ground {
    Ground { what, rank, binds, status, part, put }
}

const BINDS: bool = true;
const PERMITS: bool = false;

fn grounds() -> Vec<Ground> {
    vec![
        ground("a line without a colon", (1, PERMITS), 400, "line", |it| it.add("nothing")),
        ground("no Host", (1, BINDS), 400, "Host", |it| it.set("Host", None)),
        ground("two hosts", (1, BINDS), 400, "Host", |it| it.add("Host: server.example")),
        ground("a length that is no number", (1, BINDS), 400, "content", |it| it.add("Content-Length: x")),
        ground("a coding without an end", (1, BINDS), 400, "content", |it| it.add("Transfer-Encoding: gzip")),
        ground("HTTP/2.0", (2, PERMITS), 505, "version", |it| it.version = "HTTP/2.0"),
        ground("HTTP/1.0", (2, BINDS), 400, "version", |it| it.version = "HTTP/1.0"),
        ground("a large head", (3, PERMITS), 431, "size", |it| it.add(&format!("X: {}", "a".repeat(70_000)))),
        ground("POST", (4, BINDS), 405, "method", |it| it.method = "POST"),
        ground("PATCH", (4, BINDS), 405, "method", |it| it.method = "PATCH"),
        ground("a method that is not known", (4, BINDS), 501, "method", |it| it.method = "BREW"),
        ground("another resource", (5, BINDS), 404, "target", |it| it.target = "/other".to_owned()),
        ground("another authority", (5, PERMITS), 421, "Host", |it| it.set("Host", Some("Host: other.example"))),
        ground("no Upgrade", (6, BINDS), 426, "Upgrade", |it| it.set("Upgrade", None)),
        ground("another protocol", (6, BINDS), 400, "Upgrade", |it| it.set("Upgrade", Some("Upgrade: h2c"))),
        ground("another version", (7, BINDS), 426, "Sec-WebSocket-Version", |it| {
            it.set("Sec-WebSocket-Version", Some("Sec-WebSocket-Version: 12"));
        }),
        ground("no Connection", (8, BINDS), 400, "Connection", |it| it.set("Connection", None)),
        ground("no key", (8, BINDS), 400, "Key", |it| it.set("Sec-WebSocket-Key", None)),
        ground("a short key", (8, BINDS), 400, "Key", |it| {
            it.set("Sec-WebSocket-Key", Some("Sec-WebSocket-Key: dGhlIHNhbXBsZQ=="));
        }),
        ground("a coding that is not known", (8, PERMITS), 501, "content", |it| {
            it.add("Transfer-Encoding: br, chunked");
        }),
        ground("too much content", (8, PERMITS), 413, "content", |it| it.add("Content-Length: 9000000000000000000")),
        ground("an expectation", (8, PERMITS), 417, "Expect", |it| it.add("Expect: 100-continue")),
        ground("another origin", (9, BINDS), 403, "Origin", |it| it.set("Origin", Some("Origin: https://bad.example"))),
    ]
}

#[test]
fn the_good_request_is_accepted() {
    let outcome = Request::good().judged();
    assert_eq!(outcome.judgement.findings, []);
    assert_eq!(outcome.answer.status(), 101);
}

#[test]
fn each_ground_has_its_status_and_its_fields() {
    for Ground { what, status, part, put, .. } in grounds() {
        let mut request = Request::good();
        put(&mut request);
        let outcome = request.judged();
        let ground = outcome.deciding().expect("a ground");
        let told = format!("{}: {}\n", ground.requirement.id, ground.message);
        let answer = outcome.answer;
        assert_eq!(answer.status(), status, "{what}");
        let fields = answer.fields();
        let octets = answer.octets();
        let content = octets.windows(4).position(|end| end == b"\r\n\r\n").map(|at| &octets[at + 4..]).expect("a head");
        let field = |name: &str| {
            let of_name = fields.iter().filter(|(its, _)| *its == name);
            let mut values = of_name.map(|(_, value)| String::from_utf8_lossy(value).into_owned());
            let first = values.next();
            assert_eq!(values.next(), None, "{what}: {name}");
            first
        };
        let connection = if status == 426 { "close, Upgrade" } else { "close" };
        assert_eq!(field("Connection").as_deref(), Some(connection), "{what}");
        assert_eq!(field("Upgrade").as_deref(), (status == 426).then_some("websocket"), "{what}");
        assert_eq!(field("Allow").as_deref(), (status == 405).then_some("GET"), "{what}");
        let version = (part == "Sec-WebSocket-Version").then_some("13");
        assert_eq!(field("Sec-WebSocket-Version").as_deref(), version, "{what}");
        assert_eq!(field("Content-Length"), Some(content.len().to_string()), "{what}");
        assert_eq!(content, told.as_bytes(), "{what}");
    }
}

/// What is violated goes before latitude; then the lower rank wins, then the one that stands first.
#[test]
fn of_two_grounds_the_one_of_the_lower_rank_wins() {
    let grounds = grounds();
    for one in &grounds {
        for other in &grounds {
            let winner = (!one.binds, one.rank) < (!other.binds, other.rank);
            // Of a head that is not read to its end, what is missing is not known.
            let is_unread = [one, other].iter().any(|ground| ground.part == "size")
                && [one, other].iter().any(|ground| ground.what.starts_with("no "));
            if !winner || one.part == other.part || is_unread {
                continue;
            }
            // What is large stands last, so that the other ground is read.
            let (first, last) = if other.part == "size" { (one, other) } else { (other, one) };
            let mut request = Request::good();
            (first.put)(&mut request);
            (last.put)(&mut request);
            assert_eq!(request.judged().answer.status(), one.status, "{} and {}", one.what, other.what);
        }
    }
}

#[test]
fn of_two_grounds_of_one_rank_the_first_in_the_octets_wins() {
    for (first, second, status) in [
        ("Expect: 100-continue", "Transfer-Encoding: br, chunked", 417),
        ("Transfer-Encoding: br, chunked", "Expect: 100-continue", 501),
        ("Content-Length: 9000000000000000000", "Expect: 100-continue", 413),
        ("Expect: 100-continue", "Content-Length: 9000000000000000000", 417),
    ] {
        let mut request = Request::good();
        request.add(first);
        request.add(second);
        assert_eq!(request.judged().answer.status(), status, "{first}, {second}");
    }
}

/// The statuses of what leaves the rest unread, or stands alone in its rank.
#[test]
fn a_target_is_answered_by_what_is_wrong_with_it() {
    for (target, status) in [
        (format!("/{}", "a".repeat(20_000)), 414),
        ("chat".to_owned(), 400),
        ("http://other.example/chat".to_owned(), 421),
        ("https://server.example/chat".to_owned(), 421),
        ("ftp://server.example/chat".to_owned(), 400),
        ("/chat#top".to_owned(), 400),
    ] {
        let request = Request { target: target.clone(), ..Request::good() };
        assert_eq!(request.judged().answer.status(), status, "{target}");
    }
}

/// The default port is that of the scheme, and `https` belongs to TLS.
#[test]
fn over_tls_the_default_port_is_another() {
    for (secure, host, status) in [
        (true, "server.example", 101),
        (true, "server.example:443", 101),
        (true, "server.example:80", 421),
        (false, "server.example", 101),
        (false, "server.example:80", 101),
        (false, "server.example:443", 421),
    ] {
        let scheme = if secure { "https" } else { "http" };
        let lines = Request::good().lines[1..].join("\r\n");
        for octets in [
            format!("GET /chat HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n\r\n"),
            format!("GET {scheme}://{host}/chat HTTP/1.1\r\nHost: server.example\r\n{lines}\r\n\r\n"),
        ] {
            let policy = Policy::default().authorities(["server.example"]).secure(secure);
            let outcome = judge_request(octets.as_bytes(), false, &policy).expect("a whole head");
            assert_eq!(outcome.answer.status(), status, "{octets}");
        }
    }
}

#[test]
fn a_response_to_head_has_no_content() {
    let answer = Request { method: "HEAD", ..Request::good() }.judged().answer;
    assert_eq!(answer.status(), 405);
    assert!(answer.octets().ends_with(b"\r\n\r\n"));
}
