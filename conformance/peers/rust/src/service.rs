//! What any service does with what it serves, where a crate leaves that to its user: subprotocols, resources, authorities and
//! origins; and the answer to a request that the crate refuses without writing one.

use http::uri::Authority;
use http::{HeaderMap, Uri};
use ws101::suite::Needs;

/// What a request asks for.
pub struct Asked<'r> {
    /// The request-target.
    pub target: &'r str,
    /// The value of Host.
    pub host: Option<&'r [u8]>,
    /// The value of Origin.
    pub origin: Option<&'r [u8]>,
    /// The subprotocols offered.
    pub protocols: Vec<&'r [u8]>,
}

impl<'r> Asked<'r> {
    /// What the header of a request asks for.
    pub fn of(target: &'r str, headers: &'r HeaderMap) -> Asked<'r> {
        let field = |name| headers.get(name).map(http::HeaderValue::as_bytes);
        let lines = headers.get_all("Sec-WebSocket-Protocol").iter().map(http::HeaderValue::as_bytes);
        Asked { target, host: field("Host"), origin: field("Origin"), protocols: lines.flat_map(members).collect() }
    }
}

/// The members of a list.
pub fn members(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|&octet| octet == b',').map(<[u8]>::trim_ascii)
}

/// The subprotocol to speak, or the status of a refusal.
pub fn serve<'n>(needs: &'n Needs, asked: &Asked<'_>) -> Result<Option<&'n str>, u16> {
    let uri = asked.target.parse::<Uri>().ok();
    let resource = uri.as_ref().and_then(Uri::path_and_query).map_or(asked.target, |resource| resource.as_str());
    let path = resource.split('?').next().unwrap_or_default();
    if needs.resources.as_ref().is_some_and(|served| !served.iter().any(|its| its == path || its == resource)) {
        return Err(404);
    }
    if let Some(served) = &needs.authorities {
        let host = || std::str::from_utf8(asked.host?).ok()?.parse().ok();
        let its = uri.as_ref().and_then(Uri::authority).cloned().or_else(host);
        if !its.is_some_and(|its| served.iter().any(|served| is_alike(served, &its))) {
            return Err(421);
        }
    }
    if let (Some(served), Some(origin)) = (&needs.origins, asked.origin)
        && !served.iter().any(|its| its.as_bytes() == origin)
    {
        return Err(403);
    }
    let chosen = needs.protocols.iter().find(|its| asked.protocols.contains(&its.as_bytes()));
    Ok(chosen.map(String::as_str))
}

fn is_alike(served: &str, asked: &Authority) -> bool {
    let port = |authority: &Authority| authority.port_u16().unwrap_or(80);
    let served = served.parse::<Authority>();
    served.is_ok_and(|its| its.host().eq_ignore_ascii_case(asked.host()) && port(&its) == port(asked))
}

/// Whether a request may ask for a subprotocol of those that are spoken, so that declining it would show.
pub fn may_choose(needs: &Needs, octets: &[u8]) -> bool {
    let is_there =
        |name: &String| octets.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name.as_bytes()));
    needs.protocols.iter().any(is_there)
}

/// The status of a refusal whose ground is the crate's own, where the service has to choose one: it would see a target that is
/// longer than any it serves.
pub fn status(request: &[u8]) -> u16 {
    let line = request.split(|&octet| octet == b'\n').find(|line| !line.trim_ascii().is_empty());
    if line.is_some_and(|line| line.len() > 8000) { 414 } else { 400 }
}

/// The fields of an answer that refuses, whatever its ground: the versions of WebSocket that are spoken, and the end.
pub const REFUSAL: [(&str, &str); 4] = [
    ("Connection", "Upgrade, close"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Content-Length", "0"),
];

/// An answer that refuses, as a service writes it whose crate only reports an error.
pub fn refusal(status: u16) -> Vec<u8> {
    let reason = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let mut answer = format!("HTTP/1.1 {status} {}\r\n", reason.unwrap_or_default());
    for (name, value) in REFUSAL {
        answer.push_str(&format!("{name}: {value}\r\n"));
    }
    answer.push_str("\r\n");
    answer.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_needs_are_served() {
        let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let asked = |needs: Needs| {
            let protocols = members(b"a, b").collect();
            let asked = Asked { target: "/chat?x", host: Some(b"h"), origin: Some(b"http://x"), protocols };
            serve(&needs, &asked).map(|chosen| chosen.map(str::to_owned))
        };
        assert_eq!(asked(Needs { protocols: list(&["b", "a"]), ..Needs::default() }), Ok(Some("b".to_owned())));
        assert_eq!(asked(Needs { protocols: list(&["c"]), ..Needs::default() }), Ok(None));
        assert_eq!(asked(Needs { resources: Some(list(&["/chat"])), ..Needs::default() }), Ok(None));
        assert_eq!(asked(Needs { resources: Some(list(&["/other"])), ..Needs::default() }), Err(404));
        assert_eq!(asked(Needs { authorities: Some(list(&["H:80"])), ..Needs::default() }), Ok(None));
        assert_eq!(asked(Needs { authorities: Some(list(&["other"])), ..Needs::default() }), Err(421));
        assert_eq!(asked(Needs { origins: Some(list(&["http://x"])), ..Needs::default() }), Ok(None));
        assert_eq!(asked(Needs { origins: Some(list(&["http://y"])), ..Needs::default() }), Err(403));
    }
}
