//! From a request's headers to a representation: content negotiation as RFC 9110 section 12 has it.
//!
//! What is malformed in a header is passed over, element by element: a header wishes, it does not
//! demand, and a client that sends a strange one still wants an answer.

use std::cmp::Reverse;
use std::sync::LazyLock;

use crate::error::Error;

#[cfg(test)]
mod tests;
mod weighted;

use weighted::{Element, codings, media_ranges};

/// The query parameter that chooses a representation in place of the Accept header, for links.
pub const PARAMETER: &str = "_format";

/// The media type that ECMA-376 registered for workbooks.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A representation of rows, tables and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For programs; what a client gets that does not say what it wants.
    Json,
    /// For people.
    Html,
    /// For spreadsheets: RFC 4180.
    Csv,
    /// For programs that read row by row: one JSON object a line.
    Ndjson,
    /// For Excel, which takes zeros, umlauts and columns from a CSV file.
    Xlsx,
}

impl Format {
    /// All of them, in the order in which the server prefers them where the client does not care.
    pub const ALL: [Self; 5] = [Self::Json, Self::Html, Self::Csv, Self::Ndjson, Self::Xlsx];

    /// What a page for people offers in its place.
    pub const BESIDE_PAGES: [Self; 4] = [Self::Json, Self::Csv, Self::Ndjson, Self::Xlsx];

    /// The value of `_format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Xlsx => "xlsx",
        }
    }

    /// The format that `_format` names: lower case, as the links write it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What an Accept header asks for, without parameters.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Html => "text/html",
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
            Self::Xlsx => XLSX,
        }
    }

    /// The `Content-Type` header. JSON defines no `charset`: it is always UTF-8 (RFC 8259 sections
    /// 8.1 and 11), and NDJSON follows it. `header` is CSV's own parameter (RFC 4180 section
    /// 3): the first line names the columns.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json | Self::Ndjson | Self::Xlsx => self.media_type(),
            Self::Html => "text/html; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    /// Names under which clients ask for the format. NDJSON has no registered name: all in use are
    /// understood, the one of JSON Lines too, which is the same format.
    fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["application/json"],
            Self::Html => &["text/html"],
            Self::Csv => &["text/csv"],
            Self::Ndjson => &["application/x-ndjson", "application/ndjson", "application/jsonl"],
            Self::Xlsx => &[XLSX],
        }
    }

    /// Parameters that are true of the format, said in `Content-Type` or not. `None` where a
    /// client may ask with any: JSON has none (RFC 8259 section 11), so `odata=verbose` and its
    /// like change nothing.
    fn parameters(self) -> Option<&'static [(&'static str, &'static str)]> {
        match self {
            Self::Json => None,
            Self::Html | Self::Ndjson => Some(&[("charset", "utf-8")]),
            Self::Csv => Some(&[("charset", "utf-8"), ("header", "present")]),
            Self::Xlsx => Some(&[]),
        }
    }
}

/// Chooses the representation of an answer from the Accept header (its lines joined by commas) and
/// the value of `_format`, which goes before it.
///
/// The greatest weight wins, taken for each format from the most specific range that matches it
/// (RFC 9110 section 12.5.1). Between equal weights: the format that a more specific range names
/// (`text/html, */*` is a browser), then the one named earlier, then [`Format::ALL`]'s order. So
/// `*/*`, an absent or empty header and one in which nothing can be read give JSON, or the first
/// offered where that is not. A range with a parameter that our representation has not (`text/csv;
/// header=absent`) asks for something else and does not match; only JSON is given with any.
///
/// # Errors
/// [`Error::Parameter`] where `_format` names nothing that is offered; [`Error::NoRepresentation`]
/// where the header allows nothing that is.
pub fn choose(
    accept: Option<&str>,
    override_: Option<&str>,
    offered: &[Format],
) -> Result<Format, Error> {
    if let Some(name) = override_ {
        let named = Format::from_name(name).filter(|format| offered.contains(format));
        return named.ok_or_else(|| {
            Error::parameter(PARAMETER, format!("Available are {}.", names(offered)))
        });
    }
    let ranges = media_ranges(accept.unwrap_or_default());
    let none = || Error::NoRepresentation { available: media_types(offered) };
    if ranges.is_empty() {
        let preferred = if offered.contains(&Format::Json) {
            Some(Format::Json)
        } else {
            offered.first().copied()
        };
        return preferred.ok_or_else(none);
    }
    // Of equals, `max_by_key` takes the last: so the server's favourite comes last.
    let candidates = Format::ALL.into_iter().rev().filter(|format| offered.contains(format));
    let ranked = candidates.filter_map(|format| {
        Some((rank(&ranges, format.media_types(), format.parameters())?, format))
    });
    ranked.max_by_key(|(rank, _)| *rank).map(|(_, format)| format).ok_or_else(none)
}

/// Chooses the representation of an error, which always has one: HTML where the client prefers that
/// to JSON, else JSON, for which both `application/json` and `application/problem+json` ask. (On an
/// answer that is no error the latter asks for nothing that we have.)
pub fn choose_for_error(accept: Option<&str>, override_: Option<&str>) -> Format {
    match override_.and_then(Format::from_name) {
        Some(Format::Html) => return Format::Html,
        Some(Format::Json | Format::Csv | Format::Ndjson | Format::Xlsx) => return Format::Json,
        None => {}
    }
    let ranges = media_ranges(accept.unwrap_or_default());
    let html = rank(&ranges, Format::Html.media_types(), Format::Html.parameters());
    let plain = rank(&ranges, Format::Json.media_types(), Format::Json.parameters());
    let problem = rank(&ranges, &["application/problem+json"], Format::Json.parameters());
    if html > plain.max(problem) { Format::Html } else { Format::Json }
}

/// The value of `_format` as it stands in a query, for an error that comes before the query is
/// read: the first one, not percent-decoded (no name of ours needs encoding).
pub fn named_in(query: &str) -> Option<&str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == PARAMETER)
        .map(|(_, value)| value)
}

/// True where Accept-Encoding (RFC 9110 section 12.5.3) names gzip or `x-gzip`, or `*` and not
/// gzip, with a weight above 0 and not below that of `identity`. An absent header would allow
/// everything; it is read as a client that does not decompress.
pub fn gzip_allowed(accept_encoding: Option<&str>) -> bool {
    let codings = codings(accept_encoding.unwrap_or_default());
    let weight = |names: &[&str]| {
        let named = codings
            .iter()
            .filter(|coding| names.iter().any(|name| coding.value.eq_ignore_ascii_case(name)));
        named.map(|coding| coding.weight).max()
    };
    let gzip = weight(&["gzip", "x-gzip"]).or_else(|| weight(&["*"])).unwrap_or(0);
    gzip > 0 && gzip >= weight(&["identity"]).unwrap_or(0)
}

/// How well a list of ranges speaks for a media type; the greatest is the client's choice. In the
/// order of the fields: the weight, how specific the range is, how early it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    weight: u16,
    specificity: (u8, usize),
    position: Reverse<usize>,
}

/// The rank that the most specific range gives to a media type, or nothing where it is not
/// acceptable. Of ranges as specific as each other, such as two names of one format, the one with
/// the greatest weight counts.
fn rank(
    ranges: &[Element],
    media_types: &[&str],
    parameters: Option<&[(&str, &str)]>,
) -> Option<Rank> {
    let ranks = ranges.iter().enumerate().filter_map(|(position, range)| {
        let specificity = specificity(range, media_types, parameters)?;
        Some(Rank { weight: range.weight, specificity, position: Reverse(position) })
    });
    ranks
        .max_by_key(|rank| (rank.specificity, rank.weight, rank.position))
        .filter(|rank| rank.weight > 0)
}

/// How specific a range is that matches: `*/*` before `type/*` before `type/subtype`, each with
/// more parameters last.
fn specificity(
    range: &Element,
    media_types: &[&str],
    parameters: Option<&[(&str, &str)]>,
) -> Option<(u8, usize)> {
    let ours = |name: &str, value: &str| {
        let same = |(ours, its): &(&str, &str)| {
            ours.eq_ignore_ascii_case(name) && its.eq_ignore_ascii_case(value)
        };
        parameters.is_none_or(|parameters| parameters.iter().any(same))
    };
    if !range.parameters.iter().all(|(name, value)| ours(name, value)) {
        return None;
    }
    let of_type = |kind: &str| {
        media_types.iter().any(|ours| {
            ours.split_once('/').is_some_and(|(ours, _)| ours.eq_ignore_ascii_case(kind))
        })
    };
    let level = match range.value.split_once('/')? {
        ("*", "*") => 0,
        (kind, "*") if of_type(kind) => 1,
        _ if media_types.iter().any(|ours| ours.eq_ignore_ascii_case(range.value)) => 2,
        _ => return None,
    };
    Some((level, range.parameters.len()))
}

/// The values of `_format` there are.
fn names(offered: &[Format]) -> String {
    offered.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
}

/// The media types there are, in the server's order: one text for each set of formats.
fn media_types(offered: &[Format]) -> &'static str {
    static LISTS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let set = |bits: usize| {
            Format::ALL.into_iter().filter(move |format| bits & (1 << *format as usize) != 0)
        };
        let list = |bits| set(bits).map(Format::media_type).collect::<Vec<_>>().join(", ");
        (0..1 << Format::ALL.len()).map(list).collect()
    });
    let bits = offered.iter().fold(0, |bits, format| bits | 1 << *format as usize);
    LISTS.get(bits).map_or("", String::as_str)
}
