//! The checks of `gallery doctor`, in the order in which one needs the other.

use super::{Check, listed};
use crate::Error;
use crate::aws::{Account, Connection, ModelAccess, Rate, Stack};
use crate::model::RunStatus;
use crate::service::Gallery;
use futures_util::future::join_all;
use idlist::models::MODELS;
use idlist::{Message, message, usd_per_image};

/// What helps where there are no valid credentials.
pub(super) const LOG_IN: &str = "aws sso login    # or: aws configure";
/// `BedrockRegion` and `MaxConcurrency` of the template, unless the stack says otherwise.
const BEDROCK_REGION: &str = "us-west-2";
const MAX_CONCURRENCY: u64 = 10;
/// Lambda's quota for concurrent executions. <https://docs.aws.amazon.com/general/latest/gr/lambda-service.html>
const CONCURRENCY_QUOTA: &str = "L-B99A9384";

/// What is asked, and on whose behalf.
pub(super) struct Checks<'a> {
    pub(super) gallery: &'a Gallery,
    pub(super) connection: &'a Connection,
    pub(super) account: Account,
}

impl Checks<'_> {
    /// All checks. Without credentials that AWS accepts there is only one.
    pub(super) async fn all(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        match self.credentials().await {
            Ok(check) => checks.push(check),
            Err(check) => return vec![check],
        }
        let (stack, check) = self.stack().await;
        checks.extend(check);
        checks.extend(self.buckets_and_state_machine().await);
        let parameter = |name: &str| stack.as_ref().and_then(|stack| stack.parameters.get(name)).map(String::as_str);
        let region = parameter("BedrockRegion").unwrap_or(BEDROCK_REGION);
        checks.extend(self.models(region).await);
        checks.extend(self.prices(region).await);
        let max = parameter("MaxConcurrency").and_then(|max| max.parse().ok()).unwrap_or(MAX_CONCURRENCY);
        checks.push(self.concurrency(max).await);
        checks.push(self.last_failure().await);
        checks
    }

    async fn credentials(&self) -> Result<Check, Check> {
        let names = &self.gallery.aws.names;
        let (account, region) = (&names.account, &names.region);
        let place = message!("account-and-region", "account {account}, region {region}", account, region);
        match self.account.caller().await {
            Ok(arn) => Ok(Check::well("credentials", listed(arn.into(), place))),
            Err(error @ (Error::NoCredentials | Error::BadCredentials(_) | Error::Unreachable { .. })) => {
                Err(Check::fault("credentials", error.message(), LOG_IN.to_owned()))
            }
            Err(error) => Ok(self.not_told("credentials", "STS".to_owned().into(), &error).prefixed(place)),
        }
    }

    async fn stack(&self) -> (Option<Stack>, Option<Check>) {
        let name = &self.connection.stack;
        if name.is_empty() {
            return (None, None);
        }
        match self.account.stack(name).await {
            Ok(stack) => {
                let check = self.judge_stack(name, &stack);
                (Some(stack), Some(check))
            }
            Err(error @ Error::NotFound(_)) => (None, Some(Check::fault("stack", error.message(), self.deploy()))),
            Err(error) => (None, Some(self.not_told("stack", "CloudFormation".to_owned().into(), &error))),
        }
    }

    fn judge_stack(&self, name: &str, stack: &Stack) -> Check {
        let names = &self.gallery.aws.names;
        let expected = [
            ("ListBucketName", names.list_bucket()),
            ("ImageBucketName", names.image_bucket()),
            ("ResultBucketName", names.result_bucket()),
            ("StateMachineArn", names.state_machine_arn()),
        ];
        let status = message!("thing-is-in-status", "{name} is {status}", name, status = &stack.status);
        let events = format!("aws cloudformation describe-stack-events --region {} --stack-name {name}", names.region);
        if stack.status.ends_with("_IN_PROGRESS") {
            return Check::unknown("stack", message!("stack-in-progress", "{status}: wait for its end", status))
                .with_command(events);
        }
        if !matches!(
            stack.status.as_str(),
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE"
        ) {
            return Check::fault("stack", status, events);
        }
        for (output, expected) in expected {
            match stack.outputs.get(output) {
                Some(value) if *value == expected => {}
                Some(value) => {
                    let detail = message!(
                        "other-output",
                        "{status}, but its output {output} is {value}, and gallery uses {expected}",
                        status,
                        output,
                        value,
                        expected,
                    );
                    let machine = stack.outputs.get("StateMachineArn").and_then(|arn| arn.rsplit(':').next());
                    let machine = machine.unwrap_or(&names.state_machine);
                    return Check::fault("stack", detail, format!("gallery --state-machine {machine} doctor"));
                }
                None => {
                    let detail = message!(
                        "no-output",
                        "{status}, but it has no output {output}: it is not this project's",
                        status,
                        output,
                    );
                    return Check::fault("stack", detail, self.deploy());
                }
            }
        }
        let number = stack.outputs.len();
        Check::well("stack", message!("stack-with-outputs", "{status}, with {number} outputs", status, number))
    }

    async fn buckets_and_state_machine(&self) -> Vec<Check> {
        let aws = &self.gallery.aws;
        let names = &aws.names;
        let mut checks = Vec::new();
        for (name, bucket) in [
            ("list bucket", names.list_bucket()),
            ("image bucket", names.image_bucket()),
            ("result bucket", names.result_bucket()),
        ] {
            checks.push(self.needed(name, aws.check_bucket(&bucket).await.map(|()| bucket.into())));
        }
        let name = &names.state_machine;
        let machine = aws.state_machine_status().await;
        let machine = machine.map(|status| message!("thing-is-in-status", "{name} is {status}", name, status));
        checks.push(self.needed("state machine", machine));
        checks
    }

    /// A part without which nothing works.
    fn needed(&self, name: &'static str, answer: Result<Message, Error>) -> Check {
        match answer {
            Ok(detail) => Check::well(name, detail),
            Err(error @ Error::NotFound(_)) => Check::fault(
                name,
                message!(
                    "looked-for-stack",
                    "{error} (gallery looks for the stack {stack})",
                    error = error.message(),
                    stack = format!("{:?}", self.connection.stack),
                ),
                self.deploy(),
            ),
            Err(error @ Error::Denied { .. }) => Check::unknown(name, not_asked(&error)),
            Err(error) => Check::fault(name, error.message(), "gallery doctor    # again".to_owned()),
        }
    }

    fn deploy(&self) -> String {
        let Connection { stack, .. } = self.connection;
        let name = if stack.is_empty() { String::new() } else { format!(" --stack-name {stack}") };
        format!(
            "sam build && sam deploy{name} --region {}    # or name the stack with --stack; --stack '' where there is none",
            self.gallery.aws.names.region
        )
    }

    async fn models(&self, region: &str) -> Vec<Check> {
        let ask = |model: &'static str| async move { (model, self.account.model_access(region, model).await) };
        let answers = join_all(painters().map(ask)).await;
        if let Some((_, Err(error))) = answers.first()
            && answers.iter().all(|(_, answer)| answer.as_ref().err() == Some(error))
        {
            return vec![self.not_told("models", "Bedrock".to_owned().into(), error)];
        }
        answers.into_iter().map(|(model, answer)| self.judge_model(region, model, answer)).collect()
    }

    fn judge_model(&self, region: &str, model: &str, answer: Result<ModelAccess, Error>) -> Check {
        let of_model = format!("--region {region} --model-id {model}");
        let fault = |what: Message, command: String| {
            let detail = message!("model-in-region-is", "{model}: {what} in {region}", model, what, region);
            Check::fault("model", detail, command)
        };
        let is_elsewhere = || message!("not-in-bedrock", "Bedrock does not have it");
        let elsewhere = || match region {
            BEDROCK_REGION => format!("aws bedrock list-foundation-models --region {region} --by-provider stability"),
            _ => format!("sam deploy --parameter-overrides BedrockRegion={BEDROCK_REGION}"),
        };
        match answer {
            Ok(ModelAccess::Granted) => {
                Check::well("model", message!("model-in-region", "{model} in {region}", model, region))
            }
            Ok(ModelAccess::NotInRegion) => fault(is_elsewhere(), elsewhere()),
            Err(Error::NotFound(_)) if self.connection.own_endpoint().is_none() => fault(is_elsewhere(), elsewhere()),
            Ok(ModelAccess::Pending) => {
                let detail = message!(
                    "agreement-is-pending",
                    "{model}: the agreement is being made; ask again in some minutes",
                    model,
                );
                Check::unknown("model", detail)
            }
            Ok(ModelAccess::NoAgreement) => fault(
                message!("no-agreement", "the agreement with its provider has not been made"),
                format!(
                    "aws bedrock create-foundation-model-agreement {of_model} --offer-token \"$(aws bedrock \
                     list-foundation-model-agreement-offers {of_model} --query 'offers[0].offerToken' --output text)\""
                ),
            ),
            Ok(ModelAccess::NotAuthorized) => fault(
                message!("not-authorized", "the account is not authorized"),
                format!(
                    "aws bedrock get-foundation-model-availability {of_model}    # who can change that: \
                     https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html"
                ),
            ),
            Err(error) => {
                let service = message!("this-model", "this model");
                self.not_told("model", service, &error).prefixed(model.to_owned().into())
            }
        }
    }

    async fn prices(&self, region: &str) -> Vec<Check> {
        let ask = |model: &'static str| async move { (model, self.account.rates(region, model).await) };
        let answers = join_all(painters().map(ask)).await;
        answers.into_iter().map(|(model, answer)| judge_price(model, answer.ok().as_deref())).collect()
    }

    async fn concurrency(&self, max: u64) -> Check {
        let name = "concurrency";
        match self.account.concurrency().await {
            Ok(Some(limit)) if limit < max => Check::fault(
                name,
                message!(
                    "too-little-concurrency",
                    "Lambda runs {limit} functions at once in this account, fewer than MaxConcurrency, which is {max}",
                    limit,
                    max,
                ),
                format!(
                    "aws service-quotas request-service-quota-increase --region {} --service-code lambda --quota-code \
                     {CONCURRENCY_QUOTA} --desired-value 1000    # or: sam deploy --parameter-overrides MaxConcurrency={limit}",
                    self.gallery.aws.names.region
                ),
            ),
            Ok(Some(limit)) => {
                let detail = message!(
                    "enough-concurrency",
                    "Lambda runs {limit} functions at once, MaxConcurrency is {max}",
                    limit,
                    max,
                );
                Check::well(name, detail)
            }
            Ok(None) => Check::unknown(name, message!("no-limit-told", "Lambda tells no limit")),
            Err(error) => self.not_told(name, message!("limits-of-lambda", "the limits of Lambda"), &error),
        }
    }

    async fn last_failure(&self) -> Check {
        let aws = &self.gallery.aws;
        let page = match aws.list_runs(20, None).await {
            Ok(page) => page,
            Err(error @ Error::NotFound(_)) => return Check::unknown("runs", not_known(&error)),
            Err(error) => return self.needed("runs", Err(error)),
        };
        let failed = page.runs.iter().find(|run| matches!(run.status, RunStatus::Failed | RunStatus::TimedOut));
        let Some(failed) = failed else {
            let number = page.runs.len();
            return Check::well("runs", message!("no-run-failed", "none of the last {number} failed", number));
        };
        let run = aws.describe_run(&failed.name).await.unwrap_or_else(|_| failed.clone());
        let why = [run.error, run.cause].into_iter().flatten().collect::<Vec<_>>().join(": ");
        let why = if why.is_empty() { message!("no-reason", "no reason is given") } else { why.into() };
        let detail = message!("last-failure", "the last failure is {name}: {why}", name = &failed.name, why);
        let command = format!("gallery{} watch {}", self.connection.options(), failed.name);
        Check::unknown("runs", detail).with_command(command)
    }

    /// The line of something that is not told: denied, or not there at an endpoint that is not AWS's own.
    fn not_told(&self, name: &'static str, service: Message, error: &Error) -> Check {
        match (error, self.connection.own_endpoint()) {
            (Error::Denied { .. }, _) => Check::unknown(name, not_asked(error)),
            (_, Some(url)) => Check::unknown(
                name,
                message!("not-at-endpoint", "not available here: {url} does not have {service}", url, service),
            ),
            (_, None) => Check::unknown(name, not_known(error)),
        }
    }
}

impl Check {
    fn prefixed(self, prefix: Message) -> Self {
        let detail = message!("check-of", "{prefix}; {detail}", prefix, detail = self.detail);
        Self { detail, ..self }
    }
}

fn not_asked(error: &Error) -> Message {
    message!("not-asked", "may not be asked: {error}", error = error.message())
}

fn not_known(error: &Error) -> Message {
    message!("not-known", "not known: {error}", error = error.message())
}

/// Ids of the models that paint. The services that work on a picture are left out: an account needs only those that its lists name.
fn painters() -> impl Iterator<Item = &'static str> {
    MODELS.iter().filter(|model| !model.has_profile()).map(|model| model.id)
}

/// The price in the table, and beside it what AWS's rate card says.
fn judge_price(model: &str, rates: Option<&[Rate]>) -> Check {
    let ours = usd_per_image(model);
    let table = match ours {
        None => message!("no-price-in-table", "no price in our table"),
        Some(usd) => message!("price-in-table", "{usd} USD in our table", usd),
    };
    let told = match rates {
        None => message!("card-not-known", "AWS's rate card is not known"),
        Some([]) => message!("no-card", "AWS gives no rate card"),
        Some(card) => {
            let rates = card.iter().map(|Rate { price, unit, description }| {
                message!("rate-on-card", "{price} USD for {unit} ({description})", price, unit, description)
            });
            let rates = rates.reduce(listed);
            message!("card", "AWS's rate card: {rates}", rates = rates.unwrap_or_default())
        }
    };
    let detail = message!("price-of-model", "{model}: {table}; {told}", model, table, told);
    let card = rates.unwrap_or_default();
    let is_same = |rate: &Rate| rate.price.parse::<f64>().ok().zip(ours).is_some_and(|(a, b)| (a - b).abs() < 1e-9);
    if card.iter().any(is_same) { Check::well("price", detail) } else { Check::unknown("price", detail) }
}

#[cfg(test)]
mod tests {
    use super::super::Health;
    use super::*;

    #[test]
    fn a_price_that_differs_from_the_rate_card_is_shown() {
        let rate = |price: &str| Rate { description: "images".into(), price: price.into(), unit: "Image".into() };
        let model = MODELS[0].id;
        assert_eq!(judge_price(model, Some(&[rate("0.04")])).health, Health::Well);
        let differs = judge_price(model, Some(&[rate("0.05")]));
        assert!(differs.health == Health::Unknown && differs.detail.contains("0.05 USD for Image (images)"));
        assert!(judge_price(model, Some(&[])).detail.contains("no rate card"));
        assert!(judge_price("x", None).detail.contains("no price in our table"));
    }
}
