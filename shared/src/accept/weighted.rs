//! Lists whose elements carry weights: the syntax that Accept and Accept-Encoding share (RFC 9110
//! sections 5.6, 12.4.2).

use std::borrow::Cow;

/// One element of a list with weights: a media range or a coding.
#[derive(Debug)]
pub struct Element<'a> {
    /// As it came: upper and lower case are the same.
    pub value: &'a str,
    /// Names and values, quotes removed, without the weight.
    pub parameters: Vec<(&'a str, Cow<'a, str>)>,
    /// In thousandths: 1,000 where none is given.
    pub weight: u16,
}

/// The media ranges of an Accept header that are well formed.
pub fn media_ranges(header: &str) -> Vec<Element<'_>> {
    split_unquoted(header, ',')
        .filter_map(element)
        .filter(|element| is_media_range(element.value))
        .collect()
}

/// The codings of an Accept-Encoding header that are well formed.
pub fn codings(header: &str) -> Vec<Element<'_>> {
    split_unquoted(header, ',')
        .filter_map(element)
        .filter(|element| is_token(element.value))
        .collect()
}

/// Reads `value *( OWS ";" OWS [ name "=" value ] )`; a parameter `q` is the weight wherever it
/// stands.
fn element(text: &str) -> Option<Element<'_>> {
    let mut parts = split_unquoted(text, ';').map(|part| part.trim_matches([' ', '\t']));
    let value = parts.next()?;
    let (mut parameters, mut weight) = (Vec::new(), None);
    for part in parts.filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').filter(|(name, _)| is_token(name))?;
        if !name.eq_ignore_ascii_case("q") {
            parameters.push((name, unquoted(value)?));
        } else if weight.replace(thousandths(value)?).is_some() {
            return None;
        }
    }
    Some(Element { value, parameters, weight: weight.unwrap_or(1_000) })
}

/// Splits where the separator stands outside a quoted string.
fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character| {
        let splits = character == separator && !quoted;
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            _ => {}
        }
        splits
    })
}

fn is_media_range(text: &str) -> bool {
    let parts = text.split_once('/').filter(|(kind, subtype)| is_token(kind) && is_token(subtype));
    parts.is_some_and(|(kind, subtype)| kind != "*" || subtype == "*")
}

fn is_token(text: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(token)
}

/// A parameter's value: a token, or what a quoted string holds.
fn unquoted(value: &str) -> Option<Cow<'_, str>> {
    let Some(quoted) = value.strip_prefix('"') else {
        return is_token(value).then_some(Cow::Borrowed(value));
    };
    let mut characters = quoted.strip_suffix('"')?.chars();
    let mut text = String::with_capacity(quoted.len());
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(characters.next()?),
            '"' => return None,
            _ => text.push(character),
        }
    }
    Some(Cow::Owned(text))
}

/// A weight as RFC 9110 section 12.4.2 writes it: 0 to 1 with at most three digits after the point.
/// The 0 before the point may be missing, as it is in other notations: what `.5` means is clear.
fn thousandths(value: &str) -> Option<u16> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let whole = if whole.is_empty() && !fraction.is_empty() { "0" } else { whole };
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match (whole, fraction) {
        ("0", _) => Some(fraction),
        ("1", 0) => Some(1_000),
        _ => None,
    }
}
