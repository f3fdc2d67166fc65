"""Deploys the project to an AWS account, tries it with six pictures, and removes everything again; acceptance.sh starts it."""

import argparse
import contextlib
import functools
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import boto3
import metrics
import unconfirmed
from botocore.exceptions import BotoCoreError, ClientError
from machine import ROOT, Machine, Stack
from template import Template, prices

LIMIT_USD = 0.50
# Step Functions, Lambda, S3, and an hour of CloudWatch's metrics, alarms and dashboard: an upper bound.
OTHER_USD = 0.03
BUCKETS = ("unprocessed-id-list-bucket", "input-image-bucket", "sfn-distributed-map-result-bucket", "access-log-bucket")
# The stack with the bucket that `sam deploy` uploads the functions to. All stacks of a region share it.
SAM_STACK = "aws-sam-cli-managed-default"

CORE, ULTRA, SD35, RETIRED = unconfirmed.MODELS
KNIGHT, JAPANESE = "a knight with green hair, white background", "緑色の髪の騎士、白い背景"
SOURCE = "sources/knight.png"
FIRST_BYTES = {".png": b"\x89PNG", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff", ".webp": b"RIFF"}

# What the emulator of the tests does not implement. There these checks are named instead of made.
NOT_ON_EMULATOR = {
    "results": "the result files and the counts in the output: the emulator has no ResultWriter",
    "versions": "that each execution reads its own version of a list: the emulator's ItemReader ignores VersionId",
    "redrive": "redrive: the emulator does not implement RedriveExecution; the list is dropped again instead",
    "items": "items in the input of an execution: the emulator does not implement aws-sdk:s3:putObject",
    "graphs": "the values of the dashboard's graphs: the emulator makes no metrics of the logs; the logs are checked",
    "unconfirmed": "what AWS does not document: the emulator's answers would say nothing about AWS",
}

began = time.monotonic()


def say(text):
    print(f"{time.monotonic() - began:5.0f} s  {text}", flush=True)


class Refused(Exception):
    """Why nothing was done."""


def expect(what, expected, found):
    if expected != found:
        raise AssertionError(f"{what}: expected {expected}, found {found}")


def sam(*command):
    """Runs the SAM CLI in a session of its own, so that Ctrl-C reaches it through this program only."""
    say(f"$ sam {' '.join(command)}")
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    ended = subprocess.run(["sam", *command], cwd=ROOT, text=True, start_new_session=True, **pipes)
    if ended.returncode != 0:
        raise AssertionError(f"sam {command[0]} ended with {ended.returncode}:\n{ended.stdout[-5000:]}")


class Acceptance(Machine, Stack):
    """One run. The methods whose names begin with `check_` run in this order; later ones use the pictures of earlier ones. They return
    something only if nothing was checked."""

    def __init__(self, stack, on_emulator):
        self.stack, self.on_emulator, self.paid = stack, on_emulator, set()
        if not on_emulator:
            self.patience, self.interval = 900, 2
        self.region = self.client("cloudformation").meta.region_name
        identity = self.client("sts").get_caller_identity()
        self.account, self.partition = identity["Account"], identity["Arn"].split(":")[1]
        self.buckets = [f"{self.account}-{self.region}-{name}" for name in BUCKETS]
        self.lists, self.images, self.results, _ = self.buckets
        self.pictures = [
            self.picture("A1", CORE, "knight.png"),
            self.picture("A2", ULTRA, "knight.jpeg"),
            self.picture("A3", RETIRED, "knight.jpg"),
            self.picture("A4", CORE, "knight.png", JAPANESE),
            self.picture("A5", CORE, "knight.png"),
            self.picture("A6", SD35, "knight.webp", sourceBucketName=self.images, sourceKeyName=SOURCE, strength=0.6),
        ]

    def picture(self, id, model, file, prompt=KNIGHT, **more):
        return {"id": id, "rank": "acceptance", "inputBucketName": self.images, "inputKeyName": file, "model": model, "prompt": prompt, **more}

    @functools.cache
    def client(self, service, region=None):
        return boto3.client(service, region_name=region)

    def usd(self, ids):
        """The estimated price of pictures. The successor of the retired model is Core."""
        usd = prices()
        return sum(usd.get(picture["model"], usd[CORE]) for picture in self.pictures if picture["id"] in ids)

    def real(self, what):
        """Whether a check can be made here. If not, it says so."""
        if self.on_emulator:
            say(f"not checked here: {NOT_ON_EMULATOR[what]}")
        return not self.on_emulator

    def made(self, arn):
        """The outcomes of an execution, by item, when it has ended."""
        self.ended(arn)
        outcomes = self.outcomes(arn)
        self.paid |= {id for id, outcome in outcomes.items() if outcome == "generated"}
        return outcomes

    def status(self, stack):
        """The status of a stack; empty if there is none."""
        try:
            return self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        except ClientError as error:
            if "does not exist" in str(error):
                return ""
            raise

    def has_bucket(self, name):
        try:
            self.s3.head_bucket(Bucket=name)
        except ClientError as error:
            # Anything else, such as 403, means that the name is taken.
            return error.response["ResponseMetadata"]["HTTPStatusCode"] != 404
        return True

    def refuse_what_is_there(self):
        if taken := [bucket for bucket in self.buckets if self.has_bucket(bucket)]:
            raise Refused(
                f"One region of an account holds one stack, and these buckets of one exist in {self.region}: {', '.join(taken)}. "
                "Choose another region with AWS_DEFAULT_REGION, or remove that stack and its buckets first."
            )
        if self.status(self.stack):
            raise Refused(f"The stack {self.stack} exists in {self.region}. Choose another name with --stack.")
        self.sam_stack_was_there = self.status(SAM_STACK)

    def deploy(self, build):
        if build:
            sam("build")
        # The prefix keeps the functions apart from those of other stacks. The percentage lets a list of one item fail.
        parameters = ("MaxUsdPerList=0.30", "ToleratedFailurePercentage=50", "LogRetentionDays=1")
        where = ("--stack-name", self.stack, "--region", self.region, "--s3-prefix", self.stack)
        sam("deploy", *where, "--no-confirm-changeset", "--no-progressbar", "--parameter-overrides", *parameters)

    def remove(self):
        """Removes everything that the run made; what could not be removed."""
        # Executions first: they would go on paying.
        steps = {"running executions": self.stop_executions, self.stack: self.remove_stack}
        steps |= {bucket: functools.partial(self.remove_bucket, bucket) for bucket in self.buckets} | {SAM_STACK: self.remove_sam_stack}
        left = []
        for what, step in steps.items():
            try:
                step()
            except Exception as error:  # whatever it is, the other steps are taken
                left.append(f"{what}: {type(error).__name__}: {error}")
        return left

    def stop_executions(self):
        arn = f"arn:{self.partition}:states:{self.region}:{self.account}:stateMachine:{self.stack}-GenerateImages"
        with contextlib.suppress(self.states.exceptions.StateMachineDoesNotExist):
            for execution in self.states.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]:
                self.states.stop_execution(executionArn=execution["executionArn"])

    def remove_stack(self):
        # An interrupted deployment goes on in CloudFormation, unless it was only in review.
        in_review = "REVIEW_IN_PROGRESS"
        self.until("the end of the deployment", lambda: not self.status(self.stack).replace(in_review, "").endswith("_IN_PROGRESS"))
        if self.status(self.stack) not in ("", in_review):
            sam("delete", "--stack-name", self.stack, "--region", self.region, "--no-prompts")
        if self.status(self.stack):
            self.delete_stack(self.stack)

    def delete_stack(self, stack):
        self.client("cloudformation").delete_stack(StackName=stack)
        self.client("cloudformation").get_waiter("stack_delete_complete").wait(StackName=stack)

    def remove_bucket(self, name):
        if self.has_bucket(name):
            say(f"removing the bucket {name}")
            self.until(f"the last access log in {name}", lambda: self.is_removed(name))

    def is_removed(self, bucket):
        """Whether a bucket could be emptied and deleted: S3 delivers access logs late."""
        boto3.resource("s3").Bucket(bucket).object_versions.delete()
        try:
            self.s3.delete_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] != "BucketNotEmpty":
                raise
            return False
        return True

    def remove_sam_stack(self):
        if self.status(SAM_STACK) and not self.sam_stack_was_there:
            say(f"removing the stack {SAM_STACK}")
            outputs = self.client("cloudformation").describe_stacks(StackName=SAM_STACK)["Stacks"][0].get("Outputs", [])
            for bucket in [output["OutputValue"] for output in outputs if output["OutputKey"] == "SourceBucket"]:
                boto3.resource("s3").Bucket(bucket).object_versions.delete()
            self.delete_stack(SAM_STACK)

    def check_a_list_becomes_images(self):
        items = self.pictures[:3]
        arn = self.dropped("first.json", items)
        expect("outcomes", {item["id"]: "generated" for item in items}, self.made(arn))
        for item in items:
            self.look_at_image(item)
        if self.real("results"):
            output = json.loads(self.ended(arn)["output"])
            expect("counts", (3, 3, 0), (output["items"], output["succeeded"], output["failed"]))
            (file,) = self.get(self.results, output["results"]["manifestKey"])["ResultFiles"]["SUCCEEDED"]
            expect("results", {"A1", "A2", "A3"}, {json.loads(entry["Input"])["item"]["id"] for entry in self.get(self.results, file["Key"])})

    def look_at_image(self, item):
        key = f"{item['rank']}/{item['id']}/{item['inputKeyName']}"
        image = self.s3.get_object(Bucket=self.images, Key=key)
        first = FIRST_BYTES[pathlib.PurePath(key).suffix]
        expect(f"the first bytes of {key}", first, image["Body"].read(len(first)))
        expect(f"the metadata of {key}", (item["id"], 64), (image["Metadata"]["id"], len(image["Metadata"]["request-sha256"])))

    def check_the_same_list_again_costs_nothing(self):
        expect("outcomes", {"A1": "existing", "A2": "existing", "A3": "existing"}, self.made(self.dropped("first.json", self.pictures[:3])))

    def check_a_duplicate_event_starts_nothing(self):
        version, before = self.s3.head_object(Bucket=self.lists, Key="first.json")["VersionId"], self.executions()
        answer, _ = self.invoke("TriggerFunction", self.created("first.json", version))
        expect("outcome", ["alreadyStarted"], [entry["outcome"] for entry in answer["lists"]])
        expect("executions", before, self.executions())

    def check_a_bad_list_is_rejected_with_a_report(self):
        before = self.executions()
        self.put("bad.json", json.dumps([{**self.pictures[0], "prompt": ""}]))
        (key,) = self.until("the report", lambda: self.keys(self.results, "rejected/bad.json."))
        expect("a problem with the prompt", True, "prompt" in json.dumps(self.get(self.results, key)))
        expect("executions", before, self.executions())

    def check_each_version_of_an_overwritten_list_has_its_execution(self):
        versions = {self.put("overwritten.json", json.dumps([item])): item["id"] for item in self.pictures[3:5]}
        self.until("two executions", lambda: len(self.executions("overwritten-")) == 2)
        arns = {json.loads(self.ended(arn)["input"])["versionId"]: arn for arn in self.executions("overwritten-")}
        expect("versions", versions.keys(), arns.keys())
        outcomes = {version: self.made(arn) for version, arn in arns.items()}
        if self.real("versions"):
            expect("items", versions, {version: "".join(made) for version, made in outcomes.items()})
            say(f"unconfirmed: a prompt in Japanese: {outcomes[min(versions, key=versions.get)]}")
        else:
            self.made(self.dropped("japanese.json", self.pictures[3:4]))

    def check_a_failed_execution_is_redriven(self):
        """The source image of image-to-image is stored after the item has failed without it."""
        arn = self.dropped("redriven.json", self.pictures[5:])
        expect("outcome", ("FAILED", {"A6": "SourceMissing"}), (self.ended(arn)["status"], self.made(arn)))
        self.s3.copy_object(Bucket=self.images, Key=SOURCE, CopySource={"Bucket": self.images, "Key": "acceptance/A1/knight.png"})
        if self.real("redrive"):
            self.states.redrive_execution(executionArn=arn)
            self.until("the redrive", lambda: self.ended(arn)["redriveCount"])
        else:
            arn = self.dropped("redriven.json", self.pictures[5:])
        expect("outcome", ("SUCCEEDED", {"A6": "generated"}), (self.ended(arn)["status"], self.made(arn)))
        self.look_at_image(self.pictures[5])

    def check_a_stopped_execution_sends_no_mail(self):
        self.until("an execution that is stopped before it ends", self.stopped)
        kinds = {r["ResourceType"] for r in self.client("cloudformation").describe_stack_resources(StackName=self.stack)["StackResources"]}
        expect("what sends mails", set(), kinds & {"AWS::SNS::Topic", "AWS::SNS::Subscription", "AWS::Events::Rule"})

    def stopped(self):
        """Whether an execution whose images exist could be stopped before it ended."""
        arn = self.start({"bucketName": self.lists, "bucketKey": "first.json"})
        with contextlib.suppress(ClientError):  # the emulator's, if the execution has ended
            self.states.stop_execution(executionArn=arn)
        return self.ended(arn)["status"] == "ABORTED"

    def check_items_in_the_input_are_kept_as_a_list(self):
        if not self.real("items"):
            return False
        arn = self.start({"items": self.pictures[:1]})
        expect("outcome", {"A1": "existing"}, self.made(arn))
        stored = self.get(self.lists, f"state-input/{arn.rsplit(':', 1)[1]}.json")
        expect("the stored list is that of the input", True, stored == self.pictures[:1])

    def log(self):
        """The messages of the functions and of the state machine."""
        groups = (f"/aws/lambda/{self.stack}-trigger", f"/aws/lambda/{self.stack}-generator", f"/aws/vendedlogs/states/{self.stack}-GenerateImages")
        pages = (page for group in groups for page in self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group))
        return "\n".join(event["message"] for page in pages for event in page["events"])

    def check_the_metrics_of_the_dashboard_and_no_prompt_in_the_logs(self):
        # Whether anything is throttled is not up to this run.
        expected = {metric for metric in metrics.shown(Template()) if metric[2] != "ModelThrottled"}
        self.until(f"the metrics {expected} in the logs", lambda: expected <= metrics.emitted(self.log()))
        expect("prompts in the logs", [], [prompt for prompt in (KNIGHT, JAPANESE) if prompt in self.log()])
        dashboard = self.client("cloudwatch").get_dashboard(DashboardName=f"{self.stack}-{self.region}")
        if self.real("graphs"):
            for widget in json.loads(dashboard["DashboardBody"])["widgets"]:
                asked = list(metrics.queries(widget))
                self.until(f"values of {asked}", lambda asked=asked: self.have_values(asked))

    def have_values(self, asked):
        """Whether each graph has values in the last two hours."""
        period = {"StartTime": time.time() - 7200, "EndTime": time.time() + 60}
        results = self.client("cloudwatch").get_metric_data(MetricDataQueries=asked, **period)["MetricDataResults"] if asked else []
        return {query["Id"] for query in asked} == {result["Id"] for result in results if result["Values"]}

    def check_what_aws_does_not_document(self):
        if not self.real("unconfirmed"):
            return False
        for question, ask in unconfirmed.questions(self):
            try:
                say(f"unconfirmed: {question}: {ask()}")
            except Exception as error:  # an error is an answer, too
                say(f"unconfirmed: {question}: {type(error).__name__}: {error}")


def interrupted(*_):
    raise KeyboardInterrupt


def handle_signals(handler):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def run(acceptance, options):
    """Deploys, checks and removes; what failed."""
    failed = []

    def step(name, does):
        try:
            if does() is None:
                say(f"ok: {name}")
        except Exception as error:  # of AWS, of a check, or an answer of another form: the run goes on and removes everything
            failed.append(name)
            say(f"FAILED: {name}: {type(error).__name__}: {error}")

    handle_signals(interrupted)
    try:
        step("the stack is deployed", lambda: acceptance.deploy(options.build))
        for name in [name for name in vars(Acceptance) if name.startswith("check_") and not failed]:
            step(name[6:].replace("_", " "), getattr(acceptance, name))
    except KeyboardInterrupt:
        failed.append("interrupted")
        say("interrupted")
    finally:
        handle_signals(lambda *_: say("everything is being removed; please wait"))
        say(f"paid: {'at least ' if failed else ''}{len(acceptance.paid)} pictures, about {acceptance.usd(acceptance.paid):.2f} USD")
        left = [] if options.keep else acceptance.remove()
        for what in left:
            say(f"NOT REMOVED: {what}")
    return failed + left


def main():
    parser = argparse.ArgumentParser(prog="acceptance.sh", description=__doc__.split(";")[0])
    parser.add_argument("--stack", default="id-list-images-acceptance", metavar="NAME", help="name of the stack (default: %(default)s)")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--keep", action="store_true", help="remove nothing")
    parser.add_argument("--no-build", dest="build", action="store_false", help="deploy what `sam build` has built before")
    parser.add_argument("--endpoint", metavar="URL", default=os.environ.get("AWS_ENDPOINT_URL"), help="an emulator instead of AWS")
    options = parser.parse_args()
    if options.endpoint:
        os.environ["AWS_ENDPOINT_URL"] = options.endpoint
    try:
        acceptance = Acceptance(options.stack, on_emulator=bool(options.endpoint))
        acceptance.refuse_what_is_there()
        pictures = acceptance.usd({picture["id"] for picture in acceptance.pictures})
        if pictures + OTHER_USD > LIMIT_USD:
            raise Refused(f"The run would cost more than {LIMIT_USD:.2f} USD.")
        say(f"account {acceptance.account}, region {acceptance.region}: deploys the stack {options.stack} and makes 6 pictures")
        say("keeps the stack and its buckets" if options.keep else "removes everything afterwards")
        say(f"costs at most {pictures + OTHER_USD:.2f} USD: pictures {pictures:.2f} (estimate), everything else less than {OTHER_USD:.2f}")
        if not options.yes and (not sys.stdin.isatty() or input("Go on? [y/N] ").strip().lower() not in ("y", "yes")):
            raise Refused("Nothing was done. Answer y, or pass --yes.")
    except (Refused, BotoCoreError, ClientError, KeyboardInterrupt, EOFError) as refused:
        print(f"acceptance.sh: {refused}", file=sys.stderr)
        return 2
    failed = run(acceptance, options)
    say(f"{len(failed)} failed" if failed else "everything works")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
