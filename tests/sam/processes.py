"""Processes that the tests start on 127.0.0.1 and end again, and the clients of the AWS SDK for Python that call them."""

import functools
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import boto3

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "target" / "sam-tools"

CREDENTIALS = {
    # For every emulator, an access key id of twelve digits is the account id.
    "AWS_ACCESS_KEY_ID": "000000000000",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


# The caller's AWS settings are removed, so that no test ever reaches an account.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true", **CREDENTIALS}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Process:
    """A server, from the moment it accepts connections on its port until `close`. If it does not start, its output is shown."""

    def __init__(self, command, more_environment, port, seconds=60):
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".log")
        self.process = subprocess.Popen(
            command, env={**os.environ, **more_environment}, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT
        )
        end = time.monotonic() + seconds
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended with {self.process.returncode}:\n{self.written()}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > end:
                    self.close()
                    raise RuntimeError(f"{command[0]} does not listen on port {port}:\n{self.written()}") from None
                time.sleep(0.05)

    def written(self):
        return pathlib.Path(self.log.name).read_text(errors="replace")

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class LocalUp(Process):
    """`local up` on a free port."""

    def __init__(self, folder, *options, port=None):
        port = port or free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        super().__init__([local_binary(), "up", "--port", str(port), "--no-gallery", "--data", str(folder), *options], {}, port)


def local_binary():
    """The program that test.sh builds; LOCAL in the environment names another one."""
    binary = pathlib.Path(os.environ.get("LOCAL", ROOT / "target/debug/local"))
    if not binary.exists():
        sys.exit(f"{binary} does not exist; run cargo build --workspace")
    return str(binary)


def run(*command, **more_environment):
    """Runs a tool of target/sam-tools/sam; on failure, the error carries its output."""
    path = f"{TOOLS / 'sam/bin'}{os.pathsep}{os.environ['PATH']}"
    child = {**os.environ, "PATH": path, "SAM_CLI_TELEMETRY": "0", **more_environment}
    ended = subprocess.run(command, cwd=ROOT, env=child, capture_output=True, text=True)
    if ended.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")


@functools.cache
def client(service, endpoint, authority=None):
    """A client of a service at an endpoint, whose certificate this authority has signed."""
    return boto3.client(service, endpoint_url=endpoint, verify=authority)
