//! A run from its submission to its end: shows its events, saves its results, and cancels it when the command is
//! stopped. `cargo comfy run` and `cargo comfy attach` share this.
//!
//! Each phase of a run is raced with the stop signal by exactly one function here: [`Session::prepare`],
//! [`Session::upload`], [`Session::submit`], [`Session::follow`] and [`Session::save`].

use std::pin::pin;

use comfy_runtime::client::{Attempts, Done, Ending, Error, Events, Run, Uploaded};
use comfy_runtime::{Client, Workflow};
use comfy_schema::shown::escaped;

use super::cancel::{self, Word};
use super::report::Report;
use super::resume::Resume;
use super::save::{self, SaveArguments};
use super::uploads::{self, Planned};
use super::{FAILED, INTERRUPTED, LOST, lines};
use crate::failure::Failure;
use crate::print;
use crate::stop::Stop;

/// What becomes of the run when the command is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnStop {
    /// It is cancelled.
    Cancel,
    /// It goes on.
    Leave,
}

/// The circumstances of one run.
pub(crate) struct Session<'s> {
    pub(crate) stop: &'s Stop,
    pub(crate) resume: Resume,
    pub(crate) on_stop: OnStop,
    /// Whether events are printed as lines of JSON.
    pub(crate) json: bool,
    /// Whether previews are shown.
    pub(crate) preview: bool,
    pub(crate) save: &'s SaveArguments,
}

impl Session<'_> {
    /// Does the work before anything is sent: connecting, definitions, checks. If the command is stopped, nothing is left.
    pub(crate) async fn prepare<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let prepared = self.stop.guard(work).await.inspect_err(|_| print::note("stopped; nothing was submitted"));
        prepared?
    }

    /// Uploads files, and returns their places on the server in the same order. If that fails or the command is stopped,
    /// it says how many files the server has.
    pub(super) async fn upload(&self, client: &Client, files: &[Planned]) -> Result<Vec<Uploaded>, Failure> {
        let mut done = Vec::new();
        let sending = self.stop.guard(uploads::send(client, files, self.json, &mut done)).await;
        let stopped = if sending.is_err() { "stopped; " } else { "" };
        if let Err(failure) = sending.and_then(|sent| sent) {
            let (count, all) = (done.len(), files.len());
            print::note(format_args!("{stopped}nothing was submitted; {count} of {all} files were uploaded"));
            return Err(failure);
        }
        Ok(done)
    }

    /// Submits the prompt of this id, and cancels it if the command is stopped meanwhile.
    pub(crate) async fn submit(
        &self,
        client: &Client,
        workflow: &Workflow,
        prompt_id: &str,
        attempts: &Attempts,
        posting: impl Future<Output = Result<Run, Error>>,
    ) -> Result<Run, Failure> {
        self.stop.set_last_words(self.resume.left(prompt_id));
        let mut posting = pin!(posting);
        let posted = match self.stop.guard(&mut posting).await {
            Ok(posted) => posted,
            Err(stopped) if !attempts.end() => {
                self.tell(prompt_id, &Word::NotSubmitted);
                return Err(stopped);
            }
            Err(stopped) => {
                print::note(format_args!("cancelling prompt {prompt_id} on the server; Ctrl-C again leaves at once"));
                let word = cancel::unanswered(client, workflow, prompt_id, posting).await;
                self.tell(prompt_id, &word);
                return Err(stopped);
            }
        };
        posted.map_err(|error| match error {
            error @ (Error::Rejected(_) | Error::Partial(_)) => self.rejected(&error),
            error => error.into(),
        })
    }

    /// Shows the events of the run until it ends, saves its results, and returns whether it finished.
    pub(crate) async fn finish(&self, run: &Run, names: Vec<(String, String)>) -> Result<(), Failure> {
        let ending = self.follow(run, names).await?;
        let code = match &ending {
            Some(Ending::Finished(done)) => return self.save(done).await,
            Some(Ending::Failed(error)) => {
                if let Some(done) = &error.partial {
                    match self.save(done).await {
                        // The failure of the run is the one to report.
                        Ok(()) | Err(Failure::Reported(save::NOT_SAVED)) => {}
                        Err(failure) => return Err(failure),
                    }
                }
                FAILED
            }
            Some(Ending::Interrupted(_) | Ending::Deleted(_)) => INTERRUPTED,
            // The last pattern is required because the enum may grow. `None` means that the events stopped before the
            // run ended.
            None | Some(Ending::Lost(_) | Ending::Stalled(_) | _) => LOST,
        };
        if let Some(Err(error)) = ending.map(Ending::into_result) {
            print::error(&error);
            if let Error::Execution(error) = &error
                && !error.traceback.is_empty()
            {
                // The lines are the server's, and indented, so that none looks like a message of this command.
                print::note(format_args!("  {}", error.traceback.concat().trim_end().replace('\n', "\n  ")));
            }
        }
        Err(Failure::Reported(code))
    }

    /// Shows the events of the run until it ends. If the command is stopped, or if nobody reads its output any more, the
    /// run is cancelled.
    async fn follow(&self, run: &Run, names: Vec<(String, String)>) -> Result<Option<Ending>, Failure> {
        self.stop.set_last_words(self.resume.left(run.prompt_id()));
        let mut events = run.events();
        let mut report = Report::new(self.json, self.preview, names, run.prompt_id());
        let shown = self.stop.guard(report.show_all(&mut events)).await.and_then(|shown| shown);
        let Err(failure) = shown else { return Ok(run.ending()) };
        match self.on_stop {
            OnStop::Leave => {
                drop(report);
                print::note(self.resume.left(run.prompt_id()));
            }
            OnStop::Cancel => self.cancel(run, report, &mut events).await,
        }
        Err(failure)
    }

    /// Cancels the run, and goes on showing its events until its end.
    async fn cancel(&self, run: &Run, mut report: Report, events: &mut Events) {
        let id = run.prompt_id();
        report.note(format_args!("cancelling prompt {} on the server; Ctrl-C again leaves at once", escaped(id)));
        let rest = async {
            while let Some(event) = events.next().await {
                // Standard output may be closed, which is then the reason why the run is cancelled.
                _ = report.show(&event).await;
            }
        };
        let word = cancel::running(run, rest).await;
        drop(report);
        self.tell(id, &word);
    }

    /// Prints the texts of the outputs, saves the files and prints their paths.
    async fn save(&self, done: &Done) -> Result<(), Failure> {
        let mut saved = 0;
        let saving = self.stop.guard(self.save.save(done, self.json, &mut saved)).await;
        let stopped = |failure: &Failure| {
            if !matches!(failure, Failure::Stopped) {
                return;
            }
            let all = done.all_files().len();
            print::note(format_args!("stopped; {saved} of {all} files were saved"));
            if saved < all {
                print::note(self.resume.left(done.prompt_id()));
            }
        };
        saving.and_then(|saved| saved).inspect_err(stopped)
    }

    /// Prints the server's word about a prompt that was to be cancelled.
    fn tell(&self, prompt_id: &str, word: &Word) {
        print::note(format_args!("prompt {}: {word}", escaped(prompt_id)));
        if word.is_left() {
            let (attach, cancel) = (self.resume.attach(prompt_id), self.resume.cancel(prompt_id));
            print::note(format_args!("attach to it with\n  {attach}\nor cancel it with\n  {cancel}"));
        }
    }

    /// Reports that the server rejected the workflow, as a whole or in part.
    fn rejected(&self, error: &Error) -> Failure {
        if self.json
            && let Err(failure) = print::json(lines::rejected(error))
        {
            return failure;
        }
        print::error(error);
        Failure::Reported(FAILED)
    }
}
