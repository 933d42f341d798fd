//! Who may call, as a description of the API says it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::answers::problem_response;
use crate::config::{Access, RowRules};
use crate::respond::{FORBIDDEN, UNAUTHORIZED};
use crate::session::SESSION_COOKIE;
use crate::table::Table;
use crate::view::address::{groups_path, row_path, table_path};

/// The security schemes by their names in the description.
fn schemes(access: &Access) -> Value {
    let token = json!({"type": "http", "scheme": "bearer", "bearerFormat": "JWT"});
    match access {
        Access::Public => json!({}),
        Access::Jwt => json!({"token": token}),
        Access::Iam => json!({"signature": {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "awsSigv4",
            "description": "AWS Signature Version 4 for the service `execute-api`",
        }}),
        Access::Login(login) => {
            let session = json!({"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE,
                "description": "The cookie of somebody who has signed in"});
            let mut schemes = json!({"session": session});
            if let Some(address) = &login.token_address {
                schemes["token"] = token;
                schemes["token"]["description"] = json!(format!("At {address}"));
            }
            schemes
        }
    }
}

/// Who may call, in a paragraph for people.
pub fn paragraph(access: &Access) -> String {
    match access {
        Access::Public => "Everybody may call.".to_owned(),
        Access::Jwt => "A request brings a token in its header, `Authorization: Bearer …`. The gateway checks it, and answers \
                        401 by itself where there is none or it is not in order."
            .to_owned(),
        Access::Iam => {
            "A request is signed with AWS Signature Version 4 for the service `execute-api`. The gateway checks it, and \
             answers 403 by itself where it is not signed."
                .to_owned()
        }
        Access::Login(login) => match &login.token_address {
            Some(address) => format!(
                "People sign in, and their browsers bring a session's cookie. Programs ask the same paths at {address} \
                 with a token in the header, `Authorization: Bearer …`."
            ),
            None => "People sign in, and their browsers bring a session's cookie. For programs there is no address."
                .to_owned(),
        },
    }
}

/// Says of each operation who may call, and what the answer is where nobody is known to.
pub fn require(access: &Access, paths: &mut Map<String, Value>) {
    let schemes = schemes(access);
    let any: Vec<Value> =
        schemes.as_object().into_iter().flat_map(Map::keys).map(|name| json!({name: []})).collect();
    for (path, operations) in paths {
        let Some(operation) = operations.get_mut("get") else { continue };
        // Health alone is for everybody; deep health asks, which a description cannot say.
        let is_open = any.is_empty() || path == "/health";
        operation["security"] = if is_open { json!([]) } else { Value::Array(any.clone()) };
        if !any.is_empty() {
            operation["responses"][UNAUTHORIZED.as_str()] = problem_response(UNAUTHORIZED.as_u16());
        }
    }
}

/// Says of the rows of tables which the rules choose that a caller may lack the claim for them.
pub fn limit(rules: &RowRules, tables: &[Arc<Table>], paths: &mut Map<String, Value>) {
    for table in tables.iter().filter(|table| rules.of(&table.name).next().is_some()) {
        for path in [table_path, row_path, groups_path].map(|path| path(&table.name)) {
            if let Some(operation) = paths.get_mut(&path).and_then(|path| path.get_mut("get")) {
                operation["responses"][FORBIDDEN.as_str()] = problem_response(FORBIDDEN.as_u16());
            }
        }
    }
}

/// Adds the security schemes to the components.
pub fn describe(access: &Access, components: &mut Value) {
    let schemes = schemes(access);
    if schemes.as_object().is_some_and(|schemes| !schemes.is_empty()) {
        components["securitySchemes"] = schemes;
    }
}
