//! Times as Step Functions writes them.

use serde_json::{Number, Value};
use time::OffsetDateTime;
use time::macros::format_description;

/// Now, in UTC.
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// `2025-01-07T10:38:47.702Z`, as in the context object and in files of results. `time` is in UTC.
pub(crate) fn iso(time: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    // It has all that the format asks for.
    time.format(format).unwrap_or_default()
}

/// Seconds since 1970 with milliseconds, as in answers of the API.
pub(crate) fn epoch_seconds(time: OffsetDateTime) -> Value {
    // Exact until the year 287396.
    let milliseconds = time.unix_timestamp_nanos() / 1_000_000;
    Number::from_f64(milliseconds as f64 / 1_000.0).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_have_milliseconds() {
        let time = OffsetDateTime::from_unix_timestamp_nanos(1_736_246_327_702_999_999).unwrap();
        assert_eq!(iso(time), "2025-01-07T10:38:47.702Z");
        assert_eq!(epoch_seconds(time), json!(1_736_246_327.702));
    }
}
