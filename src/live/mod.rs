//! Live peers: sockets, clocks and processes. What they did becomes an observation like any other.

pub mod accepts;
pub mod adapter;
pub mod client;
mod connection;
mod diagnosis;
mod endpoint;
pub mod frames;
pub mod interrupt;
mod message;
mod pipe;
pub mod process;
mod serve;
mod server;
mod tls;

pub use adapter::Program;
pub use connection::{Connection, Deadlines, Ending, LIMIT, unconnected};
pub use diagnosis::{Answers, diagnose};
pub use endpoint::{Endpoint, EndpointError};
pub use process::{Exit, Process};
pub use serve::serve;
pub use server::{Conditions, Server, Talk};
pub use tls::{Trust, TrustError};
