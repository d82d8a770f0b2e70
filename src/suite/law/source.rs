//! Where the data comes from: embedded in the program, or a directory; and the errors that bad data gets.

use std::borrow::Cow;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

static REQUIREMENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/conformance/requirements");
static VECTORS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/conformance/vectors");
static UNSHOWN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/conformance/unshown");
static RETIRED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/conformance/retired");
static DIVERGENCES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/conformance/divergences");
static MARKS: &str = include_str!("../../../conformance/marks.toml");

/// What is wrong with a file of the data, where, and what to do about it: one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    /// The file.
    pub file: String,
    /// The line, where one is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}: {}", self.message, self.remedy)
    }
}

/// What is wrong with one entry of a file, and what to do about it.
pub(in crate::suite) type Wrong = (String, &'static str);

/// Everything that is wrong with the data, in the order of the files: a line for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataErrors(pub Vec<DataError>);

impl fmt::Display for DataErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for DataErrors {}

/// One file of the data.
#[derive(Clone, Debug)]
pub struct Text {
    /// The file, as a person finds it.
    pub file: String,
    /// The path below the directory of the data, with `/`.
    pub path: String,
    /// What is in it.
    pub text: Cow<'static, str>,
}

impl Text {
    /// A text that stands in no file of the data.
    pub fn new(path: &str, text: impl Into<Cow<'static, str>>) -> Text {
        Text { file: path.to_owned(), path: path.to_owned(), text: text.into() }
    }

    /// The name of the file without its extension.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    /// The line on which the entry with the id begins; with `nth` the second one, the third one.
    pub fn line_of(&self, id: &str, nth: usize) -> Option<usize> {
        let mut lines = self.text.lines().enumerate().filter(|(_, line)| id_of(line) == Some(id));
        lines.nth(nth).map(|(index, _)| index + 1)
    }

    /// An error about the file.
    pub fn error(&self, line: Option<usize>, message: impl Into<String>, remedy: impl Into<String>) -> DataError {
        DataError { file: self.file.clone(), line, message: message.into(), remedy: remedy.into() }
    }

    /// Reads TOML.
    pub fn toml<T: serde::de::DeserializeOwned>(&self, format: &str) -> Result<T, DataError> {
        toml::from_str(&self.text).map_err(|error| {
            let line = error.span().map(|span| 1 + self.text[..span.start].matches('\n').count());
            self.error(line, self.within(line, error.message()), remedy(format))
        })
    }

    /// Reads TOML; what is wrong with it is added to the errors.
    pub(in crate::suite) fn toml_or<T: serde::de::DeserializeOwned>(
        &self,
        format: &str,
        errors: &mut Vec<DataError>,
    ) -> Option<T> {
        self.toml(format).map_err(|error| errors.push(error)).ok()
    }

    /// Reads JSON.
    pub fn json<T: serde::de::DeserializeOwned>(&self, format: &str) -> Result<T, DataError> {
        serde_json::from_str(&self.text).map_err(|error| {
            let line = Some(error.line());
            let message = error.to_string();
            let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
            self.error(line, self.within(line, message), remedy(format))
        })
    }

    /// The message on one line, behind the id of the entry that the line is in. The header of a TOML table stands before it.
    fn within(&self, line: Option<usize>, message: &str) -> String {
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let (line, lines) = (line.unwrap_or(0), self.text.lines());
        let is_header = lines.clone().take(line).last().is_some_and(|line| line.starts_with("[["));
        let id = if is_header { lines.skip(line).find_map(id_of) } else { lines.take(line).filter_map(id_of).last() };
        id.map_or_else(|| message.clone(), |id| format!("{id}: {message}"))
    }
}

/// The id of the entry that begins on a line.
fn id_of(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches('{').trim_start();
    let rest = line.strip_prefix("\"id\"").or_else(|| line.strip_prefix("id"))?;
    rest.trim_start_matches([' ', ':', '=']).strip_prefix('"')?.split('"').next()
}

fn remedy(format: &str) -> String {
    format!("write it as conformance/README.md, \"{format}\", says")
}

/// Where the data comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// What was built into the program.
    Embedded,
    /// A directory that is laid out like `conformance/`; or one that holds ledgers alone, in `divergences/`, beside the law that
    /// was built into the program.
    Directory(PathBuf),
}

impl Source {
    /// Whether requirements and vectors are those of the program: a directory may hold ledgers alone. One that has any other part
    /// of the law has to have all of it.
    pub fn has_the_law_built_in(&self) -> bool {
        let Source::Directory(root) = self else { return true };
        let law = ["requirements", "vectors", "unshown", "retired", "marks.toml"];
        root.join("divergences").is_dir() && !law.iter().any(|part| root.join(part).exists())
    }

    /// The files of a folder with the extension, by path.
    pub fn folder(&self, folder: &str, extension: &str) -> Result<Vec<Text>, DataErrors> {
        let mut texts = Vec::new();
        let mut errors = Vec::new();
        match self {
            Source::Directory(root) if folder == "divergences" || !self.has_the_law_built_in() => {
                collect(root, folder, &mut texts, &mut errors);
            }
            _ => collect_embedded(embedded(folder), folder, &mut texts),
        }
        texts.retain(|text| {
            if text.path.ends_with(&format!(".{extension}")) {
                return true;
            }
            if !text.path.ends_with("README.md") {
                errors.push(text.error(
                    None,
                    "not a file of this folder",
                    format!("name it *.{extension} or remove it"),
                ));
            }
            false
        });
        texts.sort_by(|a, b| a.path.cmp(&b.path));
        if errors.is_empty() { Ok(texts) } else { Err(DataErrors(errors)) }
    }

    /// The table of marks.
    pub fn marks(&self) -> Result<Text, DataErrors> {
        match self {
            Source::Directory(root) if !self.has_the_law_built_in() => {
                read(root, &root.join("marks.toml")).map_err(|error| DataErrors(vec![error]))
            }
            _ => Ok(Text { file: "conformance/marks.toml".to_owned(), ..Text::new("marks.toml", MARKS) }),
        }
    }
}

fn embedded(folder: &str) -> &'static Dir<'static> {
    match folder {
        "requirements" => &REQUIREMENTS,
        "vectors" => &VECTORS,
        "unshown" => &UNSHOWN,
        "retired" => &RETIRED,
        _ => &DIVERGENCES,
    }
}

fn collect_embedded(dir: &'static Dir<'static>, folder: &str, texts: &mut Vec<Text>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            let path = format!("{folder}/{}", slashes(file.path()));
            texts.push(Text { file: format!("conformance/{path}"), ..Text::new(&path, text) });
        }
    }
    for dir in dir.dirs() {
        collect_embedded(dir, folder, texts);
    }
}

fn collect(root: &Path, folder: &str, texts: &mut Vec<Text>, errors: &mut Vec<DataError>) {
    let directory = root.join(folder);
    let unreadable = |path: &Path, error: std::io::Error| DataError {
        file: path.display().to_string(),
        line: None,
        message: format!("cannot be read ({error})"),
        remedy: "give a directory that is laid out like conformance/".to_owned(),
    };
    let entries = match fs::read_dir(&directory).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(entries) => entries,
        Err(error) => return errors.push(unreadable(&directory, error)),
    };
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &slashes(path.strip_prefix(root).unwrap_or(&path)), texts, errors);
        } else {
            match read(root, &path) {
                Ok(text) => texts.push(text),
                Err(error) => errors.push(error),
            }
        }
    }
}

fn read(root: &Path, path: &Path) -> Result<Text, DataError> {
    let shown = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => {
            let below = slashes(path.strip_prefix(root).unwrap_or(path));
            Ok(Text { file: shown, ..Text::new(&below, text) })
        }
        Err(error) => Err(DataError {
            file: shown,
            line: None,
            message: format!("cannot be read ({error})"),
            remedy: "check the path and the encoding (UTF-8)".to_owned(),
        }),
    }
}

fn slashes(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_an_id_is_where_the_entry_begins() {
        let json = Text::new("a.json", "{\n \"id\": \"x\",\n \"control\": \"y\" },\n { \"id\" : \"y\" }\n");
        assert_eq!(json.line_of("x", 0), Some(2));
        assert_eq!(json.line_of("y", 0), Some(4));
        assert_eq!(json.line_of("y", 1), None);
        let toml = Text::new("a.toml", "id = \"x\"\nidle = \"y\"\nid=\"y\"\nid = \"x\"\n");
        assert_eq!(toml.line_of("y", 0), Some(3));
        assert_eq!(toml.line_of("x", 1), Some(4));
    }

    #[test]
    fn an_error_says_what_where_and_what_to_do_on_one_line() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Row {
            #[allow(dead_code)]
            id: String,
        }
        let error = Text::new("a.toml", "id = \"x\"\nbogus = 1\n").toml::<Row>("Marks").unwrap_err();
        assert_eq!(error.line, Some(2));
        assert!(error.to_string().starts_with("a.toml:2: x: unknown field `bogus`"), "{error}");
        assert!(!error.to_string().contains('\n'));
        let error = Text::new("a.json", "{\"id\": \"x\",\n \"bogus\": 1}").json::<Row>("Vectors").unwrap_err();
        assert_eq!(error.line, Some(2));
        assert!(!error.message.contains("at line"), "{error}");
    }

    /// What is wrong with a folder of vectors that holds this file, with the folder left out.
    fn said_of(test: &str, name: &str, octets: &[u8]) -> String {
        let root = std::env::temp_dir().join(format!("ws101-{}-{test}", std::process::id()));
        fs::create_dir_all(root.join("vectors/server")).unwrap();
        fs::write(root.join("vectors/server").join(name), octets).unwrap();
        let said = Source::Directory(root.clone()).folder("vectors", "json").map_err(|errors| errors.to_string());
        fs::remove_dir_all(&root).unwrap();
        said.map(|texts| format!("{:?}", texts.iter().map(|text| &*text.path).collect::<Vec<_>>()))
            .unwrap_or_else(|error| error.replace(&root.display().to_string(), ""))
    }

    #[test]
    fn a_directory_holds_what_is_embedded() {
        let directory = Source::Directory(Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance"));
        for (folder, extension) in
            [("requirements", "toml"), ("vectors", "json"), ("unshown", "toml"), ("divergences", "toml")]
        {
            let of = |source: &Source| source.folder(folder, extension).unwrap();
            let (embedded, read) = (of(&Source::Embedded), of(&directory));
            let both = |texts: &[Text]| -> Vec<_> {
                texts.iter().map(|text| (text.path.clone(), text.text.clone())).collect()
            };
            assert!(both(&embedded) == both(&read) && embedded.len() > 1, "{folder}");
            assert!(embedded.is_sorted_by(|a, b| a.path < b.path), "{folder}");
            for (embedded, read) in embedded.iter().zip(&read) {
                assert_eq!(embedded.file, format!("conformance/{}", embedded.path));
                assert!(read.file.ends_with(&embedded.file) && Path::new(&read.file).is_absolute(), "{}", read.file);
            }
        }
        let (embedded, read) = (Source::Embedded.marks().unwrap(), directory.marks().unwrap());
        assert_eq!((embedded.path, embedded.text), (read.path, read.text));
        assert_eq!(embedded.file, "conformance/marks.toml");
        assert!(read.file.ends_with("conformance/marks.toml"), "{}", read.file);
    }

    #[test]
    fn a_file_that_does_not_belong_to_its_folder_is_an_error() {
        assert_eq!(said_of("right", "a.json", b"{}"), r#"["vectors/server/a.json"]"#);
        assert_eq!(said_of("readme", "README.md", b"# Vectors"), "[]");
        let foreign = "/vectors/server/a.jsn: not a file of this folder: name it *.json or remove it";
        assert_eq!(said_of("foreign", "a.jsn", b"{}"), foreign);
        let unreadable = said_of("octets", "a.json", b"\xff");
        assert!(unreadable.starts_with("/vectors/server/a.json: cannot be read ("), "{unreadable}");
        assert!(unreadable.ends_with(": check the path and the encoding (UTF-8)"), "{unreadable}");
    }

    #[test]
    fn a_missing_directory_is_an_error() {
        let errors = Source::Directory("/nonexistent".into()).folder("vectors", "json").unwrap_err();
        assert!(errors.to_string().starts_with("/nonexistent/vectors: cannot be read"), "{errors}");
    }
}
