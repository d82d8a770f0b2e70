//! The productions of RFC 9110 §5.6 that the head is made of: one function each.

use super::meter;
use crate::judgement::Span;

/// The octets that a `const fn` knows, as a table: what is asked of every octet of a head is looked up.
macro_rules! table {
    ($is_member:expr) => {{
        let mut table = [false; 256];
        let mut octet = 0;
        while octet < table.len() {
            table[octet] = $is_member(octet as u8);
            octet += 1;
        }
        table
    }};
}
pub(crate) use table;

/// `tchar` (RFC 9110 §5.6.2).
///
/// ```text
/// tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
/// ```
pub const fn is_tchar(octet: u8) -> bool {
    const fn is_member(octet: u8) -> bool {
        matches!(
            octet,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
        ) || octet.is_ascii_alphanumeric()
    }
    static TCHAR: [bool; 256] = table!(is_member);
    TCHAR[octet as usize]
}

/// `token` (RFC 9110 §5.6.2).
///
/// ```text
/// token = 1*tchar
/// ```
pub fn is_token(octets: &[u8]) -> bool {
    meter::visit(octets.len());
    !octets.is_empty() && all(octets, is_tchar)
}

/// Whether all octets are in the set. There is no way out in the middle: to ask for it at each octet takes longer.
pub(crate) fn all(octets: &[u8], is_member: impl Fn(u8) -> bool) -> bool {
    octets.iter().fold(true, |all, &octet| all & is_member(octet))
}

/// The octets of `OWS`: SP and HTAB (RFC 9110 §5.6.3).
///
/// ```text
/// OWS = *( SP / HTAB )
/// ```
pub const fn is_ows(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// The white space at which a lenient recipient may split a start-line (RFC 9112 §3 and §4).
pub const fn is_start_line_space(octet: u8) -> bool {
    octet <= b' ' && matches!(octet, b' ' | b'\t' | 0x0b | 0x0c | b'\r')
}

/// Control octets that RFC 9110 §5.5 declares invalid in a field value without fixing what to do: not CR, LF, NUL.
pub const fn is_other_control(octet: u8) -> bool {
    matches!(octet, 0x01..=0x08 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f)
}

/// `obs-text` (RFC 9110 §5.5).
///
/// ```text
/// obs-text = %x80-FF
/// ```
pub const fn is_obs_text(octet: u8) -> bool {
    octet >= 0x80
}

/// The span without the octets at its ends that satisfy `is_space`.
pub fn trim(text: &[u8], span: Span, is_space: impl Fn(u8) -> bool) -> Span {
    meter::visit(span.len());
    let mut octets = &text[span.clone()];
    while let [first, rest @ ..] = octets
        && is_space(*first)
    {
        octets = rest;
    }
    let start = span.end - octets.len();
    while let [rest @ .., last] = octets
        && is_space(*last)
    {
        octets = rest;
    }
    start..start + octets.len()
}

/// The span without the optional white space at its ends.
pub fn trim_ows(text: &[u8], span: Span) -> Span {
    trim(text, span, is_ows)
}

/// The value between octets at its ends that some programs take for white space and RFC 9110 §5.6.3 does not: VT, FF, NEL
/// and NO-BREAK SPACE, the latter two as one octet or in UTF-8. `None` where there are none.
pub fn trim_beyond_ows(value: &[u8]) -> Option<&[u8]> {
    meter::visit(value.len());
    let mut inner = value;
    loop {
        inner = match inner {
            [0x0b | 0x0c | 0x85 | 0xa0 | b' ' | b'\t', rest @ ..] => rest,
            [0xc2, 0x85 | 0xa0, rest @ ..] => rest,
            [rest @ .., 0xc2, 0x85 | 0xa0] => rest,
            [rest @ .., 0x0b | 0x0c | 0x85 | 0xa0 | b' ' | b'\t'] => rest,
            _ => break,
        };
    }
    (inner.len() != value.len()).then_some(inner)
}

/// The members of a comma-separated list, with the optional white space around them taken off, empty ones included.
///
/// Commas in quoted strings separate as well: only lists whose members have no quoted strings are read by this (RFC 9110
/// §5.6.1).
///
/// ```text
/// #element => [ element ] *( OWS "," OWS [ element ] )
/// ```
pub fn list_members(text: &[u8], span: Span) -> impl Iterator<Item = Span> + '_ {
    meter::visit(span.len());
    let mut next = Some(span.start);
    core::iter::from_fn(move || {
        let start = next?;
        let end = position(&text[start..span.end], b',').map(|at| start + at);
        next = end.map(|end| end + 1);
        Some(trim_ows(text, start..end.unwrap_or(span.end)))
    })
}

/// Whether two names are the same without regard to the case of ASCII letters.
#[inline]
pub fn is_same(one: &[u8], other: &[u8]) -> bool {
    // Most are spelled alike, or differ in their first letters, which is quicker to see.
    let begins = |name: &[u8]| name.first().map(u8::to_ascii_lowercase);
    one.len() == other.len() && begins(one) == begins(other) && (one == other || one.eq_ignore_ascii_case(other))
}

/// Whether a token, compared without regard to case, is there but for letters that are not ASCII, in UTF-8 or as one octet.
pub fn is_but_for_foreign_letters(octets: &[u8], token: &[u8]) -> bool {
    let letters: Vec<char> = match core::str::from_utf8(octets) {
        Ok(text) => text.chars().collect(),
        Err(_) => octets.iter().copied().map(char::from).collect(),
    };
    let is_same =
        |(letter, octet): (&char, &u8)| !letter.is_ascii() || letter.eq_ignore_ascii_case(&char::from(*octet));
    !octets.is_ascii() && letters.len() == token.len() && letters.iter().zip(token).all(is_same)
}

/// Where the first octet of a value stands.
pub fn position(octets: &[u8], sought: u8) -> Option<usize> {
    let sought_word = ONES * u64::from(sought);
    // The lowest bit that is set belongs to the first octet that is zero: borrows run upwards.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH_BITS;
    first(octets, |word| zeros(word ^ sought_word), |octet| octet == sought)
}

/// Where the first octet stands that is neither visible ASCII nor SP.
pub fn position_unprintable(octets: &[u8]) -> Option<usize> {
    // Below SP a difference borrows, DEL becomes 0x80, and of what is above one of both has its high bit. What runs into the
    // next octet comes from one that is marked itself.
    let unprintable = |word: u64| (word.wrapping_sub(ONES * 0x20) | word.wrapping_add(ONES)) & HIGH_BITS;
    first(octets, unprintable, |octet| !matches!(octet, b' '..=b'~'))
}

/// How many octets at the beginning are `tchar`.
#[inline(always)]
pub(super) fn token_length(octets: &[u8]) -> usize {
    let mut length = first(octets, no_letter_or_hyphen, |octet| !is_tchar(octet)).unwrap_or(octets.len());
    // Behind a name there mostly is a colon.
    while let Some(&octet) = octets.get(length)
        && octet != b':'
        && is_tchar(octet)
    {
        length += 1;
    }
    length
}

/// Marks the first octet of a word that is neither a letter nor a hyphen: nearly all of a name are.
const fn no_letter_or_hyphen(word: u64) -> u64 {
    // What runs into the next octet comes from one that is marked itself.
    let folded = word | (ONES * 0x20);
    let no_letter = !folded.wrapping_add(ONES * (0x80 - 0x61)) | folded.wrapping_add(ONES * (0x7f - 0x7a));
    let no_hyphen = (word ^ (ONES * 0x2d)).wrapping_add(ONES * 0x7f) | word;
    no_letter & no_hyphen & HIGH_BITS
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGH_BITS: u64 = ONES << 7;

/// Where the first of the octets that are sought stands. Eight at a time are looked at: of a word, the lowest high bit that
/// `marks` sets is that of the first such octet.
#[inline]
fn first(octets: &[u8], marks: impl Fn(u64) -> u64, is_sought: impl Fn(u8) -> bool) -> Option<usize> {
    let (words, rest) = octets.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let marks = marks(u64::from_le_bytes(*word));
        if marks != 0 {
            return Some(index * 8 + marks.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|&octet| is_sought(octet)).map(|at| words.len() * 8 + at)
}

/// The text of some octets, one character U+0000–00FF for each (ISO 8859-1).
pub fn latin1(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}

/// The octets of such a text. A text with another character is none, and has the octets of its UTF-8.
pub fn octets_of_latin1(text: &str) -> Vec<u8> {
    let octets: Result<_, _> = text.chars().map(u8::try_from).collect();
    octets.unwrap_or_else(|_| text.as_bytes().to_vec())
}

/// Whether the octets are ASCII digits, at least one.
pub fn is_digits(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.iter().all(u8::is_ascii_digit)
}

/// The number that `1*DIGIT` writes; `None` where an octet is no digit, or the number does not fit.
pub fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0u64, |sum, octet| {
        let digit = char::from(*octet).to_digit(10)?;
        sum.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// Digits without the zeros at their beginning: equal where the numbers are, however large.
pub fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_letter_stands_for_one_of_ascii() {
        let is = |octets: &[u8]| is_but_for_foreign_letters(octets, b"upgrade");
        for foreign in ["\u{ff35}pgrade", "UPGR\u{c4}DE"] {
            assert!(is(foreign.as_bytes()), "{foreign}");
        }
        assert!(is(b"\xf5pgrade"));
        for other in
            ["upgrade", "\u{a0}upgrade", "\u{a0}e Upgrade", "\u{ff35}pgrad", "\u{ff35}pgrades", "\u{ff35}pgrabe"]
        {
            assert!(!is(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_text_has_a_character_for_each_octet_and_loses_none() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        assert_eq!(octets_of_latin1(&latin1(&all)), all);
        assert_eq!(octets_of_latin1("\u{e9}\u{100}"), "\u{e9}\u{100}".as_bytes());
    }

    #[test]
    fn a_number_is_of_digits_alone_and_fits() {
        assert_eq!([&b"0"[..], b"007", b"18446744073709551615"].map(number), [Some(0), Some(7), Some(u64::MAX)]);
        assert_eq!([&b"/"[..], b"1:", b"-1", b"18446744073709551616"].map(number), [None; 4]);
    }

    #[test]
    fn eight_at_a_time_are_as_one_by_one() {
        for octet in 0..=u8::MAX {
            for at in 0..20 {
                let mut octets = [b'a'; 20];
                octets[at] = octet;
                let found = |is_sought: bool| is_sought.then_some(at);
                assert_eq!(position_unprintable(&octets), found(!matches!(octet, b' '..=b'~')), "{octet} at {at}");
                assert_eq!(position(&octets, octet), Some(if octet == b'a' { 0 } else { at }), "{octet} at {at}");
                assert_eq!(token_length(&octets), if is_tchar(octet) { 20 } else { at }, "{octet} at {at}");
            }
        }
    }

    /// What else may stand in a name is not missed where it is marked: it takes longer.
    #[test]
    fn letters_and_hyphens_are_what_a_name_is_mostly_made_of() {
        for octet in 0..=u8::MAX {
            for other in [b'a', b'Z', b'-'] {
                for at in 0..8 {
                    let mut word = [other; 8];
                    word[at] = octet;
                    let marked = no_letter_or_hyphen(u64::from_le_bytes(word)).trailing_zeros() / 8;
                    let is_usual = octet.is_ascii_alphabetic() || octet == b'-';
                    assert_eq!(marked as usize, if is_usual { 8 } else { at }, "{octet} at {at}");
                }
            }
        }
    }
}
