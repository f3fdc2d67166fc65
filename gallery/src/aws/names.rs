//! Names that follow from account, region and stack: buckets, state machine, executions, reports of rejected lists.

/// What the names of list buckets end in.
const LIST_BUCKET: &str = "unprocessed-id-list-bucket";

/// The names of one stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The 12 digits of the account.
    pub account: String,
    /// The region of the stack.
    pub region: String,
    /// The name of the state machine.
    pub state_machine: String,
}

impl Names {
    /// Names of an account, a region and a state machine.
    #[must_use]
    pub fn new(account: String, region: String, state_machine: String) -> Self {
        Self { account, region, state_machine }
    }

    /// The name that a stack gives to its state machine; without a stack, what it is called by itself.
    #[must_use]
    pub fn state_machine_of_stack(stack: &str) -> String {
        if stack.is_empty() { "GenerateImages".to_owned() } else { format!("{stack}-GenerateImages") }
    }

    /// Lists are dropped here.
    #[must_use]
    pub fn list_bucket(&self) -> String {
        self.bucket(LIST_BUCKET)
    }

    /// Images come here, of items that name it.
    #[must_use]
    pub fn image_bucket(&self) -> String {
        self.bucket("input-image-bucket")
    }

    /// Results and reports come here.
    #[must_use]
    pub fn result_bucket(&self) -> String {
        self.bucket("sfn-distributed-map-result-bucket")
    }

    fn bucket(&self, name: &str) -> String {
        format!("{}-{}-{name}", self.account, self.region)
    }

    fn arn(&self, kind: &str, name: &str) -> String {
        let partition = match &self.region {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        format!("arn:{partition}:states:{}:{}:{kind}:{name}", self.region, self.account)
    }

    /// ARN of the state machine.
    #[must_use]
    pub fn state_machine_arn(&self) -> String {
        self.arn("stateMachine", &self.state_machine)
    }

    /// ARN of an execution.
    #[must_use]
    pub fn execution_arn(&self, name: &str) -> String {
        self.arn("execution", &format!("{}:{name}", self.state_machine))
    }

    /// The name that the trigger gives to the execution of a version of a list.
    #[must_use]
    pub fn execution_name(&self, key: &str, version: &str) -> String {
        idlist::execution_name(&self.list_bucket(), key, version)
    }

    /// The key of the report that the trigger stores if it rejects a version of a list.
    #[must_use]
    pub fn rejection_key(&self, key: &str, version: &str) -> String {
        idlist::rejection_key(&self.list_bucket(), key, version)
    }

    /// The account in the name of a list bucket of this region.
    #[cfg(any(test, feature = "cli"))]
    pub(crate) fn account_of_list_bucket<'a>(bucket: &'a str, region: &str) -> Option<&'a str> {
        let (account, rest) = bucket.split_at_checked(12)?;
        let is_ours = rest.strip_prefix('-')?.strip_prefix(region)?.strip_prefix('-')? == LIST_BUCKET;
        (is_ours && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new("000000000000".into(), "us-east-1".into(), "GenerateImages".into())
    }

    #[test]
    fn names_are_those_of_the_template() {
        let names = names();
        assert_eq!(names.list_bucket(), "000000000000-us-east-1-unprocessed-id-list-bucket");
        assert_eq!(names.execution_arn("a"), "arn:aws:states:us-east-1:000000000000:execution:GenerateImages:a");
        assert_eq!(Names::state_machine_of_stack("id-list-images"), "id-list-images-GenerateImages");
        let bucket = names.list_bucket();
        assert_eq!(Names::account_of_list_bucket(&bucket, "us-east-1"), Some("000000000000"));
        assert_eq!(Names::account_of_list_bucket(&bucket, "us-east-2"), None);
        assert_eq!(Names::account_of_list_bucket("リスト", "us-east-1"), None);
    }

    #[test]
    fn an_execution_is_named_as_the_trigger_names_it() {
        let name = names().execution_name("id-list.json", "f7125e02926d4aaca717bf57f7b5fa31");
        assert_eq!(name, "id-list-c854af63a7104668bd84da6d9cca677b");
        assert!(names().rejection_key("a/b.json", "1").starts_with("rejected/a/b.json."));
    }
}
