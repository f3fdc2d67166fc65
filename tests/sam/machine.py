"""What tests ask of a deployment of the project, wherever it runs, through the AWS SDK for Python."""

import base64
import functools
import json
import pathlib
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Machine:
    """What `local`, the emulator and an account have in common: AWS's API. A subclass has `client`, `state_machine_arn` and the name of
    the list bucket, `lists`."""

    # Seconds that `until` waits at most, and between two looks.
    patience, interval = 60, 0.2

    @property
    def s3(self):
        return self.client("s3")

    @property
    def states(self):
        return self.client("stepfunctions")

    def put(self, key, body):
        """Stores a list; the id of its version."""
        return self.s3.put_object(Bucket=self.lists, Key=key, Body=body).get("VersionId")

    def get(self, bucket, key):
        return json.load(self.s3.get_object(Bucket=bucket, Key=key)["Body"])

    def keys(self, bucket, prefix=""):
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])]

    def executions(self, prefix=""):
        """The ARNs of the executions whose names have a prefix."""
        executions = self.states.list_executions(stateMachineArn=self.state_machine_arn)["executions"]
        return {execution["executionArn"] for execution in executions if execution["name"].startswith(prefix)}

    def dropped(self, key, items):
        """Drops a list and waits for its execution to start; the ARN."""
        before = self.executions()
        self.put(key, json.dumps(items, ensure_ascii=False))
        (arn,) = self.until("an execution", lambda: self.executions() - before)
        return arn

    def start(self, execution_input, arn=None, **more):
        """Starts an execution by hand; its ARN."""
        arn = arn or self.state_machine_arn
        return self.states.start_execution(stateMachineArn=arn, input=json.dumps(execution_input), **more)["executionArn"]

    def until(self, what, look):
        """Calls `look` until it finds something, and returns that. Fails after a number of seconds that no machine should need."""
        end = time.monotonic() + self.patience
        while not (found := look()):
            if time.monotonic() > end:
                raise AssertionError(f"waited {self.patience} s for {what}\n{self.written()}")
            time.sleep(self.interval)
        return found

    def ended(self, arn):
        """An execution, when it has ended."""

        def look():
            execution = self.states.describe_execution(executionArn=arn)
            return execution if execution["status"] != "RUNNING" else None

        return self.until(f"the end of {arn}", look)

    def map_run(self, arn):
        (run,) = self.states.list_map_runs(executionArn=arn)["mapRuns"]
        return self.states.describe_map_run(mapRunArn=run["mapRunArn"])

    def outcomes(self, execution_arn):
        """id -> `generated`, `existing`, the name of the error, or the child's status if it has neither output nor error."""
        outcomes = {}
        for child in self.children(execution_arn):
            made = json.loads(child["output"])["outcome"] if child.get("output") else child.get("error") or child["status"]
            outcomes[json.loads(child["input"])["item"]["id"]] = made
        return outcomes

    def children(self, execution_arn):
        """The child workflow executions of the items."""
        for child in self.states.list_executions(mapRunArn=self.map_run(execution_arn)["mapRunArn"])["executions"]:
            yield self.states.describe_execution(executionArn=child["executionArn"])

    def created(self, key, version=None):
        """The event of an object in the list bucket."""
        event = json.loads((ROOT / "events/s3-object-created.json").read_text())
        s3 = event["Records"][0]["s3"]
        s3["bucket"] |= {"name": self.lists, "arn": f"arn:aws:s3:::{self.lists}"}
        s3["object"] |= {"key": key} | ({"versionId": version} if version else {})
        return event

    def written(self):
        """What a server has written, for the message of a failure."""
        return ""


class Stack:
    """A stack that the SAM CLI deployed. A subclass has `client` and the name of the stack, `stack`."""

    @functools.cached_property
    def outputs(self):
        (stack,) = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    @property
    def state_machine_arn(self):
        return self.outputs["StateMachineArn"]

    @functools.cache
    def physical_id(self, logical_id):
        resource = self.client("cloudformation").describe_stack_resource(StackName=self.stack, LogicalResourceId=logical_id)
        return resource["StackResourceDetail"]["PhysicalResourceId"]

    def invoke(self, logical_id, payload):
        """The answer of a function, and the end of its log."""
        function = {"FunctionName": self.physical_id(logical_id), "Payload": json.dumps(payload), "LogType": "Tail"}
        told = self.client("lambda").invoke(**function)
        return json.load(told["Payload"]), base64.b64decode(told.get("LogResult", "")).decode(errors="replace")
