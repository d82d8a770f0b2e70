//! Parses the command line, runs it, and gives its exit status.

fn main() -> std::process::ExitCode {
    ws101::cli::run(ws101::peer::all())
}
