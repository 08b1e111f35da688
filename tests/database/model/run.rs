//! A run: seats, transactions and statements in an order drawn from a seed, each held against the model.

use std::collections::VecDeque;

use dev::world::Login;

use super::{
    arrival,
    asker::Asker,
    choice,
    expected::{Expected, Refusal},
    inventory, prediction,
    random::Random,
    seat::{Door, Seat},
    state::State,
    statement::Statement,
    table::Table,
    tally::{STATEMENTS, Tally},
};
use crate::app::TestApp;

/// Several of `eleva_app`, because that is where several people meet.
const DOORS: [Door; 10] = [
    Door::App,
    Door::App,
    Door::App,
    Door::App,
    Door::App,
    Door::App,
    Door::App,
    Door::Identity,
    Door::Exporter,
    Door::Owner,
];

/// A run under way.
pub(super) struct Run {
    random: Random,
    seats: Vec<Seat>,
    /// What is committed.
    committed: State,
    /// The one seat that has changed something since, and the rows as it has them. One alone: two would wait for each
    /// other's rows, and what comes of that is the database's business.
    writing: Option<(usize, State)>,
    /// What led here, the last of it.
    history: VecDeque<String>,
    tally: Tally,
}

impl Run {
    /// Sits down in a seeded database and learns what it holds.
    pub(super) async fn start(app: &TestApp, seed: u64) -> Self {
        let mut seats = Vec::new();
        for door in DOORS {
            let client = match door {
                Door::App => app.connect_as(Login::App).await,
                Door::Identity => app.connect_as(Login::Identity).await,
                Door::Exporter => app.connect_as(Login::Exporter).await,
                Door::Owner => app.owner().await,
            };
            seats.push(Seat::new(door, client));
        }
        let committed = inventory::read(seats.last().expect("the owner sits last")).await;
        let (history, tally) = (VecDeque::new(), Tally::default());
        Self { random: Random::new(seed), seats, committed, writing: None, history, tally }
    }

    /// Goes on until so many statements were said; what went otherwise than the model has it, and after how many.
    pub(super) async fn finish(mut self, statements: usize) -> Result<Tally, String> {
        let mut step = 0;
        self.found().await.map_err(|wrong| format!("founding: {wrong}"))?;
        while self.tally.count(STATEMENTS) < statements {
            step += 1;
            if let Err(wrong) = self.step().await {
                let history: Vec<String> = self.history.into();
                return Err(format!("step {step}: {wrong}\nwhat led there:\n{}", history.join("\n")));
            }
        }
        for number in 0..self.seats.len() {
            self.leave(number, "rollback").await;
        }
        let found = inventory::read(self.seats.last().expect("the owner sits last")).await;
        match inventory::difference(&found, &self.committed) {
            Some(table) => Err(format!("step {step}: in the end the rows of {table:?} are others than in the model")),
            None => Ok(self.tally),
        }
    }

    /// Fills the tables, parents before children, so that there is something to reach.
    async fn found(&mut self) -> Result<(), String> {
        for table in Table::ALL {
            let (door, asker) = match choice::is_stated(table) {
                true => (Door::Identity, Asker::Identity),
                false => (Door::Owner, Asker::Owner),
            };
            let number = self.seats.iter().position(|seat| seat.door == door).expect("there is one of each");
            for _ in 0..choice::most(table) * 3 / 4 {
                if self.seats[number].asker.is_none() {
                    self.seats[number].say("begin").await;
                    self.seats[number].asker = Some(asker.clone());
                }
                let state = self.state(number).clone();
                let statement = choice::insert(&mut self.random, &asker, table, &state);
                self.hold(number, &asker, &statement).await?;
            }
            self.leave(number, "commit").await;
        }
        Ok(())
    }

    async fn step(&mut self) -> Result<(), String> {
        // Whoever is writing goes on sooner than others: everybody else reads meanwhile.
        let writing = self.writing.as_ref().map(|(number, _)| *number).filter(|_| self.random.one_in(2));
        let number = writing.unwrap_or_else(|| self.random.below(self.seats.len()));
        match self.seats[number].asker.clone() {
            None => self.sit_down(number).await,
            Some(_) if self.random.one_in(6) => {
                let end = if self.random.one_in(3) { "rollback" } else { "commit" };
                self.leave(number, end).await;
                Ok(())
            }
            Some(asker) => self.ask(number, &asker).await,
        }
    }

    /// Begins a transaction as somebody.
    async fn sit_down(&mut self, number: usize) -> Result<(), String> {
        let seat = &self.seats[number];
        seat.say("begin").await;
        let asker = match seat.door {
            Door::App if self.random.one_in(10) => {
                seat.say("set local role anonymous").await;
                Asker::Anonymous
            }
            Door::App => {
                let claim = arrival::claim(&mut self.random, &self.committed);
                let expected = claim.enter(&self.committed).map_err(|sqlstate| Refusal::Other(sqlstate.to_owned()));
                let entered = seat.enter(&claim).await;
                remember(&mut self.history, format!("seat {number}: {claim:?}: {entered:?}"));
                if entered != expected {
                    return Err(format!("{claim:?}: {entered:?} instead of {expected:?}"));
                }
                let Ok(person) = entered else {
                    seat.say("rollback").await;
                    self.tally.add("turned away");
                    return Ok(());
                };
                self.tally.add("let in");
                Asker::Person(person)
            }
            Door::Identity => Asker::Identity,
            Door::Exporter => {
                let organization = self.random.one_of(self.committed.rows(Table::Organizations));
                let org = organization.and_then(|row| row.get("id")).expect("there are organizations").to_owned();
                seat.say(&format!("select app.export_begin('{org}')")).await;
                Asker::Exporter(org)
            }
            Door::Owner => Asker::Owner,
        };
        self.seats[number].asker = Some(asker);
        Ok(())
    }

    /// Ends a seat's transaction, if it has one.
    async fn leave(&mut self, number: usize, end: &'static str) {
        if self.seats[number].asker.take().is_none() {
            return;
        }
        self.seats[number].say(end).await;
        self.tally.add(end);
        remember(&mut self.history, format!("seat {number}: {end}"));
        if let Some((_, state)) = self.writing.take_if(|(writing, _)| *writing == number)
            && end == "commit"
        {
            self.committed = state;
        }
    }

    /// The rows as a seat's transaction has them.
    fn state(&self, number: usize) -> &State {
        match &self.writing {
            Some((writing, state)) if *writing == number => state,
            _ => &self.committed,
        }
    }

    /// Says something in a seat's transaction.
    async fn ask(&mut self, number: usize, asker: &Asker) -> Result<(), String> {
        let may_write = self.writing.as_ref().is_none_or(|(writing, _)| *writing == number);
        let state = self.state(number).clone();
        let statement = choice::statement(&mut self.random, asker, &state, may_write);
        self.hold(number, asker, &statement).await
    }

    /// Says a statement in a seat's transaction and holds the answer against the model.
    async fn hold(&mut self, number: usize, asker: &Asker, statement: &Statement) -> Result<(), String> {
        let prediction = prediction::of(statement, asker, self.state(number));
        let is_refused = matches!(prediction.expected, Expected::Refused(_));
        // Otherwise the refusal ends the transaction.
        let goes_on = is_refused && !self.random.one_in(4);
        let seat = &self.seats[number];
        if goes_on {
            seat.say("savepoint attempt").await;
        }
        let text = statement.text();
        let answer = seat.ask(&text).await;
        self.tally.add_statement(asker, statement, &answer);
        if self.seats.iter().enumerate().any(|(other, seat)| other != number && seat.asker.is_some()) {
            self.tally.add("beside others' transactions");
        }
        let learned = prediction.expected.held_against(statement, &answer);
        let line = format!("seat {number}: {asker:?}: {text}");
        let learned = learned.ok_or_else(|| format!("{line}\n{answer:?}\ninstead of\n{:?}", prediction.expected))?;
        remember(&mut self.history, line);
        if let Some(mut state) = prediction.state {
            if let (Some(table), Some(row)) = (statement.table(), learned) {
                state.insert(table, row);
            }
            self.writing = Some((number, state));
        }
        match (is_refused, goes_on) {
            (true, true) => self.seats[number].say("rollback to savepoint attempt").await,
            (true, false) => self.leave(number, "rollback").await,
            (false, _) => {}
        }
        Ok(())
    }
}

fn remember(history: &mut VecDeque<String>, line: String) {
    if history.len() == 30 {
        history.pop_front();
    }
    history.push_back(line);
}
