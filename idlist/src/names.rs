//! The rules for names: parts of an object key, buckets, image files, source keys.

use crate::format::ImageFormat;
use crate::message;
use crate::message::{Message, counted};
use crate::problem::quoted;

/// Longest object key in bytes of UTF-8. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
pub const MAX_KEY_BYTES: usize = 1_024;

/// Most characters in `id` and in `rank`.
pub const MAX_NAME_CHARS: usize = 128;

/// Checks an `id` or a `rank`, each one level of the object key. The error says what is wrong.
pub(crate) fn check_key_part(name: &str) -> Result<(), Message> {
    // No text has more characters than bytes, so most names need not be counted.
    let chars = if name.len() <= MAX_NAME_CHARS { name.len() } else { name.chars().count() };
    if name.is_empty() || chars > MAX_NAME_CHARS {
        return Err(message!(
            "name-length",
            "has {characters} characters; use 1 to {max}",
            characters = chars,
            max = MAX_NAME_CHARS,
        ));
    }
    if name == "." || name == ".." {
        return Err(message!(
            "name-of-a-folder",
            "is {name}, which has a meaning of its own in paths; use another name",
            name = quoted(name),
        ));
    }
    check_no_separator(name)
}

/// Checks `inputKeyName`. The error says what is wrong.
pub(crate) fn check_file_name(name: &str) -> Result<(), Message> {
    check_no_separator(name)?;
    if ImageFormat::from_file_name(name).is_none() {
        return Err(message!(
            "not-an-image",
            "is {name}; use a file name that ends in .jpeg, .jpg, .png or .webp",
            name = quoted(name),
        ));
    }
    Ok(())
}

/// Looks at every byte, which goes faster than stopping at the first that is wrong: nearly all names are right.
fn all_bytes(name: &str, is_right: impl Fn(u8) -> bool) -> bool {
    name.bytes().fold(true, |all, byte| all & is_right(byte))
}

fn check_no_separator(name: &str) -> Result<(), Message> {
    // Most names are plain ASCII, and then one look at each byte is enough.
    if all_bytes(name, |byte| matches!(byte, b' '..=b'~') & (byte != b'/')) {
        return Ok(());
    }
    if name.contains('/') {
        return Err(message!("slash", "is {name}; remove the slash", name = quoted(name)));
    }
    if name.chars().any(char::is_control) {
        return Err(message!("control-character", "is {name}; remove the control character", name = quoted(name)));
    }
    Ok(())
}

/// Checks `sourceKeyName`, any object key. The error says what is wrong.
pub(crate) fn check_source_key(key: &str) -> Result<(), Message> {
    if key.is_empty() || key.len() > MAX_KEY_BYTES {
        return Err(message!(
            "source-key-length",
            "has {bytes} bytes; an object key has 1 to {max}",
            bytes = key.len(),
            max = MAX_KEY_BYTES,
        ));
    }
    Ok(())
}

/// Checks a bucket name by the rules for general purpose buckets.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
///
/// # Errors
///
/// What is wrong, in words that follow the name of a field.
pub fn check_bucket_name(name: &str) -> Result<(), Message> {
    const PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
    const SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

    let is_alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let fault = if !all_bytes(name, |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-')) {
        message!("bucket-characters", "may have only lower-case letters, digits, dots and hyphens")
    } else if !(3..=63).contains(&bytes.len()) {
        let length = counted("characters", bytes.len() as u64, "character");
        message!("bucket-length", "has {length}; use 3 to 63", length)
    } else if !(bytes.first().is_some_and(is_alphanumeric) && bytes.last().is_some_and(is_alphanumeric)) {
        message!("bucket-ends", "must begin and end with a letter or a digit")
    } else if bytes.contains(&b'.') && name.contains("..") {
        message!("bucket-dots", "has two dots in a row")
    } else if is_written_like_ipv4(name) {
        message!("bucket-like-an-address", "is written like an IP address")
    } else if let Some(prefix) = PREFIXES.iter().find(|prefix| name.starts_with(**prefix)) {
        message!("bucket-prefix", "begins with {prefix}, which S3 reserves", prefix = *prefix)
    } else if let Some(suffix) = SUFFIXES.iter().find(|suffix| name.ends_with(**suffix)) {
        message!("bucket-suffix", "ends with {suffix}, which S3 reserves", suffix = *suffix)
    } else {
        return Ok(());
    };
    Err(message!("bucket-name", "is {name}, not a bucket name: it {fault}", name = quoted(name), fault))
}

/// Checks the form of an AWS account id. The error says what is wrong.
///
/// # Errors
///
/// A sentence about the id.
pub fn check_account_id(id: &str) -> Result<(), Message> {
    let is_right = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    is_right.then_some(()).ok_or_else(|| {
        message!("account-id", "{account} is not an AWS account id; it has 12 digits", account = quoted(id))
    })
}

/// Checks the form of the name of an AWS region, such as `us-west-2`. Whether there is such a region is not known here.
///
/// # Errors
///
/// A sentence about the name.
pub fn check_region(name: &str) -> Result<(), Message> {
    let parts: Vec<_> = name.split('-').collect();
    let is_right = match parts.as_slice() {
        [area, names @ .., number] => {
            let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
            area.len() == 2
                && is_word(area)
                && !names.is_empty()
                && names.iter().all(is_word)
                && (1..=2).contains(&number.len())
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    };
    is_right.then_some(()).ok_or_else(|| {
        message!("region", "{name} is not the name of an AWS region, such as us-west-2", name = quoted(name))
    })
}

/// Four numbers with dots between them, also those that are no address, such as 999.1.1.1 or 01.2.3.4.
fn is_written_like_ipv4(name: &str) -> bool {
    let is_number = |part: &str| (1..=3).contains(&part.len());
    // From the end, where nearly every name has a letter.
    name.bytes().rev().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && name.split('.').count() == 4
        && name.split('.').all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_ranks_are_one_level_of_a_key() {
        let longest = "髪".repeat(128);
        for good in ["A1", "nomal", "レア", "...", ".a", "a b", "a\\b", longest.as_str()] {
            assert_eq!(check_key_part(good), Ok(()), "{good:?}");
        }
        let too_long = "a".repeat(129);
        for (bad, message) in [
            ("", "has 0 characters; use 1 to 128"),
            (too_long.as_str(), "has 129 characters; use 1 to 128"),
            (".", "is \".\", which has a meaning of its own in paths; use another name"),
            ("..", "is \"..\", which has a meaning of its own in paths; use another name"),
            ("a/b", "is \"a/b\"; remove the slash"),
            ("a\tb", "is \"a\\tb\"; remove the control character"),
            ("a\u{85}b", "is \"a\\u{85}b\"; remove the control character"),
        ] {
            assert_eq!(check_key_part(bad).unwrap_err(), message, "{bad:?}");
        }
    }

    #[test]
    fn file_names_are_those_of_images() {
        for good in ["image.jpeg", "a.b.PNG", "絵.webp", ". .jpg"] {
            assert_eq!(check_file_name(good), Ok(()), "{good:?}");
        }
        for bad in ["", "image", "image.gif", ".jpeg", "a/b.jpeg", "a\n.jpeg", "."] {
            assert!(check_file_name(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            check_file_name("image.gif").unwrap_err(),
            "is \"image.gif\"; use a file name that ends in .jpeg, .jpg, .png or .webp"
        );
    }

    #[test]
    fn bucket_names_follow_the_rules_of_s3() {
        let longest = "a".repeat(63);
        for good in ["111122223333-aa-example-1-input-image-bucket", "abc", "a.b-c", "1.2.3", "1.2.3.4.5", &longest] {
            assert_eq!(check_bucket_name(good), Ok(()), "{good:?}");
        }
        let too_long = "a".repeat(64);
        for (bad, why) in [
            ("Bucket", "it may have only lower-case letters, digits, dots and hyphens"),
            ("a_b", "it may have only lower-case letters, digits, dots and hyphens"),
            ("バケツ", "it may have only lower-case letters, digits, dots and hyphens"),
            ("", "it has 0 characters; use 3 to 63"),
            ("a", "it has 1 character; use 3 to 63"),
            ("ab", "it has 2 characters; use 3 to 63"),
            (too_long.as_str(), "it has 64 characters; use 3 to 63"),
            ("-abc", "it must begin and end with a letter or a digit"),
            ("abc.", "it must begin and end with a letter or a digit"),
            ("a..b", "it has two dots in a row"),
            ("192.168.5.4", "it is written like an IP address"),
            ("999.168.5.04", "it is written like an IP address"),
            ("xn--abc", "it begins with xn--, which S3 reserves"),
            ("sthree-configurator-a", "it begins with sthree-, which S3 reserves"),
            ("amzn-s3-demo-bucket", "it begins with amzn-s3-demo-, which S3 reserves"),
            ("abc-s3alias", "it ends with -s3alias, which S3 reserves"),
            ("abc--ol-s3", "it ends with --ol-s3, which S3 reserves"),
            ("abc.mrap", "it ends with .mrap, which S3 reserves"),
            ("abc--x-s3", "it ends with --x-s3, which S3 reserves"),
            ("abc--table-s3", "it ends with --table-s3, which S3 reserves"),
        ] {
            let message = check_bucket_name(bad).unwrap_err();
            assert!(message.ends_with(&format!(", not a bucket name: {why}")), "{bad:?}: {message}");
        }
    }

    #[test]
    fn account_ids_and_regions_have_a_form() {
        assert_eq!(check_account_id("111122223333"), Ok(()));
        for id in ["", "11112222333", "1111222233334", "1111-2222-33", "１１１１２２２２３３３３"] {
            assert!(check_account_id(id).is_err(), "{id}");
        }
        for name in ["us-west-2", "ap-northeast-1", "us-gov-west-1", "eu-isoe-west-1"] {
            assert_eq!(check_region(name), Ok(()), "{name}");
        }
        for name in ["", "us-west", "us-west-2a", "US-WEST-2", "west-2", "us--2", "tokyo", "us_west_2"] {
            assert!(check_region(name).is_err(), "{name}");
        }
        assert_eq!(check_region("tokyo").unwrap_err(), "\"tokyo\" is not the name of an AWS region, such as us-west-2");
    }

    #[test]
    fn a_source_key_is_any_object_key() {
        assert_eq!(check_source_key("a/b/ c\n"), Ok(()));
        assert_eq!(check_source_key(&"a".repeat(1_024)), Ok(()));
        assert_eq!(check_source_key(&"髪".repeat(342)).unwrap_err(), "has 1026 bytes; an object key has 1 to 1024");
        assert_eq!(check_source_key("").unwrap_err(), "has 0 bytes; an object key has 1 to 1024");
    }
}
