//! The bucket in a host name: virtual-hosted-style requests.
//!
//! An SDK that is given the endpoint `http://localhost:4566` and not told to use path style sends
//! `http://<bucket>.localhost:4566/<key>`; every name below `localhost` is this machine (RFC 6761, section 6.3).
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>

use s3s::S3Result;
use s3s::host::{S3Host, VirtualHost};

/// The bucket that a `Host` header names, with or without a port: `<bucket>.localhost`, `<bucket>.s3.localhost` and
/// `<bucket>.s3.<region>.localhost`. `None` for every other host: its requests have the bucket in their path.
///
/// ```
/// use emulator_s3::bucket_of_host;
/// assert_eq!(bucket_of_host("my.pictures.s3.us-east-1.localhost:4566"), Some("my.pictures"));
/// assert_eq!(bucket_of_host("localhost:4566"), None);
/// ```
pub fn bucket_of_host(host: &str) -> Option<&str> {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let (name, domain) = name.rsplit_once('.')?;
    if !domain.eq_ignore_ascii_case("localhost") {
        return None;
    }
    let name = match name.rsplit_once('.') {
        Some((service, region)) if is_service(service) && is_region(region) => service,
        _ => name,
    };
    if name.eq_ignore_ascii_case("s3") {
        return None;
    }
    match name.rsplit_once('.') {
        Some((bucket, service)) if service.eq_ignore_ascii_case("s3") => Some(bucket),
        _ => Some(name),
    }
}

/// Whether the last label is `s3`.
fn is_service(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|label| label.eq_ignore_ascii_case("s3"))
}

/// Whether it looks like `ap-northeast-1`.
fn is_region(label: &str) -> bool {
    let mut parts = label.rsplit('-');
    parts.next().is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        && parts.clone().count() >= 2
        && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// Tells `s3s` the bucket of a host.
pub(crate) struct LocalHost;

impl S3Host for LocalHost {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> S3Result<VirtualHost<'a>> {
        let virtual_host = VirtualHost::new(host);
        Ok(match bucket_of_host(host) {
            Some(bucket) => virtual_host.with_bucket(bucket),
            None => virtual_host,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_below_localhost_hold_a_bucket() {
        for (host, bucket) in [
            ("b-1.localhost:4566", Some("b-1")),
            ("b-1.s3.localhost", Some("b-1")),
            ("b-1.s3.ap-northeast-1.localhost:1", Some("b-1")),
            ("a.b.S3.us-gov-west-1.LOCALHOST", Some("a.b")),
            ("s3.pictures.localhost", Some("s3.pictures")),
            ("s3.localhost:4566", None),
            ("s3.us-east-1.localhost", None),
            ("localhost", None),
            ("127.0.0.1:4566", None),
            ("[::1]", None),
            ("b-1.localhost.example", None),
            ("host.docker.internal:4566", None),
        ] {
            assert_eq!(bucket_of_host(host), bucket, "{host}");
        }
    }
}
