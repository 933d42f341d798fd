//! What surrounds every answer, of a function with a database or without: the checks before, the
//! response and the log line after.

use std::borrow::Cow;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use http::{Method, Response, header};

use crate::accept::{self, Format};
use crate::assets;
use crate::audit::Audit;
use crate::caller::{Caller, Source};
use crate::config::{Access, SiteConfig};
use crate::error::Error;
use crate::log::RequestLog;
use crate::query::{self, pairs};
use crate::record::{Record, Seen};
use crate::render;
use crate::request::Request;
use crate::respond::{self, AuthRedirect, Content};
use crate::session::Sessions;
use crate::view::{self, ErrorPage, SignedIn, Site};

/// The part of an instance that needs no database.
#[derive(Debug)]
pub struct Frame {
    /// The settings.
    pub config: SiteConfig,
    /// What every page shows.
    pub site: Site,
    /// Who signed in, where people do.
    pub sessions: Option<Sessions>,
    /// No request has been answered yet.
    cold: AtomicBool,
}

/// A request that has passed the first checks.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The request.
    pub request: &'a Request,
    /// Who sends it.
    pub caller: Arc<Caller>,
    /// What its page shows of the site.
    pub site: Cow<'a, Site>,
    /// Its query, decoded.
    pub pairs: Vec<(String, String)>,
    /// What is known of it, for the log.
    pub record: &'a Record,
}

impl Ask<'_> {
    /// The representation to answer in.
    ///
    /// # Errors
    /// [`Error::NoRepresentation`], or [`Error::Parameter`] for an unknown `_format` or a second
    /// one.
    pub fn format(&self, offered: &[Format]) -> Result<Format, Error> {
        let mut named = self
            .pairs
            .iter()
            .filter(|(name, _)| name == query::FORMAT)
            .map(|(_, value)| value.as_str());
        let first = named.next();
        if named.next().is_some() {
            return Err(Error::parameter(query::FORMAT, "It is given twice; give it once."));
        }
        let format =
            accept::choose(self.request.header(header::ACCEPT).as_deref(), first, offered)?;
        self.record.note(|line| line.format = Some(format.media_type().to_owned()));
        Ok(format)
    }
}

/// What a route answers where nothing fails.
#[derive(Debug)]
pub enum Reply {
    /// A body.
    Content(Content),
    /// Another address that has the answer.
    Redirect(String),
    /// A step of a sign-in or sign-out.
    AuthRedirect(AuthRedirect),
}

impl Frame {
    /// Before the first request.
    pub fn new(config: SiteConfig) -> Self {
        let site = Site {
            title: config.title.clone(),
            files: assets::addresses(),
            signed_in: None,
            own_rows: Vec::new(),
        };
        let sessions = match &config.access {
            Access::Login(login) => Some(Sessions::new((**login).clone())),
            _ => None,
        };
        Self { config, site, sessions, cold: AtomicBool::new(true) }
    }

    /// The first checks of every request: only reading, and an address of a sane length.
    ///
    /// # Errors
    /// [`Error::ReadOnly`], [`Error::AddressTooLong`], or [`Error::Parameter`] for a query that is
    /// no UTF-8.
    pub async fn ask<'a>(
        &'a self,
        request: &'a Request,
        record: &'a Record,
        access: RouteAccess,
    ) -> Result<Ask<'a>, Error> {
        let caller = Arc::new(match (self.caller(request, record).await, access) {
            (Ok(Some(caller)), _) => caller,
            (Ok(None) | Err(_), RouteAccess::Public) => Caller::default(),
            (Ok(None), RouteAccess::Protected) => return Err(self.sign_in_needed()),
            (Err(error), RouteAccess::Protected) => return Err(error),
        });
        if request.method != Method::GET && request.method != Method::HEAD {
            return Err(Error::ReadOnly);
        }
        let limit = self.max_address_bytes();
        query::check_length(&request.path, &request.query, limit)?;
        let pairs = pairs::parse(&request.query)?;
        // What a form sends becomes a shorter address, which is checked in turn. The steps of a
        // sign-in have no next page, and bring a long state back.
        if access == RouteAccess::Protected && !pairs.iter().any(|(name, _)| name == query::FORM) {
            query::check_next_length(&request.path, &pairs, limit)?;
        }
        // A route that is run again begins anew.
        record.show(|seen| *seen = Seen { caller: Some(Arc::clone(&caller)), ..Seen::default() });
        let site = self.site_of(&caller);
        Ok(Ask { request, caller, site, pairs, record })
    }

    /// Who calls; none where somebody must and nobody does. No header says so but a cookie that
    /// the site has sealed itself.
    async fn caller(&self, request: &Request, record: &Record) -> Result<Option<Caller>, Error> {
        match &self.config.access {
            Access::Public => Ok(Some(Caller::default())),
            Access::Jwt => Ok(by_token(request)),
            Access::Iam => Ok(request.authorizer.by_signature()),
            Access::Login(_) => match (by_token(request), &self.sessions) {
                (None, Some(sessions)) => sessions.caller(request, record.deadline).await,
                (token, _) => Ok(token),
            },
        }
    }

    fn max_address_bytes(&self) -> usize {
        match self.sessions {
            Some(_) => query::MAX_ADDRESS_BYTES_WITH_SESSION,
            None => query::MAX_ADDRESS_BYTES,
        }
    }

    fn sign_in_needed(&self) -> Error {
        let address = match &self.config.access {
            Access::Login(login) => login.token_address.clone(),
            _ => None,
        };
        Error::SignInNeeded { address }
    }

    /// What a page for a caller shows of the site: who has signed in.
    fn site_of(&self, caller: &Caller) -> Cow<'_, Site> {
        match caller.source {
            Source::Session => {
                let signed_in = Some(SignedIn { name: caller.name.clone() });
                Cow::Owned(Site { signed_in, ..self.site.clone() })
            }
            _ => Cow::Borrowed(&self.site),
        }
    }

    /// Where a browser that is not signed in goes, if it wants a page. A script gets the error: it
    /// could not follow to the provider.
    fn login_redirect(&self, request: &Request) -> Option<String> {
        let is_login = matches!(self.config.access, Access::Login(_));
        let is_read = request.method == Method::GET || request.method == Method::HEAD;
        let mode = request.headers.get("sec-fetch-mode").map(|mode| mode.as_bytes());
        let is_navigation = mode.is_none_or(|mode| mode == b"navigate");
        let accept = request.header(header::ACCEPT);
        let format = accept::choose_for_error(accept.as_deref(), accept::named_in(&request.query));
        (is_login && is_read && is_navigation && format == Format::Html)
            .then(|| login_address(&request.path, &request.query))
    }

    /// Makes the response, and writes the request's line in the log.
    pub fn respond(
        &self,
        request: &Request,
        record: &Record,
        result: Result<Reply, Error>,
    ) -> Response<Vec<u8>> {
        let (response, line) = self.response(request, record, result);
        line.emit(respond::is_our_fault(line.status));
        response
    }

    /// The same, where it is written down who sees it: what cannot be written may not leave.
    pub async fn respond_audited(
        &self,
        request: &Request,
        record: &Record,
        result: Result<Reply, Error>,
        audit: &Audit,
    ) -> Response<Vec<u8>> {
        let (mut response, mut line) = self.response(request, record, result);
        if let Err(error) = audit.write(request, record, line.status).await {
            (response, line) = self.response(request, record, Err(error));
        }
        line.emit(respond::is_our_fault(line.status));
        response
    }

    fn response(
        &self,
        request: &Request,
        record: &Record,
        result: Result<Reply, Error>,
    ) -> (Response<Vec<u8>>, RequestLog) {
        let http = &self.config.http;
        let mut line = record.so_far();
        let response = match (respond::preflight(request, http), result) {
            // No route reads by OPTIONS, but a browser may ask so whether a script may read.
            (Some(preflight), _) => preflight,
            (None, Ok(Reply::Content(mut content))) => {
                content.server_timing(&line.parts());
                let response = respond::success(request, http, content);
                // A part of a cell comes as what it is, whatever was asked for.
                line.format = media_type(&response).or(line.format);
                response
            }
            (None, Ok(Reply::Redirect(address))) => respond::redirect(request, http, &address),
            (None, Ok(Reply::AuthRedirect(redirect))) => {
                respond::auth_redirect(request, http, redirect)
            }
            (None, Err(Error::SignInNeeded { .. })) if self.login_redirect(request).is_some() => {
                line.error = Some("sign-in-needed");
                respond::redirect(request, http, &self.login_redirect(request).unwrap_or_default())
            }
            (None, Err(error)) => {
                line.error = Some(error.log_kind());
                line.log = error.log().map(str::to_owned);
                line.rows = None;
                respond::failure(request, http, &error, |page| {
                    let ways = view::ways_on(&request.path, &request.query, &error);
                    let caller = record.seen().caller;
                    let site = caller
                        .as_deref()
                        .map_or(Cow::Borrowed(&self.site), |caller| self.site_of(caller));
                    render::html::error(&site, &ErrorPage { ways, ..page.clone() })
                })
            }
        };
        line.request_id.clone_from(&request.id);
        line.method = request.method.to_string();
        line.cold = self.cold.swap(false, Ordering::Relaxed);
        line.format = line.format.or_else(|| media_type(&response));
        line.status = response.status().as_u16();
        line.bytes = response.body().len();
        line.total_time = record.so_far().total_time;
        (response, line)
    }
}

/// Who may ask a route. Each function's `Route` enum says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteAccess {
    /// Everybody.
    Public,
    /// Identified callers only.
    Protected,
}

/// The caller of a token that the gateway has checked.
fn by_token(request: &Request) -> Option<Caller> {
    request.authorizer.by_token(request.header(header::AUTHORIZATION).as_deref())
}

/// The address that leads through the sign-in to another one. A long query is left out: the
/// provider and the gateway limit addresses, and it goes through both.
pub fn login_address(path: &str, query: &str) -> String {
    let whole = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let to = if whole.len() > MAX_TO_BYTES { path } else { &whole };
    let to = if to.len() > MAX_TO_BYTES { "/" } else { to };
    pairs::address(LOGIN, [("to", to)])
}

/// Where sign-in begins.
pub const LOGIN: &str = "/login";

/// Bytes of an address that a sign-in leads back to at most.
pub const MAX_TO_BYTES: usize = 1_000;

/// The media type of an answer, without parameters.
fn media_type(response: &Response<Vec<u8>>) -> Option<String> {
    let content_type = response.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    content_type.split(';').next().map(str::to_owned)
}

/// A future whose panic is an error, not the end of the instance.
///
/// # Errors
/// As the future.
pub async fn caught<F: Future<Output = Result<Reply, Error>>>(future: F) -> Result<Reply, Error> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))).unwrap_or_else(|_| {
            Poll::Ready(Err(Error::internal("a panic while the request was answered")))
        })
    })
    .await
}
