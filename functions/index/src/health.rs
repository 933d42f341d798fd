//! `/health`: this instance answers. `/health?deep=1`: the database does, too.

use iris_tables::app::{Answer, App, Ask, Reply};
use iris_tables::error::Error;
use iris_tables::respond::{Caching, Content};

/// Answers whether all is well; always as JSON.
pub async fn answer(app: &App, ask: &Ask<'_>) -> Result<Answer, Error> {
    let deep = match ask.pairs.as_slice() {
        [] => false,
        [(name, value)] if name == "deep" && value == "1" => true,
        [(name, _), ..] => return Err(Error::parameter(name, "The only parameter here is `deep=1`.")),
    };
    let body = if deep {
        app.database.connect(ask.deadline).await?;
        app.catalog.tables(&app.database, ask.deadline).await?;
        "{\"status\":\"ok\",\"database\":\"ok\"}\n"
    } else {
        "{\"status\":\"ok\"}\n"
    };
    let mut content = Content::new("application/json", body.as_bytes());
    content.caching = Caching::NoStore;
    Ok(Answer::of(Reply::Content(content)))
}
