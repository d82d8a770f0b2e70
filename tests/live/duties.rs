//! What a server owes in each 101, whatever it is asked: a server that has one fault there is told of that one.

use ws101::judgement::{Requirement, Role, requirements as r};
use ws101::peer::reference::Reference;
use ws101::suite::results::Standing;
use ws101::suite::{Exchange, Needs, Observation, Peer};

use super::Local;

/// The reference with one text of each 101 replaced.
struct Careless {
    from: &'static str,
    to: &'static str,
}

impl Peer for Careless {
    fn name(&self) -> &str {
        "careless"
    }

    fn version(&self) -> &str {
        "0"
    }

    fn plays(&self, role: Role) -> bool {
        role == Role::Server
    }

    fn observe(&self, exchange: &Exchange) -> Observation {
        let mut observation = Reference.observe(exchange);
        if observation.written.starts_with(b"HTTP/1.1 101") {
            let written: String = observation.written.iter().copied().map(char::from).collect();
            let written = written.replacen(self.from, self.to, 1);
            observation.written = written.chars().map(|character| u32::from(character) as u8).collect();
        }
        observation
    }
}

#[test]
fn each_duty_of_a_server_is_named_by_its_requirement() {
    let upgrade = "Upgrade: websocket\r\n";
    let faults: [(&str, &str, &Requirement, Standing); 7] = [
        ("HTTP/1.1 101", "HTTP/1.0 101", &r::RFC9110_6_2_RESPONSE_VERSION, Standing::NonStrict),
        ("HTTP/1.1 101", "HTTP/1.2 101", &r::RFC9110_6_2_SERVER_VERSION, Standing::Fail),
        (upgrade, "Upgrade: websocket\r\nUpgrade: websocket\r\n", &r::RFC6455_4_2_2_UPGRADE_ONCE, Standing::Contested),
        (upgrade, "Upgrade: websocket,\r\n", &r::RFC9110_5_6_1_1_NO_EMPTY_ELEMENTS_SERVER, Standing::Fail),
        (upgrade, "Upgrade: websocket\r\nX: a\x01b\r\n", &r::RFC9110_2_2_SERVER_FIELD_GRAMMAR, Standing::Fail),
        (upgrade, "Upgrade: websocket\r\nContent-Length: 0\r\n", &r::RFC9110_8_6_NO_CL_IN_101, Standing::Fail),
        (upgrade, "Upgrade: websocket\r\nTransfer-Encoding: chunked\r\n", &r::RFC9112_6_1_NO_TE_IN_101, Standing::Fail),
    ];
    for (from, to, requirement, standing) in faults {
        let local = Local::peer(Careless { from, to }, Needs::default());
        let results = local.try_cases(Needs::default(), |planned| planned.id() == "server/fields/another");
        let [case] = &results.cases[..] else { panic!("{:?}", results.cases) };
        let named: Vec<_> = case.faults.iter().map(|fault| (fault.requirement.as_str(), fault.standing)).collect();
        assert_eq!(named, [(requirement.id.as_str(), standing)], "{to:?}: {case:#?}");
        assert_eq!(case.standing, standing, "{to:?}");
    }
}
