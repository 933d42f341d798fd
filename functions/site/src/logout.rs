//! `/logout`: the session's end in this browser, and then the provider's.

use iris_tables::error::Error;
use iris_tables::frame::{Ask, Reply};
use iris_tables::render::html;
use iris_tables::respond::{AuthRedirect, Caching, Content};
use iris_tables::session::SESSION_COOKIE;

use crate::Site;
use crate::login::{BROWSER_COOKIE, set_cookie};

/// Where a session ends.
pub const LOGOUT: &str = "/logout";

/// Where the browser comes to after the sign-out where the provider has no address for it.
pub const SIGNED_OUT: &str = "/logout/done";

/// Removes the cookies, and sends the browser to the provider's sign-out where there is one.
pub async fn end(site: &Site, ask: &Ask<'_>) -> Result<Reply, Error> {
    let login = site.login()?;
    // Another site may lead here, but not sign anybody out.
    let comes_from = ask.request.headers.get("sec-fetch-site").map(|site| site.as_bytes());
    if comes_from == Some(b"cross-site") {
        return page(html::sign_out(&ask.site)?);
    }
    let address = login.provider.sign_out_address().await;
    Ok(Reply::AuthRedirect(AuthRedirect {
        location: address.unwrap_or_else(|| SIGNED_OUT.to_owned()),
        cookies: [SESSION_COOKIE, BROWSER_COOKIE].map(|name| set_cookie(name, "", 0)).into(),
        clear_cache: true,
    }))
}

/// Says that it is done.
pub fn done(ask: &Ask<'_>) -> Result<Reply, Error> {
    page(html::signed_out(&ask.site)?)
}

fn page(html: String) -> Result<Reply, Error> {
    let mut content = Content::new("text/html; charset=utf-8", html.into_bytes());
    content.caching = Caching::NoStore;
    Ok(Reply::Content(content))
}
