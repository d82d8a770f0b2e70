//! The opening handshake of RFC 6455: the strict reference of both roles.
