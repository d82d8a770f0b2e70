//! Tells Cargo to build again when a file of the embedded data comes or goes.

fn main() {
    for path in ["requirements", "vectors", "unshown", "divergences", "marks.toml"] {
        println!("cargo::rerun-if-changed=conformance/{path}");
    }
    println!("cargo::rerun-if-changed=corpus");
}
