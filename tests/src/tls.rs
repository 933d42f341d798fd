//! TLS: certificates of an authority of our own, and a listener that speaks it for a server that
//! does not.

use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use crate::at_end::{AtEnd, new_folder, program};
use crate::port;
use crate::postgres::{done, owned_by_server};
use crate::skip::skipped;
use crate::wait;

/// Hands on what comes in by TLS: `FOLDER PORT SERVER`.
const LISTENER: &str = r#"
import socket, ssl, sys, threading
folder, port, server = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/server.pem", folder + "/server.key")

def pass_on(source, target):
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass

def serve(plain):
    try:
        client = context.wrap_socket(plain, server_side=True)
    except OSError:
        return plain.close()
    behind = socket.create_connection(("127.0.0.1", server))
    for pair in (client, behind), (behind, client):
        threading.Thread(target=pass_on, args=pair, daemon=True).start()

listener = socket.create_server(("127.0.0.1", port))
while True:
    threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
"#;

/// An authority, and a server's certificate that it has signed.
#[derive(Debug)]
pub struct Certificates {
    folder: PathBuf,
    _end: AtEnd,
}

impl Certificates {
    /// For a server of this name. Nothing, said aloud, where there is no openssl.
    pub fn of(name: &str) -> Option<Self> {
        if program("openssl").is_none() {
            skipped("TLS", "openssl is not installed");
            return None;
        }
        let folder = new_folder("tls");
        let end = AtEnd::run("rm -rf -- \"$1\"", &[folder.as_ref()]);
        fs::write(
            folder.join("extensions"),
            format!("subjectAltName=DNS:{name}\nbasicConstraints=CA:FALSE\n"),
        )
        .unwrap();
        // No two of the same name: one would be taken for the other with a broken signature.
        let name = folder.file_name().unwrap().to_str().unwrap();
        for words in [
            &format!(
                "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} -keyout ca.key -out ca.pem"
            ),
            "req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr",
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out server.pem",
        ] {
            done(Command::new("openssl").args(words.split(' ')).current_dir(&folder));
        }
        fs::set_permissions(folder.join("server.key"), Permissions::from_mode(0o600)).unwrap();
        owned_by_server(&folder);
        Some(Self { folder, _end: end })
    }

    /// The authority's own certificate.
    pub fn authority(&self) -> String {
        self.path("ca.pem")
    }

    /// The settings with which PostgreSQL speaks TLS.
    pub fn of_postgres(&self) -> [String; 3] {
        let file = |setting: &str, name| format!("{setting}='{}'", self.path(name));
        [
            "ssl=on".to_owned(),
            file("ssl_cert_file", "server.pem"),
            file("ssl_key_file", "server.key"),
        ]
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }
}

/// A listener on the loopback address that speaks TLS, and hands on what it hears.
#[derive(Debug)]
pub struct Listener {
    port: u16,
    _end: AtEnd,
}

impl Listener {
    /// Before the server at this port.
    pub fn before(server: u16, certificates: &Certificates) -> Self {
        let (folder, port) = (new_folder("listener"), port::free());
        let mut listener = Command::new("python3");
        listener
            .args(["-c", LISTENER])
            .arg(&certificates.folder)
            .args([port, server].map(|port| port.to_string()));
        let end = AtEnd::serving(&mut listener, &folder);
        wait::until("a listener", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        Self { port, _end: end }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }
}
