//! A TCP proxy on the loopback address that does what networks do: falls silent, slows down,
//! breaks.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// In order: the other side reads an end.
    Close,
    /// With a reset, as from a machine that has forgotten it.
    Reset,
}

/// What happens once so many bytes more have come from the server.
#[derive(Debug, Clone, Copy)]
enum Then {
    Cut(End),
    Silence,
}

/// A proxy to a server on the loopback address.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    silent: bool,
    closed: bool,
    cuts: usize,
    delay: Duration,
    after: Option<(usize, Then)>,
    links: Vec<[TcpStream; 2]>,
    opened: usize,
    heard: Vec<u8>,
    answered: usize,
    withheld: Option<String>,
    has_withheld: bool,
}

impl Proxy {
    /// Listens on a port of its own.
    pub fn to(server: u16) -> Self {
        Self::on(0, server)
    }

    /// Listens on this port.
    pub fn on(port: u16, server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                if accepting.lock().closed {
                    break;
                }
                accepting.link(client, server);
            }
        });
        Self { port, shared }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Passes nothing on any more. Connections stay open, new ones are taken.
    pub fn silence(&self) {
        self.shared.lock().silent = true;
    }

    /// Passes everything on again, also what came meanwhile.
    pub fn forward(&self) {
        let mut state = self.shared.lock();
        (state.silent, state.delay) = (false, Duration::ZERO);
        self.shared.changed.notify_all();
    }

    /// Lets every piece from the server wait that long.
    pub fn delay(&self, time: Duration) {
        self.shared.lock().delay = time;
    }

    /// Ends all connections that are open.
    pub fn cut(&self, end: End) {
        self.shared.lock().cut(end);
        self.shared.changed.notify_all();
    }

    /// Ends all connections once the server has sent so many bytes more. It happens once.
    pub fn cut_after(&self, bytes: usize, end: End) {
        self.shared.lock().after = Some((bytes, Then::Cut(end)));
    }

    /// Falls silent once the server has sent so many bytes more.
    pub fn silence_after(&self, bytes: usize) {
        self.shared.lock().after = Some((bytes, Then::Silence));
    }

    /// Passes on nothing more of a connection whose client says this: to the client, the server
    /// takes for ever about it. `None` for whatever comes later.
    pub fn withhold(&self, words: Option<&str>) {
        self.shared.lock().withheld = words.map(str::to_owned);
    }

    /// Something was withheld.
    pub fn has_withheld(&self) -> bool {
        self.shared.lock().has_withheld
    }

    /// What was to come after so many bytes has come.
    pub fn has_come(&self) -> bool {
        self.shared.lock().after.is_none()
    }

    /// How many connections have been opened so far.
    pub fn opened(&self) -> usize {
        self.shared.lock().opened
    }

    /// How many bytes the clients have said so far, and the server.
    pub fn bytes(&self) -> (usize, usize) {
        let state = self.shared.lock();
        (state.heard.len(), state.answered)
    }

    /// How often the clients have said this.
    pub fn heard(&self, words: &str) -> usize {
        let state = self.shared.lock();
        state
            .heard
            .windows(words.len())
            .filter(|part| part.eq_ignore_ascii_case(words.as_bytes()))
            .count()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.closed = true;
        state.cut(End::Close);
        drop(state);
        self.shared.changed.notify_all();
        // Wakes the thread that accepts.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Passes on between a client and the server, in a thread for each direction.
    fn link(self: &Arc<Self>, client: TcpStream, server: u16) {
        let mut state = self.lock();
        state.opened += 1;
        let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { return };
        for stream in [&client, &server] {
            stream.set_nodelay(true).unwrap();
        }
        state.links.push([client.try_clone().unwrap(), server.try_clone().unwrap()]);
        drop(state);
        for (from, to, from_server) in [
            (client.try_clone().unwrap(), server.try_clone().unwrap(), false),
            (server, client, true),
        ] {
            let shared = Arc::clone(self);
            thread::spawn(move || shared.pump(from, to, from_server));
        }
    }

    fn pump(&self, mut from: TcpStream, mut to: TcpStream, from_server: bool) {
        let mut piece = [0; 4_096];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            let Some(passed) = self.may_pass(&piece[..length], from_server) else { break };
            if to.write_all(&piece[..passed]).is_err() {
                break;
            }
            if passed < length && !(self.goes_on() && to.write_all(&piece[passed..length]).is_ok())
            {
                break;
            }
        }
        // A connection that is to be reset must not end in order before.
        if !matches!(SockRef::from(&to).linger(), Ok(Some(Duration::ZERO))) {
            let _ = to.shutdown(Shutdown::Write);
        }
    }

    /// Waits until a piece may be passed on, and tells how much of it before something is to
    /// happen.
    fn may_pass(&self, piece: &[u8], from_server: bool) -> Option<usize> {
        let mut state = self.lock();
        if !from_server {
            state.heard.extend_from_slice(piece);
            if state.withholds(piece) {
                state.has_withheld = true;
                let cuts = state.cuts;
                while state.cuts == cuts && !state.closed {
                    state = self.changed.wait(state).unwrap();
                }
                return None;
            }
        } else {
            state.answered += piece.len();
        }
        if from_server && !state.delay.is_zero() {
            let delay = state.delay;
            drop(state);
            thread::sleep(delay);
            state = self.lock();
        }
        let mut state = self.while_silent(state)?;
        let length = piece.len();
        Some(match &mut state.after {
            Some((bytes, _)) if from_server && *bytes < length => *bytes,
            Some((bytes, _)) if from_server => {
                *bytes -= length;
                length
            }
            _ => length,
        })
    }

    /// Does what was to come now, and tells whether the connection is still there afterwards.
    fn goes_on(&self) -> bool {
        let mut state = self.lock();
        match state.after.take() {
            Some((_, Then::Cut(end))) => {
                state.cut(end);
                self.changed.notify_all();
                false
            }
            Some((_, Then::Silence)) => {
                state.silent = true;
                self.while_silent(state).is_some()
            }
            None => true,
        }
    }

    /// Waits for the end of silence. Nothing if the connections are cut meanwhile.
    fn while_silent<'a>(&self, mut state: MutexGuard<'a, State>) -> Option<MutexGuard<'a, State>> {
        let cuts = state.cuts;
        while state.silent {
            state = self.changed.wait(state).unwrap();
            if state.cuts != cuts {
                return None;
            }
        }
        Some(state)
    }
}

impl State {
    fn withholds(&self, piece: &[u8]) -> bool {
        let Some(words) = &self.withheld else { return false };
        piece.windows(words.len()).any(|part| part == words.as_bytes())
    }

    fn cut(&mut self, end: End) {
        self.cuts += 1;
        for stream in self.links.drain(..).flatten() {
            let what = match end {
                End::Close => Shutdown::Both,
                End::Reset => {
                    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
                    // Wakes who reads from it, and sends nothing.
                    Shutdown::Read
                }
            };
            let _ = stream.shutdown(what);
        }
    }
}
