"""One table of scenarios, run under `local` and on the emulator with the deployed template: the outcomes are the same, item by item.

Where the emulator differs from AWS's documentation, a comment beside the scenario says how; `local` follows the documentation there.
"""

import dataclasses
import json
import pathlib
import tempfile
import time
import unittest

import iam
import metrics
from emulator import CONCURRENCY, MAX_USD, Emulator
from machine import Machine
from processes import LocalUp, client
from template import Template

CORE, ULTRA, SD35 = "stability.stable-image-core-v1:1", "stability.stable-image-ultra-v1:1", "stability.sd3-5-large-v1:0"

LISTS = "000000000000-us-east-1-unprocessed-id-list-bucket"
IMAGES = "000000000000-us-east-1-input-image-bucket"
RESULTS = "000000000000-us-east-1-sfn-distributed-map-result-bucket"

# What the output of an execution has on the emulator in place of counts: without a ResultWriter, the result of the Map does not name the
# Map Run.
NO_RESULT_WRITER = "Sfn.ResourceNotFound"


def item(number, prompt="a knight with green hair, white background", model=CORE, file="card.png", **more):
    return {"id": f"A{number}", "rank": "nomal", "inputBucketName": IMAGES, "inputKeyName": file, "model": model, "prompt": prompt, **more}


def key_of(item):
    return f"{item['rank']}/{item['id']}/{item['inputKeyName']}"


FILTERED = "a forbidden knight"


@dataclasses.dataclass
class Scenario:
    """A list, how Bedrock behaves, and the outcomes."""

    name: str
    items: list
    # id -> `generated`, `existing`, or the name of the error.
    outcomes: dict
    map_run: str = "SUCCEEDED"
    status: str = "SUCCEEDED"
    error: str | None = None
    stand_in: tuple = ()
    as_input: bool = False
    # ToleratedFailurePercentage, if it is not the default. The list is then started by hand.
    tolerated: int | None = None
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
        "most prompts filtered: every item is tried, and the others are made",
        [item(n, FILTERED) for n in range(1, 7)] + [item(n) for n in range(7, 11)],
        {f"A{n}": "ContentFiltered" for n in range(1, 7)} | {f"A{n}": "generated" for n in range(7, 11)},
        stand_in=("--filter", "forbidden"),
    ),
    Scenario(
        "stops early, because a lower percentage of failures is tolerated",
        [item(n, FILTERED) for n in range(1, 4)] + [item(n) for n in range(4, 11)],
        {f"A{n}": "ContentFiltered" for n in range(1, 4)} | {f"A{n}": "generated" for n in range(4, 11)},
        map_run="FAILED",
        status="FAILED",
        error="States.ExceedToleratedFailureThreshold",
        stand_in=("--filter", "forbidden"),
        tolerated=10,
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
        [item(1, file="騎士.png"), item(2, FILTERED), *(item(n) for n in range(3, 6))],
        {"A1": "generated", "A2": "ContentFiltered"} | {f"A{n}": "generated" for n in range(3, 6)},
        stand_in=("--filter", "forbidden"),
        as_input=True,
    ),
]


class Local(Machine):
    """`local up`, new for each scenario."""

    lists = LISTS

    state_machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:GenerateImages"

    def __init__(self):
        self.process = None

    def use_stand_in(self, *options, tolerated=None):
        self.close()
        self.folder = tempfile.TemporaryDirectory()
        speed = ("--speed", "60", "--concurrency", str(CONCURRENCY), "--picture", "tiny")
        tolerance = () if tolerated is None else ("--tolerated-failure-percentage", str(tolerated))
        self.process = LocalUp(pathlib.Path(self.folder.name), *speed, *tolerance, *options)
        self.endpoint = self.process.endpoint

    def start_with_items(self, items):
        return self.start({"items": items})

    def start_tolerating(self, percentage, key):
        """Starts an execution for a list, with a ToleratedFailurePercentage that `use_stand_in` was told; its ARN."""
        return self.start({"bucketName": LISTS, "bucketKey": key})

    def start_nothing_succeeds(self, key):
        """Starts an execution for a list of which no item succeeds; its ARN."""
        return self.start({"bucketName": LISTS, "bucketKey": key})

    def children(self, execution_arn):
        """From the files of the ResultWriter. https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html"""
        for key in self.keys(RESULTS, f"results/{execution_arn.rsplit(':', 1)[1]}/"):
            if not key.endswith("/manifest.json"):
                yield from ({name.lower(): value for name, value in entry.items()} for entry in self.get(RESULTS, key))

    def log(self, function):
        return (pathlib.Path(self.folder.name) / f"logs/{function}.log").read_text()

    def throttled(self, execution_arn):
        """Whether any item was throttled; the folder has the logs of one execution only."""
        return '"errorType":"ModelThrottled"' in self.log("generator")

    def client(self, service):
        return client(service, self.endpoint)

    def written(self):
        return self.process.written()

    def close(self):
        if self.process:
            self.process.close()
            self.folder.cleanup()
            self.process = None


class OnEmulator(Machine, Emulator):
    """The deployed template, once for all scenarios; each begins without images."""

    lists = LISTS

    def use_stand_in(self, *options, tolerated=None):
        super().use_stand_in("--speed", "60", *options)
        for key in self.keys(IMAGES):
            self.s3.delete_object(Bucket=IMAGES, Key=key)

    def start_with_items(self, items, case="Stored"):
        """The emulator does not implement aws-sdk:s3:putObject, so the list is stored beforehand; all else is as deployed."""
        name = f"items-{time.monotonic_ns()}"
        self.put(f"state-input/{name}.json", json.dumps(items))
        return self.start({"items": items}, arn=f"{self.state_machine_arn}#{case}", name=name)

    def start_tolerating(self, percentage, key):
        """The parameter of a deployment is fixed, so this is another state machine, whose definition differs in the percentage alone."""
        deployed = self.states.describe_state_machine(stateMachineArn=self.state_machine_arn)
        definition = json.loads(deployed["definition"])
        definition["States"]["Generate images"]["ToleratedFailurePercentage"] = percentage
        other = {"name": f"Tolerates{percentage}", "definition": json.dumps(definition), "roleArn": deployed["roleArn"]}
        arn = self.states.create_state_machine(**other)["stateMachineArn"]
        return self.start({"bucketName": LISTS, "bucketKey": key}, arn=arn)

    def start_nothing_succeeds(self, key):
        """The emulator cannot count (see NO_RESULT_WRITER), so it is told the counts."""
        return self.start({"bucketName": LISTS, "bucketKey": key}, arn=f"{self.state_machine_arn}#NothingSucceeded")

    def throttled(self, execution_arn):
        """Whether any item was told to wait, or failed an attempt."""
        children = [child["executionArn"] for child in self.children(execution_arn)]
        histories = (str(self.states.get_execution_history(executionArn=child)) for child in children)
        return any(word in history for history in histories for word in ("waitSeconds", "ModelThrottled"))

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
        """Drops a list or starts its execution; the ARN."""
        if scenario.as_input:
            return self.machine.start_with_items(scenario.items)
        if scenario.tolerated is not None:
            # Not the name of a list: the trigger ignores it.
            key = key.replace(".json", ".data")
            self.machine.put(key, json.dumps(scenario.items))
            return self.machine.start_tolerating(scenario.tolerated, key)
        return self.machine.dropped(key, scenario.items)

    def test_every_scenario(self):
        for number, scenario in enumerate(SCENARIOS):
            with self.subTest(scenario.name):
                self.machine.use_stand_in(*scenario.stand_in, tolerated=scenario.tolerated)
                arn = self.begin(scenario, f"scenario {number}+1.json")
                self.check(scenario, arn, self.machine.ended(arn))

    def check(self, scenario, arn, execution):
        run = self.machine.map_run(arn)
        outcomes = self.machine.outcomes(arn)
        self.assertEqual(scenario.map_run, run["status"], execution)
        # AWS and `local` end an execution as soon as the tolerance is exceeded: other items may be ended or not begun. The emulator judges
        # when all have ended.
        whole = scenario.map_run == "SUCCEEDED" or self.is_emulator
        if whole:
            self.assertEqual(scenario.outcomes, outcomes)
        else:
            for id, outcome in outcomes.items():
                self.assertIn(outcome, (scenario.outcomes[id], "ABORTED", "PENDING"), id)
        self.assertEqual(len(scenario.items), run["itemCounts"]["total"])
        self.check_execution(scenario, execution)
        # The emulator's histories show waits only, and the first items of a model may wait without being throttled.
        if scenario.throttled or not self.is_emulator:
            self.assertEqual(scenario.throttled, self.machine.throttled(arn))
        made = {key_of(item) for item in scenario.items if outcomes.get(item["id"]) == "generated"}
        images = set(self.machine.keys(IMAGES))
        if whole:
            self.assertEqual(made, images, "the image bucket holds the images and nothing else")
            self.assertEqual([], self.machine.keys(RESULTS, "state/leases/"), "an item that has ended holds no lease")
        else:
            # An item that was ended with its execution may have had its image by then.
            self.assertLessEqual(made, images)
            self.assertLessEqual(images, {key_of(item) for item in scenario.items if scenario.outcomes[item["id"]] == "generated"})
        if images:
            key = min(images)
            image = self.machine.s3.head_object(Bucket=IMAGES, Key=key)
            self.assertEqual((key.split("/")[1], "image/png"), (image["Metadata"]["id"], image["ContentType"]))
        if scenario.throttled:
            self.assertIn(f"state/rate-limits/{CORE}.json", self.machine.keys(RESULTS, "state/rate-limits/"))
        if scenario.as_input:
            name = arn.rsplit(":", 1)[1]
            self.assertEqual(scenario.items, self.machine.get(LISTS, f"state-input/{name}.json"), "the list of each execution is kept")

    def check_execution(self, scenario, execution):
        self.assertEqual((scenario.status, scenario.error), (execution["status"], execution.get("error")))

    def test_an_execution_without_a_single_image_has_failed(self):
        self.machine.use_stand_in("--filter", "forbidden")
        self.machine.put("nothing", json.dumps([item(1, FILTERED), item(2, FILTERED)]))
        arn = self.machine.start_nothing_succeeds("nothing")
        execution = self.machine.ended(arn)
        self.assertEqual(("FAILED", "NothingMade"), (execution["status"], execution["error"]))
        self.assertEqual({"A1": "ContentFiltered", "A2": "ContentFiltered"}, self.machine.outcomes(arn))

    def test_the_same_list_again_makes_nothing_anew(self):
        self.machine.use_stand_in()
        items = [item(n) for n in range(1, 4)]
        for outcome in ("generated", "existing"):
            arn = self.machine.dropped("again.json", items)
            self.machine.ended(arn)
            self.assertEqual({outcome}, set(self.machine.outcomes(arn).values()))

    # ------------------------------------------------------------ the version that was checked

    def test_each_version_of_an_overwritten_list_has_its_execution(self):
        self.machine.use_stand_in()
        lists = [[item(1), item(10)], [item(2), item(20)]]
        versions = {self.machine.put("overwritten.json", json.dumps(items)): {i["id"] for i in items} for items in lists}
        self.machine.until("two executions", lambda: len(self.machine.executions("overwritten-")) == 2)
        found = {}
        for arn in self.machine.executions("overwritten-"):
            execution_input = json.loads(self.machine.ended(arn)["input"])
            version = execution_input.pop("versionId")
            self.assertEqual({"bucketName": LISTS, "bucketKey": "overwritten.json"}, execution_input)
            found[version] = set(self.machine.outcomes(arn))
        self.assertEqual(versions.keys(), found.keys())
        if not self.is_emulator:
            # The emulator's ItemReader ignores VersionId and reads the current version.
            self.assertEqual(versions, found)

    def test_an_execution_makes_its_version_else_the_current_one(self):
        self.machine.use_stand_in()
        first, second = (self.machine.put("started by hand", json.dumps([item(n)])) for n in (1, 2))
        for version, id in ((first, "A1"), (None, "A2")):
            chosen = {"versionId": version} if version else {}
            arn = self.machine.start({"bucketName": LISTS, "bucketKey": "started by hand"} | chosen)
            output = json.loads(self.machine.ended(arn)["output"])
            self.assertEqual(version or second, output["list"]["versionId"])
            # The emulator's ItemReader ignores VersionId and reads the current version.
            self.assertEqual({"A2" if self.is_emulator else id}, set(self.machine.outcomes(arn)))

    # ------------------------------------------------------------ input that cannot be used

    def test_a_broken_list_is_rejected_with_a_report(self):
        self.machine.use_stand_in()
        before = self.machine.executions()
        self.machine.put("broken list.json", '[{"id": "A1",]')
        (key,) = self.machine.until("the report", lambda: self.machine.keys(RESULTS, "rejected/broken list.json."))
        self.assertEqual(before, self.machine.executions())
        self.assertEqual("broken list.json", self.machine.get(RESULTS, key)["bucketKey"])

    def test_a_broken_list_fails_an_execution_started_by_hand(self):
        self.machine.use_stand_in()
        self.machine.put("broken.txt", '[{"id": "A1",]')
        execution = self.machine.ended(self.machine.start({"bucketName": LISTS, "bucketKey": "broken.txt"}))
        # AWS: States.ItemReaderFailed. The emulator does not distinguish this from its other failures.
        error = "States.Runtime" if self.is_emulator else "States.ItemReaderFailed"
        self.assertEqual(("FAILED", error), (execution["status"], execution["error"]))

    def test_refuses_items_that_are_not_a_list(self):
        self.machine.use_stand_in()
        before = self.machine.keys(LISTS, "state-input/")
        for items in (json.dumps([item(1)]), [], {}, 7):
            execution = self.machine.ended(self.machine.start({"items": items}))
            self.assertEqual(("FAILED", "InvalidInput"), (execution["status"], execution["error"]), items)
        self.assertEqual(before, self.machine.keys(LISTS, "state-input/"))


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
            self.machine.s3.head_object(Bucket=output["results"]["bucketName"], Key=output["results"]["manifestKey"])

    def test_every_metric_that_is_shown_is_emitted(self):
        """An alarm on a metric that no function emits never goes off."""
        self.machine.use_stand_in("--throttle", "2", "--filter", "forbidden")
        models = (CORE, ULTRA, SD35)
        items = [item(n, model=models[n % 3]) for n in range(9)] + [item(9, FILTERED)]
        for _ in range(2):
            self.machine.ended(self.machine.dropped("list.json", items))
        self.machine.put("broken.json", "[")
        self.machine.until("the report", lambda: self.machine.keys(RESULTS, "rejected/broken.json."))
        emitted = lambda: metrics.emitted(self.machine.log("generator") + self.machine.log("trigger"))  # noqa: E731
        self.machine.until("the metric of the rejected list", lambda: ("ListsRejected", None, None) in emitted())
        self.assertEqual(set(), metrics.shown(Template()) - emitted())


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
        arn = self.machine.dropped("twice.json", [item(1)])
        self.machine.ended(arn)
        version = self.machine.s3.head_object(Bucket=LISTS, Key="twice.json")["VersionId"]
        answer, _ = self.machine.invoke("TriggerFunction", self.machine.created("twice.json", version))
        (answer,) = answer["lists"]
        self.assertEqual(("alreadyStarted", arn.rsplit(":", 1)[1]), (answer["outcome"], answer["executionName"]))

    def test_a_version_that_was_deleted_starts_nothing(self):
        version = self.machine.put("deleted.json", json.dumps([item(1)]))
        self.machine.put("deleted.json", json.dumps([item(2)]))
        self.machine.s3.delete_object(Bucket=LISTS, Key="deleted.json", VersionId=version)
        answer, _ = self.machine.invoke("TriggerFunction", self.machine.created("deleted.json", version))
        self.assertEqual(["gone"], [entry["outcome"] for entry in answer["lists"]])

    def test_a_list_that_is_too_expensive_is_rejected(self):
        before = self.machine.executions()
        self.machine.put("expensive.json", json.dumps([item(n) for n in range(int(MAX_USD / 0.04) + 1)]))
        (key,) = self.machine.until("the report", lambda: self.machine.keys(RESULTS, "rejected/expensive.json."))
        self.assertIn("USD", json.dumps(self.machine.get(RESULTS, key)))
        self.assertEqual(before, self.machine.executions())

    def test_an_event_that_fails_goes_to_the_queue(self):
        event = {"FunctionName": self.machine.physical_id("TriggerFunction"), "Payload": '{"hello": "world"}', "InvocationType": "Event"}
        self.machine.client("lambda").invoke(**event)
        (message,) = self.machine.until("the message", lambda: self.received(self.machine.outputs["OnFailureQueueUrl"]))
        self.assertEqual({"hello": "world"}, json.loads(message)["requestPayload"])

    def received(self, queue):
        """The messages that are in a queue."""
        answer = self.machine.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]

    def test_a_mail_has_status_counts_links_and_no_prompt(self):
        queue = self.queue_of_mails()
        self.machine.use_stand_in("--filter", "forbidden")
        items = [item(1, FILTERED), item(2), item(3)]
        good = self.machine.start_with_items(items, "StoredAndCounted")
        bad = self.machine.start({"items": json.dumps(items)})
        mails = {}

        def both():
            for mail in self.received(queue):
                mails.update({arn: mail for arn in (good, bad) if arn.rsplit(":", 1)[1] in mail})
            return len(mails) == 2

        self.machine.until("the mails", both)
        for arn, expected in {good: ["SUCCEEDED", '"items": 3', '"succeeded": 2', '"failed": 1', "state-input/"], bad: ["FAILED"]}.items():
            name = arn.rsplit(":", 1)[1]
            links = [f"{RESULTS}?region=us-east-1&prefix=results/{name}/", f"/executions/details/{arn}"]
            for word in [name, *expected, *links]:
                self.assertIn(word, mails[arn])
            self.assertNotIn("knight", mails[arn])

    def queue_of_mails(self):
        """The URL of a queue that gets what the notification topic sends."""
        sqs = self.machine.client("sqs")
        arn = "arn:aws:sqs:us-east-1:000000000000:mails"
        anybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
        queue = sqs.create_queue(QueueName="mails", Attributes={"Policy": policy})["QueueUrl"]
        topic = {"TopicArn": self.machine.physical_id("NotificationTopic"), "Attributes": {"RawMessageDelivery": "true"}}
        self.machine.client("sns").subscribe(Protocol="sqs", Endpoint=arn, **topic)
        return queue

    # ------------------------------------------------------------ permissions

    def test_a_bucket_that_the_template_does_not_name_is_denied(self):
        """The emulator enforces the roles of the functions: what the other tests do, the template allows."""
        self.machine.use_stand_in()
        answer, _ = self.machine.invoke("GeneratorFunction", {**item(1), "inputBucketName": RESULTS})
        self.assertEqual("AccessDenied", answer["errorType"])

    def test_each_permission_of_the_functions_is_needed(self):
        """They are taken away one at a time: the function fails, or its log says what it cannot use."""
        self.machine.use_stand_in()
        good, bad = self.machine.put("good.json", json.dumps([item(1)])), self.machine.put("bad.json", "[")
        lists, images, state, rejected = (f"arn:aws:s3:::{path}/*" for path in (LISTS, IMAGES, f"{RESULTS}/state", f"{RESULTS}/rejected"))
        items = ({"item": item(n, rank="denied"), "executionName": "by-hand", "canWait": True} for n in range(9))
        needed = {
            "Trigger": {
                ("s3:GetObject", lists): (self.machine.created("good.json"), "ListNotRead"),
                ("s3:GetObjectVersion", lists): (self.machine.created("good.json", good), "ListNotRead"),
                ("s3:PutObject", rejected): (self.machine.created("bad.json", bad), "ReportNotStored"),
                ("states:StartExecution", self.machine.state_machine_arn): (self.machine.created("good.json", good), "ExecutionNotStarted"),
            },
            "Generator": {
                ("s3:GetObject", images): (next(items), "AccessDenied"),
                ("s3:PutObject", images): (next(items), "AccessDenied"),
                ("s3:GetObject", state): (next(items), "the rate limiter cannot be used"),
                ("s3:PutObject", state): (next(items), "the lease of the image cannot be used: PutObject"),
                ("s3:DeleteObject", state): (next(items), "the lease of the image cannot be used: DeleteObject"),
            },
        }
        # The emulator answers 404 for what does not exist also without ListBucket, and InvokeModel is not its own.
        unseen = {"s3:ListBucket", "bedrock:InvokeModel", "sqs:SendMessage", *iam.WITHOUT_RESOURCES, "logs:CreateLogStream", "logs:PutLogEvents"}
        roles = self.machine.client("iam")
        for function, permissions in needed.items():
            policy = {"RoleName": self.machine.physical_id(f"{function}Role"), "PolicyName": function}
            document = roles.get_role_policy(**policy)["PolicyDocument"]
            allowed = iam.allowed({"Policies": [{"PolicyDocument": document}]})
            # "/*": the emulator does not evaluate Fn::Join in a condition, so the statements for further buckets stay, without a bucket.
            self.assertEqual({pair for pair in allowed if pair[0] not in unseen and pair[1] != "/*"}, set(permissions), function)
            try:
                for permission, (payload, expected) in permissions.items():
                    with self.subTest(function, without=permission):
                        left = [{"Effect": "Allow", "Action": a, "Resource": r} for a, r in allowed - {permission}]
                        roles.put_role_policy(**policy, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": left}))
                        self.assertIn(expected, str(self.machine.invoke(f"{function}Function", payload)))
            finally:
                roles.put_role_policy(**policy, PolicyDocument=json.dumps(document))
        # The lease that could not be deleted.
        (lease,) = self.machine.keys(RESULTS, "state/leases/")
        self.machine.s3.delete_object(Bucket=RESULTS, Key=lease)


if __name__ == "__main__":
    unittest.main(verbosity=2)
