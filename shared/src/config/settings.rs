//! The settings as data: what `docs/settings.md`, the Makefile and template.yaml are held against.

use super::{
    ACCESS, AUDIT_LOG, AUDIT_TABLES, CACHE_CONTROL, CACHE_CONTROL_TABLES, CORS_ORIGINS,
    DATABASE_CA_FILE, DATABASE_SECRET_ID, DATABASE_URL, DATABASE_USER_MAY_WRITE, HIDDEN_COLUMNS,
    LABELS, LOG_LEVEL, LOGIN_TIMEOUT_SECONDS, MAX_PAGE_SIZE, ODBC_DRIVER, OIDC_CA_FILE,
    OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_CLIENT_SECRET_ID, OIDC_ISSUER, OIDC_SCOPES, PAGE_SIZE,
    PUBLISHED_TABLES, QUERY_TIMEOUT_SECONDS, ROW_RULES, SESSION_CLAIMS, SESSION_KEY,
    SESSION_MINUTES, SESSION_SECRET_ID, SITE_ADDRESS, SITE_TITLE, TOKEN_ADDRESS,
};

/// An environment variable that the functions read.
#[derive(Debug)]
pub struct Setting {
    /// The variable.
    pub name: &'static str,
    /// What it does, in Markdown.
    pub meaning: &'static str,
    /// The value that stands in where it is unset.
    pub default: Option<&'static str>,
}

/// All settings, in the order of the documentation.
pub const SETTINGS: [Setting; 33] = [
    Setting {
        name: DATABASE_URL,
        meaning: "The database: `iris://user:password@host:1972/NAMESPACE`, \
                  `postgres://user:password@host:5432/database` or `sqlite:FOLDER`. Special \
                  characters are percent-encoded; `?tls=true` at the end means TLS. Either it or \
                  `DATABASE_SECRET_ID` must be set.",
        default: None,
    },
    Setting {
        name: DATABASE_SECRET_ID,
        meaning: "In place of `DATABASE_URL`: name or ARN of an AWS Secrets Manager secret with \
                  `engine`, `host`, `port`, `namespace` or `dbname`, `username`, `password` and \
                  `tls`. AWS' keys and `AWS_REGION` are taken from the environment.",
        default: None,
    },
    Setting {
        name: PUBLISHED_TABLES,
        meaning: "Patterns `Schema.Table` of the tables to publish, separated by commas: `*` for \
                  any characters, case-insensitive, a part in double quotes as it stands. Schemas \
                  of the system only when named in full. Unset, nothing is published.",
        default: None,
    },
    Setting {
        name: HIDDEN_COLUMNS,
        meaning: "Patterns `Schema.Table.Column` of columns that nobody may see, separated by \
                  commas and written as above: `HR.*.Salary, *.*.Password`. For all that is asked \
                  they do not exist. Unset, none.",
        default: None,
    },
    Setting {
        name: LABELS,
        meaning: "The column that says what a row of a table is, shown beside the keys that refer \
                  to it: `Sales.Customer=Name; HR.*=Title`. The first rule that matches counts. \
                  Unset, none.",
        default: None,
    },
    Setting {
        name: ODBC_DRIVER,
        meaning: "The path of the driver library, where it is not in its usual place.",
        default: None,
    },
    Setting {
        name: DATABASE_CA_FILE,
        meaning: "CA certificates for TLS to the database. Unset, the public ones.",
        default: None,
    },
    Setting { name: PAGE_SIZE, meaning: "Rows of a page without `_size`.", default: Some("100") },
    Setting {
        name: MAX_PAGE_SIZE,
        meaning: "The largest `_size`. Pages in HTML have at most 1,000 rows whatever it says.",
        default: Some("10000"),
    },
    Setting {
        name: QUERY_TIMEOUT_SECONDS,
        meaning: "Seconds for the database's part of a request, from 1 to 28.",
        default: Some("20"),
    },
    Setting {
        name: LOGIN_TIMEOUT_SECONDS,
        meaning: "Seconds for a login, from 1 to 28.",
        default: Some("5"),
    },
    Setting {
        name: ACCESS,
        meaning: "Who may call: `public` (everybody), `jwt` or `iam` (whom API Gateway has checked), `login` (people who sign in). Must be set on Lambda; elsewhere unset is `public`.",
        default: None,
    },
    Setting {
        name: OIDC_ISSUER,
        meaning: "With `login`: the OpenID Connect provider, as its tokens write it (`https://…`).",
        default: None,
    },
    Setting {
        name: OIDC_CLIENT_ID,
        meaning: "With `login`: the client that the provider knows the site as.",
        default: None,
    },
    Setting {
        name: OIDC_CLIENT_SECRET_ID,
        meaning: "With `login`: name or ARN of the secret with the client secret, as plain text. Unset, PKCE alone.",
        default: None,
    },
    Setting {
        name: OIDC_CLIENT_SECRET,
        meaning: "In place of `OIDC_CLIENT_SECRET_ID`, for local use: the client secret.",
        default: None,
    },
    Setting {
        name: OIDC_SCOPES,
        meaning: "With `login`: the scopes to ask for, `openid` among them.",
        default: Some("openid profile email"),
    },
    Setting {
        name: OIDC_CA_FILE,
        meaning: "With `login`: CA certificates for TLS to the provider. Unset, the public ones.",
        default: None,
    },
    Setting {
        name: SITE_ADDRESS,
        meaning: "With `login`: scheme and host of the site (`https://tables.example.org`); the provider sends people back there. `make run` knows its own.",
        default: None,
    },
    Setting {
        name: TOKEN_ADDRESS,
        meaning: "With `login`: the address where programs call with a token, named in the answer 401.",
        default: None,
    },
    Setting {
        name: SESSION_SECRET_ID,
        meaning: "With `login`: name or ARN of the secret that sessions are sealed with: any text of at least 32 characters.",
        default: None,
    },
    Setting {
        name: SESSION_KEY,
        meaning: "In place of `SESSION_SECRET_ID`, for local use: that text.",
        default: None,
    },
    Setting {
        name: SESSION_MINUTES,
        meaning: "With `login`: minutes until somebody signs in again, from 5 to 720.",
        default: Some("60"),
    },
    Setting {
        name: SESSION_CLAIMS,
        meaning: "With `login`: names of the claims that a session remembers beside name and subject, separated by commas.",
        default: None,
    },
    Setting {
        name: ROW_RULES,
        meaning: "Which rows a caller sees: `Clinic.*.Ward=claim:ward; Sales.Order.Region=claim:regions`. The column equals the claim, case-sensitive, or one of a list; all rules that match a table hold. Not with `public`. Unset, all rows.",
        default: None,
    },
    Setting {
        name: AUDIT_TABLES,
        meaning: "Patterns of the tables of which it is written down who has seen which rows, as in `PUBLISHED_TABLES`. Not with `public`. Unset, none.",
        default: None,
    },
    Setting {
        name: AUDIT_LOG,
        meaning: "With `AUDIT_TABLES`: where to, `file:PATH` or the name of a log group of CloudWatch Logs. AWS' keys and `AWS_REGION` are taken from the environment.",
        default: None,
    },
    Setting {
        name: CACHE_CONTROL,
        meaning: "The `Cache-Control` header of every answer except errors, which are never \
                  cached. Unset, `private, no-cache`, and with `ACCESS=login` `no-store`.",
        default: None,
    },
    Setting {
        name: CACHE_CONTROL_TABLES,
        meaning: "The same for single tables: `Ref.*=public, max-age=3600; Sales.Order, \
                  HR.*=no-store`. The first rule that matches counts.",
        default: None,
    },
    Setting {
        name: CORS_ORIGINS,
        meaning: "Origins whose scripts may read answers, separated by commas, or `*`. Their \
                  browsers' preflight requests are answered too. Unset, none.",
        default: None,
    },
    Setting {
        name: SITE_TITLE,
        meaning: "The name of the site on its pages.",
        default: Some("iris-tables"),
    },
    Setting {
        name: LOG_LEVEL,
        meaning: "`error`, `warn`, `info`, `debug` (the text of each SQL statement, never a \
                  value) or `trace`.",
        default: Some("info"),
    },
    Setting {
        name: DATABASE_USER_MAY_WRITE,
        meaning: "`true`: `/health?deep=1` does not fail for a database user who could write.",
        default: Some("false"),
    },
];
