//! Downloads of any file in the server's folders: `/view`.

use std::sync::Arc;

use reqwest::Method;

use crate::client::Client;
use crate::client::call::Call;
use crate::client::download::Download;
use crate::client::error::Error;
use crate::client::transport::Transport;

/// The channels of an image to download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Channel {
    /// The colours, as a PNG without transparency.
    Rgb,
    /// The transparency, as the alpha channel of a black PNG.
    Alpha,
}

/// A file to download with [`Client::view`], as it is or re-encoded.
///
/// ```no_run
/// # async fn example(client: comfy_runtime::Client) -> Result<(), comfy_runtime::client::Error> {
/// use comfy_runtime::client::View;
///
/// let preview = View::new("cat.png").folder("input").webp(80);
/// client.view(preview).await?.save("cat.webp").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "nothing is downloaded unless the view is given to `Client::view`"]
pub struct View {
    query: Vec<(&'static str, String)>,
}

impl View {
    /// Creates a view of the file with this name in the output folder.
    ///
    /// A name that ends in ` [input]`, ` [output]` or ` [temp]` selects the folder as well.
    pub fn new(filename: impl Into<String>) -> Self {
        Self { query: vec![("filename", filename.into())] }
    }

    /// Sets the folder: `output`, `input` or `temp`.
    pub fn folder(self, folder: impl Into<String>) -> Self {
        self.with("type", folder.into())
    }

    /// Sets the subfolder. The server ignores folders in the name.
    pub fn subfolder(self, subfolder: impl Into<String>) -> Self {
        self.with("subfolder", subfolder.into())
    }

    /// Requests the image re-encoded as WebP, with this quality from 1 to 100, instead of the file.
    pub fn webp(self, quality: u8) -> Self {
        self.with("preview", format!("webp;{quality}"))
    }

    /// Requests the image re-encoded as JPEG, with this quality from 1 to 100, instead of the file.
    pub fn jpeg(self, quality: u8) -> Self {
        // The server sends JPEG only without an alpha channel; with the default channels it would send WebP.
        self.with("preview", format!("jpeg;{quality}")).with("channel", "rgb".to_owned())
    }

    /// Requests only some channels of the image instead of the file.
    pub fn channel(self, channel: Channel) -> Self {
        let name = match channel {
            Channel::Rgb => "rgb",
            Channel::Alpha => "a",
        };
        self.with("channel", name.to_owned())
    }

    /// Returns the call for the headers of the file, without its content.
    pub(in crate::client) fn head<'t>(&self, transport: &'t Transport) -> Call<'t> {
        let call = transport.call(Method::HEAD, ["view"]).repeatable().follow_anywhere();
        self.query.iter().fold(call, |call, (name, value)| call.query(name, value.as_str()))
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.query.retain(|(known, _)| *known != name);
        self.query.push((name, value));
        self
    }
}

impl Client {
    /// Starts the download of a file (`GET /view`).
    ///
    /// # Errors
    ///
    /// Returns [`Error::Status`] with status 404 if the file does not exist, and 400 or 403 if the name leads out of
    /// its folder. Otherwise fails as [every route](crate::client::routes#errors) does.
    pub async fn view(&self, view: View) -> Result<Download, Error> {
        Download::open(Arc::clone(&self.inner.transport), view.query).await
    }

    /// Returns whether the file exists that [`view`](Self::view) would download (`HEAD /view`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn exists(&self, view: &View) -> Result<bool, Error> {
        match view.head(&self.inner.transport).no_body().await {
            Ok(()) => Ok(true),
            Err(Error::Status { status: 404, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
