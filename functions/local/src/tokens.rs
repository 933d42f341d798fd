//! The address for programs, as the second API of template.yaml is: a token is checked before any
//! function is called.

use std::collections::BTreeMap;

use http::{HeaderMap, Request, header};
use iris_tables::caller::Authorizer;
use iris_tables::https::Client;
use local_start::Failure;
use serde_json::Value;

use crate::respond::is_ok;

/// Where the demo's provider checks tokens as API Gateway's authorizer does: signature, issuer,
/// audience, time.
const CHECK: &str = "/check";

/// Checks tokens.
#[derive(Debug)]
pub struct Tokens {
    client: Client,
    check: String,
}

impl Tokens {
    /// With the demo's provider.
    ///
    /// # Errors
    /// Where this machine has no certificates for TLS.
    pub fn new(issuer: &str) -> Result<Self, Failure> {
        let client = Client::new(None).map_err(Failure)?;
        Ok(Self { client, check: format!("{issuer}{CHECK}") })
    }

    /// What the gateway would hand to a function; nothing for a token that it would refuse.
    pub async fn authorizer(&self, headers: &HeaderMap) -> Option<Authorizer> {
        let token = headers.get(header::AUTHORIZATION)?;
        let request = Request::get(&self.check).header(header::AUTHORIZATION, token);
        let answer = self.client.send(request.body(String::new()).ok()?).await.ok()?;
        let claims: BTreeMap<String, Value> = serde_json::from_slice(answer.body()).ok()?;
        let claims = claims.into_iter().map(|(name, value)| (name, as_text(&value)));
        is_ok(&answer).then(|| Authorizer::Jwt(claims.collect()))
    }
}

/// API Gateway hands claims over as texts, lists as `[a b]`.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(as_text).collect::<Vec<_>>().join(" "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_are_texts_as_the_gateway_has_them() {
        for (value, text) in [
            (json!("a b"), "a b"),
            (json!(["a", "b"]), "[a b]"),
            (json!(1), "1"),
            (json!(true), "true"),
        ] {
            assert_eq!(as_text(&value), text);
        }
    }
}
