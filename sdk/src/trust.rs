//! TLS: which, and whom it trusts.

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::sync::Arc;

/// Amazon Root CA 1 to 4 and Starfield Services Root CA G2: those that AWS asks its callers to trust. They expire in 2037 and later.
/// <https://www.amazontrust.com/repository/>
const AMAZON_TRUST_SERVICES: &[u8] = include_bytes!("amazon-trust-services.pem");

/// rustls with ring, and what [`Connections`](crate::Connections) trusts. What can not be read is not trusted: a connection that needs it
/// fails, and says so.
pub(crate) fn tls() -> Arc<ClientConfig> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let system = set("SSL_CERT_FILE") || set("SSL_CERT_DIR") || !is_commercial(super::environment::region().as_deref());
    let mut trusted = RootCertStore::empty();
    if system {
        trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    } else {
        trusted.add_parsable_certificates(CertificateDer::pem_slice_iter(AMAZON_TRUST_SERVICES).filter_map(Result::ok));
    }
    trusting(trusted)
}

pub(crate) fn trusting(trusted: RootCertStore) -> Arc<ClientConfig> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for TLS 1.2 and 1.3")
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Arc::new(config)
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
        let mut trusted = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(AMAZON_TRUST_SERVICES) {
            trusted.add(certificate.unwrap()).unwrap();
        }
        assert_eq!(trusted.len(), 5);
    }
}
