//! The client of tungstenite under test: `tungstenite_client URL`, or URLs on standard input.

use std::io::stdin;
use std::net::TcpStream;

use tungstenite::http::Uri;
use tungstenite::{Message, client};

fn connect(url: &str) -> Result<(), Box<dyn std::error::Error>> {
    let authority = url.parse::<Uri>()?.authority().ok_or("no authority")?.as_str().to_owned();
    let (mut socket, _) = client(url, TcpStream::connect(authority)?).map_err(|error| error.to_string())?;
    socket.send(Message::text("ws101"))?;
    // Until the connection is closed, which is an error here.
    while socket.read().is_ok() {}
    Ok(())
}

fn main() {
    let told = |url: &str| {
        if let Err(error) = connect(url) {
            eprintln!("{error}");
        }
    };
    match std::env::args().nth(1) {
        Some(url) => told(&url),
        None => stdin().lines().map_while(Result::ok).for_each(|url| told(url.trim())),
    }
}
