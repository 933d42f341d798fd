//! Where to go from an error page.

use percent_encoding::percent_decode_str;

use super::Link;
use super::address::table_path;
use crate::error::Error;
use crate::query::{self, pairs};
use crate::table::TableName;

/// Links from an error's page: to the same without the wrong parameter, to the table. Those to
/// everywhere stand in the template.
pub fn ways_on(path: &str, query: &str, error: &Error) -> Vec<Link> {
    if let Error::SignInFailed { .. } | Error::ProviderUnavailable { .. } = error {
        return vec![Link { label: "Sign in again".to_owned(), href: "/login".to_owned() }];
    }
    let Some((address, table)) = table_in(path) else {
        // Of other routes only `/` has a parameter that a page sends.
        return Vec::new();
    };
    let table_address = format!("/table/{}", pairs::table_segment(&table));
    let to_table =
        |words: &str| Link { label: format!("{words} {table}"), href: table_address.clone() };
    match error {
        Error::Parameter { name, .. } | Error::UnknownColumn { name, .. } if is_of_rows(path) => {
            let pairs = pairs::parse(query).unwrap_or_default();
            // Of groups it is the groups that go on without it.
            let address = match path.ends_with("/groups") {
                true => format!("{address}/groups"),
                false => address,
            };
            let href = without(&address, &pairs, name);
            let all = (href != table_address).then(|| to_table("All of"));
            let label = match name.as_str() {
                query::NEXT => format!("First page of {table}"),
                query::form::CHOSEN => format!("All columns of {table}"),
                name => format!("Leave it out: {table} without {name}"),
            };
            std::iter::once(Link { label, href }).chain(all).collect()
        }
        Error::Parameter { .. }
        | Error::UnknownColumn { .. }
        | Error::BadValue
        | Error::UnknownRow
        | Error::AddressTooLong { .. } => {
            vec![to_table("All of")]
        }
        Error::AmbiguousTable { tables } => {
            let link =
                |table: &TableName| Link { label: table.to_string(), href: table_path(table) };
            tables.iter().map(link).collect()
        }
        Error::UnknownTable => {
            let name = table.rsplit('.').next().unwrap_or(&table);
            let href = pairs::address("/", [(query::SEARCH, name)]);
            vec![Link { label: format!("Search the tables for “{name}”"), href }]
        }
        _ => Vec::new(),
    }
}

/// The address without a parameter, on its first page: a position belongs to the filters that it
/// was found with.
fn without(address: &str, pairs: &[(String, String)], name: &str) -> String {
    let form = pairs.iter().find(|(known, _)| known == query::FORM);
    // Of a form that went wrong, what it kept is all that was in force.
    let kept = form.map(|(_, state)| pairs::parse(state).unwrap_or_default());
    let kept = kept.as_deref().unwrap_or(pairs);
    let dropped =
        |known: &str| known == name || [query::NEXT, query::FORMAT, query::VIEW].contains(&known);
    pairs::address(
        address,
        kept.iter().filter(|(known, _)| !dropped(known)).map(|(known, value)| (&**known, &**value)),
    )
}

/// The address of a table's route, encoded, and the table's name as it was asked for: paths come
/// decoded or not.
fn table_in(path: &str) -> Option<(String, String)> {
    let asked = path.strip_prefix("/table/")?;
    let asked = ["/row", "/schema", "/groups"]
        .iter()
        .find_map(|end| asked.strip_suffix(end))
        .unwrap_or(asked);
    let name = percent_decode_str(asked).decode_utf8().ok()?.into_owned();
    Some((format!("/table/{}", pairs::table_segment(&name)), name))
}

fn is_of_rows(path: &str) -> bool {
    !path.ends_with("/row") && !path.ends_with("/schema")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(path: &str, query: &str, error: &Error) -> String {
        ways_on(path, query, error).first().map_or_else(String::new, |way| way.href.clone())
    }

    #[test]
    fn a_wrong_parameter_is_left_out_and_the_others_stay() {
        let wrong = |name: &str| Error::parameter(name, "It does not fit.");
        let query = "Balance__gt=x&_sort=-Balance&City=a%26b&_next=abc";
        assert_eq!(
            first("/table/Bank.Account", query, &wrong("Balance__gt")),
            "/table/Bank.Account?_sort=-Balance&City=a%26b"
        );
        assert_eq!(
            first("/table/Bank.Account", "_next=abc&_size=5", &wrong("_next")),
            "/table/Bank.Account?_size=5"
        );
        assert_eq!(first("/table/Odd.50%25", "x=1", &wrong("x")), "/table/Odd.50%25");
        assert_eq!(first("/table/Odd.50%", "x=1", &wrong("x")), "/table/Odd.50%25");
        assert_eq!(
            first("/table/T", "_form=a%3D1%26_size%3D5&_q=x", &wrong("_q")),
            "/table/T?a=1&_size=5"
        );
    }

    #[test]
    fn other_errors_lead_to_the_table_or_to_a_search_for_it() {
        assert_eq!(
            first("/table/Bank.Account/row", "ID=7", &Error::UnknownRow),
            "/table/Bank.Account"
        );
        assert_eq!(first("/table/Bank.Acount", "", &Error::UnknownTable), "/?_q=Acount");
        assert_eq!(first("/nothing", "", &Error::UnknownPath), "");
    }
}
