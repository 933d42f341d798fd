//! How long an address may be.

use super::{NEXT, pairs, token};
use crate::error::Error;

/// Path and query together: API Gateway takes 10,240 bytes for request line and headers; this
/// leaves room for headers.
pub const MAX_ADDRESS_BYTES: usize = 8_192;

/// Bytes of an address that are kept free for the position of the next page: its name, its signs
/// and its token.
const POSITION_BYTES: usize = token::MAX_TOKEN + 16;

/// An address without a position.
pub const MAX_PLAIN_ADDRESS_BYTES: usize = MAX_ADDRESS_BYTES - POSITION_BYTES;

/// Checks that an address is no longer than we read.
///
/// # Errors
/// [`Error::AddressTooLong`].
pub fn check_length(path: &str, query: &str) -> Result<(), Error> {
    within(path.len() + query.len(), MAX_ADDRESS_BYTES)
}

/// Checks that the link to the next page will be no longer than we read: as we write it, more is
/// percent-encoded than a client may have done.
///
/// # Errors
/// [`Error::AddressTooLong`].
pub fn check_next_length(path: &str, pairs: &[(String, String)]) -> Result<(), Error> {
    let others = pairs.iter().filter(|(name, _)| name != NEXT);
    let address = pairs::address(path, others.map(|(name, value)| (name.as_str(), value.as_str())));
    within(address.len(), MAX_PLAIN_ADDRESS_BYTES)
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
        let path = "/table/Bank.Account";
        let room = MAX_PLAIN_ADDRESS_BYTES - path.len() - "?_q=".len();
        let asked = |text: String| vec![(SEARCH.to_owned(), text)];
        assert!(check_next_length(path, &asked("x".repeat(room))).is_ok());
        assert!(check_next_length(path, &asked("x".repeat(room + 1))).is_err());
        // Written `%2F` in a link.
        assert!(check_next_length(path, &asked("/".repeat(room / 2))).is_err());
        let mut with_next = asked("x".repeat(room));
        with_next.push((NEXT.to_owned(), "t".repeat(token::MAX_TOKEN)));
        assert!(check_next_length(path, &with_next).is_ok());
        let next = pairs::address(
            path,
            with_next.iter().map(|(name, value)| (name.as_str(), value.as_str())),
        );
        let (path, query) = next.split_once('?').unwrap();
        assert!(check_length(path, query).is_ok());
    }
}
