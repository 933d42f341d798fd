//! Running a statement: its result comes as one cursor or, from PostgreSQL, portion by portion.
//!
//! PostgreSQL's driver holds a whole result in memory, of whatever size. Its own remedy
//! (`UseDeclareFetch`) ends the process when a later portion breaks off within its rows, because
//! the line is cut or a row cannot be computed (seen with 13.02; the code of 17.00 is the same). So
//! the cursor on the server is ours.

use odbc_api::handles::StatementImpl;
use odbc_api::parameter::{InputParameter, VarCharBox, WithDataType};
use odbc_api::{Connection, CursorImpl, DataType, IntoParameter, ParameterCollectionRef};

use super::{Failure, Ways, surrogates};
use crate::database::fault::Kind;
use crate::param::Param;
use crate::statement::Statement;

/// Rows of a portion. A result of not more is asked for without a cursor.
const PORTION: usize = 200;

/// The result of a statement, or a portion of it.
pub type Rows<'a> = CursorImpl<StatementImpl<'a>>;

/// What has been read of a result or a portion.
pub enum Read {
    /// All of it, so many rows.
    All(usize),
    /// As much as is wanted: no further portion is needed.
    Enough,
}

/// Runs a statement, and has its result read. `timeout`: the limit in seconds that the driver hands
/// to the server.
pub fn run<'a>(
    connection: &'a Connection<'static>,
    statement: &Statement,
    ways: &Ways,
    timeout: Option<usize>,
    mut read: impl FnMut(Rows<'a>) -> Result<Read, Failure>,
) -> Result<(), Failure> {
    let params: Vec<Box<dyn InputParameter>> =
        statement.params.iter().map(|param| bind(param, ways)).collect();
    let params = params.as_slice();
    if !ways.in_portions || statement.rows <= PORTION {
        read(result(connection, &statement.text, params, timeout)?)?;
        return Ok(());
    }
    connection.execute("BEGIN", (), timeout)?;
    // Whatever happens, the connection is left without a transaction; where it is lost, there is
    // none.
    let _transaction = Transaction(connection);
    connection.execute(
        &format!("DECLARE page NO SCROLL CURSOR FOR {}", statement.text),
        params,
        timeout,
    )?;
    while let Read::All(PORTION) =
        read(result(connection, &format!("FETCH {PORTION} FROM page"), (), timeout)?)?
    {}
    Ok(())
}

fn result<'a>(
    connection: &'a Connection<'static>,
    text: &str,
    params: impl ParameterCollectionRef,
    timeout: Option<usize>,
) -> Result<Rows<'a>, Failure> {
    let no_result = || Failure::known(Kind::Other, "the statement returned no result");
    connection.execute(text, params, timeout)?.ok_or_else(no_result)
}

struct Transaction<'a>(&'a Connection<'static>);

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        let _ = self.0.execute("ROLLBACK", (), None);
    }
}

fn bind(param: &Param, ways: &Ways) -> Box<dyn InputParameter> {
    match param {
        Param::Double(number) if ways.binds_floats_as_text => {
            Box::new(number.to_string().into_parameter())
        }
        Param::Integer(number) => Box::new((*number).into_parameter()),
        Param::Double(number) => Box::new((*number).into_parameter()),
        Param::Decimal(digits) if ways.binds_decimals_as_numbers => {
            Box::new(WithDataType::new(digits.clone().into_parameter(), numeric(digits)))
        }
        Param::Decimal(text) | Param::Text(text) | Param::Ordered(text) => {
            let wide = ways.hides_surrogates.then(|| surrogates::wide_parameter(text)).flatten();
            wide.unwrap_or_else(|| Box::new(text.clone().into_parameter()))
        }
        Param::RawText(bytes) => Box::new(VarCharBox::from_vec(bytes.clone())),
        Param::Binary(bytes) => Box::new(bytes.clone().into_parameter()),
    }
}

/// The SQL type of a decimal with these digits.
fn numeric(digits: &str) -> DataType {
    let count = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let scale = digits.split_once('.').map_or(0, |(_, fraction)| count(fraction));
    DataType::Numeric {
        precision: count(digits).max(1),
        scale: i16::try_from(scale).unwrap_or(i16::MAX),
    }
}
