//! ws101, the referee of the WebSocket opening handshake (RFC 6455 §4).
//!
//! ```text
//!  vectors  ─┐
//!  corpus   ─┼─► exchange ─► peer ─► observation ─┐
//!  generated ┘       │                            ├─► verdict ─► report
//!                    └─► judgement (permitted) ───┘
//! ```
//!
//! Data flows one way. Reading order: [`judgement`] (the words), [`http`] (the head of a message), [`handshake`] (the
//! strict reference of both roles): these three are the library without default features.
#![cfg_attr(
    feature = "suite",
    doc = "Then [`suite`] (the law and the judge), [`peer`] (who is judged), [`generate`] and [`oracle`] (what is thrown \
           at them), and [`run`] (the loop)."
)]
//!
//! The README of the project has the two commands to begin with, and an implementation of your own judged in twenty lines.
//!
//! # Invariants
//!
//! * The reference is sans-I/O and deterministic: octets, limits and nonces are parameters.
//! * No input makes it panic; memory is bounded by the limits of the caller; time is linear in the head.
//! * It shares no parser with any peer.
//! * How octets are cut into reads changes no decision and no finding.

pub mod handshake;
pub mod http;
pub mod judgement;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "suite")]
pub mod generate;
#[cfg(feature = "live")]
pub mod live;
#[cfg(feature = "suite")]
pub mod oracle;
#[cfg(feature = "suite")]
pub mod peer;
#[cfg(feature = "suite")]
pub mod report;
#[cfg(feature = "suite")]
pub mod run;
#[cfg(feature = "suite")]
pub mod suite;

/// The examples of the README are tests.
#[cfg(all(doctest, feature = "suite"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
