//! Where services are.

use aws_types::{SdkConfig, service_config::ServiceConfigKey};

/// The endpoint that is configured for a service, by its id (`S3`, `Bedrock Runtime`): its own, else that of all services.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
#[must_use]
pub fn configured_endpoint(sdk: &SdkConfig, service_id: &str) -> Option<String> {
    let all = || sdk.endpoint_url().map(ToOwned::to_owned);
    if sdk.get_origin("endpoint_url").is_client_config() {
        return all();
    }
    let key = ServiceConfigKey::builder().service_id(service_id).env("AWS_ENDPOINT_URL").profile("endpoint_url");
    let own = key.build().ok().and_then(|key| sdk.service_config()?.load_config(key));
    own.or_else(all)
}

/// The endpoint of Amazon Bedrock's models in a region, unless one is configured.
/// <https://docs.aws.amazon.com/general/latest/gr/bedrock.html>
#[must_use]
pub fn bedrock_endpoint(sdk: &SdkConfig, region: &str) -> String {
    configured_endpoint(sdk, "Bedrock Runtime").unwrap_or_else(|| {
        let (name, dual_stack_name) = domains(region);
        let fips = if sdk.use_fips() == Some(true) { "-fips" } else { "" };
        let domain = if sdk.use_dual_stack() == Some(true) { dual_stack_name } else { name };
        format!("https://bedrock-runtime{fips}.{region}.{domain}")
    })
}

/// Under which domain the endpoints of a region are, and those that speak IPv6 as well.
/// <https://github.com/awslabs/aws-sdk-rust/blob/main/sdk/s3/src/endpoint_lib.rs>, where every SDK's table of partitions is.
fn domains(region: &str) -> (&'static str, &'static str) {
    let others = [
        ("cn-", ("amazonaws.com.cn", "api.amazonwebservices.com.cn")),
        ("eusc-", ("amazonaws.eu", "api.amazonwebservices.eu")),
        ("us-iso-", ("c2s.ic.gov", "api.aws.ic.gov")),
        ("us-isob-", ("sc2s.sgov.gov", "api.aws.scloud")),
        ("eu-isoe-", ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk")),
        ("us-isof-", ("csp.hci.ic.gov", "api.aws.hci.ic.gov")),
    ];
    let other = others.iter().find(|(prefix, _)| region.starts_with(prefix));
    other.map_or(("amazonaws.com", "api.aws"), |(_, domains)| *domains)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_types::service_config::LoadServiceConfig;

    #[derive(Debug)]
    struct OfBedrock;

    impl LoadServiceConfig for OfBedrock {
        fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
            (key.service_id() == "Bedrock Runtime" && key.env() == "AWS_ENDPOINT_URL")
                .then(|| "http://bedrock:1".into())
        }
    }

    #[test]
    fn a_region_has_one_endpoint_of_each_sort() {
        let sdk = |fips, dual_stack| SdkConfig::builder().use_fips(fips).use_dual_stack(dual_stack).build();
        let at = |fips, dual_stack, region| bedrock_endpoint(&sdk(fips, dual_stack), region);
        assert_eq!(at(false, false, "us-west-2"), "https://bedrock-runtime.us-west-2.amazonaws.com");
        assert_eq!(at(true, false, "us-gov-west-1"), "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com");
        assert_eq!(at(false, true, "us-west-2"), "https://bedrock-runtime.us-west-2.api.aws");
        assert_eq!(
            at(true, true, "cn-north-1"),
            "https://bedrock-runtime-fips.cn-north-1.api.amazonwebservices.com.cn"
        );
    }

    #[test]
    fn the_endpoint_of_the_service_comes_before_that_of_all_and_that_before_the_regions() {
        let all = SdkConfig::builder().endpoint_url("http://all:1").build();
        assert_eq!(bedrock_endpoint(&all, "us-west-2"), "http://all:1");
        let own = SdkConfig::builder().endpoint_url("http://all:1").service_config(OfBedrock).build();
        assert_eq!(bedrock_endpoint(&own, "us-west-2"), "http://bedrock:1");
        assert_eq!(configured_endpoint(&own, "S3").as_deref(), Some("http://all:1"));
    }
}
