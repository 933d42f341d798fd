use http::HeaderValue;
use tracing::Level;

use super::*;

fn read_from(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
    read(|name| {
        settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

/// With a source, so that only what is given can be wrong.
fn read_with(name: &str, value: &str) -> Result<Config, ConfigError> {
    read_from(&[(DATABASE_URL, "sqlite:data"), (name, value)])
}

#[test]
fn defaults_are_safe() {
    let bare = read_from(&[(DATABASE_URL, "sqlite:data")]).unwrap();
    assert!(bare.published.is_empty());
    assert_eq!((bare.page_size, bare.max_page_size), (100, 10_000));
    assert_eq!(
        (bare.query_timeout, bare.login_timeout),
        (Duration::from_secs(20), Duration::from_secs(5))
    );
    assert_eq!(bare.site.http.cache_control.default, "private, no-cache");
    assert_eq!(bare.site.http.cors_origins, CorsOrigins::Listed(Vec::new()));
    assert_eq!((bare.site.title.as_str(), bare.site.log_level), ("iris-tables", Level::INFO));
    assert_eq!((bare.odbc_driver, bare.database_ca_file), (None, None));
    assert!(
        matches!(bare.source, Source::Url(Target { place: Place::Folder(folder), .. }) if folder.as_os_str() == "data")
    );
}

#[test]
fn documented_defaults_are_those_in_force() {
    let unset = read_from(&[(DATABASE_URL, "sqlite:data")]).unwrap();
    for Setting { name, default, .. } in SETTINGS {
        let Some(default) = default else { continue };
        let set = read_with(name, default).unwrap();
        assert_eq!(format!("{set:?}"), format!("{unset:?}"), "{name}={default} is not its default");
    }
}

#[test]
fn empty_is_unset() {
    let spaces =
        read(|name| Some(if name == DATABASE_URL { " sqlite:data\n" } else { " \n" }.into()))
            .unwrap();
    assert_eq!(
        format!("{spaces:?}"),
        format!("{:?}", read_from(&[(DATABASE_URL, "sqlite:data")]).unwrap())
    );
}

#[test]
fn every_setting_is_read() {
    let config = read_from(&[
        (DATABASE_SECRET_ID, "arn:aws:secretsmanager:eu-west-1:123456789012:secret:iris-AbCdEf"),
        (PUBLISHED_TABLES, "Bank.*, Sales.Order"),
        (ODBC_DRIVER, "/opt/lib/libirisodbcur6435.so"),
        (DATABASE_CA_FILE, "/opt/ca.pem"),
        (PAGE_SIZE, "50"),
        (MAX_PAGE_SIZE, "50"),
        (QUERY_TIMEOUT_SECONDS, "28"),
        (LOGIN_TIMEOUT_SECONDS, "1"),
        (CACHE_CONTROL, "public, max-age=60"),
        (CACHE_CONTROL_TABLES, "Bank.*=no-store"),
        (CORS_ORIGINS, "HTTPS://Example.org:443, http://localhost:3000,"),
        (SITE_TITLE, "Büro"),
        (LOG_LEVEL, "DEBUG"),
    ])
    .unwrap();
    assert!(matches!(config.source, Source::Secret(id) if id.ends_with("iris-AbCdEf")));
    assert!(config.published.matches("bank", "x") && config.published.matches("sales", "order"));
    assert_eq!(config.odbc_driver, Some("/opt/lib/libirisodbcur6435.so".into()));
    assert_eq!(config.database_ca_file, Some("/opt/ca.pem".into()));
    assert_eq!((config.page_size, config.max_page_size), (50, 50));
    assert_eq!(
        (config.query_timeout, config.login_timeout),
        (Duration::from_secs(28), Duration::from_secs(1))
    );
    assert_eq!(config.site.http.cache_control.default, "public, max-age=60");
    let origins =
        ["https://example.org", "http://localhost:3000"].map(HeaderValue::from_static).to_vec();
    assert_eq!(config.site.http.cors_origins, CorsOrigins::Listed(origins));
    assert_eq!((config.site.title.as_str(), config.site.log_level), ("Büro", Level::DEBUG));
    assert_eq!(read_with(CORS_ORIGINS, "*").unwrap().site.http.cors_origins, CorsOrigins::Any);
}

#[test]
fn a_small_maximum_lowers_the_default() {
    let config = read_with(MAX_PAGE_SIZE, "20").unwrap();
    assert_eq!((config.page_size, config.max_page_size), (20, 20));
}

#[test]
fn ca_certificates_switch_tls_on() {
    let tls = |url| match read_from(&[(DATABASE_URL, url), (DATABASE_CA_FILE, "/ca.pem")])
        .map(|config| config.source)
    {
        Ok(Source::Url(Target { place: Place::Server(server), .. })) => Ok(server.tls),
        Err(error) => Err(error.variable),
        other => panic!("{other:?}"),
    };
    assert_eq!(tls("iris://u:p@h/USER"), Ok(true));
    assert_eq!(tls("iris://u:p@h/USER?tls=false"), Err(DATABASE_CA_FILE));
    // It would end the driver's own settings, and begin others.
    let broken = read_from(&[(DATABASE_URL, "iris://u:p@h/USER"), (DATABASE_CA_FILE, "/a\nb.pem")]);
    assert_eq!(broken.map(|_| ()).map_err(|error| error.variable), Err(DATABASE_CA_FILE));
}

#[test]
fn a_bad_value_is_one_message_that_names_the_setting() {
    for (name, value, said) in [
        (DATABASE_URL, "", "neither it nor DATABASE_SECRET_ID is set"),
        (DATABASE_URL, "mysql://u:p@h/d", "Right are sqlite:FOLDER"),
        (PUBLISHED_TABLES, "Account", "`Account` names no schema"),
        (PAGE_SIZE, "10001", "10001 is more than MAX_PAGE_SIZE, which is 10000"),
        (PAGE_SIZE, "0", "not a whole number from 1 to"),
        (MAX_PAGE_SIZE, "many", "`many` is not a whole number from 1 to"),
        (MAX_PAGE_SIZE, "-1", "not a whole number"),
        (QUERY_TIMEOUT_SECONDS, "29", "from 1 to 28"),
        (LOGIN_TIMEOUT_SECONDS, "2.5", "from 1 to 28"),
        (CACHE_CONTROL, "max-age", "write `max-age=60`"),
        (CACHE_CONTROL_TABLES, "Bank.Account", "is no rule"),
        (CORS_ORIGINS, "https://a.example/", "`https://a.example/` is no origin"),
        (CORS_ORIGINS, "a.example", "is no origin"),
        (CORS_ORIGINS, "https://a.example, *", "`*` is no origin"),
        (CORS_ORIGINS, "null", "is no origin"),
        (CORS_ORIGINS, "https://u@a.example", "is no origin"),
        (LOG_LEVEL, "loud", "`loud` is not error, warn, info, debug or trace"),
    ] {
        let error =
            if name == DATABASE_URL { read_from(&[(name, value)]) } else { read_with(name, value) }
                .unwrap_err();
        assert_eq!(error.variable, name);
        let message = error.to_string();
        assert!(message.starts_with(&format!("{name}: ")) && message.contains(said), "{message}");
        assert!(
            message.ends_with('.') && !message.ends_with("..") && !message.contains('\n'),
            "{message}"
        );
    }
}

#[test]
fn the_source_is_exactly_one() {
    let both =
        read_from(&[(DATABASE_URL, "sqlite:data"), (DATABASE_SECRET_ID, "iris")]).unwrap_err();
    assert!(both.to_string().contains("DATABASE_SECRET_ID is set too"), "{both}");
}

#[test]
fn no_message_and_no_log_shows_a_password() {
    let config = read_from(&[(DATABASE_URL, "iris://ann:hunter2@h/USER")]).unwrap();
    assert!(!format!("{config:?} {config:#?}").contains("hunter2"));
    let Source::Url(Target { place: Place::Server(server), .. }) = config.source else { panic!() };
    assert_eq!(server.password.expose(), "hunter2");
    assert!(!format!("{} {:?}", server.password, server.password).contains("hunter2"));
    let error = read_from(&[(DATABASE_SECRET_ID, "iris://ann:hunter2@h/USER")]).unwrap_err();
    assert!(
        error.variable == DATABASE_SECRET_ID && !error.to_string().contains("hunter2"),
        "{error}"
    );
}

#[test]
fn every_name_is_listed() {
    let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let config = read(|name| {
        asked.borrow_mut().insert(name.to_owned());
        // What a sign-in needs is asked for only where people sign in.
        let given = [
            (DATABASE_URL, "sqlite:data"),
            (ACCESS, "login"),
            (OIDC_ISSUER, "https://id.example"),
            (OIDC_CLIENT_ID, "tables"),
            (SITE_ADDRESS, "https://tables.example"),
            (SESSION_KEY, "0123456789abcdef0123456789abcdef"),
        ];
        given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    });
    assert!(config.is_ok());
    assert_eq!(asked.into_inner(), SETTINGS.map(|setting| setting.name.to_owned()).into());
}
