//! `cargo comfy doctor` with a server that is wrapped in TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::place::{Place, expect};

/// Wraps the server at an address in TLS with a certificate that signs itself. Returns the port and the certificate.
async fn wrap(server: SocketAddr) -> (u16, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
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
    (port, certificate.pem())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_not_trusted_is_an_error_until_it_is_pinned() {
    let place = Place::new().await;
    let (port, pem) = wrap(place.server.addr()).await;
    std::fs::write(place.path("gpu.pem"), pem).unwrap();
    let url = format!("https://127.0.0.1:{port}");
    let (out, _) = expect(&place.run(&["doctor", "--server", &url]).await, 1);
    assert!(out.contains("error    TLS") && out.contains("--pin-certificate FILE"), "{out}");
    assert!(out.contains("ok       server") && out.contains("skipped  token"), "{out}");
    let pinned = ["doctor", "--server", &url, "--pin-certificate", "gpu.pem", "--token", "s3cret"];
    let (out, _) = expect(&place.run(&pinned).await, 0);
    assert!(out.contains("ok       TLS             the server has the pinned certificate"), "{out}");
    assert!(out.contains("ok       WebSocket") && !out.contains("s3cret"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_with_tls_needs_https() {
    let place = Place::new().await;
    let (port, _) = wrap(place.server.addr()).await;
    let (out, _) = expect(&place.run(&["doctor", "--server", &format!("http://127.0.0.1:{port}")]).await, 1);
    assert!(out.contains("error    server") && out.contains("https:// instead of http://"), "{out}");
}
