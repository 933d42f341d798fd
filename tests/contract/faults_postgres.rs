//! What becomes of a connection to a server.

use std::time::Duration;

use iris_tables::database::Idle;

use crate::fixture::Fixture;
use crate::harness::Site;

#[test]
fn a_connection_that_was_idle_too_long_is_opened_again_and_another_one_is_kept() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE VIEW served AS SELECT pg_backend_pid() AS pid");
    let served =
        |site: &Site| site.json(&fixture.address("served", ""))["rows"][0]["pid"].as_i64().unwrap();
    let tireless = fixture.site();
    assert_eq!(served(&tireless), served(&tireless));
    let resting = fixture.site_with_idle(Idle { connection: Duration::ZERO, ..Idle::default() });
    assert_ne!(served(&resting), served(&resting));
}

#[test]
fn the_shortest_login_timeout_is_enough_for_a_server_that_answers() {
    let Some(fixture) = Fixture::postgres() else { return };
    fixture.run("CREATE TABLE t (n int PRIMARY KEY)");
    for seconds in ["1", "2"] {
        let site = fixture.site_with(&[("LOGIN_TIMEOUT_SECONDS", seconds)]);
        site.get(&fixture.address("t", "")).expect(200);
    }
}
