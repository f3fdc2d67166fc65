"""What the roles may do is exactly what the code and the state machine do.

The calls are read from the Rust sources and from the state machine definition, the permissions from the template after SAM's
transform. A permission too many fails as one too few does.
"""

import pathlib
import re
import unittest

import definition
from template import ACCOUNT, REGION, STACK, Template

ROOT = pathlib.Path(__file__).resolve().parents[2]

NAME = f"{STACK}-GenerateImages"
STATES = f"arn:aws:states:{REGION}:{ACCOUNT}"
LISTS = f"arn:aws:s3:::{ACCOUNT}-{REGION}-unprocessed-id-list-bucket"
IMAGES = f"arn:aws:s3:::{ACCOUNT}-{REGION}-input-image-bucket"
RESULTS = f"arn:aws:s3:::{ACCOUNT}-{REGION}-sfn-distributed-map-result-bucket"

# What AWS offers for all resources only.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
WITHOUT_RESOURCES = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}

# Methods of the clients and of their configuration builders, which have the clients' names, that call nobody.
NO_CALLS = {"region", "build", "endpoint"}

# What is asked of S3 without the SDK's client for it (generator/src/shared.rs), by method.
OF_METHOD = {"GET": "get_object", "PUT": "put_object"}


def rust_code(crate):
    """The sources of a crate without comments and without what is compiled for tests only."""
    code = ""
    for file in sorted((ROOT / crate / "src").rglob("*.rs")):
        text = file.read_text().split("#[cfg(test)]")[0]
        code += re.sub(r"(?m)//.*$", "", text)
    return code


def calls_in(code):
    """(client, operation) of every call of the AWS SDK. The clients are always called s3, sfn and bedrock."""
    calls = re.findall(r"\b(s3|sfn|bedrock)\s*\.\s*([a-z_]+)\(", code)
    return [(client, operation) for client, operation in calls if operation not in NO_CALLS]


def calls_of(crate):
    """The set of calls of a crate; fails where the sources hold a request that was not recognised as one."""
    code = rust_code(crate)
    calls = calls_in(code)
    # By a client of the SDK, and without one (sdk/src/service.rs).
    sent = len(re.findall(r"\.\s*send\(\)|\.\s*call\(request\)", code))
    if sent != len(calls):
        raise AssertionError(f"{crate} sends {sent} requests, but these were recognised: {calls}; name the clients s3, sfn, bedrock")
    operations = {operation for _, operation in calls}
    if "call" in operations:
        operations.remove("call")
        operations |= {OF_METHOD[method] for method in re.findall(r'\bself\s*\.\s*call\("([A-Z]+)"', code)}
    return operations, code


def live_models():
    """The model ids of idlist."""
    return re.findall(r'(?m)^    id: "([^"]+)",$', (ROOT / "idlist/src/models.rs").read_text())


def pairs(actions, *resources):
    return {(action, resource) for action in actions for resource in resources}


def own_work(function):
    """What every function's own process needs besides its calls: to log and to be traced."""
    return pairs(["logs:CreateLogStream", "logs:PutLogEvents"], f"<{function}LogGroup.Arn>") | pairs(
        ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"
    )


def object_calls(calls, code, known):
    """The S3 actions behind calls. HeadObject is GetObject; reading and looking for what may be missing needs ListBucket, else
    S3 answers 403 for 404. https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    unknown = calls - known
    if unknown:
        raise AssertionError(f"{unknown}: tell this test which permissions they need")
    reads = bool(calls & {"head_object", "get_object"})
    read = {"s3:GetObject"} if reads else set()
    if reads and "version_id(" in code:
        read.add("s3:GetObjectVersion")
    listed = {"s3:ListBucket"} if reads or "head_bucket" in calls else set()
    written = {"s3:PutObject"} if "put_object" in calls else set()
    return read, listed, written


def trigger_needs():
    calls, code = calls_of("trigger")
    read, listed, written = object_calls(calls, code, {"get_object", "put_object", "start_execution"})
    prefix = re.search(r'format!\("(rejected/)\{', code)[1]
    needs = pairs(read, f"{LISTS}/*") | pairs(listed, LISTS) | pairs(written, f"{RESULTS}/{prefix}*")
    if "start_execution" in calls:
        needs |= pairs(["states:StartExecution"], "<StateMachine>")
    # Lambda hands over what failed, in the function's name.
    return needs | pairs(["sqs:SendMessage"], "<OnFailureQueue.Arn>") | own_work("Trigger")


def generator_needs(buckets):
    calls, code = calls_of("generator")
    read, listed, written = object_calls(calls, code, {"head_object", "get_object", "head_bucket", "put_object", "invoke_model"})
    needs = set()
    for bucket in buckets:
        needs |= pairs(read | written, f"{bucket}/*") | pairs(listed, bucket)
    if "invoke_model" in calls:
        models = [f"arn:aws:bedrock:us-west-2::foundation-model/{model}" for model in live_models()]
        needs |= pairs(["bedrock:InvokeModel"], *models)
    return needs | own_work("Generator")


def prefix_of(template):
    """`results/` of `States.Format('results/{}', …)`."""
    return re.match(r"States\.Format\('([^{']+/)\{\}", template)[1]


def state_machine_needs():
    needs = pairs(["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"], "*")
    needs |= pairs((action for action in WITHOUT_RESOURCES if action.startswith("logs:")), "*")
    stored = set()

    def walk(states):
        for name, state in states.items():
            if state["Type"] == "Task":
                task(name, state)
            elif state["Type"] == "Map":
                distributed_map(state)
            elif state["Type"] == "Pass":
                key = state.get("Parameters", {}).get("bucketKey.$")
                stored.update([prefix_of(key)] if key else [])

    def task(name, state):
        service = state["Resource"].removeprefix("arn:aws:states:::")
        if service == "lambda:invoke":
            needs.update(pairs(["lambda:InvokeFunction"], "<GeneratorFunction.Arn>"))
        elif service == "aws-sdk:s3:putObject":
            needs.update(pairs(["s3:PutObject"], *(f"{RESULTS}/{prefix}*" for prefix in stored)))
        elif service == "aws-sdk:sfn:describeMapRun":
            needs.update(pairs(["states:DescribeMapRun"], f"{STATES}:mapRun:{NAME}/GenerateImages:*"))
        else:
            raise AssertionError(f"{name} uses {service}: tell this test which permissions it needs")

    # https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
    def distributed_map(state):
        label = state["Label"]
        children = f"{STATES}:execution:{NAME}/{label}:*"
        needs.update(pairs(["states:StartExecution"], f"{STATES}:stateMachine:{NAME}"))
        needs.update(pairs(["states:DescribeExecution", "states:StopExecution"], children, f"{STATES}:execution:{NAME}:*"))
        needs.update(pairs(["states:RedriveExecution"], children))
        needs.update(pairs(["s3:GetObject"], f"{LISTS}/*", *(f"{RESULTS}/{prefix}*" for prefix in stored)))
        prefix = prefix_of(state["ResultWriter"]["Parameters"]["Prefix.$"])
        writing = ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"]
        needs.update(pairs(writing, f"{RESULTS}/{prefix}*"))
        walk(state["ItemProcessor"]["States"])

    walk(definition.rendered()["States"])
    return needs


def listed(value):
    return value if isinstance(value, list) else [value]


def granted(role):
    """Every (action, resource) that a role is allowed."""
    allowed = set()
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] != "Allow" or {"NotAction", "NotResource", "Condition"} & statement.keys():
                raise AssertionError(f"{statement['Sid']}: this test understands plain Allow statements only")
            allowed |= pairs(listed(statement["Action"]), *listed(statement["Resource"]))
    return allowed


class Roles(unittest.TestCase):
    maxDiff = None

    def check(self, template, role, needs):
        may = granted(template.of_type("AWS::IAM::Role")[role])
        self.assertEqual(set(), may - needs, f"{role} may do what is never done")
        self.assertEqual(set(), needs - may, f"{role} may not do what is done")

    def test_the_trigger_may_do_exactly_what_it_does(self):
        self.check(Template(), "TriggerRole", trigger_needs())

    def test_the_generator_may_do_exactly_what_it_does(self):
        self.check(Template(), "GeneratorRole", generator_needs([IMAGES]))

    def test_further_buckets_are_allowed_to_the_generator_as_the_image_bucket_is(self):
        further = ["arn:aws:s3:::my-cards", "arn:aws:s3:::photos"]
        self.check(Template(FurtherBucketArns=",".join(further)), "GeneratorRole", generator_needs([IMAGES, *further]))

    def test_the_state_machine_may_do_exactly_what_it_does(self):
        self.check(Template(), "StateMachineRole", state_machine_needs())

    def test_there_are_no_other_roles_and_no_managed_policies(self):
        roles = Template(NotificationEmail="a@example.com").of_type("AWS::IAM::Role")
        self.assertEqual({"TriggerRole", "GeneratorRole", "StateMachineRole"}, roles.keys())
        for name, role in roles.items():
            self.assertNotIn("ManagedPolicyArns", role, name)

    def test_only_what_has_no_resources_is_allowed_for_all(self):
        for name, role in Template().of_type("AWS::IAM::Role").items():
            for action, resource in granted(role):
                self.assertNotIn("*", action, f"{name} allows {action}")
                if resource == "*":
                    self.assertIn(action, WITHOUT_RESOURCES, name)

    def test_each_role_is_that_of_its_service_alone(self):
        template = Template()
        functions = template.of_type("AWS::Lambda::Function")
        self.assertEqual("<TriggerRole.Arn>", functions["TriggerFunction"]["Role"])
        self.assertEqual("<GeneratorRole.Arn>", functions["GeneratorFunction"]["Role"])
        for name, role in template.of_type("AWS::IAM::Role").items():
            (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
            service = "states.amazonaws.com" if name == "StateMachineRole" else "lambda.amazonaws.com"
            self.assertEqual({"Service": service}, statement["Principal"], name)

    def test_only_the_buckets_of_this_account_invoke_the_trigger(self):
        (permission,) = Template().of_type("AWS::Lambda::Permission").values()
        self.assertEqual("s3.amazonaws.com", permission["Principal"])
        self.assertEqual(ACCOUNT, permission["SourceAccount"])
        self.assertEqual("<TriggerFunction>", permission["FunctionName"])


if __name__ == "__main__":
    unittest.main()
