//! The record of an entry: the vectors that fail under it today, and in which deliveries.

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest as _, Sha256};

/// The mark of a vector whose failure a second careful reading leaves free.
const CONTESTED: &str = "contested";

/// Every delivery in two reads that is tried.
const CUT: &str = "cut";

/// A vector that fails under an entry: `<id> [contested] [<delivery>…]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The id of the vector.
    pub vector: String,
    /// Whether the failure is contested, and so accuses nobody.
    pub contested: bool,
    /// The deliveries in which it fails, as [`Delivery`](crate::suite::Delivery) is written, or `cut` for each in two reads;
    /// none where it fails in all that are tried.
    pub deliveries: Vec<String>,
}

impl Listed {
    /// Reads a line of a list.
    ///
    /// # Errors
    ///
    /// If a word behind the id is neither the mark nor a delivery.
    pub fn read(line: &str) -> Result<Listed, String> {
        let mut words = line.split(' ');
        let vector = words.next().unwrap_or_default().to_owned();
        let mut words = words.peekable();
        let contested = words.next_if_eq(&CONTESTED).is_some();
        let deliveries: Vec<String> = words.map(str::to_owned).collect();
        let is_delivery = |word: &String| {
            let mut offsets = word.split(',');
            matches!(word.as_str(), "whole" | "octets" | CUT) || offsets.all(|at| at.parse::<u32>().is_ok())
        };
        match deliveries.iter().find(|word| !is_delivery(word)) {
            Some(word) => Err(format!("`{word}` behind {vector} is no delivery")),
            None => Ok(Listed { vector, contested, deliveries }),
        }
    }

    /// Whether it speaks of a delivery.
    pub fn is_in(&self, delivery: &str) -> bool {
        let is_it = |its: &String| its == delivery || its == CUT && is_cut(delivery);
        self.deliveries.is_empty() || self.deliveries.iter().any(is_it)
    }

    /// Says in as few words as possible in which of the deliveries that were tried it fails.
    pub fn shorten(&mut self, tried: &[&str]) {
        if tried.iter().all(|delivery| self.is_in(delivery)) {
            self.deliveries.clear();
        } else if tried.iter().any(|delivery| is_cut(delivery))
            && tried.iter().filter(|delivery| is_cut(delivery)).all(|delivery| self.is_in(delivery))
        {
            self.deliveries.retain(|delivery| !is_cut(delivery));
            self.deliveries.push(CUT.to_owned());
        }
    }
}

fn is_cut(delivery: &str) -> bool {
    delivery == CUT || delivery.starts_with(|first: char| first.is_ascii_digit())
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.vector)?;
        if self.contested {
            write!(f, " {CONTESTED}")?;
        }
        self.deliveries.iter().try_for_each(|delivery| write!(f, " {delivery}"))
    }
}

/// The vectors that fail under an entry today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Each by its id.
    Open(Vec<Listed>),
    /// What is not published before the maintainers of the peer know it (see SECURITY.md).
    Sealed(Seal),
}

impl Record {
    /// What is listed of a vector; nothing where the list is sealed.
    pub fn of(&self, vector: &str) -> Option<&Listed> {
        match self {
            Record::Open(listed) => listed.iter().find(|listed| listed.vector == vector),
            Record::Sealed(_) => None,
        }
    }
}

/// How many vectors fail under a sealed entry, and a digest of which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// How many.
    pub vectors: usize,
    /// The SHA-256 over their ids, sorted, each with a line feed behind it, in lower-case hexadecimal.
    pub sha256: String,
}

impl Seal {
    /// Seals ids.
    pub fn of(vectors: &BTreeSet<String>) -> Seal {
        let mut digest = Sha256::new();
        for vector in vectors {
            digest.update(vector);
            digest.update(b"\n");
        }
        let sha256 = digest.finalize().iter().map(|octet| format!("{octet:02x}")).collect();
        Seal { vectors: vectors.len(), sha256 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_is_written() {
        for line in [
            "server/a/b",
            "server/a/b contested",
            "server/a/b contested whole octets",
            "client/a/b 17 3,40",
            "server/a/b whole cut",
        ] {
            assert_eq!(Listed::read(line).unwrap().to_string(), line);
        }
        let listed = Listed::read("server/a/b octets 17").unwrap();
        assert!(listed.is_in("17") && !listed.is_in("whole"));
        assert!(Listed::read("server/a/b").unwrap().is_in("whole"));
        for wrong in ["server/a/b  17", "server/a/b 17 contested", "server/a/b half", "server/a/b 1,x"] {
            assert!(Listed::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn deliveries_are_told_in_few_words() {
        let shortened = |line: &str| {
            let mut listed = Listed::read(line).unwrap();
            listed.shorten(&["whole", "octets", "3", "17"]);
            listed.to_string()
        };
        for (line, short) in [
            ("a whole octets 3 17", "a"),
            ("a whole 3 17", "a whole cut"),
            ("a 3 17", "a cut"),
            ("a octets 17", "a octets 17"),
            ("a whole", "a whole"),
        ] {
            assert_eq!(shortened(line), short);
            let (long, listed) = (Listed::read(line).unwrap(), Listed::read(short).unwrap());
            for delivery in ["whole", "octets", "3", "17"] {
                assert_eq!(long.is_in(delivery), listed.is_in(delivery), "{line}, {delivery}");
            }
        }
    }

    #[test]
    fn a_seal_tells_sets_apart() {
        let seal = |ids: &[&str]| Seal::of(&ids.iter().map(|id| (*id).to_owned()).collect());
        assert_eq!(seal(&["b", "a"]), seal(&["a", "b"]));
        assert_ne!(seal(&["a", "b"]).sha256, seal(&["a", "c"]).sha256);
        assert_eq!(seal(&[]).sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
