//! An observation: what a peer did. Never an opinion.

use super::wire::Head;

/// What a peer did with an exchange, and every octet that it wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// What it did.
    pub outcome: Outcome,
    /// What it wrote: a server's answer, or what a client sent behind its request.
    pub written: Vec<u8>,
}

/// What a peer did with an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The connection is open: a 101 went out, or came in and was accepted.
    Opened(Opened),
    /// A server answered with something else than 101, or a client reported a failed handshake.
    Refused(Refused),
    /// The connection ended without an answer, or a client gave up without telling why.
    Closed,
    /// The peer waits for more although nothing more comes.
    TimedOut,
    /// The peer wrote something that is no HTTP response.
    Garbled(String),
    /// The peer panicked or died: with its message.
    Crashed(String),
    /// The peer cannot be configured for what the exchange needs: with what it lacks.
    Unsupported(String),
    /// The harness could not do its work: with the reason.
    Harness(String),
}

/// An open connection, as the peer reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// A server's `Sec-WebSocket-Accept`, as it stands in the answer.
    pub accept: Option<Vec<u8>>,
    /// The field lines of the 101 that a server wrote.
    pub fields: Vec<(String, Vec<u8>)>,
    /// The subprotocol in use.
    pub protocol: Option<String>,
    /// The raw agreed extensions, lines joined by a comma.
    pub extensions: Option<String>,
    /// The octets behind the head that the peer handed on; `None` where it does not show them.
    pub rest: Option<Vec<u8>>,
}

/// A refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// The status of the answer, if one was written (server) or read (client).
    pub status: Option<u16>,
    /// The field lines of the answer that a server wrote.
    pub fields: Vec<(String, Vec<u8>)>,
    /// The peer's own error.
    pub error: Option<String>,
}

/// What a client did with a URI and options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Built {
    /// It sent this request, to this host and port, over TLS or not.
    Sent {
        /// The octets.
        request: Vec<u8>,
        /// The host to connect to, without brackets.
        host: String,
        /// The TCP port.
        port: u16,
        /// Whether TLS is used.
        tls: bool,
    },
    /// It refused, with its error.
    Refused(String),
    /// It panicked or died, with its message.
    Crashed(String),
    /// It has no such option.
    Unsupported(String),
    /// The harness could not do its work: with the reason.
    Harness(String),
}

impl Observation {
    /// What the peer did, in words.
    pub fn words(&self) -> String {
        let error = |error: &Option<String>| error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
        match &self.outcome {
            Outcome::Opened(opened) => {
                let accept = opened.accept.as_ref().map(|accept| format!(" with {}", accept.escape_ascii()));
                format!("accepted{}", accept.unwrap_or_default())
            }
            Outcome::Refused(Refused { status: Some(status), error: why, .. }) => {
                format!("refused, status {status}{}", error(why))
            }
            Outcome::Refused(refused) => format!("refused without an answer{}", error(&refused.error)),
            Outcome::Closed => "closed the connection".to_owned(),
            Outcome::TimedOut => "waits for more".to_owned(),
            Outcome::Garbled(what) => format!("wrote no HTTP response: {what}"),
            Outcome::Crashed(what) => format!("crashed: {what}"),
            Outcome::Unsupported(what) => format!("cannot be asked: {what}"),
            Outcome::Harness(what) => format!("could not be asked: {what}"),
        }
    }
}

impl Built {
    /// What the client did, in words.
    pub fn words(&self) -> String {
        match self {
            Built::Sent { request, .. } => {
                format!("sent {}", Head::read(request).start_line().escape_ascii())
            }
            Built::Refused(error) => format!("refused: {error}"),
            Built::Crashed(message) => format!("crashed: {message}"),
            Built::Unsupported(what) => format!("cannot be asked: {what}"),
            Built::Harness(what) => format!("could not be asked: {what}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_peer_did_is_told_in_words() {
        let refused =
            |status| Outcome::Refused(Refused { status, error: Some("why".to_owned()), ..Refused::default() });
        let opened = Opened { accept: Some(b"a=".to_vec()), ..Opened::default() };
        for (outcome, words) in [
            (Outcome::Opened(opened), "accepted with a="),
            (refused(Some(400)), "refused, status 400: why"),
            (refused(None), "refused without an answer: why"),
            (Outcome::Closed, "closed the connection"),
            (Outcome::TimedOut, "waits for more"),
            (Outcome::Garbled("why".to_owned()), "wrote no HTTP response: why"),
            (Outcome::Crashed("why".to_owned()), "crashed: why"),
            (Outcome::Unsupported("why".to_owned()), "cannot be asked: why"),
            (Outcome::Harness("why".to_owned()), "could not be asked: why"),
        ] {
            assert_eq!(Observation { outcome, written: Vec::new() }.words(), words);
        }
    }

    #[test]
    fn what_a_client_built_is_told_in_words() {
        let request = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n".to_vec();
        let sent = Built::Sent { request, host: "h".to_owned(), port: 80, tls: false };
        assert_eq!(sent.words(), "sent GET / HTTP/1.1");
        assert_eq!(Built::Refused("why".to_owned()).words(), "refused: why");
        assert_eq!(Built::Crashed("why".to_owned()).words(), "crashed: why");
        assert_eq!(Built::Unsupported("why".to_owned()).words(), "cannot be asked: why");
        assert_eq!(Built::Harness("why".to_owned()).words(), "could not be asked: why");
    }
}
