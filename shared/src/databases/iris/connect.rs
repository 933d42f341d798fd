//! Connecting to IRIS.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::faults;
use crate::config::Server;
use crate::config::process::{IRIS_TLS_SECTION, has_iris_locale, iris_tls_file};
use crate::database::odbc::{Odbc, Ways, driver_path, escape_attribute_value};
use crate::database::{Fault, Kind, Options};

/// What InterSystems' driver (2023.1) does differently.
static WAYS: Ways = Ways {
    classify: faults::classify,
    in_portions: false,
    // Where the line breaks within a block, it fills the rest with rows that came before, or looks
    // for more without end.
    has_stale_rows: true,
    has_whole_texts: true,
    hides_surrogates: true,
    binds_floats_as_text: false,
    // 1.5 is not '1.50'.
    binds_decimals_as_numbers: true,
    has_no_letter: None,
};

/// Where a layer puts IRIS' driver. Of a kit's libraries this is the one for a driver manager with
/// 64-bit lengths.
const DRIVERS: &[&str] = &["/opt/lib/libirisodbcur6435.so", "/usr/local/lib/libirisodbcur6435.so"];

/// IRIS' number for TLS 1.2 in its settings; lower versions are refused.
const TLS_1_2: u32 = 16;

/// IRIS' words for: certificate and host name must be right.
const VERIFY: &str = "VerifyPeer=1\nVerifyHost=1";

/// Opens a connection.
pub fn connect(server: &Server, options: &Options) -> Result<Odbc, Fault> {
    let text = connection_string(server, options)?;
    Odbc::open(&text, options.login_timeout, &WAYS).map_err(faults::of_login)
}

fn connection_string(server: &Server, options: &Options) -> Result<String, Fault> {
    if !has_iris_locale() {
        let text = "the locale of IRISODBCLOCALE (C.UTF-8) is not installed, and IRIS' driver would make other letters of \
                    all beyond ASCII: install it, or put its folder into one named `locale` beside the driver";
        return Err(Fault::new(Kind::Unreachable, text));
    }
    let help = "take libirisodbcur6435.so from InterSystems' ODBC driver kit for this platform";
    let driver = driver_path(options.driver.as_deref(), DRIVERS, "IRIS", help)?;
    // The driver (2023.1) takes braces around a value for a part of it, and every `;` for its end.
    let login = [
        ("namespace", &*server.database),
        ("user", &*server.user),
        ("password", server.password.expose()),
    ];
    if let Some((what, _)) = login.iter().find(|(_, value)| value.contains(';')) {
        let text =
            format!("InterSystems' driver cannot be given a {what} that has a `;`: choose another");
        return Err(Fault::new(Kind::LoginRefused, text));
    }
    let tls = if server.tls {
        write_iris_tls(options)?;
        format!(";Authentication Method=2;Security Level=10;SSL Server Name={IRIS_TLS_SECTION}")
    } else {
        String::new()
    };
    Ok(format!(
        "DRIVER={};SERVER={};PORT={};DATABASE={};UID={};PWD={}{tls}",
        escape_attribute_value(&driver),
        server.host,
        server.port,
        server.database,
        server.user,
        server.password.expose(),
    ))
}

/// Writes the TLS settings that IRIS' driver reads from a file.
fn write_iris_tls(options: &Options) -> Result<(), Fault> {
    let text = format!(
        "[{IRIS_TLS_SECTION}]\nCAFile={}\n{VERIFY}\nTLSMinVersion={TLS_1_2}\n",
        options.ca_certificates()?.display()
    );
    let file = iris_tls_file();
    written_anew(&file, &text).map_err(|error| {
        Fault::new(Kind::Unreachable, format!("{} cannot be written: {error}", file.display()))
    })
}

/// Writes a file that nobody else can have made or opened: it says whom to trust, in a folder that
/// all may write to.
fn written_anew(file: &Path, text: &str) -> io::Result<()> {
    if let Err(error) = fs::remove_file(file)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?
        .write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_there_before_is_neither_followed_nor_shared() {
        let folder =
            std::env::temp_dir().join(format!("iris-tables-written-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (file, other) = (folder.join("file"), folder.join("other"));
        fs::write(&other, "somebody's own").unwrap();
        std::os::unix::fs::symlink(&other, &file).unwrap();
        for text in ["once", "again"] {
            written_anew(&file, text).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        assert_eq!(fs::read_to_string(&other).unwrap(), "somebody's own");
        fs::remove_dir_all(&folder).unwrap();
    }
}
