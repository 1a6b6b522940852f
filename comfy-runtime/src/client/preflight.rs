//! What a server would say of a workflow, before anything runs.

use std::collections::BTreeSet;
use std::fmt;

use comfy_schema::validate::{
    Files, Folder, NodeErrorKind, Replacements, Unverifiable, UnverifiableKind, Validator, Verdict,
};
use comfy_schema::{Map, NodeDef, Schema, Value};
use futures_util::stream::{self, StreamExt as _};

use super::error::Error;
use super::origin::{NodeInfo, Origin};
use super::rejection::{Dropped, NodeProblem, Rejection, node_problems};
use super::routes::View;
use super::{Client, json};
use crate::workflow::Workflow;

/// With more classes than this, all definitions are fetched at once.
const MOST_CLASSES: usize = 48;

/// So many requests are under way at a time.
const AT_ONCE: usize = 6;

/// What a server would say of a workflow.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use = "the workflow may be wrong"]
pub struct Preflight {
    /// It would be refused, and this is why.
    pub rejection: Option<Rejection>,
    /// It would run, but not all of it: what is wrong with which node.
    pub dropped: Vec<NodeProblem>,
    /// The output nodes that would run.
    pub outputs: Vec<String>,
    /// What passes the server and is then ignored, or breaks.
    pub warnings: Vec<PreflightWarning>,
    /// What cannot be known beforehand, and what was assumed.
    pub doubts: Vec<Doubt>,
}

/// Something that passes the server and is then ignored, or breaks.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PreflightWarning {
    /// The node.
    pub node: NodeInfo,
    /// The input, if it is about one.
    pub input: Option<String>,
    /// A word for it: `unknown_input`, `unused_node`, …
    pub kind: &'static str,
    /// What is odd.
    pub message: String,
    /// What may have been meant, best first.
    pub suggestions: Vec<String>,
}

/// Something that cannot be known beforehand.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Doubt {
    /// The node.
    pub node: NodeInfo,
    /// The input, if it is about one.
    pub input: Option<String>,
    /// Why not, and what was assumed.
    pub why: String,
}

impl fmt::Display for PreflightWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.node, self.message)
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.node, self.why)
    }
}

impl Preflight {
    /// Whether all of the workflow would run.
    pub fn is_ok(&self) -> bool {
        self.rejection.is_none() && self.dropped.is_empty()
    }

    /// The warnings, if all of the workflow would run.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`], [`Error::Partial`], as a run would give them. The second has no
    /// [`prompt_id`](Dropped::prompt_id): nothing ran.
    pub fn into_result(self) -> Result<Vec<PreflightWarning>, Error> {
        if let Some(rejection) = self.rejection {
            return Err(Error::Rejected(Box::new(rejection)));
        }
        if !self.dropped.is_empty() {
            return Err(Error::Partial(Box::new(Dropped::beforehand(self.dropped))));
        }
        Ok(self.warnings)
    }
}

impl Client {
    /// Checks a workflow as this server would, with its own definitions, models and files, and runs nothing.
    ///
    /// The definitions of the workflow's classes are asked for each time, so that models that came or went count. Of
    /// files that nodes load, it is asked whether they are there. What only custom nodes' own checks know is a
    /// [doubt](Preflight::doubts).
    ///
    /// ```no_run
    /// # async fn example(client: comfy_runtime::Client, workflow: comfy_runtime::Workflow) -> Result<(), comfy_runtime::client::Error> {
    /// for warning in client.preflight(&workflow).await?.into_result()? {
    ///     eprintln!("{warning}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Only those of asking: [`Error::Transport`], [`Error::Status`], [`Error::Answer`]. What is wrong with the workflow
    /// is in the result; see [`Preflight::into_result`].
    pub async fn preflight<T>(&self, workflow: &Workflow<T>) -> Result<Preflight, Error> {
        let origin = Origin::of(workflow);
        let prompt = Value::parse(workflow.to_json().as_bytes())
            .map_err(|error| Error::Answer { call: "preflight".into(), why: error.to_string() })?;
        let (schema, replacements) = self.definitions(&prompt).await?;
        let validator = Validator::new(&schema).replacements(&replacements);
        let mut verdict = validator.clone().check(&prompt, None);
        let (mut asked, mut there) = (BTreeSet::new(), Vec::new());
        // What was asked for counts as all there is. So a file that passed before may be missed then, and is asked for.
        loop {
            let names = in_doubt(&verdict, &prompt, &asked);
            if names.is_empty() {
                break;
            }
            there.extend(self.existing(&names).await?);
            asked.extend(names);
            let files =
                [Folder::Input, Folder::Output, Folder::Temp].into_iter().fold(Files::new(), |files, folder| {
                    let names = there.iter().filter(|(known, _)| *known == folder).map(|(_, name): &(_, String)| name);
                    files.with(folder, names)
                });
            verdict = validator.clone().files(&files).check(&prompt, None);
        }
        Ok(read(&verdict, &origin))
    }

    /// The definitions that a prompt needs, and the replacements of missing classes.
    pub(super) async fn definitions(&self, prompt: &Value) -> Result<(Schema, Replacements), Error> {
        let classes: BTreeSet<String> =
            json::members(Some(prompt)).filter_map(|(_, node)| json::string(node, "class_type")).collect();
        let replacements = match self.node_replacements().await {
            Ok(answer) => answer,
            // Servers before 0.26 have none.
            Err(Error::Status { status: 404, .. }) => Value::Object(Map::new()),
            Err(error) => return Err(error),
        };
        let parsed = Replacements::from_value(&replacements);
        if classes.len() > MOST_CLASSES {
            return Ok((self.object_info().await?, parsed));
        }
        let mut nodes = self.nodes(classes.clone()).await?;
        let missing = classes.iter().filter(|class| !nodes.iter().any(|node| node.class == class.as_str()));
        let new: BTreeSet<String> = missing
            .flat_map(|class| json::array(json::get(&replacements, class)))
            .filter_map(|replacement| json::string(replacement, "new_node_id"))
            .filter(|class| !classes.contains(class))
            .collect();
        nodes.extend(self.nodes(new).await?);
        Ok((Schema::new(nodes), parsed))
    }

    /// The definitions of these classes, as far as the server has them.
    async fn nodes(&self, classes: BTreeSet<String>) -> Result<Vec<NodeDef>, Error> {
        let asked = stream::iter(classes).map(|class| async move { self.object_info_of(&class).await });
        let answers: Vec<_> = asked.buffered(AT_ONCE).collect().await;
        let nodes: Result<Vec<_>, _> = answers.into_iter().collect();
        Ok(nodes?.into_iter().flatten().collect())
    }

    /// Which of these files are on the server.
    async fn existing(&self, names: &BTreeSet<String>) -> Result<Vec<(Folder, String)>, Error> {
        let asked = stream::iter(names).map(|name| async move {
            let (path, folder) = annotated(name);
            let (subfolder, file) = path.rsplit_once('/').unwrap_or(("", path));
            let view = View::new(file).folder(folder.as_str()).subfolder(subfolder);
            match self.exists(&view).await {
                Ok(is_there) => Ok(is_there.then(|| (folder, path.to_owned()))),
                // A name that leads out of the folder is none to the server.
                Err(Error::Status { status: 400 | 403, .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        let answers: Vec<_> = asked.buffered(AT_ONCE).collect().await;
        let found: Result<Vec<_>, _> = answers.into_iter().collect();
        Ok(found?.into_iter().flatten().collect())
    }
}

/// The names of files on which the verdict depends, as far as they were not asked for: those in doubt, and those that
/// a node's own check did not find.
fn in_doubt(verdict: &Verdict, prompt: &Value, asked: &BTreeSet<String>) -> BTreeSet<String> {
    let doubts = verdict.unverifiable().iter().filter(|doubt| doubt.kind == UnverifiableKind::File);
    let doubts = doubts.map(|doubt| (&doubt.node, doubt.input.as_ref()));
    let failures = verdict.node_errors().iter().flat_map(|node| {
        let failed = node.errors.iter().filter(|error| error.kind == NodeErrorKind::CustomValidationFailed);
        failed.map(|error| (&node.id, error.input_name.as_ref()))
    });
    let names = doubts.chain(failures).filter_map(|(node, input)| {
        json::at(prompt, &[node.as_str(), "inputs", input?.as_str()])?.as_str().map(str::to_owned)
    });
    names.filter(|name| !asked.contains(name)).collect()
}

/// A file name and its folder: `a.png [temp]`.
fn annotated(name: &str) -> (&str, Folder) {
    for (suffix, folder) in [("[output]", Folder::Output), ("[input]", Folder::Input), ("[temp]", Folder::Temp)] {
        if let Some(rest) = name.strip_suffix(suffix) {
            let mut rest = rest.chars();
            // The server cuts off the space before it, whatever it is.
            rest.next_back();
            return (rest.as_str(), folder);
        }
    }
    (name, Folder::Input)
}

/// The verdict in the terms of the server's answer.
fn read(verdict: &Verdict, origin: &Origin) -> Preflight {
    let error = match (verdict.error(), verdict.exception()) {
        (Some(error), _) => Some(error.to_value()),
        (None, Some(raised)) => Some(json::object([
            ("type", "server_error".into()),
            ("message", raised.reason.as_str().into()),
            ("details", format!("the server would fail with {}", raised.exception.kind).into()),
        ])),
        (None, None) => None,
    };
    let mut answer = Map::new();
    answer.insert("node_errors", verdict.node_errors().to_value());
    let dropped = node_problems(&Value::Object(answer.clone()), origin);
    let rejection = error.and_then(|error| {
        answer.insert("error", error);
        Rejection::read(&Value::Object(answer), origin)
    });
    let warning = |warning: &comfy_schema::validate::PromptWarning| PreflightWarning {
        node: origin.node(&warning.node),
        input: warning.input.as_ref().map(ToString::to_string),
        kind: warning.kind.as_str(),
        message: warning.message.clone(),
        suggestions: warning.suggestions.iter().map(ToString::to_string).collect(),
    };
    let doubt = |doubt: &Unverifiable| Doubt {
        node: origin.node(&doubt.node),
        input: doubt.input.as_ref().map(ToString::to_string),
        why: doubt.reason.clone(),
    };
    Preflight {
        dropped: if rejection.is_some() { Vec::new() } else { dropped },
        rejection,
        outputs: verdict.outputs().iter().map(ToString::to_string).collect(),
        warnings: verdict.warnings().iter().map(warning).collect(),
        doubts: verdict.unverifiable().iter().map(doubt).collect(),
    }
}
