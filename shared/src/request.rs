//! A request as the library sees it, whatever carried it.

use http::{HeaderMap, HeaderName, Method};

/// The parts of an HTTP request that an answer can depend on. There is no body: nothing here can be written.
#[derive(Debug, Clone)]
pub struct Request {
    /// The gateway's or Lambda's id of this request: a client quotes it, the log holds it.
    pub id: String,
    /// The method; anything but GET and HEAD is refused.
    pub method: Method,
    /// The path as it came: API Gateway's HTTP API hands it over percent-decoded, other ways in do not.
    pub path: String,
    /// The query as it came, percent-encoded, without its `?`; empty where there is none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
}

impl Request {
    /// All values of a header as one list, as RFC 9110 section 5.3 allows; nothing where it is absent.
    /// A value that is not visible ASCII counts as absent.
    pub fn header(&self, name: HeaderName) -> Option<String> {
        let values: Vec<&str> = self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}
