//! HTTP/1.1 over TLS to other services: what hyper is used for.

use std::path::Path;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::{BodyExt as _, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Hyper;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// Bytes of an answer at most: a provider's keys have a few thousand.
const MAX_RESPONSE_BYTES: usize = 262_144;

/// How long an answer may take, connection included.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// A connector by the machine's certificates, read when it is made.
///
/// # Errors
/// Where the machine has none. Addresses `http://` are for stand-ins; the services' own begin with
/// `https://`.
pub fn connector() -> std::io::Result<HttpsConnector<HttpConnector>> {
    let builder = HttpsConnectorBuilder::new().with_native_roots()?;
    Ok(builder.https_or_http().enable_http1().build())
}

/// A connector that trusts the CA certificates of a PEM file alone.
///
/// # Errors
/// Where the file cannot be read or has no certificate.
fn connector_of(ca_file: &Path) -> Result<HttpsConnector<HttpConnector>, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", ca_file.display());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca_file).map_err(|error| wrong(&error))? {
        roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
    }
    if roots.is_empty() {
        return Err(wrong(&"it has no certificate"));
    }
    let tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let builder = HttpsConnectorBuilder::new().with_tls_config(tls);
    Ok(builder.https_or_http().enable_http1().build())
}

/// A client for short answers. It keeps its connections.
#[derive(Debug, Clone)]
pub struct Client(Hyper<HttpsConnector<HttpConnector>, String>);

impl Client {
    /// A client that trusts the CA certificates of a PEM file, or the machine's.
    ///
    /// # Errors
    /// Where there are none.
    pub fn new(ca_file: Option<&Path>) -> Result<Self, String> {
        let connector = match ca_file {
            Some(file) => connector_of(file)?,
            None => connector().map_err(|error| error.to_string())?,
        };
        Ok(Self(Hyper::builder(TokioExecutor::new()).build(connector)))
    }

    /// The answer to a request.
    ///
    /// # Errors
    /// Why there is none, in words without anything of the request.
    pub async fn send(&self, request: Request<String>) -> Result<Response<Vec<u8>>, String> {
        let asking = async {
            let answer = self.0.request(request).await.map_err(|error| causes(&error))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, MAX_RESPONSE_BYTES).collect().await;
            let body = body.map_err(|error| error.to_string())?.to_bytes().to_vec();
            Ok(Response::from_parts(head, body))
        };
        let late = |_| format!("no answer within {} seconds", TIME_LIMIT.as_secs());
        tokio::time::timeout(TIME_LIMIT, asking).await.map_err(late)?
    }
}

/// An error with what caused it, in words. Never its `Debug` form: that may hold a whole answer, a
/// secret in it.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
