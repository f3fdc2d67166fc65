//! Times as Step Functions writes them.

use serde_json::{Number, Value};
use time::OffsetDateTime;

/// Now, in UTC.
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// `2025-01-07T10:38:47.702Z`, as in the context object and in files of results. `time` is in UTC.
pub(crate) fn iso(time: OffsetDateTime) -> String {
    let ((year, month, day), (hour, minute, second, millisecond)) =
        (time.date().to_calendar_date(), time.to_hms_milli());
    let month = u8::from(month);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
}

/// Seconds since 1970 with milliseconds, as in answers of the API.
pub(crate) fn epoch_seconds(time: OffsetDateTime) -> Value {
    // Exact until the year 287396.
    let milliseconds = time.unix_timestamp_nanos() / 1_000_000;
    Number::from_f64(milliseconds as f64 / 1_000.0).map_or(Value::Null, Value::Number)
}

/// Times in files of this program: nanoseconds since 1970.
pub(crate) mod nanos {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use time::OffsetDateTime;

    pub(crate) fn serialize<S: Serializer>(time: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
        // Enough until the year 2262.
        i64::try_from(time.unix_timestamp_nanos()).unwrap_or(i64::MAX).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OffsetDateTime, D::Error> {
        let nanos = i64::deserialize(deserializer)?;
        OffsetDateTime::from_unix_timestamp_nanos(nanos.into()).map_err(D::Error::custom)
    }
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
