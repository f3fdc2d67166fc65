//! Numbers of a definition, which have bounds.

use serde::de::{Deserialize, Deserializer, Error};

/// A number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounded<T, const MIN: u32, const MAX: u32>(pub(crate) T);

/// Times, and numbers of retries, have at most this value.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>
pub(crate) const MAX: u32 = 99_999_999;

impl<'de, T, const MIN: u32, const MAX: u32> Deserialize<'de> for Bounded<T, MIN, MAX>
where
    T: Deserialize<'de> + From<u32> + PartialOrd,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = T::deserialize(deserializer)?;
        let problem = || D::Error::custom(format!("this must be a number from {MIN} to {MAX}"));
        if (T::from(MIN)..=T::from(MAX)).contains(&number) { Ok(Self(number)) } else { Err(problem()) }
    }
}
