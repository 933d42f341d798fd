//! A small database of a test's own in PostgreSQL, and the functions over it.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tests::at_end::root;
use tests::function::{Answer, Function};
use tests::postgres::{PASSWORD, Postgres};
use tests::wait;

pub const INDEX: &str = env!("CARGO_BIN_EXE_index-function");
pub const SITE: &str = env!("CARGO_BIN_EXE_site-function");
pub const TABLE: &str = env!("CARGO_BIN_EXE_table-function");

/// Longer than any test waits.
pub const FOR_EVER: Duration = Duration::from_secs(600);

/// Rows of `shop.many`: ten times what the driver fetches at once.
pub const MANY: usize = 2_000;

/// Bytes of the answer to a query for all of `shop.many` that are surely neither its beginning nor
/// its end.
pub const IN_MID_FETCH: usize = 150_000;

/// `slow` takes as long as `pace` says; `setting` tells what the connection is like; `writing`
/// writes.
const TABLES: &str = "
    CREATE SCHEMA shop;
    CREATE TABLE shop.item(id integer PRIMARY KEY, name text NOT NULL);
    INSERT INTO shop.item VALUES (1, 'chair'), (2, 'table'), (3, 'lamp');
    CREATE TABLE shop.many(id integer PRIMARY KEY, text text NOT NULL);
    INSERT INTO shop.many SELECT n, repeat('x', 100) || n FROM generate_series(1, 2000) n;
    CREATE TABLE shop.pace(seconds double precision NOT NULL);
    INSERT INTO shop.pace VALUES (0);
    CREATE VIEW shop.slow AS
        SELECT i.id, i.name FROM (SELECT pg_sleep((SELECT seconds FROM shop.pace)) OFFSET 0) s, shop.item i;
    CREATE VIEW shop.setting AS SELECT 1 AS id, current_setting('default_transaction_read_only') AS read_only;
    CREATE FUNCTION shop.write() RETURNS text LANGUAGE sql AS
        $$INSERT INTO shop.item VALUES (4, 'bed') RETURNING name$$;
    CREATE VIEW shop.writing AS SELECT 1 AS id, shop.write() AS name;
";

/// The database.
pub struct Shop<'a> {
    server: &'a Postgres,
    /// Its name; no answer may tell.
    pub database: String,
    /// The user that `infra/grants.sql` makes.
    pub reader: String,
    /// His password; no answer and no log may tell.
    pub password: String,
}

impl<'a> Shop<'a> {
    /// Makes it.
    pub fn new(server: &'a Postgres) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let shop = Self {
            server,
            database: format!("shop_{number}"),
            reader: format!("reader_{number}"),
            password: format!("hunter;2={{'{number}"),
        };
        server.sql("postgres", &format!("CREATE DATABASE {}", shop.database));
        shop.sql(TABLES);
        shop.grant(&shop.reader, &shop.password);
        shop
    }

    /// Makes a user as `infra/grants.sql` says.
    pub fn grant(&self, user: &str, password: &str) {
        let take_section = "sed '1,/^-- ==== PostgreSQL/d' infra/grants.sql";
        let section =
            Command::new("sh").args(["-c", take_section]).current_dir(root()).output().unwrap();
        let mut psql = self.server.psql(&self.database);
        psql.args(["-v", &format!("reader={user}"), "-v", &format!("password={password}")]);
        psql.args(["-v", "schema=shop", "-v", "connections=20"]);
        let mut psql = psql
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        psql.stdin.take().unwrap().write_all(&section.stdout).unwrap();
        let output = psql.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "infra/grants.sql: {said}");
    }

    /// The settings of a function that reaches the server at this port, as the reader.
    pub fn settings(&self, port: u16) -> Vec<(&'static str, String)> {
        let (user, password) = (&self.reader, &self.password);
        self.with_url(format!(
            "postgres://{user}:{}@127.0.0.1:{port}/{}",
            encoded(password),
            self.database
        ))
    }

    /// The same for a superuser.
    pub fn settings_of_owner(&self) -> Vec<(&'static str, String)> {
        self.with_url(format!(
            "postgres://postgres:{PASSWORD}@127.0.0.1:{}/{}",
            self.server.port(),
            self.database
        ))
    }

    /// The settings with this URL.
    pub fn with_url(&self, url: String) -> Vec<(&'static str, String)> {
        [vec![("DATABASE_URL", url)], OWN.map(|(name, value)| (name, value.to_owned())).to_vec()]
            .concat()
    }

    /// A function with these settings, which logs all it can and never says the password.
    pub fn start(&self, program: &str, settings: &[(&str, String)]) -> Function {
        let encoded = encoded(&self.password);
        Function::start(program, settings).never_says(&[&self.password, &encoded])
    }

    /// Runs SQL as the superuser.
    pub fn sql(&self, text: &str) -> String {
        self.server.sql(&self.database, text)
    }

    /// Lets `shop.slow` take that long.
    pub fn pace(&self, time: Duration) {
        self.sql(&format!("UPDATE shop.pace SET seconds = {}", time.as_secs_f64()));
    }

    /// The process ids of connections that are not the superuser's.
    pub fn backends(&self) -> Vec<String> {
        self.pids("")
    }

    /// Waits until a query sleeps on the server, and gives its connection's process id.
    pub fn sleeping(&self) -> String {
        wait::until_some("a query that sleeps", || self.pids("AND wait_event = 'PgSleep'").pop())
    }

    fn pids(&self, condition: &str) -> Vec<String> {
        let sql = format!(
            "SELECT pid FROM pg_stat_activity WHERE datname = '{}' AND usename <> 'postgres' {condition}",
            self.database
        );
        self.server.sql("postgres", &sql).lines().map(str::to_owned).collect()
    }

    /// Ends the connections of all but the superuser, and waits until they are gone.
    pub fn terminate_backends(&self) {
        self.backends().iter().for_each(|pid| self.terminate(pid));
    }

    /// Ends a connection, and waits until it is gone.
    pub fn terminate(&self, pid: &str) {
        self.server.sql("postgres", &format!("SELECT pg_terminate_backend({pid})"));
        wait::until("the end of a connection", || {
            !self.backends().iter().any(|other| other == pid)
        });
    }

    /// The number of logins to this database, and of refused passwords.
    pub fn logins(&self) -> (usize, usize) {
        let log = self.server.log();
        let count = |words: String| log.matches(&words).count();
        let refused = format!("password authentication failed for user \"{}\"", self.reader);
        let authorized = format!("user={} database={}", self.reader, self.database);
        (count(format!("connection authorized: {authorized}")), count(refused))
    }
}

impl Drop for Shop<'_> {
    fn drop(&mut self) {
        // Functions that a panic has not ended yet, and whatever else the test had.
        let _ = self
            .server
            .psql("postgres")
            .args(["-c", &format!("DROP DATABASE {} (FORCE)", self.database)])
            .output();
    }
}

/// What all functions of these tests are set to, unless a test says otherwise.
const OWN: [(&str, &str); 4] = [
    ("PUBLISHED_TABLES", "shop.*"),
    ("LOG_LEVEL", "trace"),
    ("QUERY_TIMEOUT_SECONDS", "20"),
    ("LOGIN_TIMEOUT_SECONDS", "5"),
];

/// It is a 503 without internal details that says when to try again.
pub fn unavailable(answer: Answer, retry_after: &str) {
    let answer = answer.expect(503);
    assert_eq!(
        (answer.problem().as_str(), answer.header("retry-after")),
        ("database-unavailable", retry_after)
    );
}

/// The same for a refused login, which is tried again in ten seconds at most after its first
/// refusal.
pub fn refused(answer: Answer) {
    let seconds = answer.header("retry-after").to_owned();
    assert!((1..=10).contains(&seconds.parse().unwrap_or(0)), "{answer:?}");
    unavailable(answer, &seconds);
}

/// It is 504.
pub fn too_slow(answer: Answer) {
    assert_eq!(answer.expect(504).problem(), "database-timeout");
}

/// Settings, one of them another.
pub fn with(
    settings: &[(&'static str, String)],
    name: &'static str,
    value: &str,
) -> Vec<(&'static str, String)> {
    let others = settings.iter().filter(|(other, _)| *other != name).cloned();
    others.chain([(name, value.to_owned())]).collect()
}

/// Text, percent-encoded.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// Lambda kills a process that long after it has asked it to end.
const KILLED_AFTER: Duration = Duration::from_millis(500);

/// An instance that is asked to end does not wait for what hangs. Each attempt gives the time that
/// it took: a busy machine may be late by itself, but not always.
pub fn ends_in_time(attempt: impl Fn() -> Duration) {
    let in_time = (0..5).map(|_| attempt()).find(|time| *time < KILLED_AFTER);
    assert!(in_time.is_some(), "never within {KILLED_AFTER:?}");
}

/// How long an instance takes to its end, asked in the midst of a request that hangs.
pub fn ended_after(function: &Function, address: &str, hangs: impl Fn() -> bool) -> Duration {
    let _asked = function.ask(address);
    wait::until("a request that hangs", hangs);
    let started = Instant::now();
    function.terminate();
    assert!(function.ended().success(), "{}", function.log());
    started.elapsed()
}
