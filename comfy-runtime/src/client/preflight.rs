//! Checks a workflow against a server without running it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::future::IntoFuture;

use comfy_schema::shown::escaped;
use comfy_schema::validate::{
    Files, Folder, NodeErrorKind, Replacements, Unverifiable, UnverifiableKind, Validator, Verdict,
};
use comfy_schema::{InputKind, Map, NodeDef, Schema, Value};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt as _};

use super::error::Error;
use super::limits::{MAX_CLASSES, MAX_CONCURRENT};
use super::origin::{NodeInfo, Origin};
use super::rejection::{DroppedOutputs, NodeProblem, Rejection, node_problems};
use super::routes::View;
use super::{Client, json};
use crate::key::NodeKey;
use crate::workflow::Workflow;

/// The verdict of a server on a workflow, before it runs.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use = "the workflow may be invalid"]
pub struct Preflight {
    /// The reason why the server would reject the workflow; `None` if it would accept at least a part.
    pub rejection: Option<Rejection>,
    /// The errors of the outputs that the server would drop.
    pub dropped: Vec<NodeProblem>,
    /// The ids of the output nodes that would run.
    pub outputs: Vec<String>,
    /// Mistakes that the server accepts, and then ignores or fails on.
    pub warnings: Vec<PreflightWarning>,
    /// Facts that cannot be known before the run, and what was assumed about them.
    pub unverifiable: Vec<Unverifiable>,
}

/// A mistake that the server accepts, and then ignores or fails on.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PreflightWarning {
    /// The node.
    pub node: NodeInfo,
    /// The name of the input, if the warning concerns one.
    pub input: Option<String>,
    /// The type of the warning: `unknown_input`, `unused_node`, ….
    pub kind: &'static str,
    /// The message.
    pub message: String,
    /// The suggested names or values, the most likely first.
    pub suggestions: Vec<String>,
}

impl fmt::Display for PreflightWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.node, escaped(&self.message))
    }
}

impl Preflight {
    /// Returns whether the whole workflow would run.
    pub fn is_ok(&self) -> bool {
        self.rejection.is_none() && self.dropped.is_empty()
    }

    /// Returns the warnings if the whole workflow would run.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Rejected`] or [`Error::Partial`], as a run would. Because nothing ran, the
    /// [`prompt_id`](DroppedOutputs::prompt_id) of the second is `None`.
    pub fn into_result(self) -> Result<Vec<PreflightWarning>, Error> {
        if let Some(rejection) = self.rejection {
            return Err(Error::Rejected(Box::new(rejection)));
        }
        if !self.dropped.is_empty() {
            let dropped = DroppedOutputs { prompt_id: None, nodes: self.dropped, cancel_error: None };
            return Err(Error::Partial(Box::new(dropped)));
        }
        Ok(self.warnings)
    }
}

/// A check of a workflow against a server, from [`Client::preflight`]. Awaiting it sends the requests.
#[derive(Debug)]
#[must_use = "nothing is checked before it is awaited"]
pub struct PreflightCheck<'c> {
    client: &'c Client,
    origin: Origin,
    classes: BTreeSet<String>,
    json: String,
    assume_files: bool,
    /// The nodes and inputs whose files are assumed to exist.
    uploads: Vec<(String, String)>,
    targets: Option<Result<Vec<String>, Error>>,
    definitions: Option<&'c Schema>,
}

impl<'c> PreflightCheck<'c> {
    /// Assumes that every file exists that the workflow names: models, inputs, and everything else that a server lists
    /// from its disk. The server is not asked for files, and each name that it does not list is
    /// [unverifiable](Preflight::unverifiable). Use it for a workflow whose files are uploaded later.
    pub fn assume_files(mut self) -> Self {
        self.assume_files = true;
        self
    }

    /// Assumes that the file exists which this input of a node names, because it is uploaded before the run.
    pub fn assume_file(mut self, node: impl Into<String>, input: impl Into<String>) -> Self {
        self.uploads.push((node.into(), input.into()));
        self
    }

    /// Checks only these output nodes, given by handle or id, and the nodes that they need, as
    /// [`Submission::targets`](super::Submission::targets) runs only them.
    pub fn targets<K: NodeKey>(mut self, nodes: impl IntoIterator<Item = K>) -> Self {
        let ids: Result<_, _> = nodes.into_iter().map(|node| self.origin.resolve(&node)).collect();
        self.targets = Some(ids.map_err(Error::NoSuchNode));
        self
    }

    /// Takes the definitions that were requested from the server before, instead of requesting them again.
    ///
    /// Not public API: the command uses it, and it may change in any version.
    #[doc(hidden)]
    pub fn definitions(mut self, schema: &'c Schema) -> Self {
        self.definitions = Some(schema);
        self
    }

    /// Returns the validator's verdict, and the definitions that it is based on.
    ///
    /// Not public API: the command uses it, and it may change in any version.
    ///
    /// # Errors
    ///
    /// As of the check itself.
    #[doc(hidden)]
    pub async fn verdict(mut self) -> Result<(Verdict, Cow<'c, Schema>), Error> {
        self.check().await
    }

    async fn check(&mut self) -> Result<(Verdict, Cow<'c, Schema>), Error> {
        let prompt = Value::parse(self.json.as_bytes())
            .map_err(|error| Error::InvalidResponse { call: "preflight".into(), reason: error.to_string() })?;
        let targets: Option<Value> =
            self.targets.take().transpose()?.map(|ids| ids.iter().map(String::as_str).collect());
        let (mut schema, replacements) = match self.definitions {
            Some(schema) => (Cow::Borrowed(schema), self.client.replacements().await?.0),
            None => {
                let (schema, replacements) = self.client.definitions(&self.classes).await?;
                (Cow::Owned(schema), replacements)
            }
        };
        let names = self.list_uploads(&prompt, &mut schema);
        let validator = Validator::new(&schema).replacements(&replacements).assume_files(self.assume_files);
        let mut existing: Vec<(Folder, String)> =
            names.iter().map(|name| split_folder(name)).map(|(path, folder)| (folder, path.to_owned())).collect();
        let mut asked = names;
        // The validator assumes that no other files exist than the known ones. So a file that it accepted before may
        // now count as missing, and has to be looked up as well.
        let verdict = loop {
            let files = if asked.is_empty() { Files::new() } else { listing(&existing) };
            let verdict = validator.clone().files(&files).check(&prompt, targets.as_ref());
            let names = if self.assume_files { BTreeSet::new() } else { unknown_files(&verdict, &prompt, &asked) };
            if names.is_empty() {
                break verdict;
            }
            existing.extend(self.client.existing(names.clone()).await?);
            asked.extend(names);
        };
        Ok((verdict, schema))
    }

    /// Adds the files that are assumed to exist to the options of their inputs, and returns their names.
    fn list_uploads(&self, prompt: &Value, schema: &mut Cow<'_, Schema>) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (node, input) in &self.uploads {
            let Some(name) = json::at(prompt, &[node, "inputs", input]).and_then(Value::as_str) else { continue };
            names.insert(name.to_owned());
            let class = json::at(prompt, &[node, "class_type"]).and_then(Value::as_str);
            let definition = schema.to_mut().nodes.iter_mut().find(|node| class == Some(node.class.as_str()));
            let declared = definition.and_then(|node| node.inputs.iter_mut().find(|declared| declared.name == *input));
            if let Some(InputKind::Combo(combo)) = declared.map(|declared| &mut declared.kind) {
                combo.values.push(name.into());
            }
        }
        names
    }

    async fn run(mut self) -> Result<Preflight, Error> {
        let (verdict, _) = self.check().await?;
        Ok(convert(&verdict, &self.origin))
    }
}

impl<'c> IntoFuture for PreflightCheck<'c> {
    type Output = Result<Preflight, Error>;
    type IntoFuture = BoxFuture<'c, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

impl Client {
    /// Checks a workflow as this server would, with its own definitions, models and files. Nothing runs.
    ///
    /// Each check requests the current definitions of the workflow's classes, which list the models, and asks the
    /// server whether the files exist that nodes load. Facts that only the code of custom nodes knows are
    /// [unverifiable](Preflight::unverifiable).
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
    /// Returns [`Error::Transport`], [`Error::Status`] or [`Error::InvalidResponse`] if a call to the server fails. The
    /// errors of the workflow are part of the result; see [`Preflight::into_result`].
    pub fn preflight<T>(&self, workflow: &Workflow<T>) -> PreflightCheck<'_> {
        PreflightCheck {
            client: self,
            origin: Origin::new(workflow),
            classes: classes(workflow),
            json: workflow.to_json(),
            assume_files: false,
            uploads: Vec::new(),
            targets: None,
            definitions: None,
        }
    }

    /// Returns the definitions of these classes, and the server's replacements of missing classes.
    pub(super) async fn definitions(&self, classes: &BTreeSet<String>) -> Result<(Schema, Replacements), Error> {
        let (parsed, replacements) = self.replacements().await?;
        if classes.len() > MAX_CLASSES {
            return Ok((self.object_info().await?, parsed));
        }
        let mut nodes = self.node_definitions(classes.clone()).await?;
        let missing = classes.iter().filter(|class| !nodes.iter().any(|node| node.class == class.as_str()));
        let new: BTreeSet<String> = missing
            .flat_map(|class| json::array(json::get(&replacements, class)))
            .filter_map(|replacement| json::string(replacement, "new_node_id"))
            .filter(|class| !classes.contains(class))
            .collect();
        nodes.extend(self.node_definitions(new).await?);
        Ok((Schema::new(nodes), parsed))
    }

    /// Returns the server's replacements of missing classes, parsed and as sent.
    async fn replacements(&self) -> Result<(Replacements, Value), Error> {
        let replacements = match self.node_replacements().await {
            Ok(replacements) => replacements,
            // Servers before version 0.26 do not have the route.
            Err(Error::Status { status: 404, .. }) => Value::Object(Map::new()),
            Err(error) => return Err(error),
        };
        Ok((Replacements::from_value(&replacements), replacements))
    }

    /// Returns the definitions of these classes, without those that the server does not have.
    async fn node_definitions(&self, classes: BTreeSet<String>) -> Result<Vec<NodeDef>, Error> {
        let requests = stream::iter(classes).map(|class| async move { self.object_info_of(&class).await });
        let responses: Vec<_> = requests.buffered(MAX_CONCURRENT).collect().await;
        let nodes: Result<Vec<_>, _> = responses.into_iter().collect();
        Ok(nodes?.into_iter().flatten().collect())
    }

    /// Returns the files among `names` that exist on the server.
    async fn existing(&self, names: BTreeSet<String>) -> Result<Vec<(Folder, String)>, Error> {
        let requests = stream::iter(names).map(|name| async move {
            let (path, folder) = split_folder(&name);
            let (subfolder, file) = path.rsplit_once('/').unwrap_or(("", path));
            let view = View::new(file).folder(folder.as_str()).subfolder(subfolder);
            match self.exists(&view).await {
                Ok(exists) => Ok(exists.then(|| (folder, path.to_owned()))),
                // The server refuses names that lead out of the folder.
                Err(Error::Status { status: 400 | 403, .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        let responses: Vec<_> = requests.buffered(MAX_CONCURRENT).collect().await;
        let found: Result<Vec<_>, _> = responses.into_iter().collect();
        Ok(found?.into_iter().flatten().collect())
    }
}

/// Returns the classes of the nodes of a workflow.
pub(super) fn classes<T>(workflow: &Workflow<T>) -> BTreeSet<String> {
    workflow.nodes().map(|node| node.class().into_owned()).filter(|class| !class.is_empty()).collect()
}

/// Returns the listings of all folders, with these files only.
fn listing(existing: &[(Folder, String)]) -> Files {
    [Folder::Input, Folder::Output, Folder::Temp].into_iter().fold(Files::new(), |files, folder| {
        files.with(folder, existing.iter().filter(|(known, _)| *known == folder).map(|(_, name)| name))
    })
}

/// Returns the names of files that affect the verdict and were not looked up yet: unverifiable ones, and those that a
/// node's own check did not find.
fn unknown_files(verdict: &Verdict, prompt: &Value, asked: &BTreeSet<String>) -> BTreeSet<String> {
    let files = verdict.unverifiable().iter().filter(|fact| fact.kind == UnverifiableKind::File);
    let files = files.map(|fact| (&fact.node, fact.input.as_ref()));
    let failures = verdict.node_errors().iter().flat_map(|node| {
        let failed = node.errors.iter().filter(|error| error.kind == NodeErrorKind::CustomValidationFailed);
        failed.map(|error| (&node.id, error.input_name.as_ref()))
    });
    let names = files.chain(failures).filter_map(|(node, input)| {
        json::at(prompt, &[node.as_str(), "inputs", input?.as_str()])?.as_str().map(str::to_owned)
    });
    names.filter(|name| !asked.contains(name)).collect()
}

/// Splits the folder from a file name such as `a.png [temp]`; the default is the input folder.
fn split_folder(name: &str) -> (&str, Folder) {
    for (suffix, folder) in [("[output]", Folder::Output), ("[input]", Folder::Input), ("[temp]", Folder::Temp)] {
        if let Some(rest) = name.strip_suffix(suffix) {
            let mut rest = rest.chars();
            // The server removes the character before the suffix, whether it is a space or not.
            rest.next_back();
            return (rest.as_str(), folder);
        }
    }
    (name, Folder::Input)
}

/// Converts the validator's verdict, through the response that the server would send.
fn convert(verdict: &Verdict, origin: &Origin) -> Preflight {
    let error = match (verdict.error(), verdict.exception()) {
        (Some(error), _) => Some(error.to_value()),
        (None, Some(raised)) => Some(json::object([
            ("type", "server_error".into()),
            ("message", raised.reason.as_str().into()),
            ("details", format!("the server would fail with {}", raised.exception.kind).into()),
        ])),
        (None, None) => None,
    };
    let mut response = Map::new();
    response.insert("node_errors", verdict.node_errors().to_value());
    let dropped = node_problems(&Value::Object(response.clone()), origin);
    let rejection = error.and_then(|error| {
        response.insert("error", error);
        Rejection::read(&Value::Object(response), origin)
    });
    let warning = |warning: &comfy_schema::validate::PromptWarning| PreflightWarning {
        node: origin.node(&warning.node),
        input: warning.input.as_ref().map(ToString::to_string),
        kind: warning.kind.as_str(),
        message: warning.message.clone(),
        suggestions: warning.suggestions.iter().map(ToString::to_string).collect(),
    };
    Preflight {
        dropped: if rejection.is_some() { Vec::new() } else { dropped },
        rejection,
        outputs: verdict.outputs().iter().map(ToString::to_string).collect(),
        warnings: verdict.warnings().iter().map(warning).collect(),
        unverifiable: verdict.unverifiable().to_vec(),
    }
}
