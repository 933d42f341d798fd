//! A failed call to a database, and what it means.

use std::time::Duration;

use super::brake::FIRST_REST;
use crate::error::{Error, Refused, Unavailable};

/// A failed call: what it means, and a text for the log that holds no value of a row.
#[derive(Debug)]
pub struct Fault {
    /// What it means.
    pub kind: Kind,
    /// The driver's words.
    pub log: String,
}

/// What a failed call means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The connection is gone.
    Lost,
    /// No connection can be opened.
    Unreachable,
    /// User or password refused.
    LoginRefused,
    /// The login is right, as far as is known; the server has no such database or namespace, or the
    /// user no right to it.
    DatabaseRefused,
    /// No licence unit or connection slot left, or the database is locked.
    LimitReached,
    /// The server gave the statement up.
    TooLong,
    /// A bound value cannot be what its column's type wants.
    BadValue,
    /// A table or column is gone, or the statement no longer fits the catalogue.
    Changed,
    /// The database lacks something that the table is made of; why, for the client, as the rest of a
    /// sentence.
    Unreadable(&'static str),
    /// The server has to prepare the statement once more.
    Recompiled,
    /// The user has no privilege for it, or nobody has: it is read-only.
    Denied,
    /// The server failed at a value, for example at one that cannot be compared.
    Failed,
    /// The connection is not to be trusted any more.
    Broken,
    /// Anything else.
    Other,
}

impl Refused {
    /// What was refused where a login failed so.
    pub fn by(kind: Kind) -> Self {
        if kind == Kind::DatabaseRefused { Self::Database } else { Self::Login }
    }
}

impl Fault {
    /// A fault of this kind.
    pub fn new(kind: Kind, log: impl Into<String>) -> Self {
        Self { kind, log: log.into() }
    }

    /// The same of a failed attempt to connect: whatever is not understood means that there is no
    /// connection.
    pub fn while_connecting(self) -> Self {
        match self.kind {
            Kind::LoginRefused | Kind::DatabaseRefused | Kind::LimitReached => self,
            _ => Self { kind: Kind::Unreachable, ..self },
        }
    }

    /// In the product's terms; `limit` is the time that the request had.
    pub fn into_error(self, limit: Duration) -> Error {
        let unavailable = |why, log| Error::Unavailable { why, log };
        match self.kind {
            Kind::Lost | Kind::Unreachable => unavailable(Unavailable::Unreachable, self.log),
            Kind::LoginRefused | Kind::DatabaseRefused => {
                let what = Refused::by(self.kind);
                unavailable(Unavailable::LoginRefused { what, again: FIRST_REST }, self.log)
            }
            Kind::LimitReached => unavailable(Unavailable::LimitReached, self.log),
            Kind::TooLong => Error::Timeout { limit, advice: None },
            Kind::BadValue => Error::BadValue,
            Kind::Changed | Kind::Recompiled => Error::Changed { log: self.log },
            Kind::Unreadable(reason) => Error::Unreadable { reason, log: self.log },
            Kind::Denied => Error::Denied { log: self.log },
            Kind::Failed => Error::Failed { log: self.log },
            Kind::Broken | Kind::Other => Error::Internal { log: self.log },
        }
    }
}
