//! The life of the worker: it listens, and does one thing that it was asked after the other.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic;
use std::rc::Rc;

use js_sys::{Function, Promise, Uint8Array};
use lockstep_explore::slice::needed;
use lockstep_mm::kernel::Kernel;
use lockstep_scenario::{Scenario, compiled, parse_kernel};
use lockstep_view::search::{Row, Searched};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::BUILD;
use super::found::{End, Found};
use super::protocol::{Ask, Tell};
use super::searching::{self, Clock, bench_plan, prove_plan};

#[wasm_bindgen]
extern "C" {
    /// Gives every message, the early ones first, to a function. The loader has it.
    fn listen(to: &Function);
    /// Sends bytes to the page.
    fn tell(bytes: Uint8Array);
    /// A promise that is kept once messages have had their turn.
    fn turn() -> Promise;
    /// The bytes of a file that lies beside the page; refused if there is none.
    fn file(name: &str) -> Promise;
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// What the worker knows.
#[derive(Default)]
struct Life {
    inbox: RefCell<VecDeque<Ask>>,
    is_busy: Cell<bool>,
    is_stopped: Cell<bool>,
    /// What is known of the scenarios that were asked about, by their files.
    rows: RefCell<Vec<(String, Row)>>,
}

/// Makes this program the worker: says that it is there, and listens from then on.
pub fn take_over() {
    panic::set_hook(Box::new(|info| {
        say(&Tell::Crashed {
            why: info.to_string(),
        });
    }));
    let life = Rc::new(Life::default());
    let hear = Closure::<dyn FnMut(Uint8Array)>::new(move |bytes: Uint8Array| {
        let Some(ask) = Ask::decode(&bytes.to_vec()) else {
            return;
        };
        life.take(ask);
        if !life.is_busy.replace(true) {
            spawn_local(Rc::clone(&life).work());
        }
    });
    say(&Tell::Ready {
        build: BUILD.to_owned(),
    });
    listen(hear.as_ref().unchecked_ref());
    // It listens as long as it lives.
    hear.forget();
}

fn say(what: &Tell) {
    tell(Uint8Array::from(what.encode().as_slice()));
}

impl Clock for &Life {
    fn now(&self) -> f64 {
        now()
    }

    async fn turn(&self) -> bool {
        // The promise is one of the loader's, which breaks none.
        _ = JsFuture::from(turn()).await;
        !self.is_stopped.get()
    }
}

impl Life {
    fn take(&self, ask: Ask) {
        let mut inbox = self.inbox.borrow_mut();
        if ask == Ask::Stop {
            inbox.clear();
            self.is_stopped.set(true);
        } else {
            inbox.push_back(ask);
        }
    }

    async fn work(self: Rc<Self>) {
        loop {
            let next = self.inbox.borrow_mut().pop_front();
            self.is_stopped.set(false);
            match next {
                Some(Ask::Search { job, file, kernel }) => self.one(job, &file, &kernel).await,
                Some(Ask::Bench { job, files, kernel }) => self.bench(job, &files, &kernel).await,
                Some(Ask::Needed {
                    job,
                    file,
                    kernel,
                    order,
                    step,
                }) => self.needed(job, &file, &kernel, &order, step).await,
                Some(Ask::Stop) => {}
                None => break,
            }
        }
        self.is_busy.set(false);
    }

    async fn one(&self, job: u32, file: &str, kernel: &str) {
        let found = match self.bring(file).await {
            Ok(()) => self.search(file, kernel, Some(job)).await,
            Err(why) => Err(why),
        };
        say(&match found {
            Ok(found) => Tell::Done { job, found },
            Err(why) => Tell::Failed {
                job,
                row: None,
                why,
            },
        });
    }

    async fn bench(&self, job: u32, files: &[String], kernel: &str) {
        // All are on their way at once.
        let mut coming = Vec::new();
        for name in files {
            coming.push(self.ask_for(name));
        }
        let mut rows: Vec<(usize, u32)> = Vec::new();
        for (name, (promise, row)) in files.iter().zip(coming.into_iter().zip(0..)) {
            match self.come(name, promise).await {
                Ok(()) => rows.push((self.threads(name), row)),
                Err(why) => fail(job, row, why),
            }
        }
        // Few threads have few orders, so most of the table stands before the rest begins.
        rows.sort_unstable();
        for (_, row) in rows {
            if self.is_stopped.get() {
                return;
            }
            let Some(name) = files.get(row as usize) else {
                continue;
            };
            match self.search(name, kernel, None).await {
                Ok(found) if found.end == End::Stopped => return,
                Ok(found) => say(&Tell::Cell { job, row, found }),
                Err(why) => fail(job, row, why),
            }
            // What is known already takes no time; a stop is heard all the same.
            if !(&self).turn().await {
                return;
            }
        }
        say(&Tell::Over { job });
    }

    /// Searches a scenario that has been brought; `job` is who wants to be told on the way, and to see it done anew.
    async fn search(&self, file: &str, kernel: &str, job: Option<u32>) -> Result<Found, String> {
        let switches = switches(kernel)?;
        let asked = {
            let rows = self.rows.borrow();
            let row = rows.iter().find(|(name, _)| name == file);
            let (_, row) = row.ok_or("This scenario is not there.")?;
            let scenario = Rc::clone(row.scenario());
            row.ask(switches).map(|answer| (scenario, answer))
        };
        let (scenario, answer) =
            asked.map_err(|error| format!("This kernel cannot run it: {}.", error.message))?;
        // A search among many may have ended early; one that goes to the end knows better.
        let is_known_in_part = matches!(&answer, Ok(cell) if !cell.answer.complete);
        let program = match answer {
            Ok(cell) if job.is_none() => {
                let end = match cell.answer.complete {
                    true => End::Complete,
                    false => End::Limited,
                };
                let mut found = Found::of(&cell.answer, end, cell.answer.runs);
                found.same_as = cell.same_as.map(|kernel| kernel.to_string());
                return Ok(found);
            }
            Ok(_) => Searched::new(
                scenario
                    .build(switches)
                    .map_err(|error| error.message)?
                    .setting,
            ),
            Err(program) => program,
        };
        let plan = match job {
            Some(_) => prove_plan(),
            None => bench_plan(scenario.threads.len()),
        };
        let tell = |counts| {
            if let Some(job) = job {
                say(&Tell::Going { job, counts });
            }
        };
        let names = (scenario.id.as_str(), kernel);
        let (answer, found) = searching::search(names, &program, plan, &self, tell).await;
        if found.end != End::Stopped {
            let mut rows = self.rows.borrow_mut();
            if let Some((_, row)) = rows.iter_mut().find(|(name, _)| name == file) {
                if is_known_in_part && answer.complete {
                    *row = Row::new(Rc::clone(&scenario));
                }
                row.learn(&program, answer);
            }
        }
        Ok(found)
    }

    async fn needed(&self, job: u32, file: &str, kernel: &str, order: &str, step: u32) {
        let steps = match self.bring(file).await {
            Ok(()) => self.steps_needed(file, kernel, order, step),
            Err(why) => Err(why),
        };
        say(&match steps {
            Ok(steps) => Tell::Needed { job, steps },
            Err(why) => Tell::Failed {
                job,
                row: None,
                why,
            },
        });
    }

    fn steps_needed(
        &self,
        file: &str,
        kernel: &str,
        order: &str,
        step: u32,
    ) -> Result<Vec<u32>, String> {
        let switches = switches(kernel)?;
        let scenario = self.scenario(file)?;
        let built = scenario.build(switches);
        let program = Searched::new(built.map_err(|error| error.message)?.setting);
        let order = order
            .parse()
            .map_err(|error| format!("This is no order: {error}."))?;
        let needed = needed(&program, &order, step);
        let steps = (1..).zip(needed);
        Ok(steps
            .filter_map(|(step, is_needed)| is_needed.then_some(step))
            .collect())
    }

    /// A scenario that has been brought.
    fn scenario(&self, file: &str) -> Result<Rc<Scenario>, String> {
        let rows = self.rows.borrow();
        let row = rows.iter().find(|(name, _)| name == file);
        let (_, row) = row.ok_or("This scenario is not there.")?;
        Ok(Rc::clone(row.scenario()))
    }

    /// Fetches a scenario unless it is there.
    async fn bring(&self, name: &str) -> Result<(), String> {
        let promise = self.ask_for(name);
        self.come(name, promise).await
    }

    fn ask_for(&self, name: &str) -> Option<Promise> {
        let is_here = self.rows.borrow().iter().any(|(known, _)| known == name);
        (!is_here).then(|| file(name))
    }

    /// Takes in what comes.
    async fn come(&self, name: &str, promise: Option<Promise>) -> Result<(), String> {
        let Some(promise) = promise else {
            return Ok(());
        };
        let bytes = JsFuture::from(promise).await;
        let bytes = bytes.map_err(|_| "This scenario could not be fetched.".to_owned())?;
        let bytes = Uint8Array::new(&bytes).to_vec();
        let scenario = first(&bytes).ok_or("This scenario could not be read.")?;
        let row = Row::new(Rc::new(scenario));
        self.rows.borrow_mut().push((name.to_owned(), row));
        Ok(())
    }

    fn threads(&self, name: &str) -> usize {
        let rows = self.rows.borrow();
        let row = rows.iter().find(|(known, _)| known == name);
        row.map_or(0, |(_, row)| row.scenario().threads.len())
    }
}

fn switches(kernel: &str) -> Result<Kernel, String> {
    parse_kernel(kernel).map_err(|_| format!("There is no kernel {kernel}."))
}

fn first(bytes: &[u8]) -> Option<Scenario> {
    compiled::decode(bytes).ok()?.into_iter().next()
}

fn fail(job: u32, row: u32, why: String) {
    say(&Tell::Failed {
        job,
        row: Some(row),
        why,
    });
}
