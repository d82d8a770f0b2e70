//! `ws101` with this implementation among its peers: every command, and the commands that its reports print.

fn main() -> std::process::ExitCode {
    let mut peers = ws101::peer::all();
    peers.push(Box::new(own_peer::Mine));
    ws101::cli::run(peers)
}
