"""`gallery` against the deployed stack, as a user who has exactly the permissions of docs/gallery-policy.json.

The emulator enforces IAM. What it lacks of AWS:
- It ignores the ResultWriter, so there are no result files: why an item failed is told while a run goes on, but not after its end.
- It does not implement RedriveExecution.
- It does not know the models, and does not enforce lambda:GetAccountSettings.
- It asks for states:DescribeMapRun on all resources, where AWS asks for it on the Map Run.
  https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
"""

import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from emulator import MACHINE, STACK, Emulator
from processes import ROOT

ACCOUNT, REGION = "000000000000", "us-east-1"
USER = "gallery"
POLICY = json.loads(
    (ROOT / "docs/gallery-policy.json").read_text().replace("ACCOUNT", ACCOUNT).replace("REGION", REGION).replace("STACK", STACK)
)
# What the emulator asks for beyond AWS.
BEYOND_AWS = {"Sid": "BeyondAws", "Effect": "Allow", "Action": ["states:DescribeMapRun"], "Resource": ["*"]}


def program():
    """The program that test.sh builds; GALLERY in the environment names another one."""
    binary = pathlib.Path(os.environ.get("GALLERY", ROOT / "target/debug/gallery"))
    if not binary.exists():
        sys.exit(f"{binary} does not exist; run cargo build --workspace")
    return str(binary)


class Gallery(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator()
        cls.addClassCleanup(cls.emulator.close)
        cls.emulator.use_stand_in("--speed", "60", "--filter", "forbidden")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.iam = cls.emulator.client("iam")
        cls.iam.create_user(UserName=USER)
        key = cls.iam.create_access_key(UserName=USER)["AccessKey"]
        cls.environment = {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": cls.emulator.endpoint,
            "SSL_CERT_FILE": str(cls.emulator.authority),
        }
        cls.allow()

    @classmethod
    def allow(cls, statement=None, action=None):
        """Gives the user the policy, without the statement of this Sid or without this action."""
        policy = copy.deepcopy(POLICY)
        policy["Statement"] = [kept for kept in [*policy["Statement"], copy.deepcopy(BEYOND_AWS)] if kept["Sid"] != statement]
        for kept in policy["Statement"]:
            kept["Action"] = [name for name in kept["Action"] if name != action]
        policy["Statement"] = [kept for kept in policy["Statement"] if kept["Action"]]
        cls.iam.put_user_policy(UserName=USER, PolicyName=USER, PolicyDocument=json.dumps(policy))

    def gallery(self, *arguments, exit_code=0):
        """What a command prints as JSON."""
        command = [program(), "--json", *map(str, arguments)]
        ended = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        self.assertEqual(exit_code, ended.returncode, f"{arguments}\n{ended.stdout}{ended.stderr}")
        return json.loads(ended.stdout)

    def list(self, name, *prompts):
        file = self.folder / name
        file.write_text("\n".join(["prompt", *prompts, ""]))
        return file

    def test_a_list_is_dropped_watched_fetched_and_made_again(self):
        done = self.gallery("drop", self.list("pets.csv", "a cat", "a dog"), "--wait")
        self.assertEqual(("succeeded", 2, 0), (done["run"]["status"], done["tally"]["made"], done["tally"]["failed"]))
        self.assertIn(done["run"]["name"], [run["name"] for run in self.gallery("runs")["runs"]])
        self.assertEqual(2, self.gallery("watch", done["run"]["name"])["tally"]["made"])

        pictures = self.folder / "pictures"
        fetched = self.gallery("fetch", done["run"]["name"], "--to", pictures, "--name", "{rank}-{id}.{ext}")
        self.assertEqual((2, 0, 0), (fetched["fetched"], fetched["present"], fetched["missing"]))
        self.assertEqual(b"\x89PNG", (pictures / "normal-pets-1.png").read_bytes()[:4])
        self.assertEqual({"index.html", "items.csv", "normal-pets-1.png", "normal-pets-2.png"}, {file.name for file in pictures.iterdir()})

        again = self.gallery("redo", done["run"]["name"], "pets-1", "--wait")
        self.assertEqual((1, "redo-pets.json"), (again["tally"]["made"], again["run"]["list"]["key"]))

    def test_an_item_that_fails_and_a_list_that_is_rejected_exit_1(self):
        done = self.gallery("drop", self.list("filtered.csv", "a forbidden cat", "a dog"), "--wait", exit_code=1)
        self.assertEqual((1, 1), (done["tally"]["made"], done["run"]["counts"]["failed"]))
        rejected = self.gallery("drop", self.list("expensive.csv", *(f"cat {number}" for number in range(40))), "--wait", exit_code=1)
        self.assertIn("USD", json.dumps(rejected["rejected"]["problems"]))

    def test_a_run_is_stopped(self):
        self.emulator.use_stand_in("--latency", "2000")
        self.addCleanup(self.emulator.use_stand_in, "--speed", "60", "--filter", "forbidden")
        dropped = self.gallery("drop", self.list("slow.csv", *(f"a slow cat {number}" for number in range(20))))["dropped"]
        end = time.monotonic() + 60
        while dropped["run"] not in [run["name"] for run in self.gallery("runs")["runs"]]:
            self.assertLess(time.monotonic(), end, "the list starts no execution")
        self.gallery("stop", dropped["run"])
        self.assertEqual("stopped", self.gallery("watch", dropped["run"], exit_code=1)["run"]["status"])

    def test_doctor_knows_the_stack(self):
        checks = {check["name"]: check for check in self.gallery("doctor")["checks"]}
        for name in ("credentials", "stack", "list bucket", "image bucket", "result bucket", "state machine"):
            self.assertEqual("well", checks[name]["health"], checks[name])
        self.assertIn("MaxConcurrency is 5", checks["concurrency"]["detail"])

    def test_each_statement_of_the_policy_is_needed(self):
        done = self.gallery("drop", self.list("first.csv", "a bird"), "--wait")
        run = done["run"]["name"]
        needing = {
            "Lists": ("drop", self.list("second.csv", "a fish")),
            "ImagesAndResults": ("fetch", run, "--to", self.folder / "denied"),
            "Runs": ("runs",),
        }
        doctor = {"DoctorStack": "stack", "DoctorAccount": "models"}
        self.assertEqual(needing.keys() | doctor.keys(), {statement["Sid"] for statement in POLICY["Statement"]})
        self.addCleanup(self.allow)
        for sid, command in needing.items():
            with self.subTest(without=sid):
                self.allow(statement=sid)
                self.assertEqual("Denied", self.gallery(*command, exit_code=2)["error"])
        for sid, name in doctor.items():
            with self.subTest(without=sid):
                self.allow(statement=sid)
                checks = {check["name"]: check for check in self.gallery("doctor")["checks"]}
                self.assertIn("may not be asked", checks[name]["detail"])

    def test_each_action_on_runs_is_needed(self):
        done = self.gallery("drop", self.list("third.csv", "a frog"), "--wait")
        run = done["run"]["name"]
        needing = {
            "states:ListExecutions": ("runs",),
            "states:DescribeExecution": ("watch", run),
            "states:ListMapRuns": ("watch", run),
            "states:DescribeMapRun": ("watch", run),
            "states:StopExecution": ("stop", run),
        }
        self.addCleanup(self.allow)
        for action, command in needing.items():
            with self.subTest(without=action):
                self.allow(action=action)
                denied = self.gallery(*command, exit_code=2)
                self.assertEqual("Denied", denied["error"])
                self.assertIn(action, denied["message"])

    def test_another_state_machine_is_denied(self):
        denied = self.gallery("--state-machine", f"other-{MACHINE}", "runs", exit_code=2)
        self.assertEqual("Denied", denied["error"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
