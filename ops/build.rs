//! Rebuilds `ops` when a migration is added: the files are embedded, and a macro cannot watch a directory.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../migrations");
}
