"""A list through `local`, and through an emulator beside it: time, processor time of each part, memory, and whether results, counts and images agree."""

import argparse
import base64
import contextlib
import http.client
import io
import json
import os
import pathlib
import platform
import sys
import tempfile
import time
import urllib.parse
import zipfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/sam"))
from processes import ROOT, TOOLS, Process, free_port  # noqa: E402

MINISTACK = TOOLS / "ministack/bin/ministack"
TICK = 1 / os.sysconf("SC_CLK_TCK")

# With the first items the rate limiter learns that the model has no quota: some 2,500 items, in sixteen seconds. That happens once for a model,
# not for every list.
FIRST_CONTACT = 3_000

ACCOUNT, REGION = "000000000000", "us-east-1"
LISTS, IMAGES, RESULTS = (f"{ACCOUNT}-{REGION}-{name}" for name in ("unprocessed-id-list-bucket", "input-image-bucket", "sfn-distributed-map-result-bucket"))
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:GenerateImages"
GENERATOR = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:generator"


# ---------------------------------------------------------------- Processes


def stat(pid):
    """Parent of a process, ticks of user and of system time of all its threads, and of both of its children that have ended; None when it is gone."""
    try:
        # https://docs.kernel.org/filesystems/proc.html; the name, in parentheses, may have spaces in it.
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    user, system, ended_user, ended_system = map(int, fields[11:15])
    return int(fields[1]), user, system, ended_user + ended_system


def descendants(pid):
    """All that a process started, and what these started."""
    parents = {int(name): found[0] for name in os.listdir("/proc") if name.isdigit() and (found := stat(name))}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def peak_mib(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


class Server(Process):
    """A process that listens on a port of 127.0.0.1 and speaks S3, Step Functions and Lambda there."""

    def __init__(self, command, port, **more_environment):
        self.port = port
        super().__init__(command, more_environment, port)

    def ask(self, method, path, body=b"", service="s3", **headers):
        """One request; the answer's body. Any signature does."""
        credential = f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request(method, path, body, {"Authorization": credential, **{name.replace("_", "-"): value for name, value in headers.items()}})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {text.decode(errors='replace')}")
        return text

    def states(self, operation, **request):
        body = json.dumps(request)
        return json.loads(self.ask("POST", "/", body, "states", X_Amz_Target=f"AWSStepFunctions.{operation}", Content_Type="application/x-amz-json-1.0"))

    def ended(self, arn):
        """The execution, once it has ended."""
        execution = self.states("DescribeExecution", executionArn=arn)
        if execution["status"] not in ("RUNNING", "SUCCEEDED"):
            sys.exit(f"{arn}: {execution}\n{self.written()}")
        return execution if execution["status"] == "SUCCEEDED" else None

    def usage(self):
        """Seconds of this process, those of them that the system took for it, and seconds of the processes that it started."""
        _, user, system, ended = stat(self.process.pid)
        others = sum(sum(found[1:]) for child in descendants(self.process.pid) if (found := stat(child)))
        return (user + system) * TICK, system * TICK, (ended + others) * TICK

    def peak_mib(self):
        return peak_mib(self.process.pid)


class Local(Server):
    """`local up`."""

    def __init__(self, program, folder, *options):
        self.folder, port = pathlib.Path(folder), free_port()
        super().__init__([program, "up", "--port", str(port), "--no-gallery", "--data", folder, "--paint-once", *options], port)

    def start(self, name, text):
        """Drops the list; the ARN of its execution."""
        self.ask("PUT", f"/{LISTS}/{name}.json", text)
        while True:
            for execution in self.states("ListExecutions", stateMachineArn=MACHINE)["executions"]:
                if execution["name"].startswith(f"{name}-"):
                    return execution["executionArn"]
            time.sleep(0.05)

    def images(self):
        """Keys of the images."""
        bucket = self.folder / "s3" / IMAGES
        return {str(path.relative_to(bucket)) for path in bucket.rglob("*.*") if path.is_file()}

    def books(self, execution):
        """What has to be the number of items: the counts of the output, and the items in the result files. And how many files there are."""
        output = json.loads(execution["output"])
        bucket = self.folder / "s3" / output["results"]["bucketName"]
        manifest = json.loads((bucket / output["results"]["manifestKey"]).read_text())["ResultFiles"]
        if manifest["FAILED"] or manifest["PENDING"]:
            sys.exit(f"items failed: {manifest}")
        count = 0
        for file in manifest["SUCCEEDED"]:
            if (bucket / file["Key"]).stat().st_size != file["Size"]:
                sys.exit(f"the manifest is wrong about {file}")
            count += len({json.loads(entry["Input"])["item"]["id"] for entry in json.loads((bucket / file["Key"]).read_text())})
        return [output["items"], output["succeeded"], count], len(manifest["SUCCEEDED"])


class MiniStack(Server):
    """The emulator with the generator and the state machine that are deployed, and a stand-in beside it for Bedrock."""

    def __init__(self, program, folder, stand_in, concurrency):
        port = free_port()
        folder.mkdir()
        # A function of `local` ends with its standard input, which here is this program's.
        os.mkfifo(folder / "alive")
        self.alive = os.open(folder / "alive", os.O_RDWR)
        endpoint = f"http://127.0.0.1:{port}"
        super().__init__(
            [MINISTACK], port, TMPDIR=str(folder), BIND_HOST="127.0.0.1", GATEWAY_PORT=str(port), IOT_MTLS_ENABLED="0", SFTP_ENABLED="0",
            AWS_ACCESS_KEY_ID=ACCOUNT, AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION=REGION, AWS_ENDPOINT_URL=endpoint,
            AWS_ENDPOINT_URL_BEDROCK_RUNTIME=f"http://127.0.0.1:{stand_in.port}",
        )  # fmt: skip
        for bucket in (IMAGES, RESULTS):
            self.ask("PUT", f"/{bucket}")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            # The very program that `local` starts for an item.
            bootstrap = zipfile.ZipInfo("bootstrap")
            bootstrap.external_attr = 0o100755 << 16
            file.writestr(bootstrap, f"#!/bin/sh\nexec {program} function generator < {folder}/alive\n")
        function = {
            "FunctionName": "generator", "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": f"arn:aws:iam::{ACCOUNT}:role/any",
            "Code": {"ZipFile": base64.b64encode(archive.getvalue()).decode()}, "Timeout": 120, "MemorySize": 512,
            "Environment": {"Variables": {"STATE_BUCKET_NAME": RESULTS}},
        }  # fmt: skip
        self.ask("POST", "/2015-03-31/functions", json.dumps(function), "lambda", Content_Type="application/json")
        definition = (ROOT / "sam/statemachine.asl.json").read_text()
        values = {"GeneratorFunctionArn": GENERATOR, "ListBucketName": LISTS, "ResultBucketName": RESULTS, "MaxConcurrency": concurrency, "ToleratedFailurePercentage": 10}
        for name, value in values.items():
            definition = definition.replace(f"${{{name}}}", str(value))
        self.states("CreateStateMachine", name="GenerateImages", definition=definition, roleArn=f"arn:aws:iam::{ACCOUNT}:role/any")

    def start(self, name, text):
        """Stores the list and starts the execution; there is no trigger here."""
        self.ask("PUT", f"/{RESULTS}/{name}.json", text)
        # The version of an object in a bucket without versions, so that none has to be pinned.
        list_object = json.dumps({"bucketName": RESULTS, "bucketKey": f"{name}.json", "versionId": "null"})
        return self.states("StartExecution", stateMachineArn=MACHINE, name=name, input=list_object)["executionArn"]

    def ended(self, arn):
        """The execution, once its Map Run has ended. It continues for a minute: in the output of its Map there is no Map Run, so that counting the
        results fails, and is tried again."""
        execution = super().ended(arn)
        for run in self.states("ListMapRuns", executionArn=arn)["mapRuns"]:
            counts = self.states("DescribeMapRun", mapRunArn=run["mapRunArn"])["itemCounts"]
            if counts["total"] and not counts["pending"] + counts["running"]:
                return {"executionArn": arn}
        return execution

    def images(self):
        keys, more = set(), ""
        while True:
            page = self.ask("GET", f"/{IMAGES}?list-type=2&max-keys=1000{more}").decode()
            keys |= {part.split("</Key>")[0] for part in page.split("<Key>")[1:]}
            if "<NextContinuationToken>" not in page:
                return keys
            token = page.split("<NextContinuationToken>")[1].split("<")[0]
            more = f"&continuation-token={urllib.parse.quote(token, safe='')}"

    def books(self, execution):
        """It writes no result files."""
        (run,) = self.states("ListMapRuns", executionArn=execution["executionArn"])["mapRuns"]
        counts = self.states("DescribeMapRun", mapRunArn=run["mapRunArn"])["itemCounts"]
        return [counts["total"], counts["succeeded"]], 0


# ---------------------------------------------------------------- Measurement


def measure(server, name, items):
    """Everything that one list costs on one server, an item."""
    text, known = make_list(name, items), server.images()
    before = server.usage()
    began = time.perf_counter()
    arn = server.start(name, text)
    while not (execution := server.ended(arn)):
        time.sleep(0.25)
    wall = time.perf_counter() - began
    own, system, others = (after - before for before, after in zip(before, server.usage()))
    counts, files = server.books(execution)
    counts.append(len(server.images() - known))
    if set(counts) != {items}:
        sys.exit(f"{items} items, but {counts}: {execution}")
    micros = lambda seconds: seconds * 1e6 / items  # noqa: E731
    return {
        "wall": micros(wall), "own": micros(own), "system": micros(system), "functions": micros(others), "peak": server.peak_mib(), "files": files,
    }  # fmt: skip


def crc32(body):
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def shares(server, image):
    """What the five calls that the generator makes for an item cost `local`, asked one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    # As large as the state object of a model is with a hundred thousand items.
    lease = json.dumps({"executionName": "shares", "requestId": f"{0:036x}", "expiresAt": 1_800_000_000}).encode()
    put = lambda key, body, media_type: ("PUT", f"/{IMAGES}/{key}", body, {"Content-Type": media_type, "x-amz-checksum-crc32": crc32(body)})  # noqa: E731
    request = json.dumps({"prompt": "hair color is brown", "output_format": "jpeg", "seed": 1})
    calls = {
        "HeadObject": lambda n: ("HEAD", f"/{IMAGES}/shares/A{n}/image.jpeg"),
        "InvokeModel": lambda n: ("POST", "/model/stability.stable-image-core-v1%3A1/invoke", request, {"Content-Type": "application/json"}),
        "PutObject of the image": lambda n: put(f"shares/A{n}/image.jpeg", image, "image/jpeg"),
        "PutObject of a lease": lambda n: put(f"state/leases/{n:064x}.json", lease, "application/json"),
        "DeleteObject of a lease": lambda n: ("DELETE", f"/{IMAGES}/state/leases/{n:064x}.json"),
    }  # fmt: skip
    count, costs = 2_000, {}
    for name, call in calls.items():
        before = server.usage()[0]
        for n in range(count):
            connection.request(*call(n))
            answer = connection.getresponse()
            answer.read()
            if answer.status != {"HEAD": 404, "DELETE": 204}.get(call(n)[0], 200):
                sys.exit(f"{name} is answered with {answer.status}")
        costs[name] = (server.usage()[0] - before) * 1e6 / count
    connection.close()
    return costs


def make_list(name, items):
    item = {"rank": "nomal", "inputBucketName": IMAGES, "inputKeyName": "image.jpeg", "model": "stability.stable-image-core-v1:1"}
    lines = (json.dumps({"id": f"{name}-{n}", **item, "prompt": f"picture {n}, hair color is brown, background color is white"}) for n in range(items))
    return ("[" + ",\n".join(lines) + "]\n").encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("items", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--picture", default="preview")
    parser.add_argument("--concurrency", type=int, default=10)
    parser.add_argument("--folder", help="where the data are for as long as it takes; target/release if not said")
    parser.add_argument("--ministack", action="store_true")
    arguments = parser.parse_intermixed_args()
    program = arguments.program.resolve()
    options = ["--picture", arguments.picture, "--concurrency", str(arguments.concurrency), "--max-items", str(max(FIRST_CONTACT, *arguments.items))]
    print(f"{platform.platform()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {arguments.concurrency} items at once, {arguments.picture} pictures")
    print(f"\n{'':25} {'items':>9} {'wall us':>9} {'own us':>9} {'of it system':>12} {'functions us':>13} {'stand-in us':>12} {'peak MiB':>9} {'result files':>13}")
    line = "{:25} {:9,} {wall:9.0f} {own:9.0f} {system:12.0f} {functions:13.0f} {:>12} {peak:9.1f} {files:13}"
    with tempfile.TemporaryDirectory(dir=arguments.folder or program.parent) as folder:
        folder = pathlib.Path(folder)
        for items in arguments.items:
            with contextlib.closing(Local(program, folder / f"local-{items}", *options)) as with_stand_in:
                first, local = measure(with_stand_in, "first", FIRST_CONTACT), measure(with_stand_in, f"list{items}", items)
                image = with_stand_in.folder / "s3" / IMAGES / f"nomal/list{items}-0/image.jpeg"
                asked = shares(with_stand_in, image.read_bytes()) if items == arguments.items[-1] else {}
            print(line.format("local, first contact", FIRST_CONTACT, "in own", **first))
            print(line.format("local", items, "in own", **local), flush=True)
            if asked:
                told = ", ".join(f"{name} {cost:.0f}" for name, cost in asked.items())
                print(f"by hand, one after the other: {told}; together {sum(asked.values()):.0f} of {local['own']:.0f}", flush=True)
            if arguments.ministack:
                stand_in = Local(program, folder / f"stand-in-{items}", *options)
                emulator = MiniStack(program, folder / f"ministack-{items}", stand_in, arguments.concurrency)
                first = measure(emulator, "first", FIRST_CONTACT)
                before = stand_in.usage()[0]
                peer = measure(emulator, f"list{items}", items)
                painted = (stand_in.usage()[0] - before) * 1e6 / items
                emulator.close()
                stand_in.close()
                print(line.format("MiniStack, first contact", FIRST_CONTACT, "", **first))
                print(line.format("MiniStack", items, f"{painted:.0f}", **peer))
                ratios = {name: peer[name] / local[name] for name in ("wall", "own", "peak")}
                print("MiniStack / local: wall {wall:.1f}, own processor time {own:.1f}, peak memory {peak:.1f}".format(**ratios), flush=True)


main()
