//! What explains that a peer differs: the ledger, by controls and by how the peer reads.

mod alone;
mod applies;
mod built;
mod compare;
mod flip;
mod quirks;
mod without;

pub use applies::unfounded;
pub use built::{explain_built, shows};
pub use compare::{Compared, Explained, Oracle, entries};
pub use flip::Flipped;
pub use quirks::learned;
pub use without::without;
