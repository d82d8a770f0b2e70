//! Where choices come from: a seed, or the octets of a fuzzer.

use arbitrary::Unstructured;

/// A source of choices.
pub trait Entropy {
    /// A number below the bound, which is not 0.
    fn below(&mut self, bound: usize) -> usize;

    /// Whether something happens that does so once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of some things, of which there is one at least.
    fn pick<T: Copy>(&mut self, things: &[T]) -> T
    where
        Self: Sized,
    {
        things[self.below(things.len())]
    }
}

/// A generator with a seed (SplitMix64): the same choices on every machine.
#[derive(Clone, Debug)]
pub struct Seeded(u64);

impl Seeded {
    /// Choices that hang on the seed alone.
    pub const fn new(seed: u64) -> Self {
        Seeded(seed)
    }

    /// Choices that hang on a seed and two numbers.
    pub fn of(seed: u64, a: u64, b: u64) -> Self {
        let mut mixed = Seeded(seed);
        for number in [a, b] {
            mixed.0 = mixed.next() ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93);
        }
        Seeded(mixed.next())
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Entropy for Seeded {
    fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }
}

impl Entropy for Unstructured<'_> {
    fn below(&mut self, bound: usize) -> usize {
        self.choose_index(bound).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_hang_on_the_seed_alone_and_stay_below_the_bound() {
        let draw = |mut seeded: Seeded| (0..50).map(|_| seeded.below(7)).collect::<Vec<_>>();
        assert_eq!(draw(Seeded::of(1, 2, 3)), draw(Seeded::of(1, 2, 3)));
        assert_ne!(draw(Seeded::of(1, 2, 3)), draw(Seeded::of(1, 3, 2)));
        let all = draw(Seeded::new(0));
        assert!((0..7).all(|number| all.contains(&number)) && all.iter().all(|&number| number < 7));
        let mut few = Unstructured::new(&[200, 100]);
        assert!((0..9).all(|_| few.below(3) < 3));
    }
}
