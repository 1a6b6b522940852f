//! Whether the snapshot of the node definitions is up to date, and the generated code too.

use std::path::{Path, PathBuf};
use std::{env, fs};

use comfy_schema::drift::{Comparison, Level};
use comfy_schema::{Schema, shown};

use super::check::Check;
use super::generated::{self, Generated};

pub(super) const SNAPSHOT: &str = "snapshot";
const CODE: &str = "generated code";

/// Checks the snapshot against the definitions of the server.
pub(super) fn drift(file: &Path, snapshot: &Schema, server: &Schema, url: &str) -> Check {
    let changes = Comparison::new(snapshot, server).all();
    let shown = shown::path(file);
    if changes.is_empty() {
        let message =
            format!("{shown} agrees with the server: {} nodes, apart from models and files", server.nodes.len());
        return Check::ok(SNAPSHOT, message);
    }
    let count = |level| changes.iter().filter(|change| change.level == level).count();
    let counts: Vec<String> = [Level::Breaking, Level::Defaulted, Level::Additive]
        .into_iter()
        .map(|level| (count(level), level))
        .filter(|(count, _)| *count > 0)
        .map(|(count, level)| format!("{count} {level}"))
        .collect();
    let message = format!("the server differs from {shown}: {} changes", counts.join(", "));
    let remedy = format!(
        "`cargo comfy diff {shown} {url} --uses src` shows what that breaks; `cargo comfy snapshot --out {shown}` \
         updates the file"
    );
    Check::warning(SNAPSHOT, message, remedy)
}

/// Checks whether the code that was generated in the package of the working directory is of this snapshot.
pub(super) fn code(snapshot: Option<&Path>) -> Check {
    let target = env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty());
    let found = generated::find(Path::new("."), target.map(PathBuf::from));
    let Some(snapshot) = snapshot else { return Check::skipped(CODE, "there is no snapshot to compare it with") };
    let Ok(definitions) = fs::read(snapshot) else {
        return Check::skipped(CODE, format!("{} cannot be read", shown::path(snapshot)));
    };
    if found.is_empty() {
        return Check::skipped(CODE, "there is none in this folder and in its last build");
    }
    let old: Vec<&Generated> = found.iter().filter(|file| !file.head.is_from(&definitions)).collect();
    if old.is_empty() {
        let files = if let [one] = found.as_slice() { named(&one.path) } else { format!("{} files", found.len()) };
        return Check::ok(CODE, format!("{files} agree with {}", shown::path(snapshot)));
    }
    let names: Vec<String> =
        old.iter().map(|file| format!("{} (from {})", named(&file.path), file.head.schema)).collect();
    let message = format!("generated from other definitions than {}: {}", shown::path(snapshot), names.join(", "));
    Check::warning(CODE, message, remedy(&old, snapshot))
}

/// Returns the commands that generate these files again.
fn remedy(old: &[&Generated], snapshot: &Path) -> String {
    let checked_in = old.iter().find(|file| !file.is_built);
    let generate = checked_in.map(|file| {
        let (schema, out) = (shown::path(snapshot), named(&file.path));
        format!("`cargo comfy generate --schema {schema} --out {out}`, with the options that made the file")
    });
    let build = old.iter().any(|file| file.is_built).then(|| "`cargo build`".to_owned());
    format!("run {}", generate.into_iter().chain(build).collect::<Vec<_>>().join(", and "))
}

fn named(path: &Path) -> String {
    shown::path(path).to_string()
}
