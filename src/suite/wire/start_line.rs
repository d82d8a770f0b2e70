//! Start-lines, cut at runs of whitespace as a lenient recipient cuts them (RFC 9112 §3 and §4).

/// The parts of a request-line; empty where the line ends before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestLine<'o> {
    /// The method.
    pub method: &'o [u8],
    /// The request-target.
    pub target: &'o [u8],
    /// The HTTP version.
    pub version: &'o [u8],
    /// Whether it has these three parts and no more. Where the last word is an HTTP version, the target is what stands before it, be
    /// that several words or nothing between two SP.
    pub is_whole: bool,
}

impl<'o> RequestLine<'o> {
    /// Cuts a line.
    ///
    /// ```text
    /// request-line = method SP request-target SP HTTP-version       (RFC 9112 §3)
    /// ```
    pub fn read(mut line: &'o [u8]) -> RequestLine<'o> {
        let method = word(&mut line);
        let behind = line;
        let [target, version] = [(); 2].map(|()| word(&mut line));
        if !version.is_empty() && word(&mut line).is_empty() {
            return RequestLine { method, target, version, is_whole: true };
        }
        let (before, last) = last_word(behind);
        let is_version = last.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME));
        let between = trimmed(before);
        if is_version && (!between.is_empty() || before == b"  " && is_numbered(last)) {
            return RequestLine { method, target: between, version: last, is_whole: true };
        }
        RequestLine { method, target, version, is_whole: false }
    }
}

/// The parts of a status-line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusLine<'o> {
    /// The HTTP version.
    pub version: &'o [u8],
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: &'o [u8],
}

impl<'o> StatusLine<'o> {
    /// Cuts a line. `None` where it has no version or no status code in its place.
    ///
    /// ```text
    /// status-line = HTTP-version SP status-code SP [ reason-phrase ]    (RFC 9112 §4)
    /// status-code = 3DIGIT
    /// ```
    pub fn read(mut line: &'o [u8]) -> Option<StatusLine<'o>> {
        let version = word(&mut line);
        let is_version = version.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME));
        let code = <[u8; 3]>::try_from(word(&mut line)).ok()?;
        let is_code = code.iter().all(u8::is_ascii_digit);
        let status = code.iter().fold(0, |number, digit| number * 10 + u16::from(digit & 0x0f));
        let reason = line.get(1..).unwrap_or_default();
        (is_version && is_code).then_some(StatusLine { version, status, reason })
    }
}

/// How an HTTP version begins, in whatever letter case.
pub(super) const NAME: &[u8] = b"HTTP/";

/// `SP, HTAB, VT (%x0B), FF (%x0C), or bare CR` (RFC 9112 §3).
pub(super) const fn is_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | 0x0b | 0x0c | b'\r')
}

/// Takes the next word, and the whitespace before it.
pub(super) fn word<'o>(line: &mut &'o [u8]) -> &'o [u8] {
    let start = line.iter().position(|&octet| !is_space(octet)).unwrap_or(line.len());
    let length = line[start..].iter().position(|&octet| is_space(octet)).unwrap_or(line.len() - start);
    let (word, rest) = line[start..].split_at(length);
    *line = rest;
    word
}

/// The last word of a line, and what stands before it.
fn last_word(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().rposition(|&octet| !is_space(octet)).map_or(0, |at| at + 1);
    let start = line[..end].iter().rposition(|&octet| is_space(octet)).map_or(0, |at| at + 1);
    (&line[..start], &line[start..end])
}

/// A text without the whitespace around it.
fn trimmed(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&octet| !is_space(octet)).unwrap_or(text.len());
    let end = text.iter().rposition(|&octet| !is_space(octet)).map_or(start, |at| at + 1);
    &text[start..end]
}

/// Whether a version has a number on each side of its dot.
fn is_numbered(version: &[u8]) -> bool {
    let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let mut parts = version[NAME.len()..].split(|&octet| octet == b'.');
    parts.next().is_some_and(is_number) && parts.next().is_some_and(is_number) && parts.next().is_none()
}
