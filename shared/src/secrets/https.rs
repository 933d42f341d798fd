//! The way to Secrets Manager: HTTP/1.1 over TLS. The SDK's own client brings HTTP/2 and proxies
//! besides, which make each function 0.3 MB larger as a zip.

use aws_smithy_runtime_api::client::http::{
    HttpConnector as Connector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::https;

/// A client that keeps its connection. It trusts the machine's certificates, read when it is made.
///
/// # Errors
/// Where the machine has none. Addresses `http://` are for stand-ins of Secrets Manager; its own begin with `https://`.
pub fn client() -> std::io::Result<SharedHttpClient> {
    let connector = https::connector()?;
    let connector =
        SharedHttpConnector::new(Https(Client::builder(TokioExecutor::new()).build(connector)));
    Ok(http_client_fn(move |_, _| connector.clone()))
}

#[derive(Debug)]
struct Https(Client<HttpsConnector<HttpConnector>, SdkBody>);

impl Connector for Https {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request =
                request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            let response =
                client.request(request).await.map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}
