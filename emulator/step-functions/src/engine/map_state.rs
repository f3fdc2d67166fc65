//! Runs a Map state: starts a child workflow execution for every item of a list, counts how they end, writes the results.
//!
//! The folder of a Map Run has the items, and the ends of the children as they come. So a later process, or a redrive, runs
//! only what has not ended.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::engine::children::{Children, RunChild};
use crate::engine::context;
use crate::engine::map_run::MapRun;
use crate::engine::run::{Halt, Run};
use crate::engine::services::Services;
use crate::engine::store::{ENDED, ITEMS};
use crate::journal::ended::Ended;
use crate::journal::items::{self, Items};
use crate::journal::map_run_record::MapRunRecord;
use crate::journal::position::OpenMapRun;
use crate::journal::results::{Results, not_kept};
use crate::language::definition::{Map, optional_text, text};
use crate::language::path::Scope;
use crate::language::payload::encode;
use crate::model::error::{ITEM_READER_FAILED, RESULT_WRITER_FAILED, StateError};
use crate::model::event::EventKind;
use crate::model::execution_outcome::ExecutionStatus;
use crate::model::redrive::{MAX_REDRIVES_OF_A_MAP_RUN, Redrive};
use crate::model::timestamp::now;

/// Runs a Map state; returns its result. `input` is the state's.
pub(crate) async fn run<S: Services>(
    run: &mut Run<'_, S>,
    map: &Map,
    input: &Value,
    run_child: RunChild<S>,
) -> Result<Value, Halt> {
    let source = Source::of(&map.item_reader.parameters.fill(Scope { data: input, context: &run.context })?)?;
    let destination =
        Destination::of(&map.result_writer.parameters.fill(Scope { data: input, context: &run.context })?)?;
    let open = if run.carried_on { run.execution.history().open_map_run() } else { None };
    let folder_of = |run: &Run<'_, S>, arn: &str| run.engine.store.folder_of_map_run(&run.execution.arn, arn);
    let record = match open {
        // Without its items a Map Run never began: its redrive is a new one.
        Some(open) if !open.to_redrive || folder_of(run, &open.arn).join(ITEMS).exists() => resume(run, map, open)?,
        _ => begin(run, map)?,
    };
    let folder = folder_of(run, &record.arn);
    let map_run = Arc::new(MapRun::new(record, &run.execution.arn, run.execution.progress.clone()));
    // Whoever watches the execution sees the counts of this one from now on.
    map_run.count(|_| ());
    run.engine.store.known().map_runs.insert(map_run.arn.clone(), Arc::clone(&map_run));
    run.execution.keep_map_run(&map_run.record());

    let mut state = MapState { run, map, map_run: &map_run, folder: &folder };
    let result = match state.prepare(source, input.clone()).await {
        Ok((items, ended)) => state.run_items(items, ended, destination.of_run(map_run.id()), run_child).await,
        Err(halt) => {
            // Nothing has begun; what was read of the list is of no use.
            let _ = fs::remove_dir_all(&folder);
            Err(halt)
        }
    };
    let (status, events) = match &result {
        Ok(_) => (ExecutionStatus::Succeeded, vec![EventKind::MapRunSucceeded, EventKind::MapStateSucceeded]),
        Err(Halt::Failed(StateError { error, cause, .. })) => {
            let failed = EventKind::MapRunFailed { error: error.clone(), cause: cause.clone() };
            (ExecutionStatus::Failed, vec![failed, EventKind::MapStateFailed])
        }
        // The execution ends with it, and AWS shows only that.
        Err(Halt::Ended(_)) => (ExecutionStatus::Aborted, Vec::new()),
    };
    map_run.close(status);
    run.execution.keep_map_run(&map_run.record());
    for event in events {
        run.record(event)?;
    }
    result
}

/// A new Map Run.
fn begin<S: Services>(run: &Run<'_, S>, map: &Map) -> Result<MapRunRecord, Halt> {
    let arn = run.engine.machine.arn_of("mapRun", &format!("/{}:{}", map.label, Uuid::new_v4()));
    run.record(EventKind::MapStateStarted)?;
    run.record(EventKind::MapRunStarted { map_run_arn: arn.clone() })?;
    Ok(MapRunRecord::new(arn, now(), map))
}

/// The Map Run of an earlier process, or of the execution before it was redriven. What the definition says now holds.
fn resume<S: Services>(run: &Run<'_, S>, map: &Map, open: OpenMapRun) -> Result<MapRunRecord, Halt> {
    let known = run.engine.store.known().map_runs.get(&open.arn).cloned();
    let mut record = MapRunRecord::new(open.arn, open.started, map);
    record.redrive = open.redrive;
    record.result_files = known.map(|known| known.record().result_files.clone()).unwrap_or_default();
    if open.to_redrive {
        let count = record.redrives() + 1;
        if count > MAX_REDRIVES_OF_A_MAP_RUN {
            let cause = format!("The Map Run was redriven {MAX_REDRIVES_OF_A_MAP_RUN} times, more is not possible");
            return Err(StateError::runtime(cause).into());
        }
        run.record(EventKind::MapRunRedriven { map_run_arn: record.arn.clone(), redrive_count: count })?;
        record.redrive = Some(Redrive { count, at: now() });
    }
    Ok(record)
}

/// A Map state that runs.
struct MapState<'a, 'r, S> {
    run: &'a mut Run<'r, S>,
    map: &'a Map,
    map_run: &'a Arc<MapRun>,
    /// What the Map Run has on disk.
    folder: &'a Path,
}

impl<S: Services> MapState<'_, '_, S> {
    /// The items that are to be run, and the ends of those that are not.
    async fn prepare(&mut self, source: Source, input: Value) -> Result<(Items, Ended), Halt> {
        fs::create_dir_all(self.folder).map_err(|error| not_kept(&error))?;
        let (path, attempt) = (self.folder.join(ENDED), self.map_run.record().redrives());
        let (ended, done, ended_before) =
            blocking(move || Ended::open(path, attempt).map_err(|error| not_kept(&error))).await?;
        let path = self.folder.join(ITEMS);
        let items = if path.exists() {
            items::open(&path, done).map_err(|error| items::kept(&error))?
        } else {
            self.read_items(path, source, input).await?
        };
        self.map_run.count(|counts| {
            *counts = ended_before;
            counts.total = items.total;
            let unsuccessful = counts.failed + counts.timed_out + counts.aborted + counts.pending_redrive;
            counts.pending = counts.total - counts.succeeded - unsuccessful;
        });
        Ok((items, ended))
    }

    /// Reads the list and makes every item into the input of its child.
    async fn read_items(&mut self, path: PathBuf, source: Source, input: Value) -> Result<Items, Halt> {
        /// So many items are read before the count that others see is brought up to date.
        const REPORTED: u64 = 1_000;
        let Source { bucket, key, version_id } = source;
        let opened = self.run.engine.services.open_object(&bucket, &key, version_id.as_deref());
        let opened = self.run.stopping.unless_stopped(opened).await?;
        let list = opened.map_err(|failure| {
            let version = version_id.map(|id| format!(" (version {id})")).unwrap_or_default();
            StateError::new(
                ITEM_READER_FAILED,
                format!("The list s3://{bucket}/{key}{version} cannot be read: {failure}"),
            )
        })?;
        let selector = self.map.item_selector.clone();
        let (mut context, counted, stopping) =
            (self.run.context.clone(), Arc::clone(self.map_run), self.run.stopping.clone());
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
        blocking(move || items::read(list, &path, to_input)).await
    }

    /// Runs the children and stores the results, whatever happens.
    async fn run_items(
        &mut self,
        mut items: Items,
        ended: Ended,
        destination: Destination,
        run_child: RunChild<S>,
    ) -> Result<Value, Halt> {
        let mut children = Children::new(self.run.engine, self.map_run, ended, run_child);
        let verdict = children.run(self.map, &mut items, &mut self.run.stopping).await;
        let kept = if verdict.is_err() { children.stop().await } else { Ok(()) };
        let stored = match kept {
            Ok(()) => self.store_results(items, children.ended, &destination).await,
            Err(failure) => Err(failure),
        };
        if let (Err(_), Err(failure)) = (&verdict, &stored) {
            tracing::warn!(map_run = self.map_run.arn, cause = failure.cause, "the results of a Map Run are lost");
        }
        verdict?;
        let details = json!({ "Bucket": destination.bucket, "Key": stored? });
        Ok(json!({ "MapRunArn": self.map_run.arn, "ResultWriterDetails": details }))
    }

    /// Writes the files of results, with the items that are left as pending; returns the manifest's key.
    async fn store_results(
        &self,
        mut items: Items,
        ended: Ended,
        destination: &Destination,
    ) -> Result<String, StateError> {
        let folder = self.folder.to_owned();
        let results = blocking(move || {
            let pending = || {
                while let Some((index, input)) = items.next_input()? {
                    if !ended.to_redrive.contains_key(&index) {
                        return Ok(Some(input));
                    }
                }
                Ok(None)
            };
            Results::write(&folder, &ended, pending)
        });
        let results = results.await?;
        let (entries, files) = (results.entries, results.file_counts());
        let Destination { bucket, folder } = destination;
        let before = self.map_run.record().result_files.clone();
        let uploads = results.uploads(bucket, folder, &self.map_run.arn, &before)?;
        for (key, path) in &uploads {
            self.run.engine.services.put_file(bucket, key, path).await.map_err(|failure| {
                let cause = format!("The results cannot be written to s3://{bucket}/{key}: {failure}");
                StateError::new(RESULT_WRITER_FAILED, cause)
            })?;
        }
        let manifest = uploads.into_iter().next_back().map(|(key, _)| key);
        self.map_run.record().result_files = files;
        self.map_run.count(|counts| counts.results_written = entries);
        Ok(manifest.unwrap_or_default())
    }
}

/// Does work that may take a while on a thread of its own.
async fn blocking<T: Send + 'static, E: From<StateError> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|panic| Err(StateError::runtime(format!("The Map Run broke down: {panic}")).into()))
}

/// Where the list is.
struct Source {
    bucket: String,
    key: String,
    version_id: Option<String>,
}

impl Source {
    fn of(parameters: &Value) -> Result<Self, StateError> {
        let (bucket, key) = (text(parameters, "Bucket")?.to_owned(), text(parameters, "Key")?.to_owned());
        Ok(Self { bucket, key, version_id: optional_text(parameters, "VersionId")?.map(str::to_owned) })
    }
}

/// Where the results go.
struct Destination {
    bucket: String,
    /// A prefix of object keys, empty or ending in `/`.
    folder: String,
}

impl Destination {
    fn of(parameters: &Value) -> Result<Self, StateError> {
        let mut folder = optional_text(parameters, "Prefix")?.unwrap_or_default().to_owned();
        if !folder.is_empty() && !folder.ends_with('/') {
            folder.push('/');
        }
        Ok(Self { bucket: text(parameters, "Bucket")?.to_owned(), folder })
    }

    fn of_run(self, map_run_id: &str) -> Self {
        Self { folder: format!("{}{map_run_id}/", self.folder), ..self }
    }
}
