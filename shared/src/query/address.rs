//! How long an address may be.

use super::{NEXT, pairs, token};
use crate::error::Error;

/// Path and query together: API Gateway takes 10,240 bytes for request line and headers; this
/// leaves room for headers.
pub const MAX_ADDRESS_BYTES: usize = 8_192;

/// The same where requests also have a session's cookie.
pub const MAX_ADDRESS_BYTES_WITH_SESSION: usize = 6_144;

/// Bytes of an address that are kept free for the position of the next page: its name, its signs
/// and its token.
const POSITION_BYTES: usize = token::MAX_TOKEN + 16;

/// A link that we write: it can be followed with a session's cookie, too.
pub const MAX_LINK_BYTES: usize = MAX_ADDRESS_BYTES_WITH_SESSION - POSITION_BYTES;

/// Checks that an address is no longer than `limit` bytes.
///
/// # Errors
/// [`Error::AddressTooLong`].
pub fn check_length(path: &str, query: &str, limit: usize) -> Result<(), Error> {
    within(path.len() + query.len(), limit)
}

/// Checks that the link to the next page will be no longer than we read: as we write it, more is
/// percent-encoded than a client may have done.
///
/// # Errors
/// [`Error::AddressTooLong`].
pub fn check_next_length(
    path: &str,
    pairs: &[(String, String)],
    limit: usize,
) -> Result<(), Error> {
    let others = pairs.iter().filter(|(name, _)| name != NEXT);
    let address = pairs::address(path, others.map(|(name, value)| (name.as_str(), value.as_str())));
    within(address.len(), limit - POSITION_BYTES)
}

fn within(length: usize, limit: usize) -> Result<(), Error> {
    if length > limit { Err(Error::AddressTooLong { length, limit }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::SEARCH;

    #[test]
    fn an_address_leaves_room_for_its_next_page() {
        for limit in [MAX_ADDRESS_BYTES, MAX_ADDRESS_BYTES_WITH_SESSION] {
            check_room(limit);
        }
    }

    fn check_room(limit: usize) {
        let path = "/table/Bank.Account";
        let room = limit - POSITION_BYTES - path.len() - "?_q=".len();
        let asked = |text: String| vec![(SEARCH.to_owned(), text)];
        assert!(check_next_length(path, &asked("x".repeat(room)), limit).is_ok());
        assert!(check_next_length(path, &asked("x".repeat(room + 1)), limit).is_err());
        // Written `%2F` in a link.
        assert!(check_next_length(path, &asked("/".repeat(room / 2)), limit).is_err());
        let mut with_next = asked("x".repeat(room));
        with_next.push((NEXT.to_owned(), "t".repeat(token::MAX_TOKEN)));
        assert!(check_next_length(path, &with_next, limit).is_ok());
        let next = pairs::address(
            path,
            with_next.iter().map(|(name, value)| (name.as_str(), value.as_str())),
        );
        let (path, query) = next.split_once('?').unwrap();
        assert!(check_length(path, query, limit).is_ok());
    }
}
