//! Who makes an image at the moment: so that of two executions that have the same item one pays for it, and the other one waits and finds it.
//!
//! Claims are entries in some thousand objects, `.pace/claim-<slot>.json`, by a digest of the image. An entry outlives its function by
//! [`AFTERWARDS`], so that whoever looked for the image just before it was stored does not make it once more. Nothing has to be cleared away: what
//! is over is left out the next time that its object is written, and there are never more objects.

use crate::request::hex;
use crate::shared::{SharedObjectError, SharedObjects};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime};

/// What the keys of the claims begin with: image keys have three parts and no such first one.
pub const PREFIX: &str = ".pace/claim-";

/// How long a claim holds after the time-out of its function. More than an item takes from its look at S3 to its claim.
const AFTERWARDS: Duration = Duration::from_secs(30);
/// The longest that an item waits for another execution's image before it looks again.
const LONGEST_WAIT: u64 = 10;
/// How often an item tries to claim its image while others write the same object.
const TRIES: u32 = 6;
/// Digits of a slot: 4,096 objects, so that those who work at the same time hardly ever meet.
const SLOT: usize = 3;

/// An image at a destination, or an execution, by the first digits of a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Name(String);

impl Name {
    fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        Self(hex(&hash.finalize()[..10]))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Claim {
    image: Name,
    execution: Name,
    /// Seconds since 1970.
    until: u64,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Claimed {
    /// This execution makes the image.
    Ours,
    /// Another one does; its image is worth a look in so many seconds.
    Taken {
        /// Whole seconds.
        seconds: u64,
    },
}

/// An image that an execution wants to make.
#[derive(Debug)]
pub(crate) struct Wanted {
    image: Name,
    execution: Name,
}

impl Wanted {
    /// The image is what `digest` stands for, at this destination.
    pub(crate) fn new(bucket: &str, key: &str, digest: &str, execution_name: Option<&str>) -> Self {
        let execution = Name::of(&[execution_name.unwrap_or_default()]);
        Self { image: Name::of(&[bucket, key, digest]), execution }
    }

    fn object(&self) -> String {
        format!("{PREFIX}{}.json", &self.image.0[..SLOT])
    }
}

/// The claims of all executions.
#[derive(Debug)]
pub(crate) struct Claims(SharedObjects);

impl Claims {
    pub(crate) fn new(objects: SharedObjects) -> Self {
        Self(objects)
    }

    /// Where they are.
    pub(crate) fn bucket(&self) -> &str {
        self.0.bucket()
    }

    /// Where the calls for them go.
    pub(crate) fn endpoint(&self) -> &str {
        self.0.endpoint()
    }

    /// Claims an image for a function that ends at `deadline`. A claim of the same execution is no hindrance: it is that of an earlier attempt.
    pub(crate) async fn take(&self, wanted: &Wanted, deadline: SystemTime) -> Result<Claimed, SharedObjectError> {
        let until = seconds(deadline + AFTERWARDS);
        self.change(wanted, |claims, now| {
            let other = claims.iter().find(|claim| claim.image == wanted.image && claim.execution != wanted.execution);
            if let Some(other) = other {
                return Err((other.until - now).clamp(1, LONGEST_WAIT));
            }
            claims.retain(|claim| claim.image != wanted.image);
            claims.push(Claim { image: wanted.image.clone(), execution: wanted.execution.clone(), until });
            Ok(())
        })
        .await
    }

    /// Gives a claim back whose image could not be made.
    pub(crate) async fn give_back(&self, wanted: &Wanted) -> Result<(), SharedObjectError> {
        let ours = |claim: &Claim| claim.image == wanted.image && claim.execution == wanted.execution;
        self.change(wanted, |claims, _| {
            claims.retain(|claim| !ours(claim));
            Ok(())
        })
        .await
        .map(drop)
    }

    /// Changes the claims of an object that hold now; or does not, and says in how many seconds they may be other ones.
    async fn change(
        &self,
        wanted: &Wanted,
        mut change: impl FnMut(&mut Vec<Claim>, u64) -> Result<(), u64>,
    ) -> Result<Claimed, SharedObjectError> {
        let object = wanted.object();
        for _ in 0..TRIES {
            let read = self.0.read(&object).await?;
            let (text, version) = read.map(|read| (read.text, read.version)).unzip();
            let now = seconds(SystemTime::now());
            // What are no claims is replaced.
            let mut claims: Vec<Claim> = text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
            claims.retain(|claim| claim.until > now);
            if let Err(seconds) = change(&mut claims, now) {
                return Ok(Claimed::Taken { seconds });
            }
            // Claims are text and numbers, which has no way to fail.
            let text = serde_json::to_vec(&claims).unwrap_or_default();
            if self.0.write(&object, version.as_ref(), text).await? {
                return Ok(Claimed::Ours);
            }
        }
        Ok(Claimed::Taken { seconds: 1 })
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_images_apart() {
        let names = [&["a", "b"][..], &["ab"], &["a", "b", ""], &["", "ab"], &["b", "a"]].map(Name::of);
        for (n, name) in names.iter().enumerate() {
            assert_eq!(names.iter().position(|other| other == name), Some(n));
            assert_eq!(name.0.len(), 20);
        }
    }
}
