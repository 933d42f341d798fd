//! The audit in CloudWatch Logs, whose API moto speaks; it stops answering in mid-use.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::moto::{self, Moto};
use tests::proxy::Proxy;

use crate::fixture::{Fixture, Kind, Table};
use crate::harness::LOGIN;
use crate::row;

const GROUP: &str = "/iris-tables/test/audit";

/// Twice the time that writing may take, and some for a busy machine.
const AT_MOST: Duration = Duration::from_secs(9);

/// The lines of all streams of the group.
fn lines(moto: &Moto) -> Vec<Value> {
    let events = moto.logs("FilterLogEvents", &json!({"logGroupName": GROUP}));
    let events = events["events"].as_array().unwrap().clone();
    events
        .iter()
        .map(|event| serde_json::from_str(event["message"].as_str().unwrap()).unwrap())
        .collect()
}

#[test]
fn lines_go_to_cloudwatch_logs_and_no_row_leaves_without() {
    let Some(moto) = Moto::shared() else { return };
    moto.logs("CreateLogGroup", &json!({"logGroupName": GROUP}));
    let table = Table::new("Patient")
        .column("ID", Kind::Integer)
        .column("Name", Kind::Varchar(20))
        .key(&["ID"])
        .rows([row![1, "Zoë"], row![2, "hunter2"]]);
    let fixture = Fixture::with(&[table]);
    let proxy = Proxy::to(moto.port());
    let aws = moto::settings(proxy.port());
    let mut settings = LOGIN.to_vec();
    settings.extend(aws.iter().map(|(name, value)| (*name, value.as_str())));
    settings.extend([("AUDIT_TABLES", "Test.*"), ("AUDIT_LOG", GROUP)]);
    let site = fixture.site_with(&settings);
    site.sign_in(&BTreeMap::new());
    let address = fixture.address("Patient", "?Name=Zo%C3%AB");
    site.get(&address).expect(200);
    site.get(&address).expect(200);
    let written = lines(moto);
    assert_eq!(written.len(), 2);
    assert_eq!(
        (&written[0]["keys"], &written[0]["query"]),
        (&json!([{"ID": "1"}]), &json!("Name=Zo%C3%AB"))
    );
    proxy.silence();
    let since = Instant::now();
    let refused = site.get(&address).expect(503);
    assert!(since.elapsed() < AT_MOST, "{:?}", since.elapsed());
    assert_eq!(refused.json()["type"], "urn:iris-tables:problem:audit-unavailable");
    assert!(!refused.text().contains("Zoë"), "{}", refused.text());
    proxy.forward();
    site.get(&address).expect(200);
    // Somebody has deleted the stream.
    let streams = moto.logs("DescribeLogStreams", &json!({"logGroupName": GROUP}));
    for stream in streams["logStreams"].as_array().unwrap() {
        let name = &stream["logStreamName"];
        moto.logs("DeleteLogStream", &json!({"logGroupName": GROUP, "logStreamName": name}));
    }
    site.get(&address).expect(200);
    assert_eq!(lines(moto).len(), 1);
    moto.logs("DeleteLogGroup", &json!({"logGroupName": GROUP}));
    site.get(&address).expect(503);
}
