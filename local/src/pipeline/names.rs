//! What things are called here: the names that the SAM template gives them, in a made-up account.

/// The account id of emulators.
pub const ACCOUNT: &str = "000000000000";
/// The region.
pub const REGION: &str = "us-east-1";
/// Bucket where lists are dropped.
pub const LIST_BUCKET: &str = "000000000000-us-east-1-unprocessed-id-list-bucket";
/// Bucket for images.
pub const IMAGE_BUCKET: &str = "000000000000-us-east-1-input-image-bucket";
/// Bucket for results and for the reports of rejected lists.
pub const RESULT_BUCKET: &str = "000000000000-us-east-1-sfn-distributed-map-result-bucket";
/// The state machine.
pub const STATE_MACHINE: &str = "GenerateImages";
/// The ledger's file in the data folder.
pub const LEDGER: &str = "ledger.jsonl";
/// The function that S3 notifies.
pub(crate) const TRIGGER: &str = "trigger";
/// The function that makes one image.
pub(crate) const GENERATOR: &str = "generator";

/// ARN of the state machine.
#[must_use]
pub fn state_machine_arn() -> String {
    format!("arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{STATE_MACHINE}")
}

/// ARN of the state machine's execution of this name.
pub(crate) fn execution_arn_of(name: &str) -> String {
    format!("arn:aws:states:{REGION}:{ACCOUNT}:execution:{STATE_MACHINE}:{name}")
}

/// The name of an execution in its ARN.
pub(crate) fn name_of(execution_arn: &str) -> &str {
    execution_arn.rsplit(':').next().unwrap_or_default()
}
