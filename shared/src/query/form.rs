//! What our own forms send.

use super::{FORM, FORM_COLUMN, FORM_OPERATOR, FORM_VALUE, NEXT, SEARCH, SIZE, is_ours};
use crate::error::Error;

/// Turns what our own form sends into the canonical parameters; nothing for a request that is none of a form.
///
/// # Errors
/// [`Error::Parameter`] for an operator or value without its column.
pub fn form(pairs: &[(String, String)]) -> Result<Option<Vec<(String, String)>>, Error> {
    if !pairs.iter().any(|(name, _)| name == FORM) {
        return Ok(None);
    }
    let of_filter = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let dropped = |name: &str, value: &str| match name {
        FORM | FORM_COLUMN | FORM_OPERATOR | FORM_VALUE | NEXT => true,
        // An empty field of the form asks for nothing. A filter for an empty text is none of these fields.
        SEARCH | SIZE => value.is_empty(),
        _ => false,
    };
    let mut canonical: Vec<(String, String)> =
        pairs.iter().filter(|(name, value)| !dropped(name, value)).cloned().collect();
    if let Some(column) = of_filter(FORM_COLUMN).filter(|column| !column.is_empty()) {
        let operator = of_filter(FORM_OPERATOR).unwrap_or_default();
        // Without an operator a name like one of ours would be taken for ours.
        let name = match operator {
            "" if is_ours(column) => format!("{column}__exact"),
            "" => column.to_owned(),
            operator => format!("{column}__{operator}"),
        };
        canonical.push((name, of_filter(FORM_VALUE).unwrap_or_default().to_owned()));
    } else if of_filter(FORM_VALUE).is_some_and(|value| !value.is_empty()) {
        return Err(Error::parameter(FORM_COLUMN, "Choose the column that the value is to be compared with."));
    }
    Ok(Some(canonical))
}
