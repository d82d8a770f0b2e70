//! The octets that an open connection hands on.

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::drive::{Tasks, drive};
use crate::wire::Wire;

/// Everything that a connection gives until it ends or would have to wait.
pub fn read_to_pending(wire: &Wire, tasks: &Tasks, mut connection: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut rest = Vec::new();
    drive(wire, tasks, async {
        let mut buffer = [0; 1024];
        while let Ok(count @ 1..) = connection.read(&mut buffer).await {
            rest.extend_from_slice(&buffer[..count]);
        }
    });
    rest
}
