//! What a session adds to a warm request.

use std::sync::atomic::Ordering;

use gateway::Event;
use iris_tables::app::App;
use iris_tables::config::{self, Access, Secret};
use iris_tables::session::{Purpose, SESSION_COOKIE, Sealer, now};
use serde_json::json;
use tokio::runtime::Builder;

use crate::allocations::ALLOCATIONS;
use crate::{DEMO, alone};

/// Allocations at most, for a session with ten roles.
const MOST: usize = 90;

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn app(access: &str) -> App {
    let setting = |name: &str| match name {
        "DATABASE_URL" => Some(DEMO.clone()),
        "PUBLISHED_TABLES" => Some("Bank.*".to_owned()),
        "ACCESS" => Some(access.to_owned()),
        "OIDC_ISSUER" => Some("https://id.example".to_owned()),
        "OIDC_CLIENT_ID" => Some("tables".to_owned()),
        "SITE_ADDRESS" => Some("https://tables.example".to_owned()),
        "SESSION_KEY" => Some(KEY.to_owned()),
        "SESSION_CLAIMS" => Some("roles".to_owned()),
        _ => None,
    };
    App::new(config::read(setting).unwrap())
}

#[test]
fn a_session_asks_for_little_memory() {
    let _alone = alone();
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let login = app("login");
    let Access::Login(settings) = &login.config.site.access else { panic!("ACCESS=login") };
    let roles: Vec<String> = (0..10).map(|number| format!("role-{number}")).collect();
    let session = json!({"sub": "ada", "name": "Ada", "claims": {"roles": roles}, "issued": now(),
        "until": now() + 600});
    let sealer = Sealer::new(&[Secret::from(KEY.to_owned())], settings);
    let sealed = sealer.seal(Purpose::Session, session.to_string().as_bytes(), "").unwrap();
    let path = "/table/Bank.Account/row";
    let event = json!({
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "ID=1",
        "cookies": [format!("{SESSION_COOKIE}={sealed}")],
        "headers": {"accept": "application/json"},
        "requestContext": {"http": {"method": "GET", "path": path}},
    });
    let asked = |app: &App| {
        let event: Event = serde_json::from_value(event.clone()).unwrap();
        let request = gateway::request(event, "invocation");
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        let response = runtime.block_on(table::handle(app, &request));
        assert_eq!(response.status(), 200);
        ALLOCATIONS.load(Ordering::Relaxed) - before
    };
    let public = app("public");
    for app in [&public, &login] {
        // What the first requests learn is theirs alone.
        for _ in 0..3 {
            asked(app);
        }
    }
    let more = asked(&login).saturating_sub(asked(&public));
    assert!(more <= MOST, "{more} more than without");
}
