//! S3's rules for the names of general purpose buckets.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>

use std::net::Ipv4Addr;

use crate::StoreError;

/// Checks a bucket name.
///
/// # Errors
/// [`StoreError::InvalidBucketName`] with the rule that the name breaks.
pub(crate) fn check_bucket_name(bucket: &str) -> Result<(), StoreError> {
    let letter_or_digit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = bucket.as_bytes();
    let broken_rule = if !(3..=63).contains(&bytes.len()) {
        "it must have 3 to 63 characters"
    } else if !bytes.iter().all(|&byte| letter_or_digit(byte) || matches!(byte, b'.' | b'-')) {
        "only lower-case letters, digits, dots and hyphens are allowed"
    } else if !letter_or_digit(bytes[0]) || !letter_or_digit(bytes[bytes.len() - 1]) {
        "it must begin and end with a letter or digit"
    } else if bucket.contains("..") {
        "two dots must not stand side by side"
    } else if bucket.parse::<Ipv4Addr>().is_ok() {
        "it must not look like an IP address"
    } else if ["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|prefix| bucket.starts_with(prefix)) {
        "the prefixes xn--, sthree- and amzn-s3-demo- are reserved"
    } else if ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"].iter().any(|suffix| bucket.ends_with(suffix)) {
        "the suffixes -s3alias, --ol-s3, .mrap, --x-s3 and --table-s3 are reserved"
    } else {
        return Ok(());
    };
    Err(StoreError::InvalidBucketName(bucket.chars().take(80).collect(), broken_rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_s3() {
        let (longest, too_long) = ("a".repeat(63), "a".repeat(64));
        let allowed = ["abc", "my.bucket-1", "123456789012-ap-northeast-1-unprocessed-id-list-bucket", &longest];
        for name in allowed {
            assert!(check_bucket_name(name).is_ok(), "{name}");
        }
        let refused = "ab Bucket a_b -abc abc- a..b 192.168.0.1 xn--abc a--x-s3 a/b ... 猫猫猫 .tmp";
        for name in refused.split(' ').chain(["", &too_long]) {
            assert!(check_bucket_name(name).is_err(), "{name}");
        }
    }
}
