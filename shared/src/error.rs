//! What can go wrong, in the product's own terms: no HTTP status and no ODBC here.

use std::time::Duration;

use crate::table::TableName;

/// A request that cannot be answered as asked.
///
/// `Display` is what a client may read; what only the log may hold is in [`Error::log`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A query parameter is unknown, or its value does not fit.
    #[error("Parameter `{name}`: {reason}")]
    Parameter {
        /// The parameter as the client wrote it.
        name: String,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// A query parameter names a column that the table does not have, as far as the catalogue
    /// knows.
    #[error("Parameter `{name}`: {reason}")]
    UnknownColumn {
        /// The parameter as the client wrote it.
        name: String,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// The database says that a value does not fit the type of the column that it is compared with.
    #[error("A value does not fit the type of its column.")]
    BadValue,
    /// No route has this path.
    #[error("There is no page at this address.")]
    UnknownPath,
    /// The table does not exist or is not published: the client cannot tell which.
    #[error("There is no published table of this name.")]
    UnknownTable,
    /// Several schemas have a published table of this name, and none was named.
    #[error("Several schemas have a table of this name: {}. Ask for one of them.", listed(.tables))]
    AmbiguousTable {
        /// The tables, as far as an error lists them.
        tables: Vec<TableName>,
    },
    /// The table has no row with this key.
    #[error("The table has no row with this key.")]
    UnknownRow,
    /// The cell that is asked for by itself is NULL: there is nothing to answer with.
    #[error("The value is NULL.")]
    NoValue,
    /// Only reading is possible.
    #[error("Only GET and HEAD are possible here.")]
    ReadOnly,
    /// None of the representations that we have is acceptable to the client.
    #[error(
        "This address answers as {available}, and the Accept header allows none of them; ask for one of these."
    )]
    NoRepresentation {
        /// The media types there are for this resource, separated by commas.
        available: &'static str,
    },
    /// Path and query together are longer than we read.
    #[error("The address has {length} bytes, and at most {limit} are read; ask for less in it.")]
    AddressTooLong {
        /// Bytes of path and query.
        length: usize,
        /// [`crate::query::MAX_ADDRESS_BYTES`], less what is kept for the position of the next
        /// page.
        limit: usize,
    },
    /// The database cannot be used now; a later request may succeed.
    #[error("The database cannot be reached at the moment. Please try again later.")]
    Unavailable {
        /// Why, for the log.
        why: Unavailable,
        /// The driver's words, for the log.
        log: String,
    },
    /// The database user could write, and no setting allows that.
    #[error(
        "The database user of this service could write to {}. It should only be able to read.",
        .table.as_ref().map_or_else(|| "the database".to_owned(), ToString::to_string)
    )]
    UserCanWrite {
        /// A table that it could write to, where one is known.
        table: Option<TableName>,
    },
    /// Whether the database user could write could not be found out, and no setting allows that.
    #[error(
        "Whether the database user of this service could write to {table} could not be found out."
    )]
    UserNotChecked {
        /// A table of which it could not.
        table: TableName,
        /// Why, for the log.
        log: String,
    },
    /// Deep health: something that the tables cannot be read without.
    #[error("{detail}")]
    Lacking {
        /// What.
        missing: Missing,
        /// The same in a sentence.
        detail: String,
        /// After which time to try again, where that is known.
        again: Option<Duration>,
        /// Why, for the log.
        log: String,
    },
    /// The query took longer than it may.
    #[error(
        "The database did not answer within {} seconds.{}", limit.as_secs(),
        advice.as_ref().map(|advice| format!(" {advice}")).unwrap_or_default()
    )]
    Timeout {
        /// The time it was given.
        limit: Duration,
        /// What to ask for instead, in a sentence, where something helps.
        advice: Option<String>,
    },
    /// The table is not what the catalogue says: it has changed, and to read the catalogue again
    /// helps, or it is a view of something that is gone.
    #[error("The table cannot be read: something that it is made of has changed or is gone.")]
    Changed {
        /// The driver's words, for the log.
        log: String,
    },
    /// The table cannot be read, and to look it up again would not help: the database lacks
    /// something that it is made of.
    #[error("The table cannot be read: {reason}.")]
    Unreadable {
        /// Why, for the client: the rest of a sentence, with no name of a host or a driver.
        reason: &'static str,
        /// The driver's words, for the log.
        log: String,
    },
    /// The database user has no privilege for what the statement reads. A table of which nothing may
    /// be read is [`Error::UnknownTable`] once that is found out.
    #[error("The request could not be answered because of a fault on our side.")]
    Denied {
        /// The driver's words, for the log.
        log: String,
    },
    /// The database failed while it ran the statement: perhaps a column refuses to be compared.
    #[error("The request could not be answered because of a fault on our side.")]
    Failed {
        /// The driver's words, for the log.
        log: String,
    },
    /// Nobody is known to call, and somebody must be.
    #[error("Sign in, or send a token{}.", address.as_ref().map(|address| format!(" to {address}")).unwrap_or_default())]
    SignInNeeded {
        /// Where programs call with a token, where that is another address.
        address: Option<String>,
    },
    /// A sign-in cannot be completed: it was begun elsewhere, or the provider's answer does not
    /// fit.
    #[error("You could not be signed in. {reason}")]
    SignInFailed {
        /// A sentence for the person.
        reason: String,
        /// What does not fit, for the log. Holds no code, token or state.
        log: String,
    },
    /// The sign-in provider cannot be used now.
    #[error("The sign-in service cannot be reached at the moment. Please try again later.")]
    ProviderUnavailable {
        /// Why, for the log.
        log: String,
    },
    /// The rows of the table are chosen by what is said of the caller, and that is not said.
    #[error(
        "The rows of this table are chosen by the claim `{claim}` of your sign-in, which {why}. Ask whoever manages your account."
    )]
    ClaimMissing {
        /// The claim.
        claim: String,
        /// The rest of a sentence.
        why: &'static str,
    },
    /// That somebody has seen rows cannot be written down, so nobody may see them.
    #[error(
        "Who reads this table is written down, and that is not possible at the moment. Please try again later."
    )]
    AuditUnavailable {
        /// Why, for the log.
        log: String,
    },
    /// A defect of ours, of the configuration or of the database: the client learns no more than
    /// that.
    #[error("The request could not be answered because of a fault on our side.")]
    Internal {
        /// What happened, for the log. Holds no row value and no secret.
        log: String,
    },
}

/// Why the database cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// No connection, or it broke and broke again when tried again.
    Unreachable,
    /// The database refused the user or the password.
    LoginRefused {
        /// What of it, as far as the server says.
        what: Refused,
        /// After which time the login is tried again: until then nobody asks the database.
        again: Duration,
    },
    /// The database has no licence unit or connection left.
    LimitReached,
}

/// Why a table cannot be read whose view divides by zero, or takes a text for a number.
pub const NOT_COMPUTED: &str = "a row of it cannot be computed";

/// What of a login a database refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// User, password, or the right to log in.
    Login,
    /// The database or namespace.
    Database,
}

/// What the database's user lacks, as deep health says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A login that is taken.
    Login,
    /// The namespace or database, or the right to it.
    Namespace,
    /// The right to read the catalogue.
    Catalogue,
    /// A published table, or the right to read it.
    Table,
}

impl Missing {
    /// Each of them once.
    pub const ALL: [Self; 4] = [Self::Login, Self::Namespace, Self::Catalogue, Self::Table];

    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Namespace => "namespace",
            Self::Catalogue => "catalogue",
            Self::Table => "table",
        }
    }
}

impl Error {
    /// A parameter error; `reason` is a sentence for the client.
    pub fn parameter(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Parameter { name: name.into(), reason: reason.into() }
    }

    /// The same for a column that the table does not have, as far as the catalogue knows.
    pub fn unknown_column(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::UnknownColumn { name: name.into(), reason: reason.into() }
    }

    /// A fault on our side; `log` goes to the log only.
    pub fn internal(log: impl Into<String>) -> Self {
        Self::Internal { log: log.into() }
    }

    /// What kind of error for the log: clients need not know why a database is unavailable; alarms
    /// and log queries do, and look for these words.
    pub fn log_kind(&self) -> &'static str {
        match self {
            Self::Unavailable { why: Unavailable::Unreachable, .. } => "database-unreachable",
            Self::Unavailable { why: Unavailable::LoginRefused { .. }, .. }
            | Self::Lacking { missing: Missing::Login | Missing::Namespace, .. } => "login-refused",
            Self::Unavailable { why: Unavailable::LimitReached, .. } => "limit-reached",
            other => other.kind(),
        }
    }

    /// What kind of error, in one word that never changes: clients compare it, and the log counts
    /// by it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Parameter { .. } | Self::UnknownColumn { .. } | Self::BadValue => {
                "invalid-parameter"
            }
            Self::UnknownPath => "unknown-address",
            Self::UnknownTable => "unknown-table",
            Self::AmbiguousTable { .. } => "ambiguous-table",
            Self::UnknownRow => "unknown-row",
            Self::NoValue => "no-value",
            Self::ReadOnly => "read-only",
            Self::NoRepresentation { .. } => "no-representation",
            Self::AddressTooLong { .. } => "address-too-long",
            Self::Unavailable { .. } => "database-unavailable",
            Self::UserCanWrite { .. } => "user-can-write",
            Self::UserNotChecked { .. } => "user-not-checked",
            Self::Lacking { missing: Missing::Login | Missing::Namespace, .. } => {
                "database-unavailable"
            }
            Self::Lacking { .. } => "database-not-ready",
            Self::Changed { .. } | Self::Unreadable { .. } => "table-unreadable",
            Self::Timeout { .. } => "database-timeout",
            Self::SignInNeeded { .. } => "sign-in-needed",
            Self::ClaimMissing { .. } => "claim-missing",
            Self::AuditUnavailable { .. } => "audit-unavailable",
            Self::SignInFailed { .. } => "sign-in-failed",
            Self::ProviderUnavailable { .. } => "provider-unavailable",
            Self::Denied { .. } | Self::Failed { .. } | Self::Internal { .. } => "internal-error",
        }
    }

    /// What the log says beyond the `Display` text, if anything.
    pub fn log(&self) -> Option<&str> {
        match self {
            Self::Unavailable { log, .. }
            | Self::Changed { log }
            | Self::Unreadable { log, .. }
            | Self::UserNotChecked { log, .. }
            | Self::Lacking { log, .. }
            | Self::Denied { log }
            | Self::SignInFailed { log, .. }
            | Self::ProviderUnavailable { log }
            | Self::AuditUnavailable { log }
            | Self::Failed { log }
            | Self::Internal { log } => Some(log),
            _ => None,
        }
    }

    /// Why a table cannot be read, where it is the table that is to blame and neither the connection
    /// nor the request: others can be read all the same. The rest of a sentence.
    pub fn reason_of_table(&self) -> Option<&'static str> {
        match self {
            Self::Changed { .. } => Some("something that it is made of has changed or is gone"),
            Self::Unreadable { reason, .. } => Some(reason),
            Self::Failed { .. } | Self::Internal { .. } => {
                Some("the database does not describe it")
            }
            _ => None,
        }
    }
}

fn listed(tables: &[TableName]) -> String {
    let names: Vec<String> = tables.iter().map(|table| format!("`{table}`")).collect();
    names.join(", ")
}
