//! `AUDIT_TABLES` and `AUDIT_LOG`: whose answers are written down, and where.

use std::path::PathBuf;

use super::{AUDIT_LOG, AUDIT_TABLES, Access, ConfigError, Patterns, Secret};

/// What is written down of answers.
#[derive(Debug, Clone)]
pub struct Audit {
    /// `AUDIT_TABLES`: the tables.
    pub tables: Patterns,
    /// `AUDIT_LOG`: where to.
    pub log: AuditLog,
}

/// Where lines are written.
#[derive(Debug, Clone)]
pub enum AuditLog {
    /// A file of this machine.
    File(PathBuf),
    /// A log group of CloudWatch Logs.
    Group(Group),
}

/// A log group, and who writes to it.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// The region.
    pub region: String,
    /// The address of the service, without a `/` at the end.
    pub endpoint: String,
    /// AWS' key, as the environment of a function has it.
    pub key_id: String,
    /// Its secret.
    pub key: Secret,
    /// The token that goes with it.
    pub token: Option<Secret>,
}

type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads them. An answer that nobody is known to have asked for is none to write down.
pub fn read(lookup: Lookup, access: &Access) -> Result<Option<Audit>, ConfigError> {
    let tables = Patterns::parse(&lookup(AUDIT_TABLES).unwrap_or_default())
        .map_err(|reason| ConfigError::new(AUDIT_TABLES, reason))?;
    let log = lookup(AUDIT_LOG);
    if tables.is_empty() {
        return Ok(None);
    }
    if matches!(access, Access::Public) {
        return Err(ConfigError::new(
            AUDIT_TABLES,
            "with ACCESS=public nobody is known; set ACCESS to jwt, iam or login, or leave the audit out",
        ));
    }
    let log = log.ok_or_else(|| {
        ConfigError::new(AUDIT_LOG, "it is not set, but AUDIT_TABLES needs it: write file:PATH")
    })?;
    let log = match log.strip_prefix("file:") {
        Some("") => return Err(ConfigError::new(AUDIT_LOG, "it names no file: write file:PATH")),
        Some(path) => AuditLog::File(PathBuf::from(path)),
        None => AuditLog::Group(group(log, lookup)?),
    };
    Ok(Some(Audit { tables, log }))
}

fn group(name: String, lookup: Lookup) -> Result<Group, ConfigError> {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/.#".contains(&byte);
    if name.len() > 512 || !name.bytes().all(is_letter) {
        let reason = format!("`{name}` is neither file:PATH nor the name of a log group");
        return Err(ConfigError::new(AUDIT_LOG, reason));
    }
    let needed = |variable: &str| {
        let lacks = || {
            let reason = format!("a log group needs {variable} in the environment, as on Lambda");
            ConfigError::new(AUDIT_LOG, reason)
        };
        lookup(variable).ok_or_else(lacks)
    };
    let region = needed("AWS_REGION")?;
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let own = || format!("https://logs.{region}.{domain}");
    let endpoint = ["AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "AWS_ENDPOINT_URL"];
    let endpoint = endpoint.into_iter().find_map(lookup).unwrap_or_else(own);
    Ok(Group {
        name,
        endpoint: endpoint.trim_end_matches('/').to_owned(),
        key_id: needed("AWS_ACCESS_KEY_ID")?,
        key: needed("AWS_SECRET_ACCESS_KEY")?.into(),
        token: lookup("AWS_SESSION_TOKEN").map(Secret::from),
        region,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_with(settings: &[(&str, &str)], access: &Access) -> Result<Option<Audit>, String> {
        let find = |name: &str| {
            settings.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
        };
        read(&find, access).map_err(|error| error.to_string())
    }

    #[test]
    fn an_audit_needs_callers_and_a_log() {
        let tables = (AUDIT_TABLES, "Clinic.*");
        assert!(read_with(&[], &Access::Public).unwrap().is_none());
        assert!(read_with(&[(AUDIT_LOG, "file:x")], &Access::Public).unwrap().is_none());
        let file = read_with(&[tables, (AUDIT_LOG, "file:a/b.jsonl")], &Access::Jwt).unwrap();
        assert!(matches!(file.unwrap().log, AuditLog::File(path) if path.ends_with("b.jsonl")));
        let aws = [
            tables,
            (AUDIT_LOG, "/iris-tables/x/audit"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2"),
        ];
        let group = read_with(&aws, &Access::Iam).unwrap().unwrap();
        assert!(!format!("{group:?}").contains("hunter2"));
        let AuditLog::Group(group) = group.log else { panic!("a group") };
        assert_eq!(group.endpoint, "https://logs.eu-central-1.amazonaws.com");
        for (settings, access, words) in [
            (&aws[..], Access::Public, "nobody is known"),
            (&[tables], Access::Jwt, "AUDIT_TABLES needs it"),
            (&[tables, (AUDIT_LOG, "file:")], Access::Jwt, "names no file"),
            (&[tables, (AUDIT_LOG, "a b")], Access::Jwt, "neither file:PATH"),
            (&aws[..4], Access::Jwt, "AWS_SECRET_ACCESS_KEY"),
            (&[(AUDIT_TABLES, "Clinic")], Access::Jwt, "names no schema"),
        ] {
            let said = read_with(settings, &access).unwrap_err();
            assert!(said.contains(words), "{said}");
        }
    }
}
