//! Groups as JSON, NDJSON and CSV.

use super::{json, text};
use crate::error::Error;
use crate::grouping::Function;
use crate::query::ROWS;
use crate::view::Value;
use crate::view::envelope::GroupsTail;
use crate::view::groups::{GroupLayout, GroupRow};

/// The names of groups as they stand before their values.
#[derive(Debug)]
pub struct GroupKeys {
    by: Vec<Vec<u8>>,
    /// For each function that is asked for, where its measures begin, and their names.
    functions: Vec<(Function, Vec<usize>, Vec<Vec<u8>>)>,
}

impl GroupKeys {
    /// The names of these groups.
    pub fn new(layout: &GroupLayout) -> Self {
        let (table, query) = (&layout.table, &layout.query);
        let by: Vec<String> = query.by.iter().map(|by| by.name(table)).collect();
        let of = |function: Function| {
            let measures = query.measures.iter().enumerate();
            let own = measures.filter(|(_, measure)| measure.function == function);
            let (indices, names): (Vec<usize>, Vec<String>) = own
                .map(|(index, measure)| (index, table.columns[measure.column].name.clone()))
                .unzip();
            (function, indices, json::keys(&names))
        };
        let functions = Function::ALL.into_iter().map(of);
        let functions = functions.filter(|(_, indices, _)| !indices.is_empty()).collect();
        Self { by: json::keys(&by), functions }
    }

    fn write(&self, body: &mut Vec<u8>, group: &GroupRow) -> Result<(), Error> {
        body.extend_from_slice(b"{\"by\":");
        json::write_object(body, &self.by, group.by.iter().cloned());
        body.extend_from_slice(format!(",\"{ROWS}\":{}", group.rows).as_bytes());
        for (function, indices, keys) in &self.functions {
            body.extend_from_slice(format!(",\"{}\":", function.name()).as_bytes());
            let values = indices.iter().map(|index| group.measures[*index].clone());
            json::write_object(body, keys, values);
        }
        body.extend_from_slice(b",\"href\":");
        json::write(body, &group.href)?;
        body.push(b'}');
        Ok(())
    }
}

/// The whole answer as JSON.
///
/// # Errors
/// [`Error::Internal`] for what is no JSON.
pub fn json(
    layout: &GroupLayout,
    groups: &[GroupRow],
    tail: &GroupsTail<'_>,
) -> Result<Vec<u8>, Error> {
    let keys = GroupKeys::new(layout);
    let mut body = b"{\"table\":".to_vec();
    json::write(&mut body, &layout.table.name.to_string())?;
    body.extend_from_slice(b",\"groups\":[");
    for (index, group) in groups.iter().enumerate() {
        body.extend_from_slice(if index > 0 { b",\n" } else { b"\n" });
        keys.write(&mut body, group)?;
    }
    body.extend_from_slice(b"\n]");
    json::close_object(&mut body, tail)?;
    Ok(body)
}

/// An object for each group, a line each.
///
/// # Errors
/// As [`json`].
pub fn ndjson(layout: &GroupLayout, groups: &[GroupRow]) -> Result<Vec<u8>, Error> {
    let keys = GroupKeys::new(layout);
    let mut body = Vec::new();
    for group in groups {
        keys.write(&mut body, group)?;
        body.push(b'\n');
    }
    Ok(body)
}

/// A record for each group, under the names of what they are grouped by, `count` and what is
/// computed.
pub fn csv(layout: &GroupLayout, groups: &[GroupRow]) -> Vec<u8> {
    let mut body = Vec::new();
    text::write_csv_names(&mut body, &layout.names());
    for group in groups {
        text::write_csv_record(&mut body, values(group));
    }
    body
}

/// The values of a group, in the order of [`GroupLayout::names`].
pub fn values(group: &GroupRow) -> impl Iterator<Item = Value<'static>> {
    let rows = Value::Number(group.rows.to_string().into());
    group.by.iter().cloned().chain([rows]).chain(group.measures.iter().cloned())
}
