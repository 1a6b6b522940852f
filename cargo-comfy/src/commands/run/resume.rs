//! The commands that go on with a run which this command leaves on the server.

use std::borrow::Cow;

use comfy_schema::server::ServerOptions;
use comfy_schema::shown::escaped;

/// The commands that go on with a run on a server.
#[derive(Debug, Clone)]
pub(crate) struct Resume {
    /// The arguments that select the server, without secrets.
    server: String,
}

impl Resume {
    /// Creates the commands for a server. Credentials are left out.
    pub(crate) fn new(options: &ServerOptions) -> Self {
        let mut server = format!("--server {}", quoted(&options.shown_url()));
        let certificates =
            [("--ca-certificate", &options.ca_certificate), ("--pin-certificate", &options.pin_certificate)];
        for (name, file) in certificates {
            if let Some(file) = file {
                server = format!("{server} {name} {}", quoted(&file.to_string_lossy()));
            }
        }
        Self { server }
    }

    /// Returns the command that attaches to a run.
    pub(crate) fn attach(&self, prompt_id: &str) -> String {
        self.command("attach", prompt_id)
    }

    /// Returns the command that cancels a run.
    pub(crate) fn cancel(&self, prompt_id: &str) -> String {
        self.command("cancel", prompt_id)
    }

    /// Returns the message about a run that is left on the server.
    pub(crate) fn left(&self, prompt_id: &str) -> String {
        let (id, attach) = (escaped(prompt_id), self.attach(prompt_id));
        format!("prompt {id} is left on the server; attach to it with\n  {attach}")
    }

    /// Returns a command as one line. The id is the server's, so it may hold any character.
    fn command(&self, name: &str, prompt_id: &str) -> String {
        escaped(format_args!("cargo comfy {name} {} {}", quoted(prompt_id), self.server)).to_string()
    }
}

/// Returns a text as one word of a shell.
fn quoted(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%_+=:,./-".contains(c);
    // A word that begins with a dash would be an option.
    if !text.is_empty() && text.chars().all(is_plain) && !text.starts_with('-') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use comfy_schema::server::ServerOptions;

    use super::Resume;

    fn resume(options: ServerOptions) -> Resume {
        Resume::new(&options)
    }

    #[test]
    fn the_commands_hold_no_secrets() {
        let attach = resume(ServerOptions::new("http://127.0.0.1:8188")).attach("a-1");
        assert_eq!(attach, "cargo comfy attach a-1 --server http://127.0.0.1:8188");
        let options = ServerOptions::new("https://me:s3cret@gpu.example/comfy")
            .token("s3cret")
            .header("X-Key", "s3cret")
            .pin_certificate("my gpu.pem");
        let cancel = resume(options).cancel("a-1");
        assert_eq!(cancel, "cargo comfy cancel a-1 --server https://gpu.example/comfy --pin-certificate 'my gpu.pem'");
    }

    #[test]
    fn every_text_is_one_word_of_a_shell() {
        let attach = resume(ServerOptions::new("http://h/a b")).attach("x'; rm -rf $HOME");
        assert_eq!(attach, r"cargo comfy attach 'x'\''; rm -rf $HOME' --server 'http://h/a b'");
        assert_eq!(resume(ServerOptions::new("http://h")).cancel(""), "cargo comfy cancel '' --server http://h");
        let left = resume(ServerOptions::new("http://h")).left("a\nb");
        assert_eq!(left.lines().count(), 2, "{left}");
    }
}
