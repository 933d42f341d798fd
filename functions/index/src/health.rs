//! `/health`: this instance answers. `/health?deep=1`: secret and database do, too, the published
//! tables can be read, and the database's user cannot write.

use iris_tables::app::{App, Ask, Reply};
use iris_tables::dialect::MayWrite;
use iris_tables::error::{Error, Missing, Refused, Unavailable};
use iris_tables::render::json;
use iris_tables::respond::{Caching, Content};

/// What deep health says where all that is needed works.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    status: &'static str,
    database: &'static str,
    /// `None` where it could not be found out.
    user_can_write: Option<bool>,
    /// What of the database cannot be read, a sentence each; the rest can.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
    /// Settings that have no effect, a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
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
        let mut body = Vec::new();
        json::write(&mut body, &report(app, ask).await?)?;
        body.push(b'\n');
        body
    } else {
        b"{\"status\":\"ok\"}\n".to_vec()
    };
    let mut content = Content::new("application/json", body);
    content.file(false, "health", "json");
    content.caching = Caching::NoStore;
    Ok(Reply::Content(content))
}

async fn report(app: &App, ask: &Ask<'_>) -> Result<Report, Error> {
    app.database.connect(ask.record).await.map_err(of_login)?;
    let checked = app
        .catalog
        .check(&app.database, ask.record)
        .await
        .map_err(of_login)
        .map_err(of_catalogue)?;
    if let Some(first) = checked.missing.first() {
        return Err(Error::Lacking {
            missing: Missing::Table,
            detail: format!("There is no table {first} that the database user may read."),
            again: None,
            log: format!("PUBLISHED_TABLES finds nothing by {}", checked.missing.join(", ")),
        });
    }
    let may_write = app.catalog.may_write(&app.database, &checked.tables, ask.record).await?;
    let user_can_write = match may_write {
        MayWrite::No => Some(false),
        MayWrite::Yes(table) if !app.config.user_may_write => {
            return Err(Error::UserCanWrite { table });
        }
        MayWrite::Yes(_) => Some(true),
        MayWrite::NotChecked { table, log } if !app.config.user_may_write => {
            return Err(Error::UserNotChecked { table, log });
        }
        MayWrite::NotChecked { .. } => None,
    };
    let mut unreadable = app.database.ask(ask.record, |ask| Ok(ask.left_out())).await?;
    unreadable.extend(checked.unreadable);
    let warning = |pattern| format!("HIDDEN_COLUMNS: {pattern} hides nothing.");
    let mut warnings: Vec<String> = checked.hide_nothing.iter().map(warning).collect();
    let rule = |rule| format!("ROW_RULES: {rule} matches no table, so it limits nothing.");
    warnings.extend(checked.limit_nothing.iter().map(rule));
    if let Some(audit) = &app.audit {
        let idle = audit.without(&checked.names.iter().collect::<Vec<_>>());
        let unseen = |pattern| format!("AUDIT_TABLES: {pattern} matches no table.");
        warnings.extend(idle.iter().map(unseen));
    }
    Ok(Report { status: "ok", database: "ok", user_can_write, unreadable, warnings })
}

/// A refused login, as what is missing.
fn of_login(error: Error) -> Error {
    let Error::Unavailable { why: Unavailable::LoginRefused { what, again }, log } = error else {
        return error;
    };
    let (missing, detail) = match what {
        Refused::Login => (Missing::Login, "The database refuses the login of this service."),
        Refused::Database => (
            Missing::Namespace,
            "The database user of this service has no such namespace or database.",
        ),
    };
    Error::Lacking { missing, detail: detail.to_owned(), again: Some(again), log }
}

/// A catalogue that cannot be read, as what is missing.
fn of_catalogue(error: Error) -> Error {
    match error {
        Error::Internal { log }
        | Error::Denied { log }
        | Error::Failed { log }
        | Error::Changed { log } => Error::Lacking {
            missing: Missing::Catalogue,
            detail: "The database user of this service cannot read the catalogue.".to_owned(),
            again: None,
            log,
        },
        error => error,
    }
}
