//! A wire between functions and PgBouncer that a test can watch, slow down and cut.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

/// A TCP proxy to a port of this machine. Dropping it cuts it.
pub(crate) struct Wire {
    port: u16,
    state: watch::Sender<State>,
    connections: Arc<Mutex<Vec<Flights>>>,
    listener: JoinHandle<()>,
}

/// What the wire does to what is sent over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Passes it on after this long.
    Carrying(Duration),
    /// Keeps it for ever: nobody is told that anything is wrong.
    Stalled,
    /// Breaks connections, new ones too.
    Cut,
}

/// How often the client of one connection spoke after it had heard the server, the first time included.
#[derive(Clone, Copy, Debug, Default)]
struct Flights {
    count: usize,
    client_spoke_last: bool,
}

impl Wire {
    /// A wire to a port of 127.0.0.1.
    pub(crate) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let (state, watched) = watch::channel(State::Carrying(Duration::ZERO));
        let connections = Arc::<Mutex<Vec<Flights>>>::default();
        let opened = connections.clone();
        let listener = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let index = {
                    let mut opened = opened.lock().expect("nobody panicked with it");
                    opened.push(Flights::default());
                    opened.len() - 1
                };
                let (opened, watched) = (opened.clone(), watched.clone());
                tokio::spawn(carry(client, server, watched, move |client_speaks| {
                    opened.lock().expect("nobody panicked with it")[index].note(client_speaks);
                }));
            }
        });
        Self { port, state, connections, listener }
    }

    /// Its own port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Has everything take this long, in either direction.
    pub(crate) fn delay(&self, delay: Duration) {
        self.state.send_replace(State::Carrying(delay));
    }

    /// Swallows everything from now on.
    pub(crate) fn stall(&self) {
        self.state.send_replace(State::Stalled);
    }

    /// Breaks every connection, and new ones as soon as they are made.
    pub(crate) fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Carries again, without delay.
    pub(crate) fn mend(&self) {
        self.delay(Duration::ZERO);
    }

    /// How many times the client of each connection spoke and waited, in the order the connections were opened: the
    /// round trips, where the wire is slow enough that nothing overtakes.
    pub(crate) fn flights(&self) -> Vec<usize> {
        self.connections.lock().expect("nobody panicked with it").iter().map(|flights| flights.count).collect()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.cut();
        self.listener.abort();
    }
}

impl Flights {
    fn note(&mut self, client_speaks: bool) {
        if client_speaks && !self.client_spoke_last {
            self.count += 1;
        }
        self.client_spoke_last = client_speaks;
    }
}

/// Carries one connection until either side closes it or the wire is cut.
async fn carry(client: TcpStream, server: u16, mut state: watch::Receiver<State>, note: impl Fn(bool)) {
    if *state.borrow() == State::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let there = pump(from_client, to_server, state.clone(), || note(true));
    let back = pump(from_server, to_client, state.clone(), || note(false));
    tokio::select! {
        () = async { tokio::join!(there, back); } => {}
        _ = state.wait_for(|state| *state == State::Cut) => {}
    }
}

/// Carries one direction.
async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut state: watch::Receiver<State>, note: impl Fn()) {
    let mut chunk = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        note();
        let delay = match state.wait_for(|state| *state != State::Stalled).await.map(|state| *state) {
            Ok(State::Carrying(delay)) => delay,
            _ => return,
        };
        if !delay.is_zero() {
            sleep(delay).await;
        }
        if to.write_all(&chunk[..length]).await.is_err() {
            return;
        }
    }
    // Passes the end on. It may have come from there.
    let _ = to.shutdown().await;
}
