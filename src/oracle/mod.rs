//! Oracles: the bodies of the fuzz targets and of the corpus replay.

mod judged;
mod pairs;
mod without;

pub use judged::{Judged, judge, judge_as_delivered};
pub use pairs::agree;
pub use without::without;
