//! What Lambda passes on to API Gateway: payload format 2.0.

use std::borrow::Cow;

use base64_simd::STANDARD;
use http::header::{SET_COOKIE, ToStrError};
use http::{HeaderMap, HeaderValue, Response};
use iris_tables::payload;
use serde::ser::{Error, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// An answer to an [`Event`](crate::Event).
///
/// `lambda_http` has one too. It writes base64 piece by piece, and each piece is searched for what
/// JSON escapes: that took a seventh of a page of 10,000 rows.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    status_code: u16,
    #[serde(serialize_with = "headers")]
    headers: HeaderMap,
    /// `Set-Cookie`, each by itself: joined by commas no browser takes them apart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<String>,
    body: Body,
    is_base64_encoded: bool,
}

#[derive(Debug, serde::Serialize)]
#[serde(untagged)]
enum Body {
    Text(String),
    Base64(Box<RawValue>),
}

impl Answer {
    /// The response as text or in base64, whichever [`payload::as_text`] says.
    ///
    /// # Errors
    /// None that is known: what [`payload::as_text`] calls a text is UTF-8.
    pub fn of(response: Response<Vec<u8>>) -> Result<Self, serde_json::Error> {
        let (mut parts, body) = response.into_parts();
        let cookies = parts.headers.get_all(SET_COOKIE).iter();
        let cookies = cookies.filter_map(|value| value.to_str().ok().map(str::to_owned)).collect();
        parts.headers.remove(SET_COOKIE);
        let body = if payload::as_text(&body) {
            Body::Text(String::from_utf8(body).map_err(serde_json::Error::custom)?)
        } else {
            Body::Base64(base64(&body))
        };
        let is_base64_encoded = matches!(body, Body::Base64(_));
        Ok(Self {
            status_code: parts.status.as_u16(),
            headers: parts.headers,
            cookies,
            body,
            is_base64_encoded,
        })
    }
}

fn base64(bytes: &[u8]) -> Box<RawValue> {
    let mut json = String::with_capacity(STANDARD.encoded_length(bytes.len()) + 2);
    json.push('"');
    STANDARD.encode_append(bytes, &mut json);
    json.push('"');
    // To read it again as JSON took 4 % of a page of 10,000 rows.
    // SAFETY: base64 between two quotes is a JSON string, without white space around it.
    unsafe { RawValue::from_string_unchecked(json) }
}

/// One text for each name: API Gateway takes a list for no header but cookies.
fn headers<S: Serializer>(headers: &HeaderMap, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(headers.keys_len()))?;
    for name in headers.keys() {
        map.serialize_entry(
            name.as_str(),
            &joined(headers.get_all(name).iter()).map_err(S::Error::custom)?,
        )?;
    }
    map.end()
}

fn joined<'a>(
    mut values: impl Iterator<Item = &'a HeaderValue>,
) -> Result<Cow<'a, str>, ToStrError> {
    let first = values.next().map_or(Ok(""), HeaderValue::to_str)?;
    values.try_fold(Cow::Borrowed(first), |all, value| {
        Ok(Cow::Owned(format!("{all}, {}", value.to_str()?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(response: Response<Vec<u8>>) -> serde_json::Value {
        serde_json::from_slice(&serde_json::to_vec(&Answer::of(response).unwrap()).unwrap())
            .unwrap()
    }

    #[test]
    fn a_body_goes_as_text_where_it_is_short_and_is_one() {
        let page = "a".repeat(2_000);
        for (body, base64) in [
            (&b""[..], false),
            ("Zoë \"".as_bytes(), false),
            (page.as_bytes(), true),
            (b"\x1f\x8b", true),
        ] {
            let answer = sent(Response::new(body.to_vec()));
            assert_eq!(
                (&answer["statusCode"], &answer["isBase64Encoded"]),
                (&200.into(), &base64.into()),
                "{body:?}"
            );
            let text = answer["body"].as_str().unwrap();
            assert_eq!(
                if base64 { STANDARD.decode_to_vec(text).unwrap() } else { text.into() },
                body
            );
        }
    }

    #[test]
    fn cookies_are_apart_from_headers() {
        let response = Response::builder().header("set-cookie", "a=1").header("set-cookie", "b=2");
        let answer = sent(response.body(Vec::new()).unwrap());
        assert_eq!(
            (&answer["cookies"], &answer["headers"]),
            (&serde_json::json!(["a=1", "b=2"]), &serde_json::json!({}))
        );
    }

    #[test]
    fn a_header_is_one_text() {
        let response =
            Response::builder().header("a", "1, 2").header("link", "<b>").header("link", "<c>");
        let answer = sent(response.body(Vec::new()).unwrap());
        assert_eq!(answer["headers"], serde_json::json!({"a": "1, 2", "link": "<b>, <c>"}));
    }
}
