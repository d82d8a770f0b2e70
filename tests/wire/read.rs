//! Heads, lines and lists as the tolerant reader reads them.

use ws101::judgement::Role;
use ws101::suite::ledger::Reading;
use ws101::suite::wire::{
    Extension, Head, Reader, RequestLine, StatusLine, Step, extensions, holds, joined, members, trimmed,
};

#[test]
fn a_token_is_found_among_the_members_of_all_fields_of_a_name() {
    let field = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
    let fields = [field("Connection", "close"), field("connection", "\tkeep-alive ,, Upgrade"), field("A", "")];
    assert_eq!(joined(&fields, "CONNECTION").unwrap(), b"close, \tkeep-alive ,, Upgrade");
    assert_eq!((joined(&fields, "a").unwrap(), joined(&fields, "b")), (Vec::new(), None));
    for (name, token, expected) in [
        ("Connection", Some("upgrade"), true),
        ("Connection", Some("CLOSE"), true),
        ("Connection", Some("keep"), false),
        ("Connection", Some("close, keep-alive"), false),
        ("a", None, true),
        ("a", Some("close"), false),
        ("b", None, false),
    ] {
        assert_eq!(holds(&fields, name, token), expected, "{name} {token:?}");
    }
    assert_eq!(members(b"a,, b\t,").collect::<Vec<_>>(), [&b"a"[..], b"", b"b", b""]);
    assert_eq!((trimmed(b" \ta b\t"), trimmed(b"\t "), trimmed(b"\x0ca")), (&b"a b"[..], &b""[..], &b"\x0ca"[..]));
}

#[test]
fn a_request_line_has_three_parts() {
    let read = |line: &'static str| {
        let RequestLine { method, target, version, is_whole } = RequestLine::read(line.as_bytes());
        ([method, target, version].map(|part| std::str::from_utf8(part).unwrap()), is_whole)
    };
    assert_eq!(read("GET /a?b HTTP/1.1"), (["GET", "/a?b", "HTTP/1.1"], true));
    assert_eq!(read(" GET\t/\x0b\x0c\rHTTP/1.1 "), (["GET", "/", "HTTP/1.1"], true));
    assert_eq!(read("GET / x HTTP/1.1"), (["GET", "/ x", "HTTP/1.1"], true));
    assert_eq!(read("GET / x y"), (["GET", "/", "x"], false));
    assert_eq!(read("GET / HTTP/1.1 x"), (["GET", "/", "HTTP/1.1"], false));
    assert_eq!(read("GET  HTTP/1.1"), (["GET", "", "HTTP/1.1"], true));
    assert_eq!(read("GET HTTP/1.1"), (["GET", "HTTP/1.1", ""], false));
    assert_eq!(read("GET"), (["GET", "", ""], false));
    assert_eq!(read(""), (["", "", ""], false));
}

#[test]
fn a_status_line_has_a_version_and_three_digits() {
    let read = |line: &'static str| {
        let StatusLine { version, status, reason } = StatusLine::read(line.as_bytes())?;
        Some((std::str::from_utf8(version).unwrap(), status, std::str::from_utf8(reason).unwrap()))
    };
    let switching = Some(("HTTP/1.1", 101, "Switching Protocols"));
    assert_eq!(read("HTTP/1.1 101 Switching Protocols"), switching);
    assert_eq!(read("HTTP/1.1\t 101\tSwitching Protocols"), switching);
    assert_eq!(read("http/2 099  x "), Some(("http/2", 99, " x ")));
    assert_eq!(read("HTTP/1.1 101"), Some(("HTTP/1.1", 101, "")));
    for line in ["", "HTTP/1.1", "HTTP/1.1 1010 ", "HTTP/1.1 10 x", "HTTP/1.1 1a1 x", "HTTQ/1.1 101 x", "HTT 101"] {
        assert_eq!(read(line), None, "{line}");
    }
}

/// The fields, each as `name=value`.
fn fields(head: &[u8], reading: Option<Reading>) -> Vec<String> {
    let head = Head::read_as(head, reading);
    let text = |octets: &[u8]| octets.escape_ascii().to_string();
    head.fields().map(|field| format!("{}={}", text(field.name), text(&field.value))).collect()
}

#[test]
fn a_head_has_its_parts_and_an_end() {
    let octets = b"\r\n\nGET /a HTTP/1.1\nHost: b\r\n folded\r\nX:\t \r\n\r\nafter";
    let head = Head::read(octets);
    assert_eq!((head.start(), head.start_line()), (3, &b"GET /a HTTP/1.1"[..]));
    assert_eq!(head.request_line().target, b"/a");
    assert_eq!((head.end(), head.empty_line(), head.after()), (Some(octets.len() - 5), &b"\r\n"[..], &b"after"[..]));
    let lines = [&b"GET /a HTTP/1.1\n"[..], b"Host: b\r\n", b" folded\r\n", b"X:\t \r\n"];
    assert_eq!(head.lines().map(|(text, end)| [text, end].concat()).collect::<Vec<_>>(), lines);
    assert_eq!(head.lines().map(|(text, _)| text.len()).collect::<Vec<_>>(), [15, 7, 7, 4]);
    assert_eq!(fields(octets, None), ["Host=b folded", "X="]);
    let spans: Vec<_> = head.fields().map(|field| field.span).collect();
    assert_eq!(
        spans.iter().map(|span| &octets[span.clone()]).collect::<Vec<_>>(),
        [lines[1..3].concat(), lines[3].to_vec()]
    );
    assert!(head.has("host") && !head.has("folded"));
}

#[test]
fn what_has_no_end_is_read_all_the_same() {
    for octets in [&b"GET / HTTP/1.1\r\na: b"[..], b"GET / HTTP/1.1\r\na: b\r\n", b"GET / HTTP/1.1\r\na: b\r\n\r"] {
        let head = Head::read(octets);
        assert_eq!((head.end(), head.after(), head.empty_line()), (None, &b""[..], &b""[..]));
        assert_eq!(fields(octets, None), ["a=b"]);
    }
    for octets in [&b""[..], b"\r\n", b"\n\r\n\n"] {
        let head = Head::read(octets);
        assert_eq!((head.start(), head.end(), head.start_line()), (octets.len(), None, &b""[..]));
        assert_eq!((head.lines().count(), head.fields().count(), head.status()), (0, 0, None));
    }
    assert_eq!(Head::read(b"GET").request_line().method, b"GET");
}

#[test]
fn a_line_that_is_no_field_is_passed_over() {
    let octets = b"GET / HTTP/1.1\r\n x: 1\r\n\ty: 2\r\na b: 3\r\nc\r\n : 4\r\n: 5\r\nd : 6\r\ne:7:8\r\n\r\n";
    assert_eq!(fields(octets, None), ["d=6", "e=7:8"]);
    assert_eq!(Head::read(octets).lines().count(), 9);
}

#[test]
fn the_values_and_members_of_all_fields_of_a_name_are_found() {
    let head = Head::read(b"GET / HTTP/1.1\r\nA: 1, 2\r\nB: 3\r\na: ,\xff\r\n\r\nA: 4");
    assert_eq!(head.values("a").collect::<Vec<_>>(), [&b"1, 2"[..], b",\xff"]);
    assert_eq!(head.members("A"), ["1", "2", "", "\u{ff}"]);
    assert_eq!(head.members("C"), [""; 0]);
}

#[test]
fn what_is_malformed_is_read_as_a_peer_does() {
    use Reading::*;
    let fold = b"GET / HTTP/1.1\r\na: b \r\n\tc\r\n\r\n";
    let nul = b"GET / HTTP/1.1\r\na: \0b\0\rc\0\r\n\r\n";
    let cr = b"GET / HTTP/1.1\ra: b\rc: d\r\n\r\n";
    let cr_behind_name = b"GET / HTTP/1.1\r\na\r: b\r\n\rc: d\r\n\r\n";
    let lf = b"GET / HTTP/1.1\r\na: b\nc: d\r\n\ne\r\n\r\n";
    let white = b"GET / HTTP/1.1\r\n a: b\r\n c\r\nd: e\r\n\r\n";
    for (octets, reading, expected) in [
        (&fold[..], None, &["a=b c"][..]),
        (fold, Some(AsIs), &["a=b c"]),
        (fold, Some(EndsValue), &["a=b"]),
        (nul, None, &["a=b  c"]),
        (nul, Some(AsIs), &[r"a=\x00b\x00\rc\x00"]),
        (nul, Some(EncodedAgain), &[r"a=\x00b\x00\rc\x00"]),
        (nul, Some(EndsValue), &["a="]),
        (nul, Some(CrEndsLine), &["a=b"]),
        (cr, None, &[]),
        (cr, Some(CrEndsLine), &["a=b", "c=d"]),
        (cr_behind_name, None, &["a=b  c: d"]),
        (lf, None, &["a=b", "c=d"]),
        (lf, Some(AsSp), &["a=b c: d  e"]),
        (white, None, &["d=e"]),
        (white, Some(UsesLine), &["a=b c", "d=e"]),
    ] {
        assert_eq!(fields(octets, reading), expected, "{} {reading:?}", octets.escape_ascii());
    }
    assert_eq!(Head::read_as(lf, Some(AsSp)).end(), Some(lf.len()));
    assert_eq!(Head::read(lf).after(), b"e\r\n\r\n");
    assert_eq!(Head::read_as(b"GET / HTTP/1.1\n\na: b\r\n\r\n", Some(AsSp)).end(), Some(24));
}

#[test]
fn the_final_response_is_the_one_after_the_interim_ones() {
    let interim = b"HTTP/1.1 100 \r\n\r\n\r\nHTTP/1.1 199 x\na: b\n\nHTTP/1.1 10 \r\n\r\n";
    for (last, status) in
        [(&b"HTTP/1.1 101 S\r\n\r\nr"[..], Some(101)), (b"HTTP/1.1 200 O\r\n\r\n", Some(200)), (b"", None)]
    {
        let octets = [interim, last].concat();
        let head = Head::final_response(&octets, None);
        assert_eq!((head.start(), head.status()), (interim.len(), status));
    }
    let unfinished = b"HTTP/1.1 100 \r\n";
    assert_eq!(Head::final_response(unfinished, None).start(), 0);
}

/// What it comes to when octets come one by one: a word, and after how many octets it is told.
fn read(role: Role, octets: &[u8], limit: usize) -> (&'static str, usize) {
    let mut reader = Reader::new(role, limit);
    for length in 0..=octets.len() {
        match reader.read(&octets[..length]) {
            Step::More(more) => reader = more,
            Step::Whole(_) => return ("whole", length),
            Step::Never => return ("never", length),
            Step::TooLong => return ("too long", length),
        }
    }
    ("more", octets.len())
}

#[test]
fn a_head_is_at_its_end_with_the_empty_line() {
    for octets in [&b"GET / HTTP/1.1\r\na: b\r\n\r\n"[..], b"\r\n\nGET / x\n\n", b"\t \x0bGET / x\r\n\n"] {
        assert_eq!(read(Role::Server, &[octets, b"after"].concat(), 99), ("whole", octets.len()));
        assert_eq!(read(Role::Server, octets, octets.len()), ("whole", octets.len()));
        assert_eq!(read(Role::Server, octets, octets.len() - 1), ("too long", octets.len() - 1));
        assert_eq!(read(Role::Server, &octets[..octets.len() - 1], 99), ("more", octets.len() - 1));
    }
    assert_eq!(read(Role::Client, b"HTTP/1.1 101\r\n\r\n", 99), ("whole", 16));
    assert_eq!(read(Role::Server, b"GET", 0), ("too long", 0));
}

#[test]
fn what_can_become_no_head_is_told_early() {
    for (role, octets, at) in [
        (Role::Server, &b"\x16\x03\x01"[..], 1),
        (Role::Server, b"\r\nG\0T / HTTP/1.1", 4),
        (Role::Server, b"GET /\r\n", 7),
        (Role::Server, b"GET / HTTP/1.1 x\n", 17),
        (Role::Server, b"  \r\n", 4),
        (Role::Client, b"SSH-2.0", 1),
        (Role::Client, b"http:", 5),
        (Role::Client, b"\r\n HTTQ", 7),
        (Role::Client, b"HTTP/1.1 20\r\n", 13),
    ] {
        assert_eq!(read(role, octets, 99), ("never", at), "{}", octets.escape_ascii());
    }
    for (role, octets) in [
        (Role::Server, &b"PRI * HTTP/2.0"[..]),
        (Role::Client, b" http/(\xff"),
        (Role::Server, b"G ("),
        (Role::Client, b"\r"),
    ] {
        assert_eq!(read(role, octets, 99), ("more", octets.len()));
    }
}

#[test]
fn an_unfinished_head_is_as_much_as_there_is() {
    let octets = b"GET / HTTP/1.1\r\na: b\r\nc: d";
    let Step::More(reader) = Reader::new(Role::Server, 99).read(octets) else { panic!("not more") };
    let head = reader.unfinished(octets);
    assert_eq!((head.end(), head.lines().count(), head.fields().count()), (None, 3, 2));
}

#[test]
fn tokens_have_the_letters_of_the_grammar() {
    const TCHAR: &[u8] = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for octet in 0..=u8::MAX {
        let head = [octet, b' ', b'/', b' ', b'x', b'\n', b'\n'];
        let is_head = matches!(Reader::new(Role::Server, 99).read(&head), Step::Whole(_));
        assert_eq!(is_head, TCHAR.contains(&octet), "{octet:#x}");
        let head = [b"GET / x\n", &[octet][..], b": a\n\n"].concat();
        assert_eq!(Head::read(&head).fields().count(), usize::from(TCHAR.contains(&octet)), "{octet:#x}");
    }
}

fn listed(raw: &str) -> Vec<String> {
    let parameter = |(name, value): (String, Option<String>)| match value {
        Some(value) => format!("|{name}={value}"),
        None => format!("|{name}"),
    };
    let element = |its: Extension| its.name + &its.parameters.into_iter().map(parameter).collect::<String>();
    extensions(raw).into_iter().map(element).collect()
}

#[test]
fn a_quoted_string_is_one_value() {
    for (raw, expected) in [
        ("a;b;c=d , e", &["a|b|c=d", "e"][..]),
        ("a ; b = 9 ;c", &["a|b=9|c"]),
        ("a; b=\"9\", c", &["a|b=9", "c"]),
        ("a; b=\"9, 10; c\"", &["a|b=9, 10; c"]),
        (r#"a; b="\9\"\\", c"#, &[r#"a|b=9"\"#, "c"]),
        ("a; b=\"\"", &["a|b="]),
        (",, a,", &["a"]),
        ("a;", &["a|"]),
        ("", &[]),
    ] {
        assert_eq!(listed(raw), expected, "{raw}");
    }
}

#[test]
fn what_is_malformed_is_nothing_that_was_offered() {
    for raw in ["a; b=\"9", "a; b=9\"", "a; b=\"9\"0", "a; b=9\"9\"", "a; b=\"9\\\"", "a; b=\"", "a; b=\"\"\""] {
        assert_eq!(listed(raw), [raw]);
    }
    assert_eq!(listed("a; b=\"9, c"), ["a; b=\"9, c"]);
    assert_eq!(listed("a; b=\"\"\", c"), ["a; b=\"\"\", c"]);
}
