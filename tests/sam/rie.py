"""The built functions under AWS's runtime interface emulator: they get every event of events/, and `local up` as S3, Step Functions and
Bedrock.

    target/sam-tools/sam/bin/python tests/sam/rie.py

BUILD in the environment is the folder that `sam build` wrote to, if it is not .aws-sam/build.
"""

import json
import os
import pathlib
import tempfile
import unittest
import urllib.request

import samcli

from processes import LocalUp, Process, client, free_port
from template import Template

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / ".aws-sam/build")).resolve()
EMULATOR = pathlib.Path(samcli.__file__).parent / "local/rapid" / f"aws-lambda-rie-{os.uname().machine.replace('aarch64', 'arm64')}"

LISTS = "000000000000-us-east-1-unprocessed-id-list-bucket"
IMAGES = "000000000000-us-east-1-input-image-bucket"
RESULTS = "000000000000-us-east-1-sfn-distributed-map-result-bucket"

TEMPLATE = Template("000000000000", "us-east-1", MaxItemsPerList=100_000)
STATE_MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:GenerateImages"


def event(name):
    return json.loads((ROOT / "events" / name).read_text())


class Function:
    """A built function under the emulator, with the settings of the template. The emulator takes one invocation at a time."""

    def __init__(self, name, endpoint):
        port, runtime_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
        logical_id = {"trigger": "TriggerFunction", "generator": "GeneratorFunction"}[name]
        variables = dict(TEMPLATE.variables(logical_id))
        if "STATE_MACHINE_ARN" in variables:
            variables["STATE_MACHINE_ARN"] = STATE_MACHINE
        environment = {
            **variables,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "000000000000",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_TIMEOUT": TEMPLATE.of_type("AWS::Lambda::Function")[logical_id]["Timeout"],
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
        }
        self.process = Process(
            [
                str(EMULATOR),
                "--runtime-interface-emulator-address",
                f"127.0.0.1:{port}",
                "--runtime-api-address",
                f"127.0.0.1:{runtime_port}",
                str(BUILD / logical_id / "bootstrap"),
            ],
            environment,
            port,
        )

    def invoke(self, payload):
        """The answer. The answer to a failed invocation also has the status 200; it is {"errorType", "errorMessage"}."""
        request = urllib.request.Request(self.url, json.dumps(payload).encode())
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def peak_mib(self):
        """The peak of the resident memory of the function's process, including what it shares with other processes."""
        emulator = self.process.process.pid
        children = pathlib.Path(f"/proc/{emulator}/task").glob("*/children")
        (function,) = (child for thread in children for child in thread.read_text().split())
        status = pathlib.Path(f"/proc/{function}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024

    def close(self):
        self.process.close()


class TheFunctions(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.local = LocalUp(cls.folder, "--picture", "tiny")
        cls.addClassCleanup(cls.local.close)
        cls.functions = {}
        for name in ("trigger", "generator"):
            cls.functions[name] = Function(name, cls.local.endpoint)
            cls.addClassCleanup(cls.functions[name].close)

    def trigger(self, payload):
        return self.functions["trigger"].invoke(payload)

    def generator(self, payload):
        return self.functions["generator"].invoke(payload)

    @property
    def s3(self):
        return client("s3", self.local.endpoint)

    def put_list(self, file, key):
        self.s3.put_object(Bucket=LISTS, Key=key, Body=(ROOT / "events" / file).read_bytes())

    # ------------------------------------------------------------ generator

    def test_an_item_becomes_an_image_once(self):
        item = {**event("item.json"), "rank": "first-time"}
        first, second = self.generator(item), self.generator(item)
        self.assertEqual(("generated", "existing"), (first["outcome"], second["outcome"]))
        self.assertEqual("first-time/A1/image.jpeg", first["keyName"])
        head = self.s3.head_object(Bucket=IMAGES, Key=first["keyName"])
        self.assertEqual(("image/jpeg", first["bytes"]), (head["ContentType"], head["ContentLength"]))

    def test_an_item_in_the_envelope_becomes_an_image(self):
        item = {**event("item.json"), "rank": "envelope"}
        answer = self.generator({"item": item, "executionName": "by-hand", "canWait": True})
        self.assertEqual(("generated", "envelope/A1/image.jpeg"), (answer["outcome"], answer["keyName"]))

    def test_an_item_without_a_prompt_is_invalid(self):
        self.assertEqual("InvalidItem", self.generator(event("item-missing-prompt.json"))["errorType"])

    def test_an_unknown_field_is_ignored(self):
        self.assertIn(self.generator(event("item-unknown-field.json"))["outcome"], ("generated", "existing"))

    def test_a_retired_model_is_redirected(self):
        answer = self.generator(event("item-retired-model.json"))
        self.assertNotEqual(answer["model"], answer["requestedModel"])

    def test_what_is_not_an_item_is_invalid(self):
        for payload in (None, 7, "x", [], {}):
            self.assertEqual("InvalidItem", self.generator(payload)["errorType"], payload)

    # ------------------------------------------------------------ trigger

    def test_a_second_delivery_starts_no_second_execution(self):
        self.put_list("id-list.json", "id-list.json")
        payload = event("s3-object-created.json")
        (first,), (second,) = self.trigger(payload)["lists"], self.trigger(payload)["lists"]
        self.assertEqual("started", first["outcome"])
        self.assertIn(second["outcome"], ("started", "alreadyStarted"))
        self.assertEqual(first["executionName"], second["executionName"])

    def test_an_encoded_key_is_decoded(self):
        payload = event("s3-object-created-encoded-key.json")
        (answer,) = self.trigger(payload)["lists"]
        self.assertEqual("gone", answer["outcome"], "there is no list of that name")
        self.put_list("id-list.json", answer["bucketKey"])
        self.assertEqual("started", self.trigger(payload)["lists"][0]["outcome"])

    def test_a_broken_list_is_rejected_with_a_report(self):
        self.put_list("seed-list-as-printed.json", "id-list.json")
        payload = event("s3-object-created.json")
        payload["Records"][0]["s3"]["object"]["sequencer"] = "0055AED6DCD90281FF"
        (answer,) = self.trigger(payload)["lists"]
        self.assertEqual(("rejected", RESULTS), (answer["outcome"], answer["reportBucket"]))
        self.s3.head_object(Bucket=RESULTS, Key=answer["reportKey"])

    def test_a_hundred_thousand_items_are_checked_in_the_smallest_function(self):
        item = event("item.json")
        # The last item is a duplicate, so that the list is rejected.
        items = [{**item, "id": f"A{number}"} for number in range(99_999)] + [{**item, "id": "A0"}]
        key = "long-list.json"
        self.s3.put_object(Bucket=LISTS, Key=key, Body=json.dumps(items))
        payload = event("s3-object-created.json")
        payload["Records"][0]["s3"]["object"]["key"] = key
        (answer,) = self.trigger(payload)["lists"]
        self.assertEqual("rejected", answer["outcome"])
        report = json.load(self.s3.get_object(Bucket=RESULTS, Key=answer["reportKey"])["Body"])
        self.assertEqual((100_000, 1), (report["items"], report["problemCount"]), report["problems"])
        self.assertLess(self.functions["trigger"].peak_mib(), 64, "half of the memory of the smallest function")

    def test_two_records_are_two_lists(self):
        self.assertEqual(2, len(self.trigger(event("s3-two-records.json"))["lists"]))

    def test_what_is_not_a_list_to_make_is_ignored(self):
        empty = event("s3-object-created.json")
        empty["Records"][0]["s3"]["object"]["size"] = 0
        stored = event("s3-object-created.json")
        stored["Records"][0]["s3"]["object"]["key"] = "state-input/execution.json"
        for payload in (event("s3-object-removed.json"), event("s3-test-event.json"), empty, stored):
            self.assertEqual([], self.trigger(payload)["lists"])

    def test_a_version_that_does_not_exist_is_gone(self):
        self.put_list("id-list.json", "id-list.json")
        payload = event("s3-object-created.json")
        payload["Records"][0]["s3"]["object"]["versionId"] = "UIORUnfndfiufdisojhr398493jfdkjFJjkndnqUifhnw89493jJFJ"
        (answer,) = self.trigger(payload)["lists"]
        self.assertEqual("gone", answer["outcome"])

    def test_what_is_not_an_s3_event_is_an_error(self):
        self.assertEqual("InvalidEvent", self.trigger({"hello": "world"})["errorType"])

    def test_an_event_that_sqs_wrapped_is_refused_by_name(self):
        answer = self.trigger(event("s3-event-in-sqs.json"))
        self.assertEqual("InvalidEvent", answer["errorType"])
        self.assertIn("SQS", answer["errorMessage"])


if __name__ == "__main__":
    unittest.main()
