//! A baseline: what is known of an implementation, with a reason each; and what differs from it.

use serde::{Deserialize, Serialize};

/// How results differ from a baseline. Each of these is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Differs {
    /// The ids of cases that fail and are not in the baseline.
    pub new: Vec<String>,
    /// The ids of cases that are in the baseline and fail no more.
    pub unexpected_passes: Vec<String>,
    /// Lines of the baseline that match no case of the suite.
    pub unmatched: Vec<String>,
}
