//! AWS Signature Version 4, for the few calls that the audit makes.

use std::fmt::Write as _;

use http::Request;
use http::header::{AUTHORIZATION, HOST};
use ring::digest::{SHA256, digest};
use ring::hmac::{HMAC_SHA256, Key, sign};

use crate::config::Group;

const SERVICE: &str = "logs";

/// A signed call of CloudWatch Logs. `now`: `YYYY-MM-DDTHH:MM:SSZ`.
///
/// # Errors
/// Where address or token make no request.
pub fn signed(
    group: &Group,
    action: &str,
    body: String,
    now: &str,
) -> Result<Request<String>, String> {
    let stamp: String = now.chars().filter(|letter| !"-:".contains(*letter)).collect();
    let day = stamp.get(..8).unwrap_or_default();
    let host = group.endpoint.split_once("://").map_or("", |(_, host)| host);
    let target = format!("Logs_20140328.{action}");
    let mut headers = vec![
        ("content-type", "application/x-amz-json-1.1".to_owned()),
        ("host", host.to_owned()),
        ("x-amz-date", stamp.clone()),
    ];
    if let Some(token) = &group.token {
        headers.push(("x-amz-security-token", token.expose().to_owned()));
    }
    headers.push(("x-amz-target", target));
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let canonical =
        format!("POST\n/\n\n{lines}\n{names}\n{}", hex(digest(&SHA256, body.as_bytes()).as_ref()));
    let scope = format!("{day}/{}/{SERVICE}/aws4_request", group.region);
    let hashed = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
    let to_sign = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}");
    let secret = format!("AWS4{}", group.key.expose());
    let key = [day, &group.region, SERVICE, "aws4_request", &to_sign]
        .iter()
        .fold(secret.into_bytes(), |key, text| {
            sign(&Key::new(HMAC_SHA256, &key), text.as_bytes()).as_ref().to_vec()
        });
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
        group.key_id,
        hex(&key)
    );
    let mut request =
        Request::post(format!("{}/", group.endpoint)).header(AUTHORIZATION, authorization);
    for (name, value) in headers.iter().filter(|(name, _)| *name != HOST.as_str()) {
        request = request.header(*name, value);
    }
    request.body(body).map_err(|error| error.to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signature that botocore 1.44 makes for the same call.
    #[test]
    fn a_call_is_signed_as_aws_sdks_sign_it() {
        let group = Group {
            name: "g".into(),
            region: "eu-central-1".into(),
            endpoint: "https://logs.eu-central-1.amazonaws.com".into(),
            key_id: "AKIDEXAMPLE".into(),
            key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned().into(),
            token: Some("token".to_owned().into()),
        };
        let request = signed(&group, "PutLogEvents", "{}".into(), "2026-11-29T14:40:05Z").unwrap();
        let authorization = request.headers()[AUTHORIZATION].to_str().unwrap();
        assert_eq!(
            authorization,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261129/eu-central-1/logs/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
             Signature=edc0de5b2d13920dd79bbf527cf2447e30875b7a3501445b261b7e08ae170c0e"
        );
    }
}
