//! Which certificates of a ComfyUI server are accepted, as a configuration of `rustls`.
//!
//! The client of `comfy-runtime` and the build scripts of `comfy-codegen` reach servers through different HTTP clients,
//! and both are given the configuration that [`Trust::client_config`] returns. So the same certificates are accepted
//! everywhere:
//!
//! * by default those that the system trusts,
//! * in addition those that a certificate authority of one's own signed ([`Trust::authority`]),
//! * or exactly one ([`Trust::pin`]), which may be self-signed.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod pem;
mod pinned;

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::ring;
use rustls_platform_verifier::Verifier;
use thiserror::Error;

pub use pem::{Pem, PemError};
pub use pinned::NotPinned;

use pinned::Pinned;

/// The certificates that a client accepts; by default those that the system trusts.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Trust {
    authorities: Vec<Pem>,
    pin: Option<Pem>,
}

/// The reason why there is no configuration.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrustError {
    /// A certificate that was named cannot be read.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// The certificates that the system trusts cannot be read, or there are none.
    #[error("cannot use the certificates that this system trusts: {0}; install them, or name one's own certificate")]
    System(rustls::Error),
    /// The configuration of TLS is impossible.
    #[error("cannot configure TLS: {0}")]
    Config(rustls::Error),
}

impl Trust {
    /// Accepts the certificates of further authorities, in addition to those of the system.
    pub fn authority(mut self, certificates: Pem) -> Self {
        self.authorities.push(certificates);
        self
    }

    /// Accepts exactly this certificate, whatever names, dates and issuer it has, and no other. If there are several in
    /// the file, as in one with a chain, it is the first.
    pub fn pin(mut self, certificate: Pem) -> Self {
        self.pin = Some(certificate);
        self
    }

    /// Accepts the same certificates, but without the pinned one: for connections to other servers.
    pub fn without_pin(mut self) -> Self {
        self.pin = None;
        self
    }

    /// Returns the configuration of a client.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read or holds no certificate, or if the system trusts none.
    pub fn client_config(&self) -> Result<ClientConfig, TrustError> {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TrustError::Config)?;
        Ok(config.dangerous().with_custom_certificate_verifier(self.verifier()?).with_no_client_auth())
    }

    fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
        let provider = Arc::new(ring::default_provider());
        if let Some(pin) = &self.pin {
            let mut certificates = pin.read()?;
            // `read` returns at least one.
            return Ok(Arc::new(Pinned::new(certificates.swap_remove(0), provider)));
        }
        let mut authorities = Vec::new();
        for certificates in &self.authorities {
            authorities.extend(certificates.read()?);
        }
        let verifier = if authorities.is_empty() {
            Verifier::new(provider)
        } else {
            Verifier::new_with_extra_roots(authorities, provider)
        };
        Ok(Arc::new(verifier.map_err(TrustError::System)?))
    }
}

/// Returns a configuration that accepts no certificate, for plain HTTP, so that it works on systems that trust none.
///
/// # Errors
///
/// Returns an error if TLS cannot be configured.
pub fn no_tls() -> Result<ClientConfig, TrustError> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TrustError::Config)?;
    Ok(config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

/// Returns what to do if a connection failed because of the server's certificate, or `None` if it failed otherwise.
pub fn remedy(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    match find(error)? {
        rustls::Error::InvalidCertificate(_) => Some(
            "if the certificate is self-signed, accept exactly it (`pin_certificate`, COMFY_PIN_CERTIFICATE); if an \
             authority of your own signed it, trust that (`ca_certificate`, COMFY_CA_CERTIFICATE)",
        ),
        _ => None,
    }
}

/// Finds the error of TLS among an error and its causes; I/O errors wrap it without naming it as a cause.
fn find<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}
