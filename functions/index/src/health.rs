//! `/health`: this instance answers. `/health?deep=1`: secret and database do, too, and the
//! database's user cannot write.

use iris_tables::app::{App, Ask, Reply};
use iris_tables::dialect::MayWrite;
use iris_tables::error::Error;
use iris_tables::render::json;
use iris_tables::respond::{Caching, Content};
use iris_tables::table::TableEntry;

/// What deep health says where all that is needed works.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    status: &'static str,
    database: &'static str,
    user_can_write: bool,
    /// What of the database cannot be read, a sentence each; the rest can.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
}

/// Answers whether all is well; always as JSON.
pub async fn answer(app: &App, ask: &Ask<'_>) -> Result<Reply, Error> {
    let deep = match ask.pairs.as_slice() {
        [] => false,
        [(name, value)] if name == "deep" && value == "1" => true,
        [(name, _), ..] => {
            return Err(Error::parameter(name, "The only parameter here is `deep=1`."));
        }
    };
    let body = if deep {
        app.database.connect(ask.record).await?;
        let tables = app.catalog.tables(&app.database, ask.record).await?;
        let can_write = match app.catalog.may_write(&app.database, ask.record).await? {
            MayWrite::No => false,
            MayWrite::Yes(_) => true,
            MayWrite::NotChecked(log) => return Err(Error::internal(log)),
        };
        if can_write && !app.config.user_may_write {
            return Err(Error::UserCanWrite);
        }
        let mut unreadable = app.database.ask(ask.record, |ask| Ok(ask.left_out())).await?;
        let known = |entry: &TableEntry| {
            entry.unreadable.as_ref().map(|reason| format!("{}: {reason}", entry.table))
        };
        unreadable.extend(tables.iter().filter_map(known));
        let report = Report { status: "ok", database: "ok", user_can_write: can_write, unreadable };
        let mut body = Vec::new();
        json::write(&mut body, &report)?;
        body.push(b'\n');
        body
    } else {
        b"{\"status\":\"ok\"}\n".to_vec()
    };
    let mut content = Content::new("application/json", body);
    content.caching = Caching::NoStore;
    Ok(Reply::Content(content))
}
