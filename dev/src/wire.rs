//! A wire between functions and a server that can be watched, slowed down and cut.
//!
//! Threads carry it and not tasks: a runtime's timers are a millisecond coarse, and a bench asks for one millisecond.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, sleep},
    time::{Duration, Instant},
};

/// How long to wait after a connection could not be accepted.
const RETRY: Duration = Duration::from_millis(10);

/// A TCP proxy to a port of this machine. Dropping it cuts it.
pub struct Wire {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    connections: Mutex<Vec<Connection>>,
}

/// What the wire does to what is sent over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Passes it on after this long.
    Carrying(Duration),
    /// Keeps it: nobody is told that anything is wrong.
    Stalled,
    /// Breaks connections, new ones too.
    Cut,
    /// The same, and nobody is there any more.
    Dropped,
}

/// One connection: its two ends, to break them, while it is open, and what was said.
struct Connection {
    ends: Vec<TcpStream>,
    open_directions: usize,
    flights: Flights,
}

/// Who spoke to whom over one connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flights {
    /// How often the client spoke after it had heard the server, the first time included.
    pub sent: usize,
    /// How many of these the server answered: the round trips.
    pub answered: usize,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    Client,
    Server,
}

/// Bytes on their way; none are the end of what is said in this direction.
struct Chunk {
    due: Instant,
    bytes: Vec<u8>,
}

impl Wire {
    /// A wire to a port of 127.0.0.1.
    pub fn to(server: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = Mutex::new(State::Carrying(Duration::ZERO));
        let shared = Arc::new(Shared { state, changed: Condvar::new(), connections: Mutex::default() });
        let accepting = shared.clone();
        thread::spawn(move || {
            loop {
                let client = listener.accept();
                match (accepting.state(), client) {
                    (State::Dropped, _) => return,
                    // There are too many open files, perhaps; some will be closed.
                    (_, Err(_)) => sleep(RETRY),
                    (State::Cut, Ok(_)) => {}
                    // Who cannot be connected sees the connection break, as at a server that is gone.
                    (_, Ok((client, _))) => drop(accepting.connect(client, server)),
                }
            }
        });
        Ok(Self { address, shared })
    }

    /// Its own port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Has everything that is sent from now on take this long, in either direction. What opens a connection (TCP's
    /// handshake) is not delayed.
    pub fn delay(&self, delay: Duration) {
        self.shared.set(State::Carrying(delay));
    }

    /// Keeps everything from now on.
    pub fn stall(&self) {
        self.shared.set(State::Stalled);
    }

    /// Breaks every connection, and new ones as soon as they are made.
    pub fn cut(&self) {
        self.shared.set(State::Cut);
    }

    /// Carries again, without delay.
    pub fn mend(&self) {
        self.delay(Duration::ZERO);
    }

    /// Whether every connection has come to its end, in both directions.
    pub fn is_silent(&self) -> bool {
        self.shared.connections().iter().all(|connection| connection.ends.is_empty())
    }

    /// What was said over each connection, in the order they were opened.
    pub fn flights(&self) -> Vec<Flights> {
        self.shared.connections().iter().map(|connection| connection.flights).collect()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.shared.set(State::Dropped);
        // The thread that accepts looks when somebody connects.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connections(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, next: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = next;
        self.changed.notify_all();
        if matches!(next, State::Cut | State::Dropped) {
            for end in self.connections().iter().flat_map(|connection| &connection.ends) {
                // One that is closed already is as it should be.
                let _ = end.shutdown(Shutdown::Both);
            }
        }
    }

    /// Waits while the wire is stalled. False when it is cut.
    fn carries(&self) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let stalled = |state: &mut State| *state == State::Stalled;
        let state = self.changed.wait_while(state, stalled).unwrap_or_else(PoisonError::into_inner);
        matches!(*state, State::Carrying(_))
    }

    fn connect(self: &Arc<Self>, client: TcpStream, server: u16) -> io::Result<()> {
        let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server))?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let index = {
            let mut connections = self.connections();
            // Looked at under the lock: whoever cuts the wire meanwhile finds this connection among the others.
            if matches!(self.state(), State::Cut | State::Dropped) {
                return Ok(());
            }
            let ends = vec![client.try_clone()?, server.try_clone()?];
            connections.push(Connection { ends, open_directions: 2, flights: Flights::default() });
            connections.len() - 1
        };
        self.carry(index, Speaker::Client, client.try_clone()?, server.try_clone()?);
        self.carry(index, Speaker::Server, server, client);
        Ok(())
    }

    /// Carries one direction, with a thread that listens and one that speaks, so that a delay holds up nothing else.
    fn carry(self: &Arc<Self>, connection: usize, speaker: Speaker, from: TcpStream, to: TcpStream) {
        let (sender, receiver) = channel();
        let (listening, speaking) = (self.clone(), self.clone());
        thread::spawn(move || listening.listen(connection, speaker, from, &sender));
        thread::spawn(move || {
            speaking.speak(connection, speaker, to, &receiver);
            speaking.end(connection);
        });
    }

    /// One direction has come to its end. With the second, the connection gives its sockets back.
    fn end(&self, connection: usize) {
        let connection = &mut self.connections()[connection];
        connection.open_directions -= 1;
        if connection.open_directions == 0 {
            connection.ends = Vec::new();
        }
    }

    fn listen(&self, connection: usize, speaker: Speaker, mut from: TcpStream, chunks: &Sender<Chunk>) {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let length = from.read(&mut buffer).unwrap_or(0);
            let delay = match self.state() {
                State::Carrying(delay) => delay,
                _ => Duration::ZERO,
            };
            let chunk = Chunk { due: Instant::now() + delay, bytes: buffer[..length].to_vec() };
            if speaker == Speaker::Client && length > 0 {
                self.note(connection, Speaker::Client);
            }
            if chunks.send(chunk).is_err() || length == 0 {
                return;
            }
        }
    }

    fn speak(&self, connection: usize, speaker: Speaker, mut to: TcpStream, chunks: &Receiver<Chunk>) {
        while let Ok(Chunk { due, bytes }) = chunks.recv() {
            sleep(due.saturating_duration_since(Instant::now()));
            if !self.carries() {
                return;
            }
            if bytes.is_empty() {
                // Passes the end on. It may have come from there.
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
            // Before it arrives: what is said to it in return comes after.
            if speaker == Speaker::Server {
                self.note(connection, Speaker::Server);
            }
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
    }

    fn note(&self, connection: usize, speaker: Speaker) {
        let flights = &mut self.connections()[connection].flights;
        match speaker {
            Speaker::Client if flights.sent == flights.answered => flights.sent += 1,
            Speaker::Server if flights.answered < flights.sent => flights.answered += 1,
            Speaker::Client | Speaker::Server => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::{Ipv4Addr, TcpListener, TcpStream},
        thread,
        time::{Duration, Instant},
    };

    use super::{Flights, Wire};

    /// A server that answers each byte with itself.
    fn echo() -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a client");
                thread::spawn(move || {
                    let mut byte = [0];
                    while stream.read_exact(&mut byte).is_ok() && stream.write_all(&byte).is_ok() {}
                });
            }
        });
        port
    }

    fn exchange(client: &mut TcpStream) -> std::io::Result<Duration> {
        let started = Instant::now();
        client.write_all(&[7])?;
        client.read_exact(&mut [0])?;
        Ok(started.elapsed())
    }

    #[test]
    fn it_delays_both_directions_and_counts_round_trips() {
        let wire = Wire::to(echo()).expect("a wire");
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, wire.port())).expect("connected");
        exchange(&mut client).expect("echoed");
        wire.delay(Duration::from_millis(20));
        for _ in 0..2 {
            assert!(exchange(&mut client).expect("echoed") >= Duration::from_millis(40));
        }
        assert_eq!(wire.flights(), [Flights { sent: 3, answered: 3 }]);
        assert!(!wire.is_silent());
        drop(client);
        let started = Instant::now();
        while !wire.is_silent() {
            assert!(started.elapsed() < Duration::from_secs(20), "both sides have hung up");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn what_is_sent_together_arrives_together() {
        let wire = Wire::to(echo()).expect("a wire");
        wire.delay(Duration::from_millis(50));
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, wire.port())).expect("connected");
        let started = Instant::now();
        for _ in 0..10 {
            client.write_all(&[7]).expect("sent");
            thread::sleep(Duration::from_millis(1));
        }
        client.read_exact(&mut [0; 10]).expect("echoed");
        assert!(started.elapsed() < Duration::from_millis(300), "one delay each way, not ten: {:?}", started.elapsed());
    }

    #[test]
    fn it_breaks_what_is_open_and_what_comes_and_carries_again() {
        let wire = Wire::to(echo()).expect("a wire");
        let mut open = TcpStream::connect((Ipv4Addr::LOCALHOST, wire.port())).expect("connected");
        exchange(&mut open).expect("echoed");
        wire.cut();
        assert!(exchange(&mut open).is_err());
        let mut new = TcpStream::connect((Ipv4Addr::LOCALHOST, wire.port())).expect("the port is there");
        assert!(exchange(&mut new).is_err());
        wire.mend();
        let mut new = TcpStream::connect((Ipv4Addr::LOCALHOST, wire.port())).expect("connected");
        exchange(&mut new).expect("echoed");
    }

    #[test]
    fn it_keeps_what_is_said_while_it_is_stalled() {
        let wire = Wire::to(echo()).expect("a wire");
        wire.stall();
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, wire.port())).expect("connected");
        client.set_read_timeout(Some(Duration::from_millis(50))).expect("a time limit");
        assert!(exchange(&mut client).is_err(), "nothing comes back");
        client.set_read_timeout(None).expect("no time limit");
        wire.mend();
        client.read_exact(&mut [0]).expect("it arrives late");
    }
}
