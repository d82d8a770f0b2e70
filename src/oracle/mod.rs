//! Oracles: the bodies of the fuzz targets and of the corpus replay.

mod built;
mod case;
mod compare;
mod judged;
mod keys;
mod pairs;
mod without;

pub use built::{explain_built, shows};
pub use case::Case;
pub use compare::{Compared, Oracle};
pub use judged::{Judged, judge, judge_as_delivered};
pub use pairs::agree;
pub use without::without;
