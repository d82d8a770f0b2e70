//! `ws101` with every Rust crate among its peers.

fn main() -> std::process::ExitCode {
    ws101::cli::run(ws101::peer::all().into_iter().chain(ws101_peers::all()).collect())
}
