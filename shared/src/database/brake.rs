//! No storm of logins that the database refuses. Many databases lock a user out, or slow him down,
//! after a few of them, and where everybody may call, anybody's requests would do that to the
//! reader.

use std::time::{Duration, Instant};

use crate::config::Server;
use crate::error::Refused;

/// How long a login rests after its first refusal: a rotation, or a server that starts and says so
/// in another language, is mostly over by then.
pub const FIRST_REST: Duration = Duration::from_secs(10);

/// How long it rests at most, as each refusal doubles the rest: who mends a password waits no
/// longer to see it accepted.
const LONGEST_REST: Duration = Duration::from_secs(300);

/// The login that was refused last, if none was accepted since.
#[derive(Debug)]
pub struct Brake {
    first_rest: Duration,
    refused: Option<Refusal>,
}

#[derive(Debug)]
struct Refusal {
    server: Server,
    what: Refused,
    words: String,
    rest: Duration,
    until: Instant,
}

impl Brake {
    /// A brake that holds a login for this long after its first refusal.
    pub fn new(first_rest: Duration) -> Self {
        Self { first_rest, refused: None }
    }

    /// How long this login still rests, if it does, what of it was refused, and with which words.
    pub fn holds(&self, server: &Server, now: Instant) -> Option<(Duration, Refused, &str)> {
        let refused = self.refused.as_ref().filter(|refused| refused.server.same_login(server))?;
        let left = refused.until.checked_duration_since(now).filter(|left| !left.is_zero())?;
        Some((left, refused.what, &refused.words))
    }

    /// This login was refused with these words. Gives how long it rests now.
    pub fn refused(
        &mut self,
        server: &Server,
        (what, words): (Refused, &str),
        now: Instant,
    ) -> Duration {
        let before = self.refused.take().filter(|refused| refused.server.same_login(server));
        let rest = before.map_or(self.first_rest, |refused| (refused.rest * 2).min(LONGEST_REST));
        self.refused = Some(Refusal {
            server: server.clone(),
            what,
            words: words.to_owned(),
            rest,
            until: now + rest,
        });
        rest
    }

    /// A login was accepted.
    pub fn accepted(&mut self) {
        self.refused = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO: (Refused, &str) = (Refused::Login, "no");

    fn login(password: &str) -> Server {
        let secret = format!(
            r#"{{"engine":"iris","host":"h","namespace":"U","username":"u","password":"{password}"}}"#
        );
        Server::from_secret(&secret, false).unwrap()
    }

    #[test]
    fn each_refusal_doubles_the_rest_until_a_login_is_accepted() {
        let (mut brake, wrong) = (Brake::new(FIRST_REST), login("wrong"));
        let mut now = Instant::now();
        let mut rests = Vec::new();
        for _ in 0..7 {
            assert!(brake.holds(&wrong, now).is_none());
            let rest = brake.refused(&wrong, NO, now);
            assert_eq!(brake.holds(&wrong, now), Some((rest, NO.0, NO.1)));
            now += rest - Duration::from_millis(1);
            assert_eq!(brake.holds(&wrong, now), Some((Duration::from_millis(1), NO.0, NO.1)));
            now += Duration::from_millis(1);
            rests.push(rest.as_secs());
        }
        assert_eq!(rests, [10, 20, 40, 80, 160, 300, 300]);
        brake.accepted();
        assert_eq!(brake.refused(&wrong, NO, now), FIRST_REST);
    }

    #[test]
    fn another_login_is_tried_at_once_and_begins_anew() {
        let (mut brake, now) = (Brake::new(FIRST_REST), Instant::now());
        for _ in 0..3 {
            brake.refused(&login("wrong"), NO, now);
        }
        assert!(brake.holds(&login("new"), now).is_none());
        assert_eq!(brake.refused(&login("new"), NO, now), FIRST_REST);
    }
}
