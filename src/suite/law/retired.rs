//! Ids of vectors that were retired, with what replaced each: they are never used again.

use std::collections::HashSet;

use serde::Deserialize;

use super::source::{DataErrors, Source, Text};
use super::vectors::Vectors;

/// A vector that is no more.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retired {
    /// The id that it had.
    pub id: String,
    /// The vector that has its octets, its needs and its end.
    pub replaced_by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    retired: Vec<Retired>,
}

/// Reads `retired/`.
pub fn load(source: &Source, vectors: &Vectors) -> Result<Vec<Retired>, DataErrors> {
    // What has never had a vector that was retired has no such folder.
    if let Source::Directory(root) = source
        && !root.join("retired").exists()
        && !source.has_the_law_built_in()
    {
        return Ok(Vec::new());
    }
    read(&source.folder("retired", "toml")?, vectors)
}

fn read(texts: &[Text], vectors: &Vectors) -> Result<Vec<Retired>, DataErrors> {
    let (mut all, mut errors, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for text in texts {
        let Some(file) = text.toml_or::<File>("Retired ids", &mut errors) else { continue };
        for retired in file.retired {
            let Retired { id, replaced_by } = &retired;
            let mut wrong =
                |message: String, remedy: &str| errors.push(text.error(text.line_of(id, 0), message, remedy));
            if vectors.get(id).is_some() {
                wrong(format!("{id} is retired, and a vector has it"), "give the vector another id");
            }
            if vectors.get(replaced_by).is_none() {
                wrong(format!("{id}: unknown vector {replaced_by}"), "name the vector that replaces it");
            }
            if !seen.insert(id.clone()) {
                wrong(format!("{id} is retired twice"), "keep one of the two");
            }
            all.push(retired);
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(DataErrors(errors)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::Conformance;

    #[test]
    fn a_retired_id_is_no_vector_and_has_one_in_its_place() {
        let vectors = Conformance::embedded().unwrap().vectors;
        let read = |id: &str, replaced_by: &str, times: usize| {
            let entry = format!("[[retired]]\nid = \"{id}\"\nreplaced_by = \"{replaced_by}\"\n");
            let text = Text::new("retired/a.toml", entry.repeat(times));
            read(&[text], &vectors).map_err(|errors| errors.to_string())
        };
        let minimal = "server/opening/minimal";
        assert_eq!(read("server/a/b", minimal, 1).unwrap()[0].replaced_by, minimal);
        for (said, result) in [
            ("a.toml:2: server/opening/minimal is retired, and a vector has it", read(minimal, minimal, 1)),
            ("server/a/b: unknown vector server/a/c", read("server/a/b", "server/a/c", 1)),
            ("server/a/b is retired twice", read("server/a/b", minimal, 2)),
        ] {
            let error = result.unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }
}
