//! Files of this machine that are uploaded for inputs: `--set NODE.INPUT=@FILE`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use comfy_runtime::Client;
use comfy_runtime::client::{Error, Upload, Uploaded};
use comfy_schema::shown::{self, escaped};
use comfy_schema::{NodeDef, Schema, Value, suggest};

use super::destination::{self, Destination};
use super::report::print_line;
use super::set::{Place, TEXT_HINT};
use super::{bars, lines};
use crate::failure::{Chain, Failure, IntoFailure};
use crate::print;

/// A file for an input.
#[derive(Debug)]
pub(super) struct FileInput {
    pub(super) place: Place,
    pub(super) path: PathBuf,
}

/// A file for an input that takes uploads.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) place: Place,
    path: PathBuf,
    name: String,
    size: u64,
    destination: Destination,
}

/// Checks that a path is a file that can be read, and returns its size.
pub(super) fn check(path: &Path) -> Result<u64, Failure> {
    let shown = shown::path(path);
    let unreadable = |error| format!("cannot read {shown}: {error}; name a file that exists, or {TEXT_HINT}");
    let metadata = fs::metadata(path).map_err(|error| unreadable(error).into_failure())?;
    // Opening a pipe would wait for its writer.
    if !metadata.is_file() {
        return Err(format!("{shown} is not a regular file; name a file, or {TEXT_HINT}").into_failure());
    }
    File::open(path).map_err(|error| unreadable(error).into_failure())?;
    Ok(metadata.len())
}

/// Finds the place of every file on the server. Nothing is sent yet, so that all mistakes are found before.
pub(super) async fn plan(
    client: &Client,
    files: Vec<FileInput>,
    prompt: &Value,
    schema: Option<&Schema>,
) -> Result<Vec<Planned>, Failure> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    // Old servers do not have the route. They refuse a file that is too large when it is sent.
    let limit = client.features().await.ok().and_then(|features| features.max_upload_size);
    let mut planned = Vec::new();
    for FileInput { place, path } in files {
        let size = check(&path).map_err(|failure| place.failure(&failure.to_string()))?;
        if let Some(limit) = limit.filter(|limit| size > *limit) {
            return Err(place.failure(&format!(
                "{} has {size} bytes, and the server accepts {limit}; start it with a larger --max-upload-size, or make \
                 the file smaller",
                shown::path(&path)
            )));
        }
        let class = place.class(prompt).unwrap_or_default();
        let node = match schema {
            Some(schema) => schema.node(class).cloned(),
            None => client.object_info_of(class).await?,
        };
        let node = node.ok_or_else(|| place.failure(&unknown(class, schema)))?;
        let destination = Destination::of(&node, &place.input).ok_or_else(|| place.failure(&refused(&place, &node)))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        planned.push(Planned { place, path, name, size, destination });
    }
    Ok(planned)
}

/// Returns the message about a class that the server does not have.
fn unknown(class: &str, schema: Option<&Schema>) -> String {
    let similar = schema.map(|schema| schema.suggest(class)).unwrap_or_default();
    format!("the server has no node class `{}`{}", escaped(class), escaped(suggest::did_you_mean(similar)))
}

/// Returns the message about an input that takes no upload.
fn refused(place: &Place, node: &NodeDef) -> String {
    let others = destination::inputs(node).into_iter().map(|input| format!("`{input}`")).collect::<Vec<_>>();
    let others = match &others[..] {
        [] => "no input of this node does".to_owned(),
        [one] => format!("{one} does"),
        several => format!("{} do", several.join(" and ")),
    };
    let (id, input) = (&place.node, &place.input);
    escaped(format_args!("`{input}` of node {id} ({}) takes no file; {others}; {TEXT_HINT}", node.class)).to_string()
}

impl Planned {
    /// Returns the value of the input, unless the server chooses another name for the file.
    pub(super) fn expected(&self) -> String {
        self.destination.value(&self.name)
    }

    /// Returns whether another upload sends the same file to the same place.
    fn is_same(&self, other: &Self) -> bool {
        self.path == other.path && self.destination == other.destination
    }

    async fn send(&self, client: &Client, json: bool) -> Result<Uploaded, Failure> {
        let _bar = (!json).then(|| bars::upload(&self.path, self.size));
        let uploaded = client.upload(&self.destination.direct(Upload::file(&self.path))).await;
        uploaded.map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &Error) -> Failure {
        self.place.failure(&format!("cannot upload {}: {}", shown::path(&self.path), Chain(error)))
    }

    async fn report(&self, uploaded: &Uploaded, json: bool) -> Result<(), Failure> {
        if json {
            return print_line(lines::uploaded(&self.place, &self.path, uploaded)).await;
        }
        let (place, path, value) =
            (escaped(&self.place), shown::path(&self.path), escaped(uploaded.value()).to_string());
        let taken = if uploaded.name == self.name { "" } else { ", because its own name is taken or not allowed" };
        print::note(format_args!("{place}: uploaded {path} as {value}{taken}"));
        Ok(())
    }
}

/// Uploads files, one after the other, and reports each. `done` receives their places on the server, in the same order.
///
/// A file of the server is never replaced: the server keeps the same content once, and else chooses a free name.
pub(super) async fn send(
    client: &Client,
    files: &[Planned],
    json: bool,
    done: &mut Vec<Uploaded>,
) -> Result<(), Failure> {
    for file in files {
        let same =
            files.iter().zip(&*done).find(|(other, _)| file.is_same(other)).map(|(_, uploaded)| uploaded.clone());
        let uploaded = match same {
            Some(uploaded) => uploaded,
            None => file.send(client, json).await?,
        };
        done.push(uploaded.clone());
        file.report(&uploaded, json).await?;
    }
    Ok(())
}
