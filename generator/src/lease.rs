//! Step "acquire the lease": one invocation at a time makes an image, so that no two pay for it.
//!
//! A lease is an object `state/leases/<digest>.json`, created with `If-None-Match: *`, taken over with `If-Match` once it has expired, and
//! deleted when the attempt ends. Its holder is an invocation, not an execution: when Step Functions retries after a time-out of its own,
//! the first invocation may still be running.

use crate::{
    handler::Job,
    state_store::{StateError, StateStore},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime};

/// Prefix of the keys of leases in the state bucket.
pub const LEASES: &str = "state/leases/";

/// How long a lease outlives the deadline of its invocation: clocks of two Lambda hosts may differ a little.
const EXPIRY_MARGIN: Duration = Duration::from_secs(10);
/// The longest wait, in seconds, before an item looks again for an image that another invocation is making.
const MAX_RETRY_AFTER: u64 = 10;
/// Attempts at writing a lease that others write at the same time.
const MAX_ATTEMPTS: u32 = 5;

/// The content of a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Holder {
    execution_name: Option<String>,
    request_id: String,
    /// Seconds since 1970.
    expires_at: u64,
}

/// A lease that this invocation holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    key: String,
    e_tag: String,
}

/// What came of an attempt to acquire a lease.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Acquired {
    /// This invocation makes the image; without a lease where leases cannot be used.
    Lease(Option<Lease>),
    /// Another invocation is making the image; it is worth looking again after so many seconds.
    HeldByAnother { retry_after: u64 },
}

/// The leases of all executions.
#[derive(Debug)]
pub(crate) struct Leases(StateStore);

impl Leases {
    pub(crate) fn new(store: StateStore) -> Self {
        Self(store)
    }

    /// Acquires the lease of the job's image until shortly after the deadline of this invocation.
    pub(crate) async fn acquire(
        &self,
        job: &Job<'_>,
        execution_name: Option<&str>,
        request_id: &str,
    ) -> Result<Acquired, StateError> {
        let key = key(job.bucket, &job.key, &job.digest);
        let holder = Holder {
            execution_name: execution_name.map(str::to_owned),
            request_id: request_id.to_owned(),
            expires_at: seconds_since_1970(job.deadline + EXPIRY_MARGIN),
        };
        // A struct of text and numbers: it cannot fail.
        let body = serde_json::to_vec(&holder).unwrap_or_default();
        let mut seen = None;
        for _ in 0..MAX_ATTEMPTS {
            if let Some(e_tag) = self.0.write(&key, seen.as_deref(), body.clone()).await? {
                return Ok(Acquired::Lease(Some(Lease { key, e_tag })));
            }
            let Some((current, e_tag)) = self.0.read(&key).await? else {
                seen = None;
                continue;
            };
            // What is not a lease is replaced.
            if let Ok(other) = serde_json::from_slice::<Holder>(&current) {
                let now = seconds_since_1970(SystemTime::now());
                if other.request_id == holder.request_id && other.execution_name == holder.execution_name {
                    // The answer to the first write got lost on its way.
                    return Ok(Acquired::Lease(Some(Lease { key, e_tag })));
                }
                if other.expires_at > now {
                    let retry_after = (other.expires_at - now).clamp(1, MAX_RETRY_AFTER);
                    return Ok(Acquired::HeldByAnother { retry_after });
                }
            }
            seen = Some(e_tag);
        }
        Ok(Acquired::HeldByAnother { retry_after: 1 })
    }

    /// Deletes a lease, unless another invocation has taken it over.
    pub(crate) async fn release(&self, lease: Lease) -> Result<(), StateError> {
        self.0.delete(&lease.key, &lease.e_tag).await
    }
}

/// The key of an image's lease: the same request at another destination is another image.
fn key(bucket: &str, key: &str, digest: &str) -> String {
    let mut hash = Sha256::new();
    for part in [bucket, key, digest] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    format!("{LEASES}{}.json", hex::encode(hash.finalize()))
}

fn seconds_since_1970(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}
