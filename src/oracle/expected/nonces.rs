//! Whether nonces were drawn at random (RFC 6455 §4.1): what chance could not have made, and how little it could have.

/// What was never drawn at random.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// A nonce stands in two requests.
    Repeated {
        /// How many of the nonces are copies of an earlier one.
        copies: usize,
    },
    /// An octet is the same in all of them.
    ConstantOctets {
        /// The offsets, from 0.
        at: Vec<usize>,
    },
    /// They are numbers that lie close together, or the same step apart.
    Counter {
        /// The smallest distance of two of them, as numbers of 128 bits.
        step: u128,
    },
    /// Some bits are one value far more often than the other. A hint and no proof: nothing says by when a draw is random.
    Biased {
        /// The offsets of the bits, from 0.
        bits: Vec<usize>,
    },
}

/// From so many nonces on a constant octet is no chance: see [`weaknesses`].
pub const ENOUGH: usize = 6;

/// What is wrong with nonces, in the order in which they were seen.
///
/// The chance that any of this is found in n nonces that were drawn at random is below 10^-9 for each of the four:
///
/// * repeated: n²/2 · 2^-128, so below 10^-9 for up to 8·10^14 nonces;
/// * constant octets: 16 · 256^(1-n), so 1.5·10^-11 for the 6 that are asked for;
/// * counter: that two of n nonces are closer than 2^40, in one of the two orders of octets: n²/2 · 2 · 2 · 2^40 · 2^-128, so
///   below 10^-9 for up to 3.9·10^8 nonces; and that the same difference between one and the next, in one of the two orders,
///   is there twice: n²/2 · 2 · 2^-128;
/// * biased: by Hoeffding's inequality a bit is one value t times more often than n/2 with a chance of at most
///   2·exp(-2t²/n); 128 bits and t = 3.65·√n make 128 · 2 · exp(-26.6) = 7.0·10^-10.
pub fn weaknesses(nonces: &[[u8; 16]]) -> Vec<Weakness> {
    let mut found = Vec::new();
    let mut sorted = nonces.to_vec();
    sorted.sort_unstable();
    let copies = sorted.windows(2).filter(|pair| pair[0] == pair[1]).count();
    if copies > 0 {
        found.push(Weakness::Repeated { copies });
    }
    if nonces.len() >= ENOUGH {
        let is_constant = |at: &usize| nonces.iter().all(|nonce| nonce[*at] == nonces[0][*at]);
        let at: Vec<usize> = (0..16).filter(is_constant).collect();
        if !at.is_empty() {
            found.push(Weakness::ConstantOctets { at });
        }
    }
    // Copies are said already, and have no step.
    if let Some(step) = step(nonces) {
        found.push(Weakness::Counter { step });
    }
    let bits = biased(nonces);
    if !bits.is_empty() && found.is_empty() {
        found.push(Weakness::Biased { bits });
    }
    found
}

/// The step of a counter, with its first or its last octet counting most.
fn step(nonces: &[[u8; 16]]) -> Option<u128> {
    const CLOSE: u128 = 1 << 40;
    let orders: [fn([u8; 16]) -> u128; 2] = [u128::from_be_bytes, u128::from_le_bytes];
    orders.into_iter().find_map(|order| {
        let numbers: Vec<u128> = nonces.iter().map(|nonce| order(*nonce)).collect();
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let closest = sorted.windows(2).map(|pair| pair[1] - pair[0]).min().filter(|&step| step < CLOSE);
        let mut steps: Vec<u128> = numbers.windows(2).map(|pair| pair[1].wrapping_sub(pair[0])).collect();
        steps.retain(|&step| step != 0);
        steps.sort_unstable();
        let repeated = || steps.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        // Two numbers that take turns differ twice by the same, and are copies.
        closest.or_else(|| if sorted.len() > 2 { repeated() } else { None })
    })
}

fn biased(nonces: &[[u8; 16]]) -> Vec<usize> {
    let is_set = |nonce: &[u8; 16], bit: usize| nonce[bit / 8] & (0x80 >> (bit % 8)) != 0;
    let count = nonces.len() as f64;
    let bound = 3.65 * count.sqrt();
    let is_biased = |&bit: &usize| {
        let set = nonces.iter().filter(|nonce| is_set(nonce, bit)).count();
        (set as f64 - count / 2.0).abs() > bound
    };
    (0..128).filter(is_biased).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::accept_value;

    /// Nonces that look random: digests.
    fn random(count: usize) -> Vec<[u8; 16]> {
        let nonce = |number: usize| {
            let text = accept_value(number.to_string().as_bytes()).into_bytes();
            let decoded = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).unwrap();
            <[u8; 16]>::try_from(&decoded[..16]).unwrap()
        };
        (0..count).map(nonce).collect()
    }

    fn changed(count: usize, change: impl Fn(usize, &mut [u8; 16])) -> Vec<Weakness> {
        let mut nonces = random(count);
        for (number, nonce) in nonces.iter_mut().enumerate() {
            change(number, nonce);
        }
        weaknesses(&nonces)
    }

    #[test]
    fn random_nonces_have_no_weakness() {
        for count in [0, 1, 2, 5, 6, 40, 400, 4000] {
            assert_eq!(weaknesses(&random(count)), [], "{count}");
        }
    }

    #[test]
    fn liars_are_found_out() {
        assert_eq!(changed(2, |_, nonce| *nonce = [7; 16]), [Weakness::Repeated { copies: 1 }]);
        let constant = changed(ENOUGH, |_, nonce| *nonce = [7; 16]);
        assert!(
            matches!(&constant[..], [Weakness::Repeated { copies: 5 }, Weakness::ConstantOctets { at }] if at.len() == 16)
        );
        assert_eq!(changed(ENOUGH, |_, nonce| nonce[3] = 0), [Weakness::ConstantOctets { at: vec![3] }]);
        assert_eq!(changed(ENOUGH - 1, |_, nonce| nonce[3] = 0), []);
        let start = u128::from_be_bytes(random(1)[0]);
        for step in [1, 5, 1 << 39, 1 << 100, u128::MAX / 3] {
            let nonce = |number: usize| start.wrapping_add(step * (number as u128 % 3));
            let numbers = [0, 1, 2].map(nonce);
            for bytes in [u128::to_be_bytes, u128::to_le_bytes] {
                let nonces = numbers.map(bytes);
                let found = weaknesses(&nonces);
                assert!(matches!(found[..], [Weakness::Counter { .. }]), "{step} {found:?}");
            }
        }
        // A counter that several jobs ask is out of order.
        let mixed = [0_u128, 2, 1, 3, 5, 4].map(|number| (start + (number << 70)).to_be_bytes());
        assert!(matches!(weaknesses(&mixed)[..], [Weakness::Counter { .. }, ..] | [.., Weakness::Counter { .. }]));
    }

    #[test]
    fn a_few_bits_that_stand_still_are_a_hint() {
        // As in a UUID of version 4.
        let uuid = |_: usize, nonce: &mut [u8; 16]| {
            nonce[6] = nonce[6] & 0x0f | 0x40;
            nonce[8] = nonce[8] & 0x3f | 0x80;
        };
        assert_eq!(changed(200, uuid), [Weakness::Biased { bits: vec![48, 49, 50, 51, 64, 65] }]);
        assert_eq!(changed(50, uuid), []);
    }
}
