//! In which ways an exchange is delivered.

use crate::suite::Delivery;

/// Octets up to this many are cut at every place; longer ones around their line ends, and here and there.
const EVERY: usize = 2500;

/// In so many portions: a reader that gives up on many small reads, as some do to spare themselves slow senders, must not do so
/// early.
const PORTIONS: usize = 64;

/// Whole, octet by octet, in many portions, and cut into two in every place that may matter.
pub fn thorough(octets: &[u8]) -> Vec<Delivery> {
    let mut deliveries = vec![Delivery::Whole];
    if octets.len() < 2 {
        return deliveries;
    }
    deliveries.push(Delivery::Octets);
    deliveries.extend(portions(octets.len()));
    let is_near_line_end = |at: usize| octets[at.saturating_sub(2)..(at + 2).min(octets.len())].contains(&b'\n');
    // Of the many short lines of a long head, those at its ends stand for all.
    let is_near_an_end = |at: usize| at < 1200 || octets.len() - at < 1200;
    let is_place = |&at: &usize| {
        octets.len() <= EVERY || is_near_an_end(at) && is_near_line_end(at) || at % (octets.len() / 40) == 0
    };
    deliveries.extend((1..octets.len()).filter(is_place).map(|at| Delivery::Split(vec![at])));
    deliveries
}

/// Octets of this length in many portions, where they are enough for that.
fn portions(length: usize) -> Option<Delivery> {
    (length > PORTIONS).then(|| Delivery::Split((1..PORTIONS).map(|portion| portion * length / PORTIONS).collect()))
}

/// A few: whole, octet by octet where that is not too many, in many portions, behind the start-line, before the last octet, inside the last
/// line end, and where the octets behind the head begin.
pub fn few(octets: &[u8], consumed: usize) -> Vec<Delivery> {
    let first_line = octets.iter().position(|&octet| octet == b'\n').map_or(0, |feed| feed + 1);
    let end = octets.len();
    let mut places = vec![first_line, end / 2, consumed, consumed.saturating_sub(1), consumed.saturating_sub(2)];
    places.retain(|&at| at > 0 && at < end);
    places.sort_unstable();
    places.dedup();
    let mut deliveries = vec![Delivery::Whole];
    if (2..=4096).contains(&end) {
        deliveries.push(Delivery::Octets);
    }
    deliveries.extend(portions(end));
    deliveries.extend(places.into_iter().map(|at| Delivery::Split(vec![at])));
    deliveries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_octets_are_cut_everywhere() {
        let deliveries = thorough(b"abcd");
        let expected = [vec![1], vec![2], vec![3]].map(Delivery::Split);
        assert_eq!(deliveries[..2], [Delivery::Whole, Delivery::Octets]);
        assert_eq!(deliveries[2..], expected);
        assert_eq!(thorough(b"a"), [Delivery::Whole]);
        assert_eq!(thorough(b""), [Delivery::Whole]);
    }

    #[test]
    fn there_are_as_many_portions_as_octets_allow() {
        assert_eq!(portions(64), None);
        for length in [65, 100, 10_000] {
            let ends = portions(length).unwrap().ends(length);
            assert!(ends.len() == 64 && ends.is_sorted_by(|a, b| a < b) && ends[63] == length, "{ends:?}");
        }
    }

    #[test]
    fn long_octets_are_cut_around_line_ends_and_here_and_there() {
        let octets = [vec![b'a'; 10_000], b"\r\nb\r\n".to_vec(), vec![b'c'; 100]].concat();
        let deliveries = thorough(&octets);
        for at in 10_000..10_007 {
            assert!(deliveries.contains(&Delivery::Split(vec![at])), "{at}");
        }
        assert!(deliveries.len() > 40 && deliveries.len() < 100, "{}", deliveries.len());
    }

    #[test]
    fn a_few_deliveries_are_those_that_tell_most() {
        let deliveries = few(b"GET\r\na\r\n\r\nrest", 10);
        let cut = |at: usize| Delivery::Split(vec![at]);
        assert_eq!(deliveries, [Delivery::Whole, Delivery::Octets, cut(5), cut(7), cut(8), cut(9), cut(10)]);
        assert_eq!(few(b"", 0), [Delivery::Whole]);
    }
}
