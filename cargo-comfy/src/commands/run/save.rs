//! Saves the results of a run.

use std::path::PathBuf;

use clap::Args;
use comfy_runtime::client::{Done, Saver};
use comfy_schema::shown;

use super::lines;
use crate::failure::Failure;
use crate::print;

/// The exit code of a run that finished, but whose results could not all be saved.
pub(super) const NOT_SAVED: u8 = 5;

/// Options for the results.
#[derive(Debug, Args)]
pub(crate) struct SaveArguments {
    /// Folder for the results, which keep their subfolders on the server.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,

    /// Replace files of the same names; otherwise a result gets a free name, such as `cat (2).png`.
    #[arg(long)]
    overwrite: bool,

    /// Save nothing.
    #[arg(long, conflicts_with_all = ["out", "overwrite"])]
    no_save: bool,
}

impl SaveArguments {
    /// Prints the texts of the outputs, saves all files and prints their paths, as lines of JSON if `json` is set.
    ///
    /// A file that cannot be saved is reported and does not stop the others. If the returned future is dropped, the
    /// file that is being downloaded leaves nothing behind. `count` counts the files that were saved.
    pub(super) async fn save(&self, done: &Done, json: bool, count: &mut usize) -> Result<(), Failure> {
        for place in done.half_characters() {
            print::warning(format_args!("{place} has half a character, which is shown as U+FFFD"));
        }
        for (node, output) in done.outputs().iter().filter(|_| !json) {
            for text in lines::texts(output) {
                // Further lines are indented, so that none looks like the path of a file.
                print::line(format_args!("{}: {}", shown::escaped(node), text.replace('\n', "\n  ")))?;
            }
        }
        if self.no_save {
            return Ok(());
        }
        let mut saver = Saver::new(&self.out).overwrite(self.overwrite);
        let mut failed = 0;
        // Files in `temp` are saved too, because the server deletes them.
        let files = done.all_files();
        for file in &files {
            let result = saver.save(file).await;
            *count += usize::from(result.is_ok());
            match result {
                Ok(path) if json => print::json(lines::saved(file, &path))?,
                Ok(path) => print::line(shown::path(&path))?,
                Err(error) => {
                    failed += 1;
                    if json {
                        print::json(lines::not_saved(file, &error))?;
                    }
                    print::error(format_args!("cannot save a result of {}: {error}", file.node));
                }
            }
        }
        if failed == 0 {
            return Ok(());
        }
        print::note(format_args!("{failed} of {} files were not saved", files.len()));
        Err(Failure::Reported(NOT_SAVED))
    }
}
