//! Asking as somebody who has signed in.

use std::collections::BTreeMap;

use iris_tables::caller::{Caller, Claim, Source};
use iris_tables::config::Access;
use iris_tables::error::Error;
use iris_tables::guard::{Guarded, guarded};
use iris_tables::query::position::{Position, Start};
use iris_tables::query::{self, Sizes, pairs, token};
use iris_tables::record::Record;
use iris_tables::session::{Purpose, SESSION_COOKIE, Session, now};
use iris_tables::sql::plan;

use super::Site;

/// What a site with sign-in is told; its provider is never asked.
pub const LOGIN: [(&str, &str); 5] = [
    ("ACCESS", "login"),
    ("OIDC_ISSUER", "https://id.example"),
    ("OIDC_CLIENT_ID", "tables"),
    ("SITE_ADDRESS", "https://tables.example"),
    ("SESSION_KEY", "0123456789abcdef0123456789abcdef"),
];

impl Site {
    /// From now on asks as somebody of whom this is known.
    pub fn sign_in(&self, claims: &BTreeMap<String, Claim>) {
        let Access::Login(login) = &self.app.config.site.access else { panic!("nobody signs in") };
        let sessions = self.app.frame.sessions.as_ref().unwrap();
        let session = Session {
            sub: "somebody".to_owned(),
            name: "Some Body".to_owned(),
            claims: claims.clone(),
            issued: now(),
            until: now() + login.minutes as u64 * 60,
        };
        let sealed = self.runtime.block_on(async {
            let sealer = sessions.sealer(None, Record::new(LONG).deadline).await.unwrap();
            sealer.seal(Purpose::Session, &serde_json::to_vec(&session).unwrap(), "").unwrap()
        });
        *self.cookie.borrow_mut() = Some(format!("{SESSION_COOKIE}={sealed}"));
        *self.caller.borrow_mut() = Caller {
            source: Source::Session,
            issuer: login.issuer.clone(),
            subject: session.sub,
            name: session.name,
            claims: session.claims,
            until: Some(session.until),
        };
    }

    /// The table as whoever has signed in may see it.
    pub fn guarded(&self, table: &str) -> Result<Guarded, Error> {
        let record = Record::new(LONG);
        let app = &self.app;
        let names = [table];
        let found = app.catalog.table(&app.database, &names, &record);
        let (_, table) = self.runtime.block_on(found)?;
        let caller = self.caller.borrow().clone();
        guarded(table, &app.config.site.rules, &caller, app.database.dialect())
    }

    /// A token with the right checksum, that no answer has given.
    pub fn forged(&self, table: &str, asked: &str, before: u64, start: Start) -> String {
        let dialect = self.app.database.dialect();
        let table = self.guarded(table).unwrap();
        let sizes = Sizes { default: 100, maximum: 10_000 };
        let asked = pairs::parse(asked).unwrap();
        let asked = query::table_query(&asked, &table, dialect, sizes).unwrap();
        let binding = plan::binding(&table, &asked, dialect);
        token::write(&Position { before, start }, &binding)
    }
}

const LONG: std::time::Duration = std::time::Duration::from_secs(20);
