//! Address and login come from Secrets Manager, and change.

use serde_json::{Value, json};
use tests::function::Function;
use tests::moto::{self, Moto};
use tests::port;
use tests::postgres::Postgres;
use tests::proxy::Proxy;
use tests::tls::{Certificates, Listener};
use tests::wait;

use crate::shop::{INDEX, Shop, TABLE, refused, unavailable, with};

const READ: &str = "X-Amz-Target: secretsmanager.GetSecretValue";

/// What a test has: PostgreSQL, and a proxy before Secrets Manager that counts.
struct Vault<'a> {
    shop: Shop<'a>,
    server: &'a Postgres,
    moto: &'a Moto,
    proxy: Proxy,
}

impl Vault<'_> {
    fn new() -> Option<Self> {
        let (server, moto) = (Postgres::shared()?, Moto::shared()?);
        Some(Self { shop: Shop::new(server), server, moto, proxy: Proxy::to(moto.port()) })
    }

    /// The secret's name.
    fn name(&self) -> &str {
        &self.shop.database
    }

    /// A secret as a rotation of AWS' own writes it.
    fn secret(&self, user: &str, password: &str) -> Value {
        json!({
            "engine": "postgres", "host": "127.0.0.1", "port": self.server.port(), "dbname": self.shop.database,
            "username": user, "password": password
        })
    }

    fn create(&self) {
        self.moto
            .create(self.name(), &self.secret(&self.shop.reader, &self.shop.password).to_string());
    }

    fn put(&self, user: &str, password: &str) {
        self.moto.put(self.name(), &self.secret(user, password).to_string());
    }

    /// How often the secret has been read.
    fn read(&self) -> usize {
        self.proxy.heard(READ)
    }

    fn function(&self) -> Function {
        self.function_with(TABLE, self.proxy.port()).ready()
    }

    /// A function that finds Secrets Manager at this port.
    fn function_with(&self, program: &str, port: u16) -> Function {
        self.shop.start(program, &self.settings(port))
    }

    fn settings(&self, port: u16) -> Vec<(&'static str, String)> {
        let mut settings = self.shop.with_url(String::new());
        settings.retain(|(name, _)| *name != "DATABASE_URL");
        settings.extend(moto::settings(port));
        with(&settings, "DATABASE_SECRET_ID", self.name())
    }
}

#[test]
fn a_secret_is_read_at_the_start_and_cached() {
    let Some(vault) = Vault::new() else { return };
    vault.create();
    let function = vault.function();
    assert_eq!((vault.read(), vault.shop.logins()), (1, (1, 0)));
    for _ in 0..5 {
        function.get("/table/shop.item").expect(200);
    }
    assert_eq!((vault.read(), vault.shop.logins()), (1, (1, 0)));
}

#[test]
fn a_rotated_password_is_noticed_at_the_first_refused_login() {
    let Some(vault) = Vault::new() else { return };
    vault.create();
    let function = vault.function().never_says(&["swordfish"]);
    let reader = &vault.shop.reader;
    vault.shop.sql(&format!("ALTER ROLE {reader} PASSWORD 'swordfish'"));
    vault.put(reader, "swordfish");
    // An open connection outlives its password.
    function.get("/table/shop.item").expect(200);
    assert_eq!(vault.read(), 1);
    vault.shop.terminate_backends();
    function.get("/table/shop.item").expect(200);
    assert_eq!((vault.read(), vault.shop.logins()), (2, (2, 1)));
    vault.shop.terminate_backends();
    function.get("/table/shop.item").expect(200);
    assert_eq!((vault.read(), vault.shop.logins()), (2, (3, 1)));
}

#[test]
fn a_rotation_may_change_the_user() {
    let Some(vault) = Vault::new() else { return };
    vault.create();
    let function = vault.function().never_says(&["swordfish"]);
    let (first, second) = (vault.shop.reader.clone(), format!("{}_clone", vault.shop.reader));
    vault.shop.grant(&second, "swordfish");
    vault.put(&second, "swordfish");
    // The first user's password is valid until the next rotation: no login is refused.
    vault.shop.terminate_backends();
    function.get("/table/shop.item").expect(200);
    assert_eq!(vault.read(), 1);
    vault.shop.sql(&format!("ALTER ROLE {first} PASSWORD 'of the next'"));
    vault.shop.terminate_backends();
    function.get("/table/shop.item").expect(200);
    let users = "SELECT DISTINCT usename FROM pg_stat_activity WHERE usename LIKE 'reader%' AND datname = current_database()";
    assert_eq!((vault.shop.sql(users), vault.read()), (second, 2));
}

#[test]
fn a_wrong_secret_does_not_cause_many_logins() {
    let Some(vault) = Vault::new() else { return };
    vault.create();
    let reader = &vault.shop.reader;
    vault.put(reader, "swordfish");
    let function = vault.function().never_says(&["swordfish", "marlin"]);
    assert_eq!(
        (vault.read(), vault.shop.logins()),
        (2, (0, 1)),
        "read, refused, read again and found the same"
    );
    for _ in 0..3 {
        refused(function.get("/table/shop.item"));
    }
    assert_eq!((vault.read(), vault.shop.logins()), (2, (0, 1)));
    // Another one that is wrong, too, is tried once, however many ask until it is noticed and after
    // that.
    vault.put(reader, "marlin");
    wait::until("a new secret that is noticed", || {
        refused(function.get("/table/shop.item"));
        vault.shop.logins().1 > 1
    });
    refused(function.get("/table/shop.item"));
    assert_eq!(vault.shop.logins(), (0, 2));
    vault.put(reader, &vault.shop.password);
    wait::until("the right secret that is noticed", || {
        function.get("/table/shop.item").status == 200
    });
    assert_eq!(vault.shop.logins(), (1, 2));
}

#[test]
fn without_secrets_manager_there_is_a_503_until_it_is_back() {
    let Some(vault) = Vault::new() else { return };
    vault.create();
    let port = port::free();
    let function = vault.function_with(TABLE, port).ready();
    unavailable(function.get("/table/shop.item"), "10");
    let proxy = Proxy::on(port, vault.moto.port());
    function.get("/table/shop.item").expect(200);
    assert_eq!(proxy.heard(READ), 1);
}

#[test]
fn without_keys_or_a_region_the_log_says_which_variables_are_missing() {
    let Some(vault) = Vault::new() else { return };
    for missing in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        let mut settings = vault.settings(vault.proxy.port());
        settings.retain(|(name, _)| *name != missing);
        let function = vault.shop.start(TABLE, &settings).ready();
        function.get("/table/shop.item").expect(500);
        function.logs(missing);
    }
}

#[test]
fn a_silent_secrets_manager_does_not_block_for_long() {
    let Some(vault) = Vault::new() else { return };
    vault.create();
    vault.proxy.silence();
    let function = vault.function();
    let started = std::time::Instant::now();
    unavailable(function.get("/table/shop.item"), "10");
    assert!(started.elapsed().as_secs() < 15, "{:?}", started.elapsed());
    vault.proxy.forward();
    function.get("/table/shop.item").expect(200);
    // Once known, it is not missed.
    vault.proxy.silence();
    vault.shop.terminate_backends();
    function.get("/table/shop.item").expect(200);
}

/// The time for the query is the time for all: what comes before the database takes its part of it.
#[test]
fn a_refused_login_and_a_silent_secrets_manager_end_in_the_time_of_the_request() {
    let Some(vault) = Vault::new() else { return };
    vault.create();
    let settings = with(&vault.settings(vault.proxy.port()), "QUERY_TIMEOUT_SECONDS", "1");
    let function = vault.shop.start(TABLE, &settings).ready();
    vault.shop.sql(&format!("ALTER ROLE {} PASSWORD 'swordfish'", vault.shop.reader));
    vault.shop.terminate_backends();
    vault.proxy.silence();
    unavailable(function.get("/table/shop.item"), "10");
    function.logs("no answer in the time that the request has");
    // What comes next waits for neither.
    refused(function.get("/table/shop.item"));
    function.logs("this login is not tried for ");
}

/// Whom to trust says the variable that OpenSSL reads, too; on Lambda it is the system's own file.
#[test]
fn secrets_manager_must_show_a_certificate_of_its_name_that_the_machine_trusts() {
    let (Some(right), Some(other)) =
        (Certificates::of("localhost"), Certificates::of("example.org"))
    else {
        return;
    };
    let Some(vault) = Vault::new() else { return };
    vault.create();
    for (shown, trusted, reason) in [
        (&right, &right, None),
        (&right, &other, Some("UnknownIssuer")),
        (&other, &other, Some("certificate not valid for name")),
    ] {
        let listener = Listener::before(vault.proxy.port(), shown);
        let mut settings = vault.settings(0);
        settings.push(("SSL_CERT_FILE", trusted.authority()));
        let settings =
            with(&settings, "AWS_ENDPOINT_URL", &format!("https://localhost:{}", listener.port()));
        let before = vault.read();
        let function = vault.shop.start(TABLE, &settings).ready();
        let answer = function.get("/table/shop.item");
        match reason {
            None => assert_eq!((answer.expect(200).status, vault.read()), (200, before + 1)),
            Some(reason) => {
                unavailable(answer, "10");
                function.logs(reason);
                assert_eq!(vault.read(), before);
            }
        }
    }
}

#[test]
fn an_unusable_secret_is_500_and_is_not_shown() {
    let Some(vault) = Vault::new() else { return };
    let texts = [
        "swordfish",
        r#"{"engine":"postgres","password":"swordfish","host":"h","username":"u"}"#,
        r#"{"engine":"swordfish"}"#,
        r#"["swordfish"]"#,
    ];
    vault.moto.create(vault.name(), "{}");
    let function = vault.function().never_says(&["swordfish"]);
    for text in texts {
        vault.moto.put(vault.name(), text);
        function.get("/table/shop.item").expect(500);
    }
    vault.put(&vault.shop.reader, &vault.shop.password);
    function.get("/table/shop.item").expect(200);
}

#[test]
fn a_secret_that_is_binary_or_missing_is_500() {
    let Some(vault) = Vault::new() else { return };
    let function = vault.function();
    function.get("/table/shop.item").expect(500);
    vault.moto.create_binary(vault.name(), b"swordfish");
    let function = function.never_says(&["swordfish", "c3dvcmRmaXNo"]);
    function.get("/table/shop.item").expect(500);
    function.logs("ResourceNotFound");
    function.logs("the secret is binary");
}

#[test]
fn the_deep_health_reports_a_secret_that_cannot_be_read() {
    let Some(vault) = Vault::new() else { return };
    let function = vault.function_with(INDEX, vault.proxy.port()).ready();
    function.get("/health?deep=1").expect(500);
    function.get("/health").expect(200);
    vault.create();
    function.get("/health?deep=1").expect(200);
}
