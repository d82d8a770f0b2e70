//! Commands that show a case again, to paste into a shell: each on one line.

use crate::suite::Invocation;
use crate::suite::exchange::{Delivery, End, Exchange, Needs};

/// A command line for printf(1) that is longer than this is for nobody to paste.
const LONG: usize = 4000;
/// So many reads are written out; more are left to the program itself.
const READS: usize = 4;

/// The commands that show a case of a server again: the octets by printf(1) and nc(1), or openssl(1) for wss, where that
/// can be done on a line that a person would paste; and always this program with the options that shape the exchange.
///
/// ```
/// use ws101::suite::{Exchange, results::reproduce};
///
/// let exchange = Exchange::new(ws101::judgement::Role::Server, *b"GET / HTTP/1.1\r\n\r\n");
/// let [nc, ws101] = &reproduce::server("ws://[::1]:9001/chat", &[], "server/host/missing", &exchange)[..] else { panic!() };
/// assert_eq!(nc, r"{ printf 'GET / HTTP/1.1\r\n\r\n'; sleep 2; } | nc -w 3 ::1 9001");
/// assert_eq!(ws101, "ws101 test server 'ws://[::1]:9001/chat' --only server/host/missing");
/// ```
pub fn server(target: &str, options: &[String], id: &str, exchange: &Exchange) -> Vec<String> {
    let mut command = format!("ws101 test server {}", quoted(target));
    append(&mut command, options);
    append(&mut command, &["--only".to_owned(), id.to_owned()]);
    let by_hand = by_hand(target, exchange).filter(|command| command.len() <= LONG);
    by_hand.into_iter().chain([command]).collect()
}

/// The command that shows a case of a client again: this program, with the options and the command of the client.
pub fn client(client: &[String], options: &[String], id: &str) -> Vec<String> {
    let mut command = "ws101 test client".to_owned();
    append(&mut command, options);
    append(&mut command, &["--only".to_owned(), id.to_owned()]);
    if !client.is_empty() {
        command.push_str(" --");
        append(&mut command, client);
    }
    vec![command]
}

/// The command that hands the octets of an exchange to a peer again, with all that it was configured for.
///
/// ```
/// use ws101::suite::{End, Exchange, Invocation, results::reproduce};
///
/// let exchange = Exchange { end: End::HalfClosed, ..Exchange::new(ws101::judgement::Role::Server, *b"GET / HTTP/1.1\r\n\r\n") };
/// assert_eq!(
///     reproduce::diff(&Invocation::built_in("ws101", "tungstenite"), &exchange),
///     r"printf 'GET / HTTP/1.1\r\n\r\n' | ws101 diff - --peer tungstenite --role server --half-close",
/// );
/// ```
pub fn diff(peer: &Invocation, exchange: &Exchange) -> String {
    let mut command = format!("printf '{}' | {} diff -", printf(&exchange.octets), quoted(&peer.program));
    append(&mut command, &peer.options);
    append(&mut command, &reading(exchange));
    command
}

/// The command that writes into the ledger of a peer what its vectors show.
pub fn bless(peer: &Invocation) -> String {
    let mut command = format!("{} diff", quoted(&peer.program));
    // A list holds what fails at all, however strictly that is counted.
    let options: Vec<String> = peer.options.iter().filter(|option| *option != "--strict").cloned().collect();
    append(&mut command, &options);
    command + " --bless"
}

/// The command that tests a server behind a URL, and shows a case of it whole; `None` for any other peer.
pub fn verbose(peer: &Invocation, id: &str) -> Option<String> {
    let (url, reached) = peer.url()?;
    let mut command = format!("ws101 test server {}", quoted(url));
    append(&mut command, reached);
    append(&mut command, &["--verbose".to_owned(), "--only".to_owned(), id.to_owned()]);
    Some(command)
}

/// The options of `ws101 diff FILE` that say who reads the octets, and how they come.
fn reading(exchange: &Exchange) -> Vec<String> {
    let mut words = Vec::new();
    let mut option = |name: &str, value: &str| words.extend([name.to_owned(), value.to_owned()]);
    option("--role", exchange.role.as_str());
    match (&exchange.delivery, exchange.delivery.ends(exchange.octets.len()).as_slice()) {
        (_, [] | [_]) => {}
        (Delivery::Octets, _) => option("--split", "octets"),
        (_, [cuts @ .., _]) => option("--split", &Delivery::Split(cuts.to_vec()).to_string()),
    }
    if let Some(key) = &exchange.key
        && exchange.key != Exchange::new(exchange.role, []).key
    {
        option("--key", key);
    }
    let Needs { protocols, extensions, origins, resources, authorities } = &exchange.needs;
    if !protocols.is_empty() {
        option("--protocols", &protocols.join(","));
    }
    if let Some(extensions) = extensions {
        option("--extensions", extensions);
    }
    for (name, served) in [("--origins", origins), ("--resources", resources), ("--authorities", authorities)] {
        match served.as_deref() {
            None => {}
            // Nothing is served: an option with an empty value.
            Some([]) => option(name, ""),
            Some(served) => served.iter().for_each(|one| option(name, one)),
        }
    }
    if exchange.end == End::HalfClosed {
        words.push("--half-close".to_owned());
    }
    words
}

fn append(command: &mut String, words: &[String]) {
    for word in words {
        command.push(' ');
        command.push_str(&quoted(word));
    }
}

/// The octets, read by read, into the standard input of a program that connects.
fn by_hand(target: &str, exchange: &Exchange) -> Option<String> {
    let (tls, host, port) = place(target)?;
    let octets = &exchange.octets;
    let ends = match &exchange.delivery {
        Delivery::Whole => vec![octets.len()],
        Delivery::Split(at) if at.len() < READS => at.iter().copied().chain([octets.len()]).collect(),
        Delivery::Split(_) | Delivery::Octets => return None,
    };
    let mut start = 0;
    let reads = ends.into_iter().map(|end| {
        let read = format!("printf '{}'", printf(octets.get(start..end).unwrap_or_default()));
        start = end;
        read
    });
    let reads = reads.collect::<Vec<_>>().join("; sleep 1; ");
    let host = quoted(&host);
    match (tls, exchange.end) {
        // Without the time limit nc would stay for as long as the server holds the connection; without the pause some
        // versions of it would close before the answer comes.
        (false, End::HalfClosed) if reads.contains("; ") => Some(format!("{{ {reads}; }} | nc -N -w 3 {host} {port}")),
        (false, End::HalfClosed) => Some(format!("{reads} | nc -N -w 3 {host} {port}")),
        (false, End::Open) => Some(format!("{{ {reads}; sleep 2; }} | nc -w 3 {host} {port}")),
        (true, End::Open) => {
            let host = if host.contains(':') { quoted(&format!("[{host}]")) } else { host };
            Some(format!("{{ {reads}; sleep 2; }} | openssl s_client -quiet -connect {host}:{port}"))
        }
        // Nothing at hand ends its side of a TLS connection and goes on reading.
        (true, End::HalfClosed) => None,
    }
}

/// Whether a URL asks for TLS, its host without brackets, and its port.
fn place(url: &str) -> Option<(bool, String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let tls = match scheme.to_ascii_lowercase().as_str() {
        "ws" => false,
        "wss" => true,
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let (host, port) = match authority.strip_prefix('[') {
        Some(literal) => literal.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = match port.strip_prefix(':').unwrap_or_default() {
        "" if tls => 443,
        "" => 80,
        port => port.parse().ok()?,
    };
    Some((tls, host.to_owned(), port))
}

/// The octets as the format of printf(1) has them between single quotes, in what every POSIX shell understands.
pub fn printf(octets: &[u8]) -> String {
    let mut format = String::new();
    for (at, &octet) in octets.iter().enumerate() {
        match octet {
            b'\r' => format.push_str("\\r"),
            b'\n' => format.push_str("\\n"),
            b'\t' => format.push_str("\\t"),
            b'\\' => format.push_str("\\\\"),
            b'%' => format.push_str("%%"),
            b'\'' => format.push_str("'\\''"),
            // At the beginning it would be taken for an option.
            b'-' if at == 0 => format.push_str("\\055"),
            b' '..=b'~' => format.push(char::from(octet)),
            _ => format.push_str(&format!("\\{octet:03o}")),
        }
    }
    format
}

/// A word as a POSIX shell takes it, in single quotes where it needs them.
pub fn quoted(word: &str) -> String {
    let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_./:=,@+".contains(&octet);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::judgement::Role;

    fn said_by_a_shell(command: &str) -> Vec<u8> {
        let output = Command::new("sh").arg("-c").arg(command).output().expect("a shell");
        assert!(output.status.success() && output.stderr.is_empty(), "{command}: {output:?}");
        output.stdout
    }

    #[test]
    fn a_shell_prints_the_same_octets() {
        let all: Vec<u8> = (0..=u8::MAX).chain((0..=u8::MAX).rev()).collect();
        let mut samples: Vec<Vec<u8>> = vec![all, Vec::new(), b"-n".to_vec(), b"--".to_vec(), b"\\055%d%s%%".to_vec()];
        samples.extend((0..=u8::MAX).map(|octet| vec![octet, b'7', octet]));
        // One shell for all of them: to start one takes longer than what it does.
        let commands: Vec<String> = samples.iter().map(|octets| format!("printf '{}'", printf(octets))).collect();
        assert_eq!(said_by_a_shell(&commands.join("; printf '|'; ")), samples.join(&b'|'));
    }

    #[test]
    fn what_people_can_read_stays_as_it_is() {
        assert_eq!(printf(b"Sec-WebSocket-Key:\ta b\r\n\0"), r"Sec-WebSocket-Key:\ta b\r\n\000");
        assert_eq!(printf(b"-n"), r"\055n");
    }

    #[test]
    fn a_shell_takes_the_same_word() {
        for word in ["", "a", "a b", "it's", "$HOME", "`id`", "\"", "\\", "server/key/a + octets", "*", "é", "!"] {
            assert_eq!(said_by_a_shell(&format!("printf %s {}", quoted(word))), word.as_bytes(), "{word}");
        }
        assert_eq!(quoted("server/key/a-b.c"), "server/key/a-b.c");
    }

    #[test]
    fn reads_and_ends_are_written_out() {
        let exchange = |delivery, end| Exchange { delivery, end, ..Exchange::new(Role::Server, *b"abcdef") };
        let nc = |target: &str, delivery, end| server(target, &[], "id", &exchange(delivery, end)).remove(0);
        let split = || Delivery::Split(vec![2, 4]);
        assert_eq!(nc("ws://h", Delivery::Whole, End::Open), "{ printf 'abcdef'; sleep 2; } | nc -w 3 h 80");
        assert_eq!(nc("ws://h:1/?q", Delivery::Whole, End::HalfClosed), "printf 'abcdef' | nc -N -w 3 h 1");
        assert_eq!(
            nc("ws://h:1", split(), End::Open),
            "{ printf 'ab'; sleep 1; printf 'cd'; sleep 1; printf 'ef'; sleep 2; } | nc -w 3 h 1"
        );
        assert_eq!(
            nc("ws://h:1", split(), End::HalfClosed),
            "{ printf 'ab'; sleep 1; printf 'cd'; sleep 1; printf 'ef'; } | nc -N -w 3 h 1"
        );
        assert_eq!(
            nc("WSS://[::1]/", Delivery::Whole, End::Open),
            "{ printf 'abcdef'; sleep 2; } | openssl s_client -quiet -connect '[::1]':443"
        );
        for left_to_us in [
            nc("ws://h:1", Delivery::Octets, End::Open),
            nc("ws://h:1", Delivery::Split(vec![1, 2, 3, 4]), End::Open),
            nc("wss://h:1", Delivery::Whole, End::HalfClosed),
            server("ws://h:1", &[], "id", &Exchange::new(Role::Server, vec![b'a'; 65536])).remove(0),
            server("ws://h:1", &[], "id", &Exchange::new(Role::Server, vec![0; 2000])).remove(0),
        ] {
            assert!(left_to_us.starts_with("ws101 test server "), "{left_to_us}");
        }
    }

    #[test]
    fn what_a_shell_runs_before_the_pipe_is_the_octets() {
        let exchange = Exchange { delivery: Delivery::Split(vec![1]), ..Exchange::new(Role::Server, *b"%\\-\0\xff'") };
        let command = &server("ws://h:1", &[], "id", &exchange)[0];
        let (before, _) = command.rsplit_once(" | ").unwrap();
        let at_once = before.replace("sleep 1", ":").replace("sleep 2", ":");
        assert_eq!(said_by_a_shell(&at_once), exchange.octets);
    }

    #[test]
    fn options_and_the_command_of_a_client_are_quoted() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            client(&words(&["node", "a b.js", "{url}"]), &words(&["--strict"]), "client/accept/x + octets"),
            ["ws101 test client --strict --only 'client/accept/x + octets' -- node 'a b.js' '{url}'"]
        );
        let exchange = Exchange::new(Role::Server, vec![b'a'; 5000]);
        assert_eq!(
            server("ws://h", &words(&["--header", "A: b"]), "id", &exchange),
            ["ws101 test server ws://h --header 'A: b' --only id"]
        );
    }
}
