//! TLS to the database: whose certificate is taken. That to Secrets Manager is tried beside the
//! secrets.

use std::fs;
use std::path::Path;

use tests::at_end::{AtEnd, new_folder};
use tests::function::Function;
use tests::postgres::Postgres;
use tests::tls::Certificates;

use crate::shop::{Shop, TABLE, encoded, unavailable, with};

#[test]
fn a_server_must_show_a_certificate_of_its_name_that_is_trusted() {
    let (Some(right), Some(other)) = (Certificates::of("localhost"), Certificates::of("localhost"))
    else {
        return;
    };
    let of_server = right.of_postgres();
    let Some(server) = Postgres::start(&of_server.each_ref().map(String::as_str)) else { return };
    let shop = Shop::new(&server);
    let login = format!("{}:{}", shop.reader, encoded(&shop.password));
    let settings = |host: &str, ca_file: &str| {
        let url = format!("postgres://{login}@{host}:{}/{}?tls=true", server.port(), shop.database);
        with(&shop.with_url(url), "DATABASE_CA_FILE", ca_file)
    };
    let function = shop.start(TABLE, &settings("localhost", &right.authority())).ready();
    function.get("/table/shop.item").expect(200);
    let encrypted = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND usename LIKE 'reader%'";
    assert_eq!(shop.sql(encrypted), "1");
    // With all that has a meaning in a connection string, or in what libpq is told.
    let odd = right.authority() + r".o'ca {};x}=\+%41.pem";
    fs::copy(right.authority(), &odd).unwrap();
    shop.start(TABLE, &settings("localhost", &odd)).ready().get("/table/shop.item").expect(200);
    let logins = shop.logins();
    for (host, ca_file, reason) in [
        ("127.0.0.1", right.authority(), "does not match host name"),
        ("localhost", other.authority(), "certificate verify failed"),
        // Without a file of one's own those whom everybody trusts.
        ("localhost", String::new(), "certificate verify failed"),
        ("localhost", "/nowhere/ca.pem".to_owned(), "/nowhere/ca.pem"),
    ] {
        let function = shop.start(TABLE, &settings(host, &ca_file)).ready();
        unavailable(function.get("/table/shop.item"), "10");
        function.logs(reason);
    }
    assert_eq!(shop.logins(), logins);
}

/// IRIS' driver reads its TLS settings from a file. The environment may name a user's own.
#[test]
fn what_iris_driver_reads_is_written_to_a_file_of_the_process() {
    let folder = new_folder("iris-tls");
    let _folder = AtEnd::run("rm -rf -- \"$1\"", &[folder.as_ref()]);
    let own = folder.join("own.ini");
    fs::write(&own, "[own]").unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let settings = [
        ("DATABASE_URL", "iris://reader:swordfish@127.0.0.1:9/USER?tls=true".to_owned()),
        ("DATABASE_CA_FILE", "/opt/ca.pem".to_owned()),
        // A file is enough: what is looked at comes before the driver.
        ("ODBC_DRIVER", text(&own)),
        ("ISC_SSLconfigurations", text(&own)),
        ("TMPDIR", text(&folder)),
    ];
    let function = Function::start(TABLE, &settings).never_says(&["swordfish"]).ready();
    unavailable(function.get("/table/a.b"), "10");
    let written =
        fs::read_to_string(folder.join(format!("iris-tables-tls-{}.ini", function.process())))
            .unwrap();
    for line in ["CAFile=/opt/ca.pem", "VerifyPeer=1", "VerifyHost=1", "TLSMinVersion=16"] {
        assert!(written.lines().any(|other| other == line), "{line}: {written}");
    }
    assert_eq!(fs::read_to_string(&own).unwrap(), "[own]");
}
