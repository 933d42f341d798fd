//! What surrounds every answer, of a function with a database or without: the checks before, the
//! response and the log line after.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use http::{Method, Response, header};

use crate::accept::{self, Format};
use crate::assets;
use crate::config::SiteConfig;
use crate::error::Error;
use crate::query::{self, pairs};
use crate::record::Record;
use crate::render;
use crate::request::Request;
use crate::respond::{self, Content};
use crate::view::{self, ErrorPage, Site};

/// The part of an instance that needs no database.
#[derive(Debug)]
pub struct Frame {
    /// The settings.
    pub config: SiteConfig,
    /// What every page shows.
    pub site: Site,
    /// No request has been answered yet.
    cold: AtomicBool,
}

/// A request that has passed the first checks.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The request.
    pub request: &'a Request,
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
}

impl Frame {
    /// Before the first request.
    pub fn new(config: SiteConfig) -> Self {
        let site = Site { title: config.title.clone(), files: assets::addresses() };
        Self { config, site, cold: AtomicBool::new(true) }
    }

    /// The first checks of every request: only reading, and an address of a sane length.
    ///
    /// # Errors
    /// [`Error::ReadOnly`], [`Error::AddressTooLong`], or [`Error::Parameter`] for a query that is
    /// no UTF-8.
    pub fn ask<'a>(&self, request: &'a Request, record: &'a Record) -> Result<Ask<'a>, Error> {
        if request.method != Method::GET && request.method != Method::HEAD {
            return Err(Error::ReadOnly);
        }
        query::check_length(&request.path, &request.query)?;
        let pairs = pairs::parse(&request.query)?;
        // What a form sends becomes a shorter address, which is checked in turn.
        if !pairs.iter().any(|(name, _)| name == query::FORM) {
            query::check_next_length(&request.path, &pairs)?;
        }
        Ok(Ask { request, pairs, record })
    }

    /// Makes the response, and writes the request's line in the log.
    pub fn respond(
        &self,
        request: &Request,
        record: &Record,
        result: Result<Reply, Error>,
    ) -> Response<Vec<u8>> {
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
            (None, Err(error)) => {
                line.error = Some(error.log_kind());
                line.log = error.log().map(str::to_owned);
                line.rows = None;
                respond::failure(request, http, &error, |page| {
                    let ways = view::ways_on(&request.path, &request.query, &error);
                    render::html::error(&self.site, &ErrorPage { ways, ..page.clone() })
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
        line.emit(respond::is_our_fault(line.status));
        response
    }
}

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
