"""Processes that the tests start on 127.0.0.1 and end again, and the AWS CLI that looks at them."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "target" / "sam-tools"

CREDENTIALS = {
    # An access key of twelve digits is the account id, for every emulator.
    "AWS_ACCESS_KEY_ID": "000000000000",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def environment(**more):
    """What a child process sees: nothing of the caller's AWS settings, so that no test ever reaches an account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true"}
    return {**kept, **nowhere, **CREDENTIALS, **more}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Process:
    """A server, from the moment it accepts connections on its port until `close`. What it wrote is shown when it fails to start."""

    def __init__(self, command, more_environment, port, seconds=60):
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".log")
        self.process = subprocess.Popen(
            command, env=environment(**more_environment), stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT
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
        super().__init__([local_binary(), "up", "--port", str(port), "--data", str(folder), *options], {}, port)


def local_binary():
    """Built by test.sh; LOCAL names another one."""
    binary = pathlib.Path(os.environ.get("LOCAL", ROOT / "target/debug/local"))
    if not binary.exists():
        sys.exit(f"{binary} is not there: cargo build --workspace")
    return str(binary)


def run(*command, **more_environment):
    """Runs a tool of target/sam-tools/sam to its end; its output, or an error with what it wrote."""
    path = f"{TOOLS / 'sam/bin'}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        command, cwd=ROOT, env=environment(PATH=path, SAM_CLI_TELEMETRY="0", **more_environment), capture_output=True, text=True
    )
    if ended.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def aws(endpoint, *arguments, **more_environment):
    """The AWS CLI's answer, parsed."""
    output = run("aws", "--endpoint-url", endpoint, "--output", "json", *arguments, **more_environment)
    return json.loads(output) if output.strip() else None
