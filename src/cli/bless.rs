//! `ws101 diff --bless`: the records of a ledger as they are today, written into its file.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value};

use super::failure::{Failure, Status};
use super::input::shown;
use super::terminal::Terminal;
use super::written::written;
use crate::run::{Diff, Records};
use crate::suite::Peer;
use crate::suite::ledger::Record;

/// Writes the record of each entry of each peer. Reasons are for people to write.
///
/// # Errors
///
/// If there is no ledger, or its file cannot be read or written.
pub(super) fn bless(
    peers: &[&dyn Peer],
    diff: &Diff<'_>,
    directory: &Path,
    terminal: &mut Terminal,
) -> Result<Status, Failure> {
    let mut status = Status::Fine;
    for peer in peers {
        let path = ledger_of(directory, peer.name());
        let place = shown(&path.to_string_lossy()).to_string();
        let text = fs::read_to_string(&path).map_err(|error| {
            let remedy = "write it with `schema`, `peer` and `versions`, as conformance/README.md has it";
            Failure::usage(format_args!("cannot read the ledger of {} ({error})", peer.name()), &place, remedy)
        })?;
        let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
            Failure::usage(error.message().to_owned(), &place, "mend the file")
        })?;
        let records = diff.records(*peer);
        let (changed, vectors) = write(&mut document, &records);
        let text = document.to_string();
        written(&path, &text)?;
        terminal.print(&format!(
            "{place}: {vectors} vectors under {} entries, {changed} entries changed\n",
            records.entries.len()
        ))?;
        for (vector, fault) in &records.unexplained {
            terminal.print(&format!("no entry explains {vector}: {fault}\n"))?;
        }
        if !records.unexplained.is_empty() {
            terminal.note("write an entry with its reason for what no entry explains, and bless again");
            status = Status::Failed;
        }
    }
    Ok(status)
}

/// The file of a peer's ledger.
fn ledger_of(directory: &Path, peer: &str) -> PathBuf {
    directory.join("divergences").join(format!("{peer}.toml"))
}

/// How many entries changed, and how many vectors stand under all of them.
fn write(document: &mut DocumentMut, records: &Records) -> (usize, usize) {
    let (mut changed, mut vectors) = (0, 0);
    let Some(entries) = document.get_mut("divergence").and_then(Item::as_array_of_tables_mut) else { return (0, 0) };
    for entry in entries.iter_mut() {
        let id = entry.get("id").and_then(Item::as_str).unwrap_or_default().to_owned();
        let Some((_, record)) = records.entries.iter().find(|(its, _)| *its == id) else { continue };
        let before = entry.to_string();
        match record {
            Record::Open(listed) => {
                vectors += listed.len();
                let mut list: Array = listed.iter().map(ToString::to_string).collect();
                // One line for each: so is what changes.
                list.iter_mut().for_each(|line| line.decor_mut().set_prefix("\n  "));
                list.set_trailing("\n");
                list.set_trailing_comma(true);
                set(entry, "vectors", (!listed.is_empty()).then_some(list.into()));
            }
            Record::Sealed(seal) => {
                vectors += seal.vectors;
                let mut sealed = InlineTable::new();
                sealed.insert("count", (seal.vectors as i64).into());
                sealed.insert("sha256", seal.sha256.as_str().into());
                set(entry, "sealed_vectors", Some(sealed.into()));
            }
        }
        changed += usize::from(entry.to_string() != before);
    }
    (changed, vectors)
}

fn set(entry: &mut Table, member: &str, value: Option<Value>) {
    match value {
        Some(value) => drop(entry.insert(member, Item::Value(value))),
        None => drop(entry.remove(member)),
    }
}
