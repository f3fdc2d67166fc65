//! One item and the clock of its model: a ticket, its turn, and what a refused call says.

use super::clock::{Clock, Place, Ticket};
use std::collections::HashMap;
use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

/// What hangs on a board.
#[derive(Debug)]
pub struct Seen<V> {
    /// A clock, or whatever was put in its place.
    pub text: Vec<u8>,
    /// Which version of it this is.
    pub version: V,
}

/// Where the clocks hang: an object for each model, which changes only for who has seen it as it is.
pub trait Board: Send + Sync {
    /// What says which version of an object was seen.
    type Version: Send;
    /// Why the board can not be used.
    type Error: std::fmt::Display;

    /// Seconds since 1970.
    fn now(&self) -> f64;

    /// The clock of a model as it hangs there, if one does.
    fn read(&self, model_id: &str) -> impl Future<Output = Result<Option<Seen<Self::Version>>, Self::Error>> + Send;

    /// Replaces what was seen, or nothing. False: somebody else was faster.
    fn write(
        &self,
        model_id: &str,
        seen: Option<&Self::Version>,
        clock: Vec<u8>,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}

/// What an item does now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Turn {
    /// It asks the model.
    Ask,
    /// It comes back.
    Wait {
        /// Whole seconds.
        seconds: u64,
        /// What it brings along then.
        ticket: Option<Ticket>,
    },
}

/// Seconds that an item waits here, which is quicker than the state machine, and paid.
const NAP: f64 = 2.0;
/// The longest wait, in seconds: after that an item looks at the clock again, whatever it says.
const LONGEST_WAIT: f64 = 900.0;
/// How often an item tries to get a ticket, or to tell of a refusal, while others are faster.
const TRIES: u32 = 6;
/// Whoever lost this often does not compete for a place at the end of a long line.
const PATIENCE: u32 = 2;
/// Seconds of a long line.
const LONG_LINE: f64 = 5.0;
/// How often an item looks at the clock before it goes and comes back.
const LOOKS: u32 = 8;
/// Seconds for which it is known that a model is free.
const FREE_FOR: f64 = 1.0;

/// The clocks of all models.
#[derive(Debug)]
pub struct Pace<B> {
    board: B,
    /// Models that are free, and until when that is known.
    free: Mutex<HashMap<String, f64>>,
}

impl<B: Board> Pace<B> {
    /// The clocks that hang on this board.
    #[must_use]
    pub fn new(board: B) -> Self {
        Self { board, free: Mutex::default() }
    }

    /// Seconds since 1970, as the board has it.
    #[must_use]
    pub fn now(&self) -> f64 {
        self.board.now()
    }

    /// Returns when the item may ask the model, or has to wait for long.
    ///
    /// # Errors
    /// When the board can not be used.
    pub async fn turn(&self, model_id: &str, ticket: Option<Ticket>) -> Result<Turn, B::Error> {
        if self.is_known_free(model_id) {
            return Ok(Turn::Ask);
        }
        let mut ticket = ticket;
        let mut lost = 0;
        for _ in 0..LOOKS {
            let (mut clock, seen) = self.look(model_id).await?;
            let now = self.now();
            if clock.is_free() {
                self.remember_free(model_id, now);
                return Ok(Turn::Ask);
            }
            let place = ticket.map(|ticket| clock.place(ticket, now));
            let place = match place {
                Some(place @ (Place::Now | Place::In { .. })) => place,
                None | Some(Place::Missed) => {
                    let backlog = clock.backlog(now);
                    if ticket.is_none() && lost >= PATIENCE && backlog > LONG_LINE {
                        return Ok(wait(backlog * (0.3 + 0.5 * fastrand::f64()), None));
                    }
                    let new = match ticket {
                        None => clock.take(now),
                        Some(_) => clock.put_back(now),
                    };
                    if !self.board.write(model_id, seen.as_ref(), clock.to_json()).await? {
                        lost += 1;
                        if lost >= TRIES {
                            break;
                        }
                        nap(0.06 * fastrand::f64() * f64::from(1 << lost.min(5))).await;
                        continue;
                    }
                    ticket = Some(new);
                    clock.place(new, self.now())
                }
            };
            match place {
                Place::Now => return Ok(Turn::Ask),
                Place::In { seconds, .. } if seconds <= NAP => nap(seconds).await,
                // Back a little early rather than late: the rest is waited for here.
                Place::In { at_least, .. } => return Ok(wait((at_least - 1.0).max(1.0), ticket)),
                Place::Missed => {}
            }
        }
        Ok(wait(1.0 + 2.0 * fastrand::f64(), ticket))
    }

    /// Tells the clock that the model refused a call made at `asked`, in seconds since 1970. The item has to wait.
    ///
    /// # Errors
    /// When the board can not be used.
    pub async fn refused(&self, model_id: &str, asked: f64) -> Result<Turn, B::Error> {
        if let Ok(mut free) = self.free.lock() {
            free.remove(model_id);
        }
        for _ in 0..2 * TRIES {
            let (mut clock, seen) = self.look(model_id).await?;
            let now = self.now();
            let ticket = clock.refused(asked, now);
            if self.board.write(model_id, seen.as_ref(), clock.to_json()).await? {
                let seconds = match clock.place(ticket, now) {
                    Place::In { at_least, .. } => at_least,
                    Place::Now | Place::Missed => 0.0,
                };
                return Ok(wait(seconds - 1.0, Some(ticket)));
            }
            // Refusals come before new tickets, which wait longer.
            nap(0.01 * fastrand::f64()).await;
        }
        Ok(wait(1.0 + 2.0 * fastrand::f64(), None))
    }

    async fn look(&self, model_id: &str) -> Result<(Clock, Option<B::Version>), B::Error> {
        let hanging = self.board.read(model_id).await?;
        let now = self.now();
        Ok(match hanging {
            None => (Clock::new(now), None),
            // What is no clock is replaced.
            Some(Seen { text, version }) => {
                (Clock::from_json(&text, now).unwrap_or_else(|| Clock::new(now)), Some(version))
            }
        })
    }

    fn is_known_free(&self, model_id: &str) -> bool {
        let now = self.now();
        self.free.lock().is_ok_and(|free| free.get(model_id).is_some_and(|until| now < *until))
    }

    fn remember_free(&self, model_id: &str, now: f64) {
        if let Ok(mut free) = self.free.lock() {
            free.insert(model_id.to_owned(), now + FREE_FOR);
        }
    }
}

fn wait(seconds: f64, ticket: Option<Ticket>) -> Turn {
    Turn::Wait { seconds: seconds.clamp(0.0, LONGEST_WAIT) as u64, ticket }
}

async fn nap(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds.clamp(0.0, NAP))).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};
    use tokio::time::Instant;

    /// A board in memory, where every other writer is slower by a moment.
    struct Memory {
        began: Instant,
        hanging: Mutex<Option<(u64, Vec<u8>)>>,
        reads: AtomicU64,
        /// Writes that are lost from now on.
        rivals: AtomicU64,
    }

    impl Memory {
        fn pace() -> Pace<Self> {
            let began = Instant::now();
            let (hanging, reads, rivals) = (Mutex::default(), AtomicU64::new(0), AtomicU64::new(0));
            Pace::new(Self { began, hanging, reads, rivals })
        }

        fn clock(&self) -> Clock {
            Clock::from_json(&self.hanging.lock().unwrap().as_ref().unwrap().1, self.now()).unwrap()
        }
    }

    impl Board for Memory {
        type Version = u64;
        type Error = &'static str;

        fn now(&self) -> f64 {
            1e9 + self.began.elapsed().as_secs_f64()
        }

        async fn read(&self, _: &str) -> Result<Option<Seen<u64>>, &'static str> {
            self.reads.fetch_add(1, Ordering::Relaxed);
            let seen = self.hanging.lock().unwrap().clone().map(|(version, text)| Seen { text, version });
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(seen)
        }

        async fn write(&self, _: &str, seen: Option<&u64>, clock: Vec<u8>) -> Result<bool, &'static str> {
            if self.rivals.load(Ordering::Relaxed) > 0 {
                self.rivals.fetch_sub(1, Ordering::Relaxed);
                return Ok(false);
            }
            let mut hanging = self.hanging.lock().unwrap();
            let version = hanging.as_ref().map(|(version, _)| *version);
            if version.as_ref() != seen {
                return Ok(false);
            }
            *hanging = Some((version.unwrap_or_default() + 1, clock));
            Ok(true)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_item_asks_at_once() {
        assert_eq!(Memory::pace().turn("m", None).await, Ok(Turn::Ask));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_item_comes_back_with_its_place_and_asks_when_its_turn_is() {
        let pace = Memory::pace();
        pace.turn("m", None).await.unwrap();
        let mut last = pace.now();
        for _ in 0..8 {
            let Turn::Wait { seconds, ticket: ticket @ Some(_) } = pace.refused("m", last).await.unwrap() else {
                panic!("no place")
            };
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            let mut turn = pace.turn("m", ticket).await.unwrap();
            while let Turn::Wait { seconds, ticket } = turn {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                turn = pace.turn("m", ticket).await.unwrap();
            }
            // The longer it is refused, the longer it waits.
            assert!(pace.now() - last > 0.1);
            last = pace.now();
        }
        assert!(pace.now() - pace.board.clock().backlog(pace.now()) > 1e9 + 30.0);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_never_first_at_the_board_comes_back_and_nobody_waits_for_ever() {
        let pace = Memory::pace();
        pace.board.rivals.store(u64::MAX, Ordering::Relaxed);
        let Turn::Wait { seconds: 1..=3, ticket: None } = pace.turn("m", None).await.unwrap() else { panic!("asks") };
        let Turn::Wait { seconds: 1..=3, ticket: None } = pace.refused("m", pace.now()).await.unwrap() else {
            panic!("no wait")
        };
        pace.board.rivals.store(2, Ordering::Relaxed);
        assert_eq!(pace.turn("m", None).await, Ok(Turn::Ask));
    }

    #[tokio::test(start_paused = true)]
    async fn items_that_come_together_ask_one_after_the_other() {
        let pace = Memory::pace();
        pace.refused("m", pace.now()).await.unwrap();
        let rate = 10.0;
        let asked = Mutex::new(vec![]);
        let item = async || {
            let mut turn = pace.turn("m", None).await.unwrap();
            while let Turn::Wait { seconds, ticket } = turn {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                turn = pace.turn("m", ticket).await.unwrap();
            }
            asked.lock().unwrap().push(pace.now());
        };
        futures_util::future::join_all((0..30).map(|_| item())).await;
        let asked = asked.into_inner().unwrap();
        assert!(asked.windows(8).all(|some| some[7] - some[0] > 7.0 / rate / 4.0), "{asked:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_free_model_is_asked_without_a_look_at_the_board() {
        let pace = Memory::pace();
        for _ in 0..200 {
            futures_util::future::join_all((0..20).map(|_| pace.turn("m", None))).await;
            if pace.board.clock().is_free() {
                break;
            }
        }
        pace.turn("m", None).await.unwrap();
        let reads = pace.board.reads.load(Ordering::Relaxed);
        for _ in 0..100 {
            assert_eq!(pace.turn("m", None).await, Ok(Turn::Ask));
        }
        assert_eq!(pace.board.reads.load(Ordering::Relaxed), reads);
        // Until it refuses.
        pace.refused("m", pace.now()).await.unwrap();
        assert!(!pace.board.clock().is_free());
        pace.turn("m", None).await.unwrap();
        assert!(pace.board.reads.load(Ordering::Relaxed) > reads + 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_no_clock_is_replaced() {
        let pace = Memory::pace();
        *pace.board.hanging.lock().unwrap() = Some((1, b"no clock".to_vec()));
        assert_eq!(pace.turn("m", None).await, Ok(Turn::Ask));
        pace.board.clock();
    }
}
