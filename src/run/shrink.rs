//! The smallest octets that still show what some octets show.

use crate::suite::{Delivery, Exchange};

/// How many exchanges a search may try.
const TRIES: usize = 4000;

/// Takes out lines, then runs of octets, then single octets, as long as `shows` holds. The delivery becomes whole where
/// that is enough.
pub fn shrink(exchange: &Exchange, mut shows: impl FnMut(&Exchange) -> bool) -> Exchange {
    let mut best = exchange.clone();
    let mut left = TRIES;
    let mut try_it = |candidate: Exchange, best: &mut Exchange| {
        left = left.saturating_sub(1);
        let good = left > 0 && candidate.octets.len() <= best.octets.len() && shows(&candidate);
        if good {
            *best = candidate;
        }
        good
    };
    if best.delivery != Delivery::Whole {
        let whole = Exchange { delivery: Delivery::Whole, ..best.clone() };
        try_it(whole, &mut best);
    }
    loop {
        let before = best.octets.len();
        let mut at = 0;
        while at < best.octets.len() {
            let end =
                best.octets[at..].iter().position(|&octet| octet == b'\n').map_or(best.octets.len(), |lf| at + lf + 1);
            if !try_it(without(&best, at, end), &mut best) {
                at = end;
            }
        }
        let mut size = (best.octets.len() / 2).min(64);
        while size > 0 {
            let mut at = 0;
            while at < best.octets.len() {
                let end = (at + size).min(best.octets.len());
                if !try_it(without(&best, at, end), &mut best) {
                    at += size;
                }
            }
            size /= 2;
        }
        if best.octets.len() == before {
            return best;
        }
    }
}

/// The exchange without some octets, cut where it was cut.
fn without(exchange: &Exchange, start: usize, end: usize) -> Exchange {
    let octets = [&exchange.octets[..start], &exchange.octets[end..]].concat();
    let moved = |at: usize| if at <= start { at } else { at.max(end) - (end - start) };
    let delivery = match &exchange.delivery {
        Delivery::Split(places) => {
            let mut places: Vec<usize> =
                places.iter().map(|&at| moved(at)).filter(|&at| at > 0 && at < octets.len()).collect();
            places.dedup();
            if places.is_empty() { Delivery::Whole } else { Delivery::Split(places) }
        }
        other => other.clone(),
    };
    Exchange { octets, delivery, ..exchange.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::Role;

    #[test]
    fn what_is_not_needed_goes() {
        let octets = b"GET / HTTP/1.1\r\nHost: a\r\nX: yes\r\nY: b\r\n\r\n";
        let exchange = Exchange { delivery: Delivery::Octets, ..Exchange::new(Role::Server, *octets) };
        let small = shrink(&exchange, |candidate| candidate.octets.windows(3).any(|window| window == b"yes"));
        assert_eq!((small.octets.as_slice(), small.delivery), (&b"yes"[..], Delivery::Whole));
    }

    #[test]
    fn the_cut_stays_where_it_was() {
        let exchange = Exchange { delivery: Delivery::Split(vec![6]), ..Exchange::new(Role::Server, *b"aaaabbcccc") };
        let small = shrink(&exchange, |candidate| match &candidate.delivery {
            Delivery::Split(at) => candidate.octets[..at[0]].ends_with(b"bb"),
            _ => false,
        });
        assert_eq!((small.octets.as_slice(), small.delivery), (&b"bbc"[..], Delivery::Split(vec![2])));
    }
}
