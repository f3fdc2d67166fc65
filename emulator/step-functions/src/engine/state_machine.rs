//! The state machine whose executions are run, and the ARNs of what belongs to it.

use time::OffsetDateTime;

use crate::language::definition::Definition;
use crate::model::timestamp::now;

/// A state machine as it is deployed.
#[derive(Debug, Clone)]
pub struct StateMachine {
    /// Name, part of every ARN.
    pub name: String,
    /// AWS Region, for example `us-west-2`.
    pub region: String,
    /// AWS account, twelve digits.
    pub account: String,
    /// ARN of the role it runs as.
    pub role_arn: String,
    /// What it does.
    pub definition: Definition,
    pub(crate) created: OffsetDateTime,
}

impl StateMachine {
    /// Creates a machine, now.
    pub fn new(
        name: impl Into<String>,
        region: impl Into<String>,
        account: impl Into<String>,
        role_arn: impl Into<String>,
        definition: Definition,
    ) -> Self {
        Self {
            name: name.into(),
            region: region.into(),
            account: account.into(),
            role_arn: role_arn.into(),
            definition,
            created: now(),
        }
    }

    /// `arn:aws:states:<region>:<account>:stateMachine:<name>`
    pub fn arn(&self) -> String {
        self.arn_of("stateMachine", "")
    }

    /// ARN of something of this machine: the kind of resource, and what follows the machine's name.
    pub(crate) fn arn_of(&self, kind: &str, rest: &str) -> String {
        format!("arn:aws:states:{}:{}:{kind}:{}{rest}", self.region, self.account, self.name)
    }

    /// ARN of the execution of this name.
    pub(crate) fn execution_arn(&self, name: &str) -> String {
        self.arn_of("execution", &format!(":{name}"))
    }
}
