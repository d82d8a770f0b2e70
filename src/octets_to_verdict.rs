//! From octets to a verdict: the chain of types that one exchange passes through, and who makes each of them.
//!
//! ```text
//!   Plan ──render──► Exchange ──judge──► Judged ─┐
//!   Vector ────────► Exchange ────────► ─────────┼──► Case ──┐
//!                       │                        │           ├──► Verdict ──► Compared ──► Tally ──► report
//!                       └──observe──► Observation ───────────┘
//! ```
//!
//! | type | what it is | made by |
//! | --- | --- | --- |
//! | [`Plan`](crate::generate::Plan) | a well-formed head and named faults, as plain data | [`Plan::draw`](crate::generate::Plan::draw), from a seed or a fuzzer's octets |
//! | [`Vector`](crate::suite::Vector) | octets whose expectation is written by hand | [`Vectors`](crate::suite::Vectors), from `conformance/vectors/` |
//! | [`Situation`](crate::generate::Situation) | octets with a reader whose limits and configuration are drawn, too | [`Situation::draw`](crate::generate::Situation::draw) |
//! | [`Exchange`](crate::suite::Exchange) | octets, how they are delivered, how they end, and what the reader is configured for | a plan, a vector, a file |
//! | [`Finding`](crate::judgement::Finding) | one thing that the octets do: the requirement, the span, the words | the reference |
//! | [`Judgement`](crate::judgement::Judgement) | every finding, and what is permitted by them | [`judge_request`](crate::handshake::judge_request), [`judge_response`](crate::handshake::judge_response) |
//! | [`Judged`](crate::oracle::Judged) | the judgement of an exchange, and what the reference opens | [`judge`](crate::oracle::judge) |
//! | [`Expectation`](crate::suite::law::vector::Expectation) | what a peer may do: the decision, the form of a refusal, the answer of an acceptance | a vector, or the judgement |
//! | [`Case`](crate::oracle::Case) | an exchange with its expectation and its judgement, before any peer has seen it | [`Case::of`](crate::oracle::Case::of), [`Case::judged`](crate::oracle::Case::judged) |
//! | [`Observation`](crate::suite::Observation) | what a peer did, and every octet that it wrote; never an opinion | [`Peer::observe`](crate::suite::Peer::observe) |
//! | [`Verdict`](crate::suite::Verdict) | the observation held against the expectation: [`Fault`](crate::suite::Fault)s by what they violate | [`verdict::judge`](crate::suite::verdict::judge), pure |
//! | [`Compared`](crate::oracle::Compared) | the faults that the ledger explains, and those that nothing does | [`Oracle::compare`](crate::oracle::Oracle::compare) |
//! | [`Tally`](crate::suite::Tally) | what a run of many exchanges came to | [`Diff::run`](crate::run::Diff::run) |
//!
//! For a vector the expectation is written by hand, and the reference is judged by it like any other peer. For generated octets
//! the reference's judgement is the expectation.
