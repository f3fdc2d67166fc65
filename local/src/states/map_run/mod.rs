//! A Map Run: starts a child workflow execution for every item of a list, counts how they end, writes the results.

mod children;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::states::clock::now;
use crate::states::definition::{Map, text_argument};
use crate::states::error::{ITEM_READER_FAILED, StateError};
use crate::states::execution::{Counts, Execution, ExecutionStatus};
use crate::states::executions::StateMachine;
use crate::states::history::Kind;
use crate::states::items::{self, Items};
use crate::states::machine::{Halt, Run};
use crate::states::payload::{Scope, encode};
use crate::states::{Services, context};
use children::Children;

/// A Map Run, running or ended.
#[derive(Debug)]
pub(crate) struct MapRun {
    pub(crate) arn: String,
    pub(crate) label: String,
    /// The execution whose Map state it is.
    pub(crate) parent: Arc<Execution>,
    pub(crate) started: OffsetDateTime,
    pub(crate) max_concurrency: u64,
    pub(crate) tolerated_failure_count: u64,
    pub(crate) tolerated_failure_percentage: f64,
    counts: Mutex<Counts>,
    end: OnceLock<(ExecutionStatus, OffsetDateTime)>,
}

impl MapRun {
    fn new(id: &str, machine: &StateMachine, parent: &Arc<Execution>, map: &Map) -> Self {
        Self {
            arn: machine.arn_of("mapRun", &format!("/{}:{id}", map.label)),
            label: map.label.clone(),
            parent: Arc::clone(parent),
            started: now(),
            max_concurrency: map.max_concurrency,
            tolerated_failure_count: map.tolerance.count.unwrap_or(0),
            tolerated_failure_percentage: map.tolerance.percentage.unwrap_or(0.0),
            counts: Mutex::default(),
            end: OnceLock::new(),
        }
    }

    /// ARN under which AWS shows the children's states as a state machine.
    pub(crate) fn child_machine_arn(&self, machine: &StateMachine) -> String {
        machine.arn_of("stateMachine", &format!("/{}", self.label))
    }

    pub(crate) fn counts(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the counts, also for those who watch the execution.
    pub(crate) fn count(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut counts);
        self.parent.report(|progress| progress.counts = *counts);
    }

    /// Status, and when it ended, if it has.
    pub(crate) fn status(&self) -> (ExecutionStatus, Option<OffsetDateTime>) {
        self.end.get().map_or((ExecutionStatus::Running, None), |&(status, at)| (status, Some(at)))
    }

    fn close(&self, status: ExecutionStatus) {
        // A Map Run is closed once, at the end of `run`.
        let _ = self.end.set((status, now()));
    }
}

/// Runs a Map state; returns its result. `input` is the state's, after `InputPath`.
pub(crate) async fn run<S: Services>(run: &mut Run<'_, S>, map: &Map, input: Value) -> Result<Value, Halt> {
    let source = Source::of(run, map, &input)?;
    let destination = Destination::of(run, map, &input)?;
    let id = Uuid::new_v4().to_string();
    let map_run = Arc::new(MapRun::new(&id, &run.engine.machine, run.execution, map));
    map_run.count(|_| ());
    run.engine.store.add_map_run(&map_run);
    run.record(Kind::MapStateStarted)?;
    run.record(Kind::MapRunStarted { map_run_arn: map_run.arn.clone() })?;

    let result = match read_items(run, map, &map_run, source, input).await {
        Ok(items) => run_items(run, map, &map_run, items, &destination.of_run(&id)).await,
        Err(halt) => Err(halt),
    };
    let (status, events) = match &result {
        Ok(_) => (ExecutionStatus::Succeeded, vec![Kind::MapRunSucceeded, Kind::MapStateSucceeded]),
        Err(Halt::Failed(StateError { error, cause })) => {
            let failed = Kind::MapRunFailed { error: error.clone(), cause: cause.clone() };
            (ExecutionStatus::Failed, vec![failed, Kind::MapStateFailed])
        }
        // The execution ends with it, and AWS shows only that.
        Err(Halt::FailState { .. } | Halt::Stopped(_)) => (ExecutionStatus::Aborted, Vec::new()),
    };
    map_run.close(status);
    for event in events {
        run.record(event)?;
    }
    result
}

/// Where the list is.
struct Source {
    bucket: String,
    key: String,
    version_id: Option<String>,
}

impl Source {
    fn of<S>(run: &Run<'_, S>, map: &Map, input: &Value) -> Result<Self, StateError> {
        let parameters = map.reader.fill(Scope { data: input, context: &run.context })?;
        Ok(Self {
            bucket: required(&parameters, "ItemReader", "Bucket")?,
            key: required(&parameters, "ItemReader", "Key")?,
            version_id: optional(&parameters, "ItemReader", "VersionId")?,
        })
    }
}

/// Where the results go.
struct Destination {
    bucket: String,
    /// A prefix of object keys, empty or ending in `/`.
    folder: String,
}

impl Destination {
    fn of<S>(run: &Run<'_, S>, map: &Map, input: &Value) -> Result<Self, StateError> {
        let parameters = map.writer.fill(Scope { data: input, context: &run.context })?;
        let mut folder = optional(&parameters, "ResultWriter", "Prefix")?.unwrap_or_default();
        if !folder.is_empty() && !folder.ends_with('/') {
            folder.push('/');
        }
        Ok(Self { bucket: required(&parameters, "ResultWriter", "Bucket")?, folder })
    }

    fn of_run(self, map_run_id: &str) -> Self {
        Self { folder: format!("{}{map_run_id}/", self.folder), ..self }
    }
}

fn required(parameters: &Value, of: &str, name: &str) -> Result<String, StateError> {
    text_argument(parameters, name)
        .map(str::to_owned)
        .ok_or_else(|| StateError::runtime(format!("The parameter '{name}' of the {of} must be a string")))
}

fn optional(parameters: &Value, of: &str, name: &str) -> Result<Option<String>, StateError> {
    parameters.get(name).map(|_| required(parameters, of, name)).transpose()
}

/// Reads the list and makes every item into the input of its child.
async fn read_items<S: Services>(
    run: &mut Run<'_, S>,
    map: &Map,
    map_run: &Arc<MapRun>,
    source: Source,
    input: Value,
) -> Result<Items, Halt> {
    /// So many items are read before the count that others see is brought up to date.
    const REPORTED: u64 = 1_000;
    let Source { bucket, key, version_id } = source;
    let opened = run.engine.services.open_object(&bucket, &key, version_id.as_deref());
    let opened = run.stopping.unless_stopped(opened).await?;
    let list = opened.map_err(|failure| {
        StateError::new(ITEM_READER_FAILED, format!("The list s3://{bucket}/{key} cannot be read: {failure}"))
    })?;
    let directory = run.engine.settings.temporary_directory.clone();
    let (max_items, selector) = (map.max_items, map.item_selector.clone());
    let (mut context, counted, stopping) = (run.context.clone(), Arc::clone(map_run), run.stopping.clone());
    let list_source = format!("S3://{bucket}/{key}");
    let to_input = move |index: u64, item: Value| -> Result<String, Halt> {
        if let Some(stop) = stopping.reason() {
            return Err(stop.into());
        }
        if index.is_multiple_of(REPORTED) {
            counted.count(|counts| (counts.total, counts.pending) = (index, index));
        }
        let selected = match &selector {
            None => item,
            Some(selector) => {
                context::set_item(&mut context, index, item, &list_source);
                selector.fill(Scope { data: &input, context: &context })?
            }
        };
        let text = encode(&selected, || format!("The input of the child workflow execution for item {index}"))?;
        Ok((*text).to_owned())
    };
    let read = tokio::task::spawn_blocking(move || items::read(list, max_items, &directory, to_input));
    let items = read.await.unwrap_or_else(|panic| {
        Err(StateError::new(ITEM_READER_FAILED, format!("Reading the list broke down: {panic}")).into())
    })?;
    let total = items.total();
    map_run.count(|counts| (counts.total, counts.pending) = (total, total));
    Ok(items)
}

/// Runs the children and stores the results, whatever happens.
async fn run_items<S: Services>(
    run: &mut Run<'_, S>,
    map: &Map,
    map_run: &Arc<MapRun>,
    mut items: Items,
    destination: &Destination,
) -> Result<Value, Halt> {
    let mut children = Children::new(run.engine, map_run)?;
    let verdict = children.run(map, &mut items, &mut run.stopping).await;
    let rest = match &verdict {
        Ok(()) => Ok(()),
        Err(_) => children.stop().await.and_then(|()| children.leave_pending(&mut items)),
    };
    let stored = match rest {
        Ok(()) => children.store_results(&destination.bucket, &destination.folder).await,
        Err(failure) => Err(failure),
    };
    if let (Err(_), Err(failure)) = (&verdict, &stored) {
        tracing::warn!(map_run = map_run.arn, cause = failure.cause, "the results of a Map Run are lost");
    }
    verdict?;
    let details = json!({ "Bucket": destination.bucket, "Key": stored? });
    Ok(json!({ "MapRunArn": map_run.arn, "ResultWriterDetails": details }))
}
