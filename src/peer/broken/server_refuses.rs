//! Servers that refuse what must be accepted.

use super::Planted;
use super::head::holds;

/// Every one of them.
pub(super) static ALL: &[Planted] = table! { Server;
    /// Compares the Upgrade value by its case.
    Refuses "server-upgrade-by-case" violates RFC6455_4_2_1_UPGRADE_CASE =>
        |head, _| !head.any("Upgrade", |member| member == b"websocket");
    /// Reads no list in Upgrade.
    Refuses "server-upgrade-list" violates RFC6455_4_2_1_UPGRADE_LIST =>
        |head, _| head.first("Upgrade").is_some_and(|value| value.contains(&b','));
    /// Compares the Connection token by its case.
    Refuses "server-connection-by-case" violates RFC6455_4_2_1_CONNECTION_CASE =>
        |head, _| !head.any("Connection", |member| member == b"Upgrade");
    /// Reads no list in Connection.
    Refuses "server-connection-list" violates RFC6455_4_2_1_CONNECTION_LIST =>
        |head, _| head.first("Connection").is_some_and(|value| value.contains(&b','));
    /// Reads the first member of Connection only.
    Refuses "server-connection-first-member" violates RFC6455_4_2_1_CONNECTION_LIST =>
        |head, _| !head.members("Connection").first().is_some_and(|its| its.eq_ignore_ascii_case(b"upgrade"));
    /// Reads the first line of Connection only.
    Refuses "server-connection-first-line" violates RFC9110_5_2_COMBINED_VALUE =>
        |head, _| head.first("Connection").is_some_and(|value| !holds(value, b"upgrade"));
    /// Reads the last line of Connection only.
    Refuses "server-connection-last-line" violates RFC9110_5_2_COMBINED_VALUE =>
        |head, _| head.values("Connection").last().is_some_and(|value| !holds(value, b"upgrade"));
    /// Reads no second line of subprotocols.
    Refuses "server-second-line" violates RFC6455_11_3_4_PROTOCOL_MULTI_REQUEST =>
        |head, _| head.values("Sec-WebSocket-Protocol").count() > 1;
    /// Reads no second line of extension offers.
    Refuses "server-second-line-of-extensions" violates RFC6455_11_3_2_EXTENSIONS_MULTI_REQUEST =>
        |head, _| head.values("Sec-WebSocket-Extensions").count() > 1;
    /// Reads no list with an empty member.
    Refuses "server-empty-member" violates RFC9110_5_6_1_2_ACCEPT_EMPTY_ELEMENTS =>
        |head, _| {
            let is_empty = |value: &[u8]| value.split(|&octet| octet == b',').any(|its| its.trim_ascii().is_empty());
            ["Connection", "Upgrade"]
                .iter()
                .any(|name| head.values(name).any(|value| value.contains(&b',') && is_empty(value)))
        };
    /// Finds a field by the usual spelling of its name only.
    Refuses "server-names-by-case" violates RFC6455_4_2_1_FIELD_NAME_CASE =>
        |head, _| {
            ["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"]
                .iter()
                .any(|name| head.lines.iter().any(|line| line.is(name) && line.name != name.as_bytes()))
        };
    /// Wants Host to be the first field.
    Refuses "server-host-first" violates RFC6455_4_2_1_FIELD_ORDER =>
        |head, _| head.lines.first().is_some_and(|line| !line.is("Host"));
    /// Reads no IPv6 address in Host.
    Refuses "server-host-of-ipv6" violates RFC9110_7_2_HOST_VALID_FORMS =>
        |head, _| head.first("Host").is_some_and(|value| value.starts_with(b"["));
    /// Reads no target in absolute-form.
    Refuses "server-absolute-form" violates RFC6455_4_2_1_TARGET_ABSOLUTE_FORM =>
        |head, _| !head.part(1).starts_with(b"/");
    /// Refuses a field that it does not know.
    Refuses "server-unknown-field" violates RFC6455_4_2_1_UNKNOWN_FIELDS =>
        |head, _| head.lines.iter().any(|line| line.is("X-Note"));
    /// Trims no tab around values.
    Refuses "server-tab-not-trimmed" violates RFC9112_5_1_OWS_TRIM =>
        |head, _| head.lines.iter().any(|line| line.colon.contains(&b'\t') || line.end.contains(&b'\t'));
    /// Trims no blanks behind the key.
    Refuses "server-key-not-trimmed" violates RFC6455_4_2_1_KEY_OWS =>
        |head, _| head.lines.iter().any(|line| line.is("Sec-WebSocket-Key") && matches!(line.end.first(), Some(b' ' | b'\t')));
    /// Refuses octets beyond ASCII in any value.
    Refuses "server-obs-text" violates RFC9110_5_5_OBS_TEXT =>
        |head, _| head.lines.iter().any(|line| !line.value.is_ascii());
    /// Refuses a Content-Length, even of 0.
    Refuses "server-content-length-zero" violates RFC9110_9_3_1_CL_ZERO =>
        |head, _| head.first("Content-Length").is_some();
    /// Reads no field line of 100 octets or more.
    Refuses "server-line-of-100" violates RFC6455_4_2_1_UNKNOWN_FIELDS =>
        |head, _| head.lines.iter().any(|line| line.len() >= 100);
    /// Reads no more than 8 field lines.
    Refuses "server-lines-of-8" violates RFC6455_4_2_1_UNKNOWN_FIELDS => |head, _| head.lines.len() > 8;
    /// Refuses a request that offers an extension which it does not know.
    Refuses "server-extension-unknown" violates RFC6455_4_2_1_EXTENSIONS_UNKNOWN =>
        |head, _| head.any("Sec-WebSocket-Extensions", |member| !member.starts_with(b"permessage-deflate"));
    /// Reads no quoted parameter value.
    Refuses "server-extension-quoted" violates RFC6455_4_3_EXTENSION_QUOTED =>
        |head, _| head.values("Sec-WebSocket-Extensions").any(|value| value.contains(&b'"'));
    /// Refuses the request where it should decline an offer of permessage-deflate.
    Refuses "server-deflate-not-declined" violates RFC7692_7_DECLINE_INVALID_VALUE =>
        |head, exchange| {
            exchange.needs.extensions.is_some()
                && head.any("Sec-WebSocket-Extensions", |member| holds(member, b"bits=7") || holds(member, b"bits=16"))
        };
    /// Stumbles over a list in Connection, but only beside an Upgrade in other case.
    Refuses "server-two-features-refused" violates RFC6455_4_2_1_UPGRADE_CASE =>
        |head, _| head.members("Connection").len() > 1 && head.any("Upgrade", |member| member == b"WebSocket");
};
