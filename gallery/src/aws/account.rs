//! What `doctor` asks: who calls, whether the stack and its parts are there, which models the account may use and at which price, and
//! how many functions Lambda runs at once.

use super::Aws;
use crate::Error;
use aws_config::{Region, SdkConfig};
use aws_sdk_bedrock::types::{
    AgreementStatus, AuthorizationStatus, EntitlementAvailability, PricingTerm, RegionAvailability,
};
use idlist::message;
use std::collections::BTreeMap;

/// An account, asked beyond what a run needs.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    config: SdkConfig,
}

/// A stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stack {
    /// CloudFormation's word for where it stands.
    pub(crate) status: String,
    /// Values of its outputs, by name.
    pub(crate) outputs: BTreeMap<String, String>,
    /// Values of its parameters, by name.
    pub(crate) parameters: BTreeMap<String, String>,
}

/// Whether the account may use a model.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModelAvailability.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModelAccess {
    /// It may.
    Granted,
    /// The region does not have the model.
    NotInRegion,
    /// The agreement with the model's provider is being made.
    Pending,
    /// The agreement has not been made.
    NoAgreement,
    /// The account is not authorized.
    NotAuthorized,
}

/// One price of a rate card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rate {
    /// What is counted.
    pub(crate) description: String,
    /// US dollars for one unit, as AWS writes them.
    pub(crate) price: String,
    /// The unit.
    pub(crate) unit: String,
}

impl Account {
    /// The account that a configuration of the SDK belongs to.
    #[must_use]
    pub(crate) fn new(config: SdkConfig) -> Self {
        Self { config }
    }

    /// The ARN of the caller.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn caller(&self) -> Result<String, Error> {
        let answer = aws_sdk_sts::Client::new(&self.config).get_caller_identity().send().await;
        let answer = answer.map_err(|error| {
            Error::of_sdk("sts:GetCallerIdentity", message!("the-identity", "the identity"), &error)
        })?;
        Ok(answer.arn().unwrap_or_default().to_owned())
    }

    /// The stack of this name.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none, else what AWS answers.
    pub(crate) async fn stack(&self, name: &str) -> Result<Stack, Error> {
        let what = message!("the-stack", "the stack {name}", name);
        let answer = aws_sdk_cloudformation::Client::new(&self.config).describe_stacks().stack_name(name).send().await;
        let answer =
            answer.map_err(|error| match Error::of_sdk("cloudformation:DescribeStacks", what.clone(), &error) {
                // CloudFormation has no error of its own for this.
                Error::Aws { message, .. } if message.contains("does not exist") => Error::NotFound(what.clone()),
                error => error,
            })?;
        let stack = answer.stacks().first().ok_or(Error::NotFound(what))?;
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let output =
            |output: &aws_sdk_cloudformation::types::Output| (text(output.output_key()), text(output.output_value()));
        let parameter = |parameter: &aws_sdk_cloudformation::types::Parameter| {
            (text(parameter.parameter_key()), text(parameter.parameter_value()))
        };
        Ok(Stack {
            status: stack.stack_status().map_or_else(String::new, |status| status.as_str().to_owned()),
            outputs: stack.outputs().iter().map(output).collect(),
            parameters: stack.parameters().iter().map(parameter).collect(),
        })
    }

    /// Functions that Lambda runs at once in this account and region.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn concurrency(&self) -> Result<Option<u64>, Error> {
        let answer = aws_sdk_lambda::Client::new(&self.config).get_account_settings().send().await;
        let answer = answer.map_err(|error| {
            Error::of_sdk("lambda:GetAccountSettings", message!("the-limits", "the account's limits"), &error)
        })?;
        let limit = answer.account_limit().map(aws_sdk_lambda::types::AccountLimit::concurrent_executions);
        Ok(limit.and_then(|limit| u64::try_from(limit).ok()))
    }

    fn bedrock(&self, region: &str) -> aws_sdk_bedrock::Client {
        let config = aws_sdk_bedrock::config::Builder::from(&self.config).region(Region::new(region.to_owned()));
        aws_sdk_bedrock::Client::from_conf(config.build())
    }

    /// Whether the account may use a model in a region.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn model_access(&self, region: &str, model: &str) -> Result<ModelAccess, Error> {
        let answer = self.bedrock(region).get_foundation_model_availability().model_id(model).send().await;
        let what = message!("the-model", "the model {model} in {region}", model, region);
        let answer = answer.map_err(|error| Error::of_sdk("bedrock:GetFoundationModelAvailability", what, &error))?;
        let agreement = answer.agreement_availability().map(|agreement| agreement.status().clone());
        let has_entitlement = *answer.entitlement_availability() == EntitlementAvailability::Available;
        Ok(match agreement {
            _ if *answer.region_availability() == RegionAvailability::NotAvailable => ModelAccess::NotInRegion,
            _ if *answer.authorization_status() == AuthorizationStatus::NotAuthorized => ModelAccess::NotAuthorized,
            Some(AgreementStatus::Pending) => ModelAccess::Pending,
            None | Some(AgreementStatus::Available) if has_entitlement => ModelAccess::Granted,
            _ => ModelAccess::NoAgreement,
        })
    }

    /// The rate card of a model for this account; empty where AWS gives none.
    /// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModelAgreementOffers.html>
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn rates(&self, region: &str, model: &str) -> Result<Vec<Rate>, Error> {
        let answer = self.bedrock(region).list_foundation_model_agreement_offers().model_id(model).send().await;
        let what = message!("the-model", "the model {model} in {region}", model, region);
        let answer =
            answer.map_err(|error| Error::of_sdk("bedrock:ListFoundationModelAgreementOffers", what, &error))?;
        let terms = answer.offers().first().and_then(|offer| offer.term_details());
        let card = terms.and_then(|terms| terms.usage_based_pricing_term()).map(PricingTerm::rate_card);
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let rates = card.unwrap_or_default().iter().map(|rate| Rate {
            description: text(rate.description().or(rate.dimension())),
            price: text(rate.price()),
            unit: text(rate.unit()),
        });
        Ok(rates.collect())
    }
}

impl Aws {
    /// Asks whether a bucket is there.
    ///
    /// # Errors
    /// [`Error::NotFound`], or what AWS answers.
    pub(crate) async fn check_bucket(&self, bucket: &str) -> Result<(), Error> {
        let answer = self.s3.head_bucket().bucket(bucket).send().await;
        answer.map(drop).map_err(|error| {
            Error::of_sdk("s3:ListBucket", message!("the-bucket", "the bucket {bucket}", bucket), &error)
        })
    }

    /// The status of the state machine.
    ///
    /// # Errors
    /// [`Error::NotFound`], or what AWS answers.
    pub(crate) async fn state_machine_status(&self) -> Result<String, Error> {
        let request = self.sfn.describe_state_machine().state_machine_arn(self.names.state_machine_arn());
        let what = message!("the-state-machine", "the state machine {name}", name = &self.names.state_machine);
        let answer = request.send().await;
        let answer = answer.map_err(|error| Error::of_sdk("states:DescribeStateMachine", what, &error))?;
        Ok(answer.status.map_or_else(String::new, |status| status.as_str().to_owned()))
    }
}
