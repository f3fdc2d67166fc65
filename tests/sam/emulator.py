"""MiniStack, an emulator of AWS, with the built template deployed to it by the SAM CLI, and `local up` as its Bedrock.

Run as a program it keeps running until Ctrl-C:

    target/sam-tools/sam/bin/python tests/sam/emulator.py
"""

import json
import os
import pathlib
import ssl
import subprocess
import tempfile
import time
import urllib.request

from machine import Stack
from processes import ROOT, TOOLS, LocalUp, Process, client, free_port, run

STACK = "id-list-images"
MACHINE = f"{STACK}-GenerateImages"
CONCURRENCY = 5
MAX_USD = 1

# The folder that `sam build` wrote to, if it is not .aws-sam/build.
BUILT = ["--template-file", f"{os.environ['BUILD']}/template.yaml"] if "BUILD" in os.environ else []


def certificates(folder):
    """A certificate authority that lives as long as the folder, and what it vouches for: certificate and key of 127.0.0.1."""
    authority, authority_key = folder / "authority.pem", folder / "authority.key"
    certificate, key, request = folder / "certificate.pem", folder / "certificate.key", folder / "request.pem"
    extensions = folder / "extensions"
    extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=critical,CA:FALSE\n")

    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    new_key = ["-newkey", "rsa:2048", "-nodes"]
    openssl("req", "-x509", *new_key, "-days", 2, "-subj", "/CN=authority of the tests", "-keyout", authority_key, "-out", authority)
    openssl("req", *new_key, "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", request)
    openssl(
        "x509", "-req", "-in", request, "-days", 2, "-CA", authority, "-CAkey", authority_key, "-CAcreateserial", "-out", certificate,
        "-extfile", extensions,
    )  # fmt: skip
    return authority, certificate, key


# The emulator implements neither aws-sdk:s3:putObject nor the ResultWriter, whose result names the Map Run that is counted. Executions that
# are started as <state machine>#<test case> get these results of these states instead.
RESULTS_OF_STATES = {
    "Stored": {"Store the list": {"VersionId": "any: the emulator reads the current version"}},
    "StoredAndCounted": {
        "Store the list": {"VersionId": "any: the emulator reads the current version"},
        "Count the results": {"ItemCounts": {"Total": 3, "Succeeded": 2, "Failed": 1}},
    },
    "NothingSucceeded": {"Count the results": {"ItemCounts": {"Total": 2, "Succeeded": 0, "Failed": 2}}},
}


def mock_config(folder):
    """The file that tells the emulator RESULTS_OF_STATES.
    https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-test-sm-exec.html
    """
    cases, responses = {}, {}
    for case, results in RESULTS_OF_STATES.items():
        cases[case] = {state: f"{case} {state}" for state in results}
        responses |= {f"{case} {state}": {"0": {"Return": result}} for state, result in results.items()}
    file = folder / "mock.json"
    file.write_text(json.dumps({"StateMachines": {MACHINE: {"TestCases": cases}}, "MockedResponses": responses}))
    return file


class Emulator(Stack):
    """One deployment. The stand-in for Bedrock can be replaced by one with other options, at the same address."""

    stack = STACK

    def __init__(self, deploy=True):
        self.folders = tempfile.TemporaryDirectory()
        self.bedrock_port, self.stand_in = free_port(), None
        port = free_port()
        # TLS, because the policies of the buckets and of the queue let nothing else in, and the emulator enforces them.
        self.endpoint = f"https://127.0.0.1:{port}"
        self.authority, certificate, key = certificates(pathlib.Path(self.folders.name))
        self.process = Process(
            [str(TOOLS / "ministack/bin/ministack")],
            {
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(port),
                "USE_SSL": "1",
                "MINISTACK_SSL_CERT": str(certificate),
                "MINISTACK_SSL_KEY": str(key),
                # Without these it would listen on all interfaces, for devices and for SFTP.
                "IOT_MTLS_ENABLED": "0",
                "SFTP_ENABLED": "0",
                # Enforces the roles of the functions.
                "AUTH": "true",
                "SFN_MOCK_CONFIG": str(mock_config(pathlib.Path(self.folders.name))),
                # Waits and retries a fiftieth as long.
                "SFN_WAIT_SCALE": "0.02",
                "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.1",
                # The functions inherit these.
                "AWS_ENDPOINT_URL": self.endpoint,
                "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": f"http://127.0.0.1:{self.bedrock_port}",
                "SSL_CERT_FILE": str(self.authority),
            },
            port,
        )
        try:
            self._wait_until_healthy()
            if deploy:
                self._deploy()
        except BaseException:
            self.close()
            raise

    def _wait_until_healthy(self):
        end = time.monotonic() + 60
        while True:
            try:
                trusting = ssl.create_default_context(cafile=self.authority)
                urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=5, context=trusting).close()
                return
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def _deploy(self):
        """Deploys the template and the functions that `sam build` wrote."""
        run(
            "sam", "deploy", *BUILT, "--stack-name", STACK,
            "--no-confirm-changeset", "--no-progressbar", "--parameter-overrides", f"MaxConcurrency={CONCURRENCY}", f"MaxUsdPerList={MAX_USD}",
            "NotificationEmail=someone@example.com",
            AWS_ENDPOINT_URL=self.endpoint, AWS_CA_BUNDLE=str(self.authority),
        )  # fmt: skip

    def client(self, service):
        return client(service, self.endpoint, str(self.authority))

    def use_stand_in(self, *options, picture="tiny"):
        """Starts the stand-in for Bedrock with these options of `local up`, and one of its kinds of pictures."""
        if self.stand_in:
            self.stand_in.close()
        folder = pathlib.Path(self.folders.name) / str(time.monotonic_ns())
        self.stand_in = LocalUp(folder, "--picture", picture, *options, port=self.bedrock_port)

    def close(self):
        if self.stand_in:
            self.stand_in.close()
        self.process.close()
        self.folders.cleanup()


if __name__ == "__main__":
    emulator = Emulator()
    try:
        emulator.use_stand_in()
        print(f"aws --endpoint-url {emulator.endpoint} --ca-bundle {emulator.authority} s3 cp events/id-list.json s3://{emulator.outputs['ListBucketName']}/")
        print(f"AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1; root of the project: {ROOT}; Ctrl-C stops")
        emulator.process.process.wait()
    except KeyboardInterrupt:
        pass
    finally:
        emulator.close()
