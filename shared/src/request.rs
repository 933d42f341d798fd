//! A request as the library sees it, whatever carried it.

use http::header::HOST;
use http::{HeaderMap, HeaderName, Method};

use crate::caller::Authorizer;

/// The parts of an HTTP request that an answer can depend on. There is no body: nothing here can be
/// written.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The gateway's or Lambda's id of this request: a client quotes it, the log holds it.
    pub id: String,
    /// The method; anything but GET and HEAD is refused.
    pub method: Method,
    /// The path as it came: API Gateway's HTTP API hands it over percent-decoded, other ways in do
    /// not.
    pub path: String,
    /// The query as it came, percent-encoded, without its `?`; empty where there is none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// What the gateway has found out about the caller.
    pub authorizer: Authorizer,
}

impl Request {
    /// All values of a header as one list, as RFC 9110 section 5.3 allows; `None` where it is
    /// absent. A value that is not visible ASCII counts as absent.
    pub fn header(&self, name: HeaderName) -> Option<String> {
        let values: Vec<&str> =
            self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Scheme and host as the client sees them, for addresses that are copied elsewhere. Empty
    /// where the host is not told, or has letters that no host has.
    pub fn origin(&self) -> String {
        let is_host = |host: &String| {
            host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
                && !host.is_empty()
        };
        let Some(host) = self.header(HOST).filter(is_host) else { return String::new() };
        let is_plain = self
            .header(HeaderName::from_static("x-forwarded-proto"))
            .is_some_and(|scheme| scheme == "http");
        format!("{}://{host}", if is_plain { "http" } else { "https" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_what_the_client_asked_for_or_nothing() {
        for (host, scheme, origin) in [
            ("tables.example.org", "https", "https://tables.example.org"),
            ("127.0.0.1:9000", "http", "http://127.0.0.1:9000"),
            ("[::1]:9000", "http", "http://[::1]:9000"),
            ("tables.example.org", "javascript", "https://tables.example.org"),
            ("a'; rm -rf ~; '", "https", ""),
            ("a/b", "https", ""),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            headers.insert("x-forwarded-proto", scheme.parse().unwrap());
            let (id, path, query) = (String::new(), "/".to_owned(), String::new());
            assert_eq!(
                Request { id, method: Method::GET, path, query, headers, ..Request::default() }
                    .origin(),
                origin,
                "{host}"
            );
        }
    }
}
