use proptest::prelude::*;

use super::*;

fn parsed(url: &str) -> Server {
    match Target::parse(url, false) {
        Ok(Target { place: Place::Server(server), .. }) => server,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_part_is_read() {
    let server = parsed("IRIS://Ann%40x:p%2Fw%3A%25@db.example:51773/%25SYS?tls=true");
    assert_eq!(
        (server.dialect.names()[0], server.host.as_str(), server.port),
        ("iris", "db.example", 51773)
    );
    assert_eq!((server.user.as_str(), server.password.expose()), ("Ann@x", "p/w:%"));
    assert_eq!((server.database.as_str(), server.tls), ("%SYS", true));
}

#[test]
fn what_is_left_out_has_its_usual_value() {
    let server = parsed("postgresql://ann@[2001:db8::1]/büro");
    assert_eq!((server.dialect.names()[0], server.port, server.tls), ("postgres", 5432, false));
    assert_eq!((server.host.as_str(), server.database.as_str()), ("2001:db8::1", "büro"));
    assert_eq!(server.password.expose(), "");
    assert_eq!(parsed("iris://a:b@h/USER").port, 1972);
    assert_eq!(parsed("iris://a:b@[::1]:1973/USER").port, 1973);
    assert_eq!(parsed("iris://a:p@ss:w@h/USER").password.expose(), "p@ss:w");
    assert!(parsed("postgres://a@h/d?sslmode=verify-full").tls);
    let Ok(Target { place: Place::Server(server), .. }) =
        Target::parse("iris://a@h/USER?tls=false", true)
    else {
        panic!()
    };
    assert!(!server.tls);
}

#[test]
fn a_folder_is_taken_as_it_is() {
    for (url, expected) in
        [("sqlite:data/my%20files", "data/my%20files"), ("SQLite:/var/data", "/var/data")]
    {
        let Ok(Target { place: Place::Folder(folder), .. }) = Target::parse(url, false) else {
            panic!("{url}")
        };
        assert_eq!(folder, PathBuf::from(expected));
    }
}

#[test]
fn what_is_wrong_is_said_without_the_url() {
    for (url, said) in [
        ("hunter2", "no URL"),
        ("mysql://u:hunter2@h/d", "no kind of database"),
        ("iris:u:hunter2@h/USER", "`//` must follow"),
        ("iris://hunter2/USER", "user and password are missing"),
        ("iris://:hunter2@h/USER", "the user is missing"),
        ("iris://u:hunter2@h", "the namespace or database is missing"),
        ("iris://u:hunter2@h/", "the namespace or database is missing"),
        ("iris://u:hunter2@h/a/b", "one name only"),
        ("iris://u:hunter2@/USER", "the host"),
        ("iris://u:hunter2@h;Trusted=1/USER", "the host"),
        ("iris://u:hunter2@h:0/USER", "the port"),
        ("iris://u:hunter2@h:65536/USER", "the port"),
        ("iris://u:hunter2@h:+1/USER", "the port"),
        ("iris://u:hunter2@h:/USER", "the port"),
        ("iris://u:hunter2@[::1]x/USER", "the port"),
        ("iris://u:hunter2@[::1/USER", "`]`"),
        ("iris://u:hunter2@[db]/USER", "no IPv6 address"),
        ("iris://u:hunter2#@h/USER", "%23"),
        ("iris://u:hunter2?@h/USER", "user and password are missing"),
        ("iris://u:hunter2%@h/USER", "in the password a `%`"),
        ("iris://u:hunter2%ff@h/USER", "the password is not UTF-8"),
        ("iris://u:hunter2%00@h/USER", "the password has a control character"),
        ("iris://u:hunter2@h/USER?hunter2", "only tls=true"),
        ("iris://u:hunter2@h/USER?sslmode=require", "only tls=true"),
        ("iris://u:hunter2@h/USER?tls=true&tls=false", "twice"),
        ("postgres://u:hunter2@h/d?sslmode=prefer", "sslmode must be"),
        ("sqlite:", "folder is missing"),
        ("sqlite:///hunter2", "without `//`"),
    ] {
        let message = Target::parse(url, false).unwrap_err();
        assert!(message.contains(said), "{url}: {message}");
        assert!(message.contains("iris://user:password@host:1972/NAMESPACE"), "{url}: {message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}

proptest! {
    #[test]
    fn any_login_survives_percent_encoding(user in "[^\\p{Cc}]{1,12}", password in "[^\\p{Cc}]{0,12}") {
        let encoded = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let server = parsed(&format!("iris://{}:{}@h/USER", encoded(&user), encoded(&password)));
        prop_assert_eq!(server.user.as_str(), user.as_str());
        prop_assert_eq!(server.password.expose(), password.as_str());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(iris|postgres|sqlite)?:?/?/?[a@:/\\[\\]%?#=.]{0,20}") {
        let _ = Target::parse(&text, false);
    }
}
