//! Answers that are the gateway's own, and what of an answer Lambda could not carry.

use gateway::Answer;
use http::{HeaderValue, Response, StatusCode, header};

/// Bytes of an answer as Lambda takes it, base64 and JSON included.
const MOST_ANSWER: usize = 6_291_556;

/// Bytes of a body that fits in any case: base64 is a third longer, and headers are short.
const SMALL_BODY: usize = 4_500_000;

/// Bytes of request line and headers together.
const MOST_HEAD: usize = 10_240;

/// Why there is no answer of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// What is asked for is no path.
    NoPath,
    /// The address alone is longer than the gateway takes.
    LongAddress,
    /// A program brings no token that is in order.
    Unauthorized,
    /// Address and headers together are.
    LongHead,
    /// The body is, or never came.
    LongBody,
    /// All instances are busy, and none may be waited for.
    Throttled,
    /// An answer has not come in time.
    Late,
    /// The function has answered more than Lambda takes.
    LongAnswer,
    /// The function has failed without an answer.
    Failed,
}

impl Refusal {
    /// What the log says of a request that a function should have answered.
    pub fn fault(self) -> Option<&'static str> {
        match self {
            Self::Late => {
                Some("no answer came within 29 seconds, waiting for an instance included")
            }
            Self::LongAnswer => {
                Some("the answer is longer than the 6,291,556 bytes that Lambda takes")
            }
            Self::Failed => Some("the function has failed"),
            _ => None,
        }
    }

    /// What the gateway would say.
    pub fn response(self) -> Response<Vec<u8>> {
        let status = match self {
            Self::NoPath => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::LongAddress => StatusCode::URI_TOO_LONG,
            Self::LongHead => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::LongBody => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Throttled => StatusCode::SERVICE_UNAVAILABLE,
            Self::Late => StatusCode::GATEWAY_TIMEOUT,
            Self::LongAnswer => StatusCode::BAD_GATEWAY,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let phrase = status.canonical_reason().unwrap_or_default();
        let mut response = Response::new(format!("{{\"message\":\"{phrase}\"}}").into_bytes());
        *response.status_mut() = status;
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        if self == Self::Unauthorized {
            let bearer = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

/// Whether the gateway takes a request with this head.
///
/// # Errors
/// Which part of it is too much.
pub fn check_head(head: &http::request::Parts) -> Result<(), Refusal> {
    // As they were sent, with what stands between the parts.
    let line = head.method.as_str().len() + head.uri.to_string().len() + "  HTTP/1.1\r\n".len();
    let headers: usize =
        head.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if line > MOST_HEAD {
        Err(Refusal::LongAddress)
    } else if line + headers + 2 > MOST_HEAD {
        Err(Refusal::LongHead)
    } else if !head.uri.path().starts_with('/') {
        Err(Refusal::NoPath)
    } else {
        Ok(())
    }
}

/// The response, if Lambda could carry it.
///
/// # Errors
/// Where it is too long, or no answer can be made of it.
pub fn carried(response: Response<Vec<u8>>) -> Result<Response<Vec<u8>>, Refusal> {
    if response.body().len() > SMALL_BODY {
        let answer = Answer::of(response.clone()).and_then(|answer| serde_json::to_vec(&answer));
        if answer.map_err(|_| Refusal::Failed)?.len() > MOST_ANSWER {
            return Err(Refusal::LongAnswer);
        }
    }
    Ok(response)
}

/// The sentence of a problem document, or the whole body.
pub fn plain(response: &Response<Vec<u8>>) -> String {
    let body = response.body();
    let problem = serde_json::from_slice::<serde_json::Value>(body).ok();
    let detail = problem.and_then(|problem| problem.get("detail")?.as_str().map(str::to_owned));
    detail.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned())
}

/// Whether an answer is 200.
pub fn is_ok<B>(response: &Response<B>) -> bool {
    response.status() == StatusCode::OK
}

/// The status of an answer, if it is not 200.
pub fn failure(response: &Response<Vec<u8>>) -> Option<u16> {
    (!is_ok(response)).then(|| response.status().as_u16())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn as_much_as_lambda_takes_is_carried_and_more_is_not() {
        // As text: base64 would be longer. The rest is the JSON around it.
        for (size, fits) in
            [(4_500_000, true), (6_200_000, true), (6_291_556, false), (30_000_000, false)]
        {
            let carried = carried(Response::new(vec![b'x'; size]));
            assert_eq!(
                carried.map(|response| response.body().len()),
                fits.then_some(size).ok_or(Refusal::LongAnswer)
            );
        }
        // No text, so base64.
        assert!(carried(Response::new(vec![0xff; 4_700_000])).is_ok());
        assert_eq!(carried(Response::new(vec![0xff; 4_800_000])).unwrap_err(), Refusal::LongAnswer);
    }

    #[test]
    fn a_throttled_request_is_answered_as_the_gateway_does() {
        let response = Refusal::Throttled.response();
        assert_eq!((response.status().as_u16(), response.headers().len()), (503, 1));
        assert_eq!(response.body(), b"{\"message\":\"Service Unavailable\"}");
    }

    #[test]
    fn a_head_has_as_many_bytes_as_the_gateway_takes() {
        let head = |uri: String, header: &str| {
            let request = http::Request::get(uri).header("a", header).body(()).unwrap();
            check_head(&request.into_parts().0)
        };
        // "GET ", " HTTP/1.1", line ends, "a: " and the empty line are 22 bytes.
        assert_eq!(head(format!("/{}", "x".repeat(MOST_HEAD - 23)), ""), Ok(()));
        assert_eq!(head(format!("/{}", "x".repeat(MOST_HEAD - 22)), ""), Err(Refusal::LongHead));
        assert_eq!(head("/".into(), &"x".repeat(MOST_HEAD - 23)), Ok(()));
        assert_eq!(head("/".into(), &"x".repeat(MOST_HEAD - 22)), Err(Refusal::LongHead));
        assert_eq!(head(format!("/{}", "x".repeat(MOST_HEAD)), ""), Err(Refusal::LongAddress));
        assert_eq!(head("*".into(), ""), Err(Refusal::NoPath));
    }
}
