//! A request as API Gateway's HTTP API describes it, or a function URL: payload format 2.0.
//!
//! Only what is read of it. A part that is missing, null or of another shape is as if it were not
//! there: an invocation that fails is a 500 for whoever asks, with nothing in it. (JWT claims that
//! are null have been seen.)

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use lambda_http::aws_lambda_events::apigw::ApiGatewayRequestAuthorizer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// An event.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event {
    /// The path, percent-decoded.
    #[serde(deserialize_with = "tolerant")]
    pub raw_path: Option<String>,
    /// The query as the client wrote it.
    #[serde(deserialize_with = "tolerant")]
    pub raw_query_string: Option<String>,
    /// The headers but for the cookies.
    #[serde(deserialize_with = "headers")]
    pub headers: HeaderMap,
    /// The cookies.
    #[serde(deserialize_with = "tolerant")]
    pub cookies: Option<Vec<String>>,
    /// What the gateway knows of the request.
    #[serde(deserialize_with = "context")]
    pub request_context: Context,
}

/// What the gateway knows of a request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Context {
    /// Its id.
    #[serde(deserialize_with = "tolerant")]
    pub request_id: Option<String>,
    /// The stage; `$default` has none in its paths.
    #[serde(deserialize_with = "tolerant")]
    pub stage: Option<String>,
    /// The request itself.
    #[serde(deserialize_with = "context")]
    pub http: Http,
    /// What the gateway's authorizer says of the caller.
    #[serde(deserialize_with = "authorizer")]
    pub authorizer: Option<ApiGatewayRequestAuthorizer>,
}

/// What there is to know of HTTP.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Http {
    /// The method; GET where none is told.
    #[serde(deserialize_with = "method")]
    pub method: Method,
}

/// A part, or its default where it has another shape.
fn tolerant<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: DeserializeOwned + Default,
    D: Deserializer<'de>,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// A part that has parts, or its default where it is null.
fn context<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

fn method<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Method, D::Error> {
    let given: Option<String> = tolerant(deserializer)?;
    Ok(given.and_then(|method| method.parse().ok()).unwrap_or_default())
}

/// What the authorizer says, without what is null. Claims are texts: others are written as JSON.
fn authorizer<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ApiGatewayRequestAuthorizer>, D::Error> {
    let Some(mut given) = Option::<Value>::deserialize(deserializer)? else { return Ok(None) };
    without_null(&mut given);
    if let Some(claims) = given.pointer_mut("/jwt/claims").and_then(Value::as_object_mut) {
        for claim in claims.values_mut().filter(|claim| !claim.is_string()) {
            *claim = Value::String(claim.to_string());
        }
    }
    Ok(serde_json::from_value(given).ok())
}

fn without_null(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(without_null);
        }
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(without_null);
        }
        _ => {}
    }
}

/// Headers, but for those that are none.
fn headers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HeaderMap, D::Error> {
    struct Headers;
    impl<'de> Visitor<'de> for Headers {
        type Value = HeaderMap;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("headers")
        }

        fn visit_unit<E>(self) -> Result<HeaderMap, E> {
            Ok(HeaderMap::new())
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<HeaderMap, A::Error> {
            let mut headers = HeaderMap::new();
            while let Some((name, value)) = access.next_entry::<String, Value>()? {
                let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
                if let (Ok(name), Some(value)) = (name.parse::<HeaderName>(), value) {
                    headers.append(name, value);
                }
            }
            Ok(headers)
        }
    }
    deserializer.deserialize_any(Headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(event: &str) -> Event {
        serde_json::from_str(event).unwrap()
    }

    #[test]
    fn what_is_null_or_missing_or_unknown_fails_no_event() {
        for event in [
            "{}",
            r#"{"source": "aws.events", "detail": {}}"#,
            r#"{"headers": null, "requestContext": null, "rawPath": null, "cookies": null}"#,
            r#"{"headers": {"accept": null, "bad name": "x", "x": 7}, "cookies": "a=1"}"#,
            r#"{"requestContext": {"http": null, "requestId": 7, "authorizer": "text"}}"#,
            r#"{"requestContext": {"http": {"method": "NO METHOD"}}}"#,
        ] {
            let event = read(event);
            assert_eq!(event.request_context.http.method, Method::GET);
            assert!(event.headers.is_empty() && event.request_context.authorizer.is_none());
        }
    }

    #[test]
    fn claims_that_are_null_are_left_out_and_others_are_texts() {
        let event = read(
            r#"{"rawPath": "/x", "requestContext": {"stage": "$default", "authorizer": {"jwt": {
                "claims": {"sub": "me", "email": null, "level": 3, "groups": ["a"]}, "scopes": null}}}}"#,
        );
        let claims = event.request_context.authorizer.unwrap().jwt.unwrap().claims;
        assert_eq!(claims.len(), 3);
        assert_eq!(
            (claims["sub"].as_str(), claims["level"].as_str(), claims["groups"].as_str()),
            ("me", "3", "[\"a\"]")
        );
        assert_eq!(event.raw_path.as_deref(), Some("/x"));
    }
}
