//! Certificates in PEM format.

use std::fs;
use std::io;
use std::path::PathBuf;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};
use thiserror::Error;

/// Maximum size of a file with certificates, in bytes. All that a system trusts have less than 1 MiB.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Certificates in PEM format: the text, or the file that holds it.
#[derive(Debug, Clone)]
pub enum Pem {
    /// The text.
    Text(Vec<u8>),
    /// The path of the file, which is read when the configuration is made.
    File(PathBuf),
}

/// The reason why certificates cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PemError {
    /// The file cannot be read.
    #[error("cannot read the certificate {}: {source}", path.display())]
    #[non_exhaustive]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The text is not PEM, or holds no certificate.
    #[error("no certificate in {place}: {reason}; expected PEM, which begins with `-----BEGIN CERTIFICATE-----`")]
    #[non_exhaustive]
    Text {
        /// The path of the file, or a description of the text.
        place: String,
        /// The error of the parser.
        reason: pem::Error,
    },
}

impl Pem {
    /// Returns the certificates, at least one.
    pub(crate) fn read(&self) -> Result<Vec<CertificateDer<'static>>, PemError> {
        let (text, place) = match self {
            Self::Text(text) => (text.clone(), "the text".to_owned()),
            Self::File(path) => {
                let failed = |source| PemError::File { path: path.clone(), source };
                let size = fs::metadata(path).map_err(failed)?.len();
                if size > MAX_FILE_BYTES {
                    return Err(failed(io::Error::other(format!("expected at most {MAX_FILE_BYTES} bytes"))));
                }
                (fs::read(path).map_err(failed)?, path.display().to_string())
            }
        };
        let parsed: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        let certificates =
            parsed.and_then(
                |certificates| {
                    if certificates.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(certificates) }
                },
            );
        certificates.map_err(|reason| PemError::Text { place, reason })
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Pem;

    #[test]
    fn errors_name_the_file_and_what_is_expected() {
        let missing = Pem::File(PathBuf::from("no/such.pem")).read().unwrap_err().to_string();
        assert!(missing.starts_with("cannot read the certificate no/such.pem: "), "{missing}");
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        for text in ["", "hello", key, "-----BEGIN CERTIFICATE-----\n"] {
            let error = Pem::Text(text.into()).read().unwrap_err().to_string();
            assert!(error.contains("`-----BEGIN CERTIFICATE-----`"), "{error}");
        }
    }
}
