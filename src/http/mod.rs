//! The head of an HTTP/1.1 message (RFC 9112 and RFC 9110), with the span of everything in it. Knows no WebSocket.

pub mod content;
pub mod grammar;
pub mod head;
pub mod host;
pub mod meter;
pub mod reader;
pub mod start_line;
pub mod target;

pub use head::{FieldLine, Head, Named};
pub use reader::{HeadReader, Limits, Progress, Side};
