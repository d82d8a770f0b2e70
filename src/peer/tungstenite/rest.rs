//! Where the octets behind the head go.
//!
//! tungstenite does not show the octets that it read and has not used. So what it holds is seen through what it does with
//! it: the rest of the stream is replaced by a few frames (the probe), then everything is read that the open connection
//! gives, messages and errors. The same is read from a connection that was made with the expected octets in hand
//! (`WebSocket::from_partially_read`). Both alike means that it holds those octets, as far as any application can tell (what
//! stands behind a Close frame nobody reads). The octets handed on are the ones it
//! holds and the ones it left in the stream.

use ::tungstenite::protocol::Role as Side;
use ::tungstenite::{Error, Message, WebSocket};

use super::config;
use crate::judgement::Role;
use crate::peer::stream::Stream;
use crate::suite::wire::Head;
use crate::suite::{Delivery, End, Exchange};

/// The octets behind the head that an open connection hands on: what it holds, and what it left in the stream.
pub(super) fn handed_on(mut socket: WebSocket<Stream>, stream: &Stream, exchange: &Exchange) -> Vec<u8> {
    let octets = &exchange.octets;
    let taken = stream.taken();
    let expected = Head::read(octets).end().and_then(|end| octets.get(end..taken)).unwrap_or_default();
    let (side, probe) = match exchange.role {
        Role::Server => (Side::Server, &b"\x82\x81\0\0\0\0a\x82\x82\0\0\0\0bc\x82\x83\0\0\0\0def"[..]),
        Role::Client => (Side::Client, &b"\x82\x01a\x82\x02bc\x82\x03def"[..]),
    };
    stream.replace_unread(probe);
    let most = expected.len() + probe.len();
    let seen = read_all(&mut socket, most);
    let read_with = |held: &[u8]| {
        let stream = Stream::new(probe, &Delivery::Whole, End::HalfClosed);
        read_all(&mut WebSocket::from_partially_read(stream, held.to_vec(), side, config()), most)
    };
    let held = if seen == read_with(expected) {
        expected.to_vec()
    } else if seen == read_with(&[]) {
        Vec::new()
    } else {
        // It holds something else. What it made of it stands here, so that the difference shows.
        seen.into_iter()
            .flat_map(|event| event.map_or_else(String::into_bytes, |message| message.into_data().to_vec()))
            .collect()
    };
    [&held, octets.get(taken..).unwrap_or_default()].concat()
}

/// Everything that an open connection gives until it is at its end, at most so many messages and errors.
fn read_all(socket: &mut WebSocket<Stream>, most: usize) -> Vec<Result<Message, String>> {
    let mut seen = Vec::new();
    while seen.len() < most {
        match socket.read() {
            Err(Error::AlreadyClosed) => break,
            event => seen.push(event.map_err(|error| error.to_string())),
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    #[test]
    fn lost_and_doubled_octets_show() {
        let behind = b"\x81\x05Hello\x81";
        let exchange = Exchange::new(Role::Client, [RESPONSE.as_bytes(), behind].concat());
        for (held, shown) in [(&behind[..], true), (b"", false), (&behind[..7], false), (&behind[1..], false)] {
            let stream = Stream::of(&exchange);
            let mut buffer = vec![0; exchange.octets.len()];
            std::io::Read::read(&mut stream.clone(), &mut buffer).unwrap();
            let socket = WebSocket::from_partially_read(stream.clone(), held.to_vec(), Side::Client, config());
            assert_eq!(handed_on(socket, &stream, &exchange) == behind, shown, "{held:?}");
        }
    }
}
