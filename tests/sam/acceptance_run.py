"""The acceptance run of tests/aws, on the emulator in place of an account."""

import ast
import os
import re
import signal
import subprocess
import unittest

from emulator import Emulator
from processes import ROOT

RUN = ROOT / "tests/aws/acceptance.sh"
NOT_ON_EMULATOR = ast.literal_eval(re.search(r"(?ms)^NOT_ON_EMULATOR = (\{.*?^\})", RUN.with_suffix(".py").read_text())[1])
BUCKET = "000000000000-us-east-1-input-image-bucket"


class AcceptanceRun(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator(deploy=False)
        cls.addClassCleanup(cls.emulator.close)

    def run_until(self, *options, interrupt_after="never"):
        """The exit code and the output. A line that contains `interrupt_after` is answered with Ctrl-C."""
        command = [RUN, "--no-build", "--endpoint", self.emulator.endpoint, *options]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        lines = []
        with subprocess.Popen(command, env={**os.environ, "AWS_CA_BUNDLE": str(self.emulator.authority)}, **pipes) as run:
            for line in run.stdout:
                lines.append(line)
                if interrupt_after in line:
                    run.send_signal(signal.SIGINT)
        return run.returncode, "".join(lines)

    def check_that_nothing_is_left(self):
        self.assertEqual([], self.emulator.client("s3").list_buckets()["Buckets"])
        stacks = self.emulator.client("cloudformation").list_stacks()["StackSummaries"]
        self.assertEqual({"DELETE_COMPLETE"}, {stack["StackStatus"] for stack in stacks})

    def test_everything_works_and_nothing_is_left(self):
        # A tiny picture is too small for a source image.
        self.emulator.use_stand_in(picture="preview")
        code, said = self.run_until("--yes")
        self.assertEqual(0, code, said)
        self.assertIn("paid: 6 pictures, about 0.38 USD", said)
        self.assertEqual(set(NOT_ON_EMULATOR.values()), set(re.findall("not checked here: (.*)", said)))
        self.assertNotIn("knight with", said)
        self.check_that_nothing_is_left()

    def test_a_failure_and_ctrl_c_leave_nothing(self):
        self.emulator.use_stand_in("--filter", "knight")
        code, said = self.run_until("--yes", interrupt_after="FAILED: a list becomes images")
        self.assertEqual(1, code, said)
        self.assertIn("interrupted", said)
        self.check_that_nothing_is_left()

    def test_does_nothing_without_an_answer(self):
        code, said = self.run_until()
        self.assertEqual(2, code, said)
        self.assertIn("costs at most 0.41 USD", said)

    def test_refuses_a_region_that_has_the_buckets(self):
        s3 = self.emulator.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        self.addCleanup(s3.delete_bucket, Bucket=BUCKET)
        code, said = self.run_until("--yes")
        self.assertEqual(2, code, said)
        self.assertIn(BUCKET, said)
