//! Frames, as far as it takes to tell a WebSocket server from one that only computes the accept value (RFC 6455 §5.2).

/// A frame as a client sends it: final and masked (RFC 6455 §5.1, §5.3). The payload has at most 125 octets: what is beyond
/// is left out.
pub fn masked(opcode: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let payload = &payload[..payload.len().min(125)];
    let mut frame = vec![0x80 | opcode, 0x80 | payload.len() as u8];
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(octet, mask)| octet ^ mask));
    frame
}

/// A frame as a server sends it: final and without a mask, which no client may send. The payload has at most 125 octets:
/// what is beyond is left out.
pub fn unmasked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let payload = &payload[..payload.len().min(125)];
    [&[0x80 | opcode, payload.len() as u8], payload].concat()
}

/// The opcode of a text frame.
pub const TEXT: u8 = 1;
/// The opcode of a Close frame.
pub const CLOSE: u8 = 8;
/// The opcode of a Ping frame.
pub const PING: u8 = 9;
/// The opcode of a Pong frame.
pub const PONG: u8 = 10;

/// A frame that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The opcode.
    pub opcode: u8,
    /// Whether a mask was on it.
    pub masked: bool,
    /// The payload, without its mask.
    pub payload: Vec<u8>,
    /// How many octets the whole frame takes.
    pub length: usize,
}

/// The whole frames that octets start with, and whether what follows them is no frame at all: a reserved opcode, a
/// fragmented or an over-long control frame (RFC 6455 §5.2, §5.5).
pub fn read(mut octets: &[u8]) -> (Vec<Frame>, bool) {
    let mut frames = Vec::new();
    loop {
        let &[first, second, ref rest @ ..] = octets else { return (frames, false) };
        let (opcode, short) = (first & 0x0f, second & 0x7f);
        let is_control = opcode >= CLOSE;
        if !matches!(opcode, 0..=2 | CLOSE..=PONG) || is_control && (first & 0x80 == 0 || short > 125) {
            return (frames, true);
        }
        let (length, rest) = match short {
            126 => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from(u16::from_be_bytes(*length)), rest),
                None => return (frames, false),
            },
            127 => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from_be_bytes(*length), rest),
                None => return (frames, false),
            },
            short => (u64::from(short), rest),
        };
        let masked = second & 0x80 != 0;
        let (mask, rest) = match rest.split_first_chunk::<4>() {
            Some((mask, rest)) if masked => (*mask, rest),
            None if masked => return (frames, false),
            _ => ([0; 4], rest),
        };
        let whole = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
        let Some((payload, rest)) = whole else { return (frames, false) };
        let length = octets.len() - rest.len();
        let payload = payload.iter().zip(mask.iter().cycle()).map(|(octet, mask)| octet ^ mask).collect();
        frames.push(Frame { opcode, masked, payload, length });
        octets = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 6455 §5.7.
    #[test]
    fn frames_are_those_of_the_examples() {
        assert_eq!(masked(1, b"Hello", [0x37, 0xfa, 0x21, 0x3d]), b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
        assert_eq!(unmasked(TEXT, b"Hello"), b"\x81\x05\x48\x65\x6c\x6c\x6f");
        let (frames, broken) =
            read(b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x81\x05\x48\x65\x6c\x6c\x6f\x81\x05");
        let frame = |opcode, masked| {
            let length = if masked { 11 } else { 7 };
            Frame { opcode, masked, payload: b"Hello".to_vec(), length }
        };
        assert_eq!((frames, broken), (vec![frame(PONG, true), frame(1, false)], false));
        let long = [&b"\x82\x7e\x01\x00"[..], &[7; 256]].concat();
        assert_eq!(read(&long).0[0].payload.len(), 256);
    }

    #[test]
    fn what_is_no_frame_is_told() {
        for octets in [&b"HTTP/1.1 400 Bad Request\r\n"[..], b"\x83\x00", b"\x09\x00", b"\x89\x7e\0\0"] {
            assert!(read(octets).1, "{}", octets.escape_ascii());
        }
        assert_eq!(read(b"\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"), (Vec::new(), false));
    }
}
