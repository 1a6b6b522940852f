//! Connections to a service without a socket.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::time::timeout;

/// Size of the buffer of each direction, in bytes.
const BUFFER_BYTES: usize = 64 << 10;

/// The time without a byte after which an exchange ends. On a paused clock it takes no time.
const QUIET: Duration = Duration::from_millis(100);

/// A listener that accepts one connection.
struct Once(Option<DuplexStream>);

impl Listener for Once {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.0.take() {
            Some(stream) => (stream, ()),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(())
    }
}

/// Sends bytes over a new connection, and returns the bytes that the service sends until it closes the connection or is
/// quiet. The bytes may be any: requests, or an upgrade that WebSocket frames follow.
pub(crate) async fn exchange(router: Router, bytes: &[u8]) -> Vec<u8> {
    let (ours, theirs) = tokio::io::duplex(BUFFER_BYTES);
    let serving = tokio::spawn(axum::serve(Once(Some(theirs)), router).into_future());
    let (mut reader, mut writer) = tokio::io::split(ours);
    let mut answer = Vec::new();
    let write = async {
        // An error means that the service has closed the connection, which the reader notices too.
        _ = writer.write_all(bytes).await;
        std::future::pending::<()>().await;
    };
    let read = async { while let Ok(Ok(1..)) = timeout(QUIET, reader.read_buf(&mut answer)).await {} };
    tokio::select! {
        () = read => {}
        () = write => {}
    }
    serving.abort();
    answer
}

#[cfg(test)]
mod tests {
    use comfy_mock::Server;

    use super::exchange;

    async fn server() -> Server {
        Server::builder().schema_json("{}").spawn().await.expect("the server starts")
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_are_answered_without_a_socket() {
        let server = server().await;
        let bytes = b"GET /prompt HTTP/1.1\r\nHost: x\r\n\r\nGET /queue HTTP/1.1\r\nHost: x\r\n\r\n";
        let answer = exchange(server.router(), bytes).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.contains("queue_remaining") && answer.contains("queue_pending"), "{answer}");
        assert!(exchange(server.router(), b"\0 nonsense\r\n\r\n").await.starts_with(b"HTTP/1.1 400 "));
        assert_eq!((server.count("GET /prompt"), server.count("GET /queue")), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn an_upgrade_and_its_frames_are_answered_without_a_socket() {
        let server = server().await;
        let mut bytes = b"GET /ws?clientId=me HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            .to_vec();
        // A masked text frame, whose mask changes nothing.
        let message = br#"{"type": "feature_flags", "data": {}}"#;
        bytes.extend([0x81, 0x80 | u8::try_from(message.len()).expect("the message is short"), 0, 0, 0, 0]);
        bytes.extend(message);
        let answer = exchange(server.router(), &bytes).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 101 ") && answer.contains("\"status\""), "{answer}");
        assert!(answer.contains("supports_preview_metadata"), "{answer}");
    }
}
