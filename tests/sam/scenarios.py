"""One table of scenarios, run under `local` and on the emulator with the deployed template: the same outcome, item by item.

Everything is dropped, started and looked at with the AWS CLI. What the emulator is known not to do as AWS does stands beside the
scenario; `local` follows AWS's documentation there.
"""

import dataclasses
import json
import pathlib
import tempfile
import time
import unittest

from emulator import CONCURRENCY, Emulator
from processes import LocalUp, aws

CORE, ULTRA, SD35 = "stability.stable-image-core-v1:1", "stability.stable-image-ultra-v1:1", "stability.sd3-5-large-v1:0"

LISTS = "000000000000-us-east-1-unprocessed-id-list-bucket"
IMAGES = "000000000000-us-east-1-input-image-bucket"
RESULTS = "000000000000-us-east-1-sfn-distributed-map-result-bucket"

# What the output of an execution says on the emulator in place of counts: it knows no ResultWriter, so the state after the map finds no
# Map Run whose results it could count.
NO_RESULT_WRITER = "Sfn.ResourceNotFound"


def item(number, prompt="a knight with green hair, white background", model=CORE, file="card.png", **more):
    return {"id": f"A{number}", "rank": "nomal", "inputBucketName": IMAGES, "inputKeyName": file, "model": model, "prompt": prompt, **more}


def key_of(item):
    return f"{item['rank']}/{item['id']}/{item['inputKeyName']}"


REFUSED = "a forbidden knight"


@dataclasses.dataclass
class Scenario:
    """What is dropped, how Bedrock behaves, and what comes of it."""

    name: str
    items: list
    # id -> `generated`, `existing`, or the error's name.
    outcomes: dict
    map_run: str = "SUCCEEDED"
    status: str = "SUCCEEDED"
    error: str | None = None
    stand_in: tuple = ()
    as_input: bool = False
    # Every item can have come to its end, or been ended with the execution, or never begun: which, is a matter of timing.
    ends_early: bool = False
    throttled: bool = False

    def body(self):
        return json.dumps(self.items, ensure_ascii=False)


SCENARIOS = [
    Scenario(
        "all good, every model and format",
        [item(1), item(2, model=ULTRA, file="card.jpeg"), item(3, model=SD35, file="card.webp"), item(4, model="stability.stable-diffusion-xl-v0")],
        {"A1": "generated", "A2": "generated", "A3": "generated", "A4": "generated"},
    ),
    Scenario(
        "some failing, within tolerance",
        [item(n) for n in range(1, 10)] + [item(10, REFUSED)],
        {f"A{n}": "generated" for n in range(1, 10)} | {"A10": "ContentFiltered"},
        stand_in=("--filter", "forbidden"),
    ),
    Scenario(
        "too many failing",
        [item(n, REFUSED) for n in range(1, 4)] + [item(n) for n in range(4, 11)],
        {f"A{n}": "ContentFiltered" for n in range(1, 4)} | {f"A{n}": "generated" for n in range(4, 11)},
        map_run="FAILED",
        status="FAILED",
        error="States.ExceedToleratedFailureThreshold",
        stand_in=("--filter", "forbidden"),
        # The emulator judges when all have ended, AWS and `local` as soon as the tolerance is exceeded.
        ends_early=True,
    ),
    Scenario(
        # A quota of two a minute, whose minute is a second long.
        "throttled: items wait and none is lost",
        [item(n) for n in range(1, 9)],
        {f"A{n}": "generated" for n in range(1, 9)},
        stand_in=("--throttle", "2"),
        throttled=True,
    ),
    Scenario(
        "items in the input instead of a list in a bucket",
        [item(1, file="騎士.png"), item(2, REFUSED), *(item(n) for n in range(3, 12))],
        {"A1": "generated", "A2": "ContentFiltered"} | {f"A{n}": "generated" for n in range(3, 12)},
        stand_in=("--filter", "forbidden"),
        as_input=True,
    ),
]


class Machine:
    """What `local` and the emulator have in common: AWS's API."""

    def states(self, *arguments):
        return self.aws("stepfunctions", *arguments)

    def put(self, key, text, bucket=LISTS):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(text)
            file.flush()
            self.aws("s3", "cp", "--quiet", file.name, f"s3://{bucket}/{key}")

    def has(self, bucket, key):
        try:
            return self.aws("s3api", "head-object", "--bucket", bucket, "--key", key)
        except RuntimeError as error:
            if "(404)" in str(error):
                return None
            raise

    def keys(self, bucket, prefix=""):
        listing = self.aws("s3api", "list-objects-v2", "--bucket", bucket, "--prefix", prefix) or {}
        return [entry["Key"] for entry in listing.get("Contents", [])]

    def executions(self):
        return self.states("list-executions", "--state-machine-arn", self.state_machine_arn)["executions"]

    def start(self, execution_input, *options, suffix=""):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(json.dumps(execution_input))
            file.flush()
            arn = self.state_machine_arn + suffix
            started = self.states("start-execution", "--state-machine-arn", arn, "--input", f"file://{file.name}", *options)
        return started["executionArn"]

    def start_with_items(self, items):
        return self.start({"items": items})

    def until(self, what, look, seconds=60):
        """What `look` finds, as soon as it finds something. Watches; asserts nothing of time but that it ends."""
        end = time.monotonic() + seconds
        while not (found := look()):
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s for {what}\n{self.written()}")
            time.sleep(0.2)
        return found

    def ended(self, arn):
        def look():
            execution = self.states("describe-execution", "--execution-arn", arn)
            return execution if execution["status"] != "RUNNING" else None

        return self.until(f"the end of {arn}", look)

    def map_run(self, arn):
        (run,) = self.states("list-map-runs", "--execution-arn", arn)["mapRuns"]
        return self.states("describe-map-run", "--map-run-arn", run["mapRunArn"])

    def outcomes(self, execution_arn):
        """id -> `generated`, `existing`, the error's name, or the child's status where it has neither output nor error."""
        outcomes = {}
        for child in self.children(execution_arn):
            made = json.loads(child["output"])["outcome"] if child.get("output") else child.get("error") or child["status"]
            outcomes[json.loads(child["input"])["item"]["id"]] = made
        return outcomes


class Local(Machine):
    """`local up`, fresh for every scenario."""

    state_machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:GenerateImages"

    def __init__(self):
        self.process = None

    def use_stand_in(self, *options):
        self.close()
        self.folder = tempfile.TemporaryDirectory()
        speed = ("--speed", "60", "--concurrency", str(CONCURRENCY), "--picture", "tiny")
        self.process = LocalUp(pathlib.Path(self.folder.name), *speed, *options)
        self.endpoint = self.process.endpoint

    def children(self, execution_arn):
        """From the files that the ResultWriter wrote, as they are on AWS: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html"""
        for key in self.keys(RESULTS, f"results/{execution_arn.rsplit(':', 1)[1]}/"):
            if not key.endswith("/manifest.json"):
                with tempfile.TemporaryDirectory() as folder:
                    file = pathlib.Path(folder) / "results.json"
                    self.aws("s3", "cp", "--quiet", f"s3://{RESULTS}/{key}", str(file))
                    entries = json.loads(file.read_text())
                yield from ({name.lower(): value for name, value in entry.items()} for entry in entries)

    def throttled(self, execution_arn):
        """Whether any item was told to wait; the folder has one execution's logs only."""
        return '"errorType":"ModelThrottled"' in (pathlib.Path(self.folder.name) / "logs/generator.log").read_text()

    def aws(self, *arguments):
        return aws(self.endpoint, *arguments)

    def written(self):
        return self.process.written()

    def close(self):
        if self.process:
            self.process.close()
            self.folder.cleanup()
            self.process = None


class OnEmulator(Machine, Emulator):
    """The deployed template, once for all scenarios; each has its own images."""

    def use_stand_in(self, *options):
        super().use_stand_in("--speed", "60", *options)
        self.aws("s3", "rm", "--recursive", "--quiet", f"s3://{IMAGES}/")

    def start_with_items(self, items):
        """The emulator can not store the list, so it is stored beforehand; all the rest is as deployed."""
        name = f"items-{time.monotonic_ns()}"
        self.put(f"state-input/{name}.json", json.dumps(items), RESULTS)
        return self.start({"items": items}, "--name", name, suffix="#StoredBefore")

    def children(self, execution_arn):
        map_run = self.map_run(execution_arn)["mapRunArn"]
        for child in self.states("list-executions", "--map-run-arn", map_run)["executions"]:
            yield self.states("describe-execution", "--execution-arn", child["executionArn"])

    def throttled(self, execution_arn):
        """Whether any item was told to wait: by an answer that says for how long, or by an error."""
        children = [child["executionArn"] for child in self.children(execution_arn)]
        histories = (self.states("get-execution-history", "--execution-arn", child) for child in children)
        told = ("waitSeconds", '"error": "ModelThrottled"')
        return any(word in json.dumps(history) for history in histories for word in told)

    def written(self):
        return self.process.written()[-5000:]


class Scenarios:
    """The tests of both machines."""

    is_emulator = False

    @classmethod
    def setUpClass(cls):
        cls.machine = cls.make_machine()
        cls.addClassCleanup(cls.machine.close)

    def begin(self, scenario, key):
        """Drops or starts it; the execution's ARN."""
        if scenario.as_input:
            return self.machine.start_with_items(scenario.items)
        before = {execution["executionArn"] for execution in self.machine.executions()}
        self.machine.put(key, scenario.body())
        new = lambda: {execution["executionArn"] for execution in self.machine.executions()} - before  # noqa: E731
        (arn,) = self.machine.until("an execution", new)
        return arn

    def test_every_scenario(self):
        for number, scenario in enumerate(SCENARIOS):
            with self.subTest(scenario.name):
                self.machine.use_stand_in(*scenario.stand_in)
                arn = self.begin(scenario, f"scenario {number}+1.json")
                self.check(scenario, arn, self.machine.ended(arn))

    def check(self, scenario, arn, execution):
        run = self.machine.map_run(arn)
        outcomes = self.machine.outcomes(arn)
        self.assertEqual(scenario.map_run, run["status"], execution)
        if scenario.ends_early and not self.is_emulator:
            for id, outcome in outcomes.items():
                self.assertIn(outcome, (scenario.outcomes[id], "ABORTED", "PENDING"), id)
        else:
            self.assertEqual(scenario.outcomes, outcomes)
        self.assertEqual(len(scenario.items), run["itemCounts"]["total"])
        self.check_execution(scenario, execution)
        self.assertEqual(scenario.throttled, self.machine.throttled(arn))
        images = set(self.machine.keys(IMAGES))
        for item in scenario.items:
            outcome = outcomes.get(item["id"])
            made = outcome in ("generated", "existing")
            # An item that was ended with its execution may have had its image by then.
            if made or outcome == scenario.outcomes[item["id"]]:
                self.assertEqual(made, key_of(item) in images, key_of(item))
        made = [item for item in scenario.items if key_of(item) in images]
        if made:
            image = self.machine.has(IMAGES, key_of(made[0]))
            self.assertEqual((made[0]["id"], "image/png"), (image["Metadata"]["id"], image["ContentType"]))
        if scenario.as_input:
            name = arn.rsplit(":", 1)[1]
            self.assertIsNotNone(self.machine.has(RESULTS, f"state-input/{name}.json"), "the list of every execution is kept")

    def check_execution(self, scenario, execution):
        self.assertEqual((scenario.status, scenario.error), (execution["status"], execution.get("error")))

    def test_the_same_list_again_makes_nothing_anew(self):
        self.machine.use_stand_in()
        scenario = Scenario("", [item(n) for n in range(1, 4)], {f"A{n}": "generated" for n in range(1, 4)})
        for again in (False, True):
            arn = self.begin(scenario, "again.json")
            self.machine.ended(arn)
            outcomes = self.machine.outcomes(arn)
            self.assertEqual({"existing" if again else "generated"}, set(outcomes.values()))

    def test_a_list_that_is_no_json_is_rejected_with_a_report(self):
        self.machine.use_stand_in()
        before = len(self.machine.executions())
        self.machine.put("broken list.json", '[{"id": "A1",]')
        (key,) = self.machine.until("the report", lambda: self.machine.keys(RESULTS, "rejected/broken list.json."))
        self.assertEqual(before, len(self.machine.executions()))
        self.machine.aws("s3api", "delete-object", "--bucket", RESULTS, "--key", key)

    def test_a_list_that_is_no_json_fails_an_execution_that_is_started_by_hand(self):
        self.machine.use_stand_in()
        self.machine.put("broken.txt", '[{"id": "A1",]')
        execution = self.machine.ended(self.machine.start({"bucketName": LISTS, "bucketKey": "broken.txt"}))
        # AWS: States.ItemReaderFailed. The emulator does not tell this from its other failures.
        error = "States.Runtime" if self.is_emulator else "States.ItemReaderFailed"
        self.assertEqual(("FAILED", error), (execution["status"], execution["error"]))


class UnderLocal(Scenarios, unittest.TestCase):
    maxDiff = None

    @staticmethod
    def make_machine():
        return Local()

    def check_execution(self, scenario, execution):
        super().check_execution(scenario, execution)
        if scenario.status == "SUCCEEDED":
            output = json.loads(execution["output"])
            failed = [o for o in scenario.outcomes.values() if o != "generated"]
            self.assertEqual((len(scenario.items), len(failed)), (output["items"], output["failed"]))
            self.assertIsNotNone(self.machine.has(output["results"]["bucketName"], output["results"]["manifestKey"]))


class OnTheEmulator(Scenarios, unittest.TestCase):
    maxDiff = None
    is_emulator = True

    @staticmethod
    def make_machine():
        return OnEmulator()

    def check_execution(self, scenario, execution):
        super().check_execution(scenario, execution)
        if scenario.status == "SUCCEEDED":
            self.assertEqual(NO_RESULT_WRITER, json.loads(execution["output"])["uncounted"])

    def test_a_second_delivery_of_an_event_starts_nothing(self):
        self.machine.use_stand_in()
        arn = self.begin(Scenario("", [item(1)], {}), "twice.json")
        self.machine.ended(arn)
        version = self.machine.has(LISTS, "twice.json")["VersionId"]
        record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": LISTS}, "object": {"key": "twice.json", "versionId": version}}}
        (answer,) = self.machine.invoke("TriggerFunction", {"Records": [record]})["lists"]
        self.assertEqual(("alreadyStarted", arn.rsplit(":", 1)[1]), (answer["outcome"], answer["executionName"]))

    def test_without_its_permission_the_generator_fails_as_access_denied(self):
        """The roles are enforced here: what the other tests can do, they can do because the template allows it."""
        self.machine.use_stand_in()
        answer = self.machine.invoke("GeneratorFunction", {**item(1), "inputBucketName": RESULTS})
        self.assertEqual("AccessDenied", answer["errorType"])

    def test_an_event_that_can_not_be_handled_goes_to_the_on_failure_queue(self):
        self.machine.invoke("TriggerFunction", {"hello": "world"}, "--invocation-type", "Event")
        queue = self.machine.outputs["OnFailureQueueUrl"]

        def look():
            return (self.machine.aws("sqs", "receive-message", "--queue-url", queue, "--wait-time-seconds", "1") or {}).get("Messages")

        (message,) = self.machine.until("the message", look)
        self.assertEqual({"hello": "world"}, json.loads(message["Body"])["requestPayload"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
