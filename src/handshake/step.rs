//! A step of a handshake: more octets are needed, or it has come to its end.

/// What it comes to when a reader, a [`Server`](super::Server) or a [`Client`](super::Client), is fed octets.
///
/// Feeding takes the reader. While more is needed it comes back; after the outcome there is nobody left who could be asked again:
///
/// ```compile_fail,E0382
/// # use ws101::handshake::{Policy, Server};
/// # let policy = Policy::default();
/// let server = Server::new(&policy);
/// let outcome = server.feed(b"GET / HTTP/1.1\r\n\r\n").outcome();
/// let again = server.feed(b"GET / HTTP/1.1\r\n\r\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<R, O> {
    /// The head is not at its end: the reader, to be fed on.
    More(R),
    /// The outcome is certain.
    Done {
        /// The outcome.
        outcome: O,
        /// Every octet that was fed, those after the head included.
        octets: Vec<u8>,
    },
}

impl<R, O> Step<R, O> {
    /// The outcome, if it is certain.
    #[inline]
    pub fn outcome(self) -> Option<O> {
        match self {
            Step::More(_) => None,
            Step::Done { outcome, .. } => Some(outcome),
        }
    }

    /// Goes on with the reader if it needs more; what is done is done.
    ///
    /// ```
    /// use ws101::handshake::{Policy, Server, Step};
    ///
    /// let policy = Policy::default();
    /// let portions = [b"GET / HT".as_slice(), b"TP/1.1\r\n", b"\r\n"];
    /// let step = Step::More(Server::new(&policy));
    /// let step = portions.iter().fold(step, |step, portion| step.then(|server| server.feed(portion)));
    /// assert_eq!(step.outcome().expect("the head is complete").answer.status(), 400);
    /// ```
    pub fn then(self, feed: impl FnOnce(R) -> Step<R, O>) -> Self {
        match self {
            Step::More(reader) => feed(reader),
            done @ Step::Done { .. } => done,
        }
    }

    /// The reader, if it needs more.
    pub fn more(self) -> Option<R> {
        match self {
            Step::More(reader) => Some(reader),
            Step::Done { .. } => None,
        }
    }
}

/// Adds a portion to what came before it.
#[inline]
pub(super) fn receive(octets: &mut Vec<u8>, portion: &[u8]) {
    // The first portion mostly is the only one: it takes no room beyond its own.
    if octets.is_empty() {
        *octets = portion.to_vec();
    } else {
        octets.extend_from_slice(portion);
    }
}
