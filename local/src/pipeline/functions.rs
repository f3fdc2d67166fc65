//! The two functions: this program again, in another role, with the environment that the SAM template gives them.

use super::names::{ACCOUNT, GENERATOR, REGION, RESULT_BUCKET, TRIGGER, state_machine_arn};
use crate::cli::{Bedrock, Settings};
use emulator_lambda::Function;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// Variables through which the caller's AWS credentials reach the generator when it calls the real Bedrock.
const CALLERS_CREDENTIALS: [&str; 6] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
];

/// The functions, whose AWS is `endpoint` and whose logs go to the folder `logs`.
pub(crate) fn functions(settings: &Settings, program: &Path, endpoint: SocketAddr, logs: &Path) -> Vec<Function> {
    let url = OsString::from(format!("http://{endpoint}"));
    let function = |name: &str, timeout: u32, max_environments: u32, environment: Vec<(&str, OsString)>| Function {
        name: name.to_owned(),
        region: REGION.into(),
        account: ACCOUNT.into(),
        command: (program.to_owned(), vec!["function".into(), name.into()]),
        environment: environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        timeout: Duration::from_secs(timeout.into()),
        memory_mib: 256,
        max_environments: max_environments as usize,
        log: logs.join(format!("{name}.log")),
    };

    let emulated: [(&str, OsString); 3] = [
        ("AWS_ACCESS_KEY_ID", ACCOUNT.into()),
        ("AWS_SECRET_ACCESS_KEY", "local".into()),
        ("AWS_ENDPOINT_URL", url.clone()),
    ];
    let both: [(&str, OsString); 1] = [("RETIRED_MODELS", settings.retired_models.to_string().into())];

    let trigger: [(&str, OsString); 4] = [
        ("STATE_MACHINE_ARN", state_machine_arn().into()),
        ("RESULT_BUCKET_NAME", RESULT_BUCKET.into()),
        ("MAX_ITEMS_PER_LIST", settings.max_items.to_string().into()),
        ("MAX_USD_PER_LIST", settings.max_usd.to_string().into()),
    ];

    let mut generator: Vec<(&str, OsString)> = match settings.bedrock {
        Bedrock::StandIn => emulated.to_vec(),
        Bedrock::Aws => {
            let caller = CALLERS_CREDENTIALS.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
            let bedrock = ("BEDROCK_REGION", settings.bedrock_region.clone().into());
            caller.chain([("AWS_ENDPOINT_URL_S3", url), bedrock]).collect()
        }
    };
    generator.push(("STATE_BUCKET_NAME", RESULT_BUCKET.into()));
    generator.push(("IMAGES_PER_MINUTE", settings.images_per_minute.to_string().into()));

    vec![
        function(TRIGGER, 60, 2, [&emulated[..], &trigger, &both].concat()),
        function(GENERATOR, settings.function_timeout, settings.concurrency, [&generator[..], &both].concat()),
    ]
}
