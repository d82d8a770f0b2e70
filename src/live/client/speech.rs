//! What a client says first behind the answer, by which it shows whether the connection is open to it (RFC 6455 §5.2).

/// The first thing that a client sent behind the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speech {
    /// Too little to tell.
    Unfinished,
    /// A frame: the connection is open.
    Frame {
        /// Whether it is masked, as every frame of a client has to be (§5.1).
        masked: bool,
    },
    /// A Close frame that complains: a status code by which an endpoint fails a connection (§7.4.1).
    Complaint(u16),
    /// No frame: another request, a TLS record, anything.
    Other,
}

/// Reads the first octets that a client sent behind the answer.
pub fn speech(octets: &[u8]) -> Speech {
    let [first, second, behind @ ..] = octets else { return Speech::Unfinished };
    let (masked, length) = (second & 0x80 != 0, usize::from(second & 0x7f));
    let (is_final, opcode) = (first & 0x80 != 0, first & 0x0f);
    // An agreed extension may have set RSV1 alone. Text of HTTP and a TLS record have neither FIN nor MASK.
    let is_frame = first & 0x30 == 0 && matches!(opcode, 1 | 2 | 8 | 9 | 10) && (masked || is_final);
    let is_control = opcode >= 8;
    if !is_frame || is_control && (length > 125 || !is_final) {
        return Speech::Other;
    }
    if opcode != 8 || length < 2 {
        return Speech::Frame { masked };
    }
    let code = match (masked, behind) {
        (false, [high, low, ..]) => u16::from_be_bytes([*high, *low]),
        (true, [a, b, _, _, high, low, ..]) => u16::from_be_bytes([high ^ a, low ^ b]),
        _ => return Speech::Unfinished,
    };
    match code {
        1000 | 1001 | 3000..=4999 => Speech::Frame { masked },
        code => Speech::Complaint(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_a_client_are_told_from_anything_else() {
        let open = Speech::Frame { masked: true };
        for frame in [
            &b"\x81\x85\x01\x02\x03\x04"[..],
            b"\x01\x80",
            b"\xc1\x85",
            b"\x82\xfe\x01\x00",
            b"\x8a\x80\0\0\0\0",
            b"\x89\x85",
            b"\x88\x80\0\0\0\0",
            b"\x88\x82\x01\x02\x03\x04\x02\xea",
            b"\x88\x82\0\0\0\0\x0f\xa0",
        ] {
            assert_eq!(speech(frame), open, "{}", frame.escape_ascii());
        }
        assert_eq!(speech(b"\x81\x05Hello"), Speech::Frame { masked: false });
        assert_eq!(speech(b"\x88\x82\0\0\0\0\x03\xea"), Speech::Complaint(1002));
        assert_eq!(speech(b"\x88\x82\x01\x02\x03\x04\x02\xe8"), Speech::Complaint(1002));
        assert_eq!(speech(b"\x88\x02\x03\xea"), Speech::Complaint(1002));
        for unfinished in [&b""[..], b"\x88", b"\x88\x82", b"\x88\x82\0\0\0\0\x03"] {
            assert_eq!(speech(unfinished), Speech::Unfinished, "{}", unfinished.escape_ascii());
        }
        for other in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"AAAA",
            b"BIND /",
            b"\x16\x03\x01",
            b"\x80\x80",
            b"\x83\x80",
            b"\xb1\x80",
            b"\x09\x80",
            b"\x89\xfe",
            b"\x01\x05",
        ] {
            assert_eq!(speech(other), Speech::Other, "{}", other.escape_ascii());
        }
    }
}
