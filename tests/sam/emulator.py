"""MiniStack with the built template deployed to it by the SAM CLI, and the stand-in of `local up` as its Bedrock.

Run as a program it stays up, for a look around:

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

from processes import ROOT, TOOLS, LocalUp, Process, aws, free_port, run

STACK = "id-list-images"
CONCURRENCY = 5

# Where `sam build` put the template, if elsewhere than in .aws-sam/build.
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


def mock_config(folder):
    """Executions of <state machine>#StoredBefore find their list stored: the emulator knows no aws-sdk:s3:putObject."""
    file = folder / "mock.json"
    states = {"TestCases": {"StoredBefore": {"Store the list": "Stored"}}}
    file.write_text(json.dumps({"StateMachines": {f"{STACK}-GenerateImages": states}, "MockedResponses": {"Stored": {"0": {"Return": {}}}}}))
    return file


class Emulator:
    """One deployment. The stand-in can be exchanged for one that behaves otherwise; its address stays."""

    def __init__(self):
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
                # The functions' roles are enforced.
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
        """The very template and functions that `sam build` left in .aws-sam/build."""
        run(
            "sam", "deploy", "--config-file", str(ROOT / "sam/samconfig.toml"), *BUILT, "--stack-name", STACK,
            "--no-confirm-changeset", "--no-progressbar", "--parameter-overrides", f"MaxConcurrency={CONCURRENCY}",
            AWS_ENDPOINT_URL=self.endpoint, AWS_CA_BUNDLE=str(self.authority),
        )  # fmt: skip
        (stack,) = self.aws("cloudformation", "describe-stacks", "--stack-name", STACK)["Stacks"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        self.state_machine_arn = self.outputs["StateMachineArn"]

    def aws(self, *arguments):
        return aws(self.endpoint, *arguments, AWS_CA_BUNDLE=str(self.authority))

    def physical_id(self, logical_id):
        resource = self.aws("cloudformation", "describe-stack-resource", "--stack-name", STACK, "--logical-resource-id", logical_id)
        return resource["StackResourceDetail"]["PhysicalResourceId"]

    def use_stand_in(self, *options):
        """Bedrock behaves so from now on."""
        if self.stand_in:
            self.stand_in.close()
        folder = pathlib.Path(self.folders.name) / str(time.monotonic_ns())
        self.stand_in = LocalUp(folder, "--picture", "tiny", *options, port=self.bedrock_port)

    def invoke(self, logical_id, payload, *options):
        """A function's answer."""
        with tempfile.TemporaryDirectory() as folder:
            request, answer = pathlib.Path(folder) / "request.json", pathlib.Path(folder) / "answer.json"
            request.write_text(json.dumps(payload))
            name = self.physical_id(logical_id)
            self.aws("lambda", "invoke", "--function-name", name, "--payload", f"fileb://{request}", *options, str(answer))
            return json.loads(answer.read_text() or "null")

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
