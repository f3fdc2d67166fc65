//! HTTPS: which TLS, and whom it trusts.

use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Amazon Root CA 1 to 4 and Starfield Services Root CA G2: those that AWS asks its callers to trust. They expire in 2037 and later.
/// <https://www.amazontrust.com/repository/>
const AMAZON_TRUST_SERVICES: &[u8] = include_bytes!("amazon-trust-services.pem");

/// The HTTP client of all services of one process.
///
/// Trusts the certificate authorities of AWS. With `SSL_CERT_FILE` or `SSL_CERT_DIR` set, and outside the commercial regions, it trusts what
/// is in that file or folder, else in the system's store: behind a proxy with a certificate of its own, and for endpoints of one's own.
#[must_use]
pub fn http_client() -> SharedHttpClient {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let system = set("SSL_CERT_FILE") || set("SSL_CERT_DIR") || !is_commercial(super::environment::region().as_deref());
    let trusted = TrustStore::empty();
    let trusted =
        if system { trusted.with_native_roots(true) } else { trusted.with_pem_certificate(AMAZON_TRUST_SERVICES) };
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    match TlsContext::builder().with_trust_store(trusted).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        // Trusts the system's store, as a client that nobody configures does.
        Err(_) => builder.build_https(),
    }
}

/// Whether a region is of the partition `aws`. Other partitions have other names and may have other certificate authorities.
/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
fn is_commercial(region: Option<&str>) -> bool {
    let others = ["cn-", "us-gov-", "us-iso", "eu-iso", "eusc-"];
    region.is_some_and(|region| !others.iter().any(|other| region.starts_with(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_partitions_are_told_apart() {
        for region in ["us-west-2", "eu-central-1", "ap-northeast-1", "us-east-1"] {
            assert!(is_commercial(Some(region)), "{region}");
        }
        for region in [Some("cn-north-1"), Some("us-gov-west-1"), Some("us-isob-east-1"), Some("eusc-de-east-1"), None]
        {
            assert!(!is_commercial(region), "{region:?}");
        }
    }

    #[test]
    fn the_built_in_certificates_can_be_used() {
        // The connector, and with it the TLS configuration, is made when the client is validated or first used.
        let text = std::str::from_utf8(AMAZON_TRUST_SERVICES).unwrap();
        assert_eq!(text.matches("-----BEGIN CERTIFICATE-----").count(), 5);
        let trusted = TrustStore::empty().with_pem_certificate(AMAZON_TRUST_SERVICES);
        let context = TlsContext::builder().with_trust_store(trusted).build().unwrap();
        let provider = Provider::Rustls(CryptoMode::Ring);
        let _ = aws_smithy_http_client::Connector::builder().tls_provider(provider).tls_context(context).build();
    }
}
