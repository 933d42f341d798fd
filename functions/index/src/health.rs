//! `/health`: this instance answers. `/health?deep=1`: secret and database do, too, and the database's user
//! cannot write.

use iris_tables::app::{App, Ask, Reply};
use iris_tables::error::Error;
use iris_tables::respond::{Caching, Content};

/// Answers whether all is well; always as JSON.
pub async fn answer(app: &App, ask: &Ask<'_>) -> Result<Reply, Error> {
    let deep = match ask.pairs.as_slice() {
        [] => false,
        [(name, value)] if name == "deep" && value == "1" => true,
        [(name, _), ..] => return Err(Error::parameter(name, "The only parameter here is `deep=1`.")),
    };
    let body = if deep {
        app.database.connect(ask.record).await?;
        app.catalog.tables(&app.database, ask.record).await?;
        let can_write = app.catalog.user_can_write(&app.database, ask.record).await?;
        if can_write && !app.config.user_may_write {
            return Err(Error::UserCanWrite);
        }
        format!("{{\"status\":\"ok\",\"database\":\"ok\",\"userCanWrite\":{can_write}}}\n")
    } else {
        "{\"status\":\"ok\"}\n".to_owned()
    };
    let mut content = Content::new("application/json", body.into_bytes());
    content.caching = Caching::NoStore;
    Ok(Reply::Content(content))
}
