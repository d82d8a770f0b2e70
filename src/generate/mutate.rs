//! Mutation of raw octets that keeps them near a head: for fuzz targets whose input is the octets alone.

use super::entropy::{Entropy, Seeded};
use super::fault::{FAULTS, Fault};
use super::message::Message;
use super::plan::{Plan, heads};
use crate::judgement::Role;

/// Octets made from others by a few named faults. What is no head in any part gives way to a fresh one.
pub fn mutate(role: Role, octets: &[u8], seed: u64, longest: usize) -> Vec<u8> {
    let mut entropy = Seeded::new(seed);
    let made = if is_hopeless(role, octets) || entropy.once_in(8) {
        Plan::draw(role, &mut entropy).render().octets
    } else {
        let mut message = Message::read(octets);
        let fitting = Fault::fitting(role);
        for _ in 0..1 + entropy.below(3) {
            let fault = &FAULTS[entropy.pick(&fitting)];
            let variant = entropy.below(1 << 16) as u64;
            match entropy.below(12) {
                // A line of a well-formed head, so that a spoilt message can become good again.
                0 | 1 => {
                    let head = heads(role)[entropy.below(heads(role).len())].message();
                    let line = head.lines[entropy.below(head.lines.len())].clone();
                    match message.places(&String::from_utf8_lossy(&line.name)).first() {
                        Some(&at) => message.lines[at] = line,
                        None => message.lines.push(line),
                    }
                }
                2 if entropy.once_in(2) => {
                    message.start = heads(role)[entropy.below(heads(role).len())].message().start
                }
                _ => fault.apply(&mut message, variant),
            }
        }
        message.render()
    };
    if made.len() <= longest { made } else { made[..longest].to_vec() }
}

/// The same in a buffer of `data.len()` octets, of which `size` are the input: gives the size of the new one. A quarter of
/// the time the engine's own mutation is `plain`. Whoever minimises asks for less than there is: the input is cut then.
pub fn mutate_in_place(
    role: Role,
    data: &mut [u8],
    size: usize,
    seed: u32,
    plain: impl FnOnce(&mut [u8], usize, usize) -> usize,
) -> usize {
    let longest = data.len();
    let size = size.min(longest);
    if !is_hopeless(role, &data[..size]) && seed.is_multiple_of(4) {
        return plain(data, size, longest);
    }
    let made = mutate(role, &data[..size], u64::from(seed), longest);
    data[..made.len()].copy_from_slice(&made);
    made.len()
}

/// Whether there is neither a start-line nor a field line to go on with.
fn is_hopeless(role: Role, octets: &[u8]) -> bool {
    let message = Message::read(octets);
    let version = message.start.windows(5).any(|window| window.eq_ignore_ascii_case(b"HTTP/"));
    let known = heads(role)[0].message().lines;
    let fields = message.lines.iter().filter(|line| known.iter().any(|its| its.name.eq_ignore_ascii_case(&line.name)));
    !version && fields.count() < 2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// libFuzzer's minimiser asks for an input that is shorter than the one it hands over.
    #[test]
    fn an_input_may_be_longer_than_what_is_asked_for() {
        for role in [Role::Server, Role::Client] {
            for (seed, longest) in (0..40).flat_map(|seed| [0, 1, 7, 771].map(|longest| (seed, longest))) {
                let mut buffer = heads(role)[0].message().render().repeat(9);
                let size = buffer.len();
                let plain = |_: &mut [u8], size: usize, longest: usize| {
                    assert!(size <= longest);
                    size
                };
                let made = mutate_in_place(role, &mut buffer[..longest], size, seed, plain);
                assert!(made <= longest, "{made} > {longest}");
            }
        }
    }

    #[test]
    fn nothing_becomes_a_head_and_a_head_stays_one() {
        for role in [Role::Server, Role::Client] {
            let whole = heads(role)[0].message().render();
            let is_head = |octets: &[u8]| !is_hopeless(role, octets);
            let fresh = (0..200).filter(|&seed| is_head(&mutate(role, b"", seed, 4096))).count();
            let kept = (0..200).filter(|&seed| is_head(&mutate(role, &whole, seed, 4096))).count();
            assert!(fresh > 180 && kept > 180, "{fresh} {kept}");
            assert!((0..200).all(|seed| mutate(role, &whole, seed, 100).len() <= 100));
        }
    }
}
