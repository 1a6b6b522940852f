//! `/view`: any file that the server shows.

use std::sync::Arc;

use reqwest::Method;

use crate::client::error::Error;
use crate::client::transport::{Call, Transport};
use crate::client::{Client, Download};

/// Which colours of a picture to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Channel {
    /// A PNG without transparency.
    Rgb,
    /// A black PNG with the transparency of the file.
    Alpha,
}

/// A file to be fetched, and how: [`Client::view`].
///
/// ```no_run
/// # async fn example(client: comfy_runtime::Client) -> Result<(), comfy_runtime::client::Error> {
/// use comfy_runtime::client::View;
///
/// let thumbnail = View::new("cat.png").folder("input").webp(80);
/// client.view(thumbnail).await?.save("cat.webp").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "nothing is fetched before `client.view(view)`"]
pub struct View {
    query: Vec<(&'static str, String)>,
}

impl View {
    /// The file of this name in the output folder. A name may end in ` [input]`, ` [output]` or ` [temp]`, which decides
    /// the folder.
    pub fn new(filename: impl Into<String>) -> Self {
        Self { query: vec![("filename", filename.into())] }
    }

    /// The folder: `output`, `input` or `temp`.
    pub fn folder(self, folder: impl Into<String>) -> Self {
        self.with("type", folder.into())
    }

    /// The folder below that. Folders within the name are not looked at by the server.
    pub fn subfolder(self, subfolder: impl Into<String>) -> Self {
        self.with("subfolder", subfolder.into())
    }

    /// A smaller picture, as WebP with this quality from 1 to 100, instead of the file.
    pub fn webp(self, quality: u8) -> Self {
        self.with("preview", format!("webp;{quality}"))
    }

    /// A smaller picture, as JPEG with this quality from 1 to 100, instead of the file.
    pub fn jpeg(self, quality: u8) -> Self {
        // With the channels of a file that is sent as it is, the server would make it WebP.
        self.with("preview", format!("jpeg;{quality}")).with("channel", "rgb".to_owned())
    }

    /// Only some of the colours, instead of the file.
    pub fn channel(self, channel: Channel) -> Self {
        let word = match channel {
            Channel::Rgb => "rgb",
            Channel::Alpha => "a",
        };
        self.with("channel", word.to_owned())
    }

    /// Asks for the file without its content.
    pub(in crate::client) fn head<'t>(&self, transport: &'t Transport) -> Call<'t> {
        let call = transport.call(Method::HEAD, ["view"]).repeatable();
        self.query.iter().fold(call, |call, (name, value)| call.query(name, value.as_str()))
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.query.retain(|(known, _)| *known != name);
        self.query.push((name, value));
        self
    }
}

impl Client {
    /// `GET /view`: a file, in pieces; a broken connection is taken up where it broke.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] 404 if there is no such file, 400 or 403 if the name leads out of its folder.
    pub async fn view(&self, view: View) -> Result<Download, Error> {
        Download::open(Arc::clone(&self.inner.transport), view.query).await
    }

    /// Whether there is a file that [`view`](Self::view) would fetch; its content stays there.
    pub async fn exists(&self, view: &View) -> Result<bool, Error> {
        match view.head(&self.inner.transport).done().await {
            Ok(()) => Ok(true),
            Err(Error::Status { status: 404, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
