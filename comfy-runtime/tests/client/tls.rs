//! Tests of certificates, against servers that are wrapped in TLS.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use comfy_mock::Server;
use comfy_runtime::Client;
use comfy_runtime::client::{ClientBuilder, Error, ServerOptions, View};
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::scripted::{Reply, Scripted};
use crate::support::blank;

/// A server's certificate and its key.
struct Identity {
    certificate: Certificate,
    key: KeyPair,
}

/// Returns a certificate as `openssl req -x509` makes it: it signs itself, is an authority, and names no host.
fn self_signed() -> Identity {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // It has expired, too.
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    let key = KeyPair::generate().unwrap();
    Identity { certificate: params.self_signed(&key).unwrap(), key }
}

/// Returns an authority's certificate in PEM format, and a certificate for 127.0.0.1 that it signed.
fn signed() -> (String, Identity) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    (authority, Identity { certificate, key })
}

/// Wraps the server at an address in TLS, and returns the URL.
async fn wrap(server: SocketAddr, identity: &Identity) -> String {
    let key = PrivateKeyDer::try_from(identity.key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![identity.certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await.ok()?;
                let mut plain = TcpStream::connect(server).await.ok()?;
                tokio::io::copy_bidirectional(&mut stream, &mut plain).await.ok()
            });
        }
    });
    url
}

fn address(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").parse().unwrap()
}

/// Runs a workflow over HTTP and WebSocket.
async fn works(builder: ClientBuilder) {
    let client = builder.connect().await.unwrap();
    let done = client.run(&blank(1)).await.unwrap();
    assert!(!done.images("save").unwrap()[0].bytes().await.unwrap().is_empty());
}

async fn error_of(builder: ClientBuilder) -> String {
    builder.retries(0).connect().await.unwrap_err().to_string()
}

fn file(folder: &tempfile::TempDir, pem: &str) -> PathBuf {
    let path = folder.path().join("certificate.pem");
    std::fs::write(&path, pem).unwrap();
    path
}

#[tokio::test(start_paused = true)]
async fn a_certificate_of_an_own_authority_is_accepted_if_the_authority_is_named() {
    let server = Server::spawn().await.unwrap();
    let (authority, identity) = signed();
    let url = wrap(address(&server.url()), &identity).await;
    let folder = tempfile::tempdir().unwrap();
    let options = ServerOptions::new(&url).ca_certificate(file(&folder, &authority));
    works(Client::builder_with(&options)).await;
    works(Client::builder(&url).root_certificate(authority)).await;
    let (another, _) = signed();
    let error = error_of(Client::builder(&url).root_certificate(another)).await;
    assert!(error.contains("invalid peer certificate") && error.contains("COMFY_CA_CERTIFICATE"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_pinned_certificate_is_accepted_whatever_it_says() {
    let server = Server::spawn().await.unwrap();
    let identity = self_signed();
    let url = wrap(address(&server.url()), &identity).await;
    let folder = tempfile::tempdir().unwrap();
    let options = ServerOptions::new(&url).pin_certificate(file(&folder, &identity.certificate.pem()));
    works(Client::builder_with(&options)).await;
    works(Client::builder(&url).pin_certificate(identity.certificate.pem())).await;
    // By a name that the certificate does not have.
    works(Client::builder(url.replace("127.0.0.1", "localhost")).pin_certificate(identity.certificate.pem())).await;
}

#[tokio::test(start_paused = true)]
async fn another_certificate_than_the_pinned_one_is_refused() {
    let server = Server::spawn().await.unwrap();
    let (authority, identity) = signed();
    let url = wrap(address(&server.url()), &identity).await;
    for pin in [self_signed().certificate.pem(), authority.clone()] {
        // Not even a trusted authority helps.
        let error = error_of(Client::builder(&url).root_certificate(authority.clone()).pin_certificate(pin)).await;
        assert!(error.contains("another certificate than the pinned one"), "{error}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_a_connection_that_is_not_encrypted_is_refused() {
    let plain = Scripted::start(|_| Reply::new(200, "picture")).await;
    let location = format!("{}/a.txt", plain.url());
    let server = Scripted::start(move |_| Reply::new(302, "").header("location", location.clone())).await;
    let identity = self_signed();
    let url = wrap(address(&server.url()), &identity).await;
    let client = Client::builder(url).pin_certificate(identity.certificate.pem()).retries(0).connect().await.unwrap();
    let error = client.view(View::new("a.txt")).await.unwrap_err();
    assert!(matches!(&error, Error::InvalidResponse { reason, .. } if reason.contains("not encrypted")), "{error}");
    assert!(plain.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_pinned_certificate_counts_for_the_server_only() {
    let storage = Scripted::start(|_| Reply::new(200, "picture")).await;
    let (authority, of_storage) = signed();
    let location = wrap(address(&storage.url()), &of_storage).await;
    let server = Scripted::start(move |_| Reply::new(302, "").header("location", format!("{location}/a.txt"))).await;
    let identity = self_signed();
    let url = wrap(address(&server.url()), &identity).await;
    let builder = Client::builder(url).pin_certificate(identity.certificate.pem()).root_certificate(authority);
    let client = builder.bearer("s3cret").connect().await.unwrap();
    assert_eq!(client.view(View::new("a.txt")).await.unwrap().bytes().await.unwrap(), "picture");
    assert!(storage.calls().iter().all(|call| call.header("authorization").is_none()));
}
