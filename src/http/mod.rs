//! The head of an HTTP/1.1 message (RFC 9112 and RFC 9110), with the span of everything in it.
