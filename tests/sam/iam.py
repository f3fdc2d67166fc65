"""Each role allows what its function or the state machine does, and nothing else.

What the functions do is listed here; scenarios.py takes these permissions away, one at a time, and shows that each is needed. What
the state machine does is read from its definition. A permission too many fails as one too few does.
"""

import json
import re
import unittest

import definition
from template import ACCOUNT, REGION, STACK, Template, models, regions

NAME = f"{STACK}-GenerateImages"
STATES = f"arn:aws:states:{REGION}:{ACCOUNT}"
LISTS = f"arn:aws:s3:::{ACCOUNT}-{REGION}-unprocessed-id-list-bucket"
IMAGES = f"arn:aws:s3:::{ACCOUNT}-{REGION}-input-image-bucket"
RESULTS = f"arn:aws:s3:::{ACCOUNT}-{REGION}-sfn-distributed-map-result-bucket"

# Actions that AWS offers for all resources only.
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


def pairs(actions, *resources):
    return {(action, resource) for action in actions for resource in resources}


def logged_and_traced(function):
    """What Lambda does with the role of every function of this template."""
    logs = pairs(["logs:CreateLogStream", "logs:PutLogEvents"], f"<{function}LogGroup.Arn>")
    return logs | pairs(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*")


# HeadObject is allowed as s3:GetObject, and with a version id as s3:GetObjectVersion. Without s3:ListBucket, S3 answers 403 instead of
# 404 for what does not exist. https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html

TRIGGER = (
    # Reads the version of the list that the event names, or the current one.
    pairs(["s3:GetObject", "s3:GetObjectVersion"], f"{LISTS}/*")
    | pairs(["s3:ListBucket"], LISTS)
    | pairs(["s3:PutObject"], f"{RESULTS}/rejected/*")
    | pairs(["states:StartExecution"], "<StateMachine>")
    # Lambda sends the events that failed, with the role of the function.
    | pairs(["sqs:SendMessage"], "<OnFailureQueue.Arn>")
    | logged_and_traced("Trigger")
)


def generator(*buckets, service_region="us-west-2"):
    """What the generator does, for items that name these buckets."""
    from_text, services = models()
    called = [f"arn:aws:bedrock:us-west-2::foundation-model/{model}" for model in from_text]
    # An inference profile sends a request to its model in any of its regions.
    # https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    for profile in services:
        called.append(f"arn:aws:bedrock:{service_region}:{ACCOUNT}:inference-profile/{profile}")
        model = profile.removeprefix("us.")
        called += [f"arn:aws:bedrock:{region}::foundation-model/{model}" for region in regions("US")]
    done = pairs(["bedrock:InvokeModel"], *called)
    for bucket in buckets:
        # Looks for the image, reads a source image, stores the image.
        done |= pairs(["s3:GetObject", "s3:PutObject"], f"{bucket}/*") | pairs(["s3:ListBucket"], bucket)
    # Leases are created, replaced and deleted; rate limits are created and replaced.
    done |= pairs(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], f"{RESULTS}/state/*") | pairs(["s3:ListBucket"], RESULTS)
    return done | logged_and_traced("Generator")


def state_machine():
    """What the state machine does, by its definition."""
    buckets = {"LISTS": LISTS, "RESULTS": RESULTS}
    values = definition.EXAMPLES | {"ListBucketName": "LISTS", "ResultBucketName": "RESULTS"}
    needs = pairs(["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"], "*")
    needs |= pairs((action for action in WITHOUT_RESOURCES if action.startswith("logs:")), "*")

    named = set()

    def walk(states):
        for name, state in states.items():
            if state["Type"] == "Task":
                task(name, state)
            elif state["Type"] == "Map":
                distributed_map(state)
            elif state["Type"] == "Pass" and "States.Format" in (key := state["Parameters"].get("bucketKey.$", "")):
                named.add(objects(state["Parameters"]["bucketName"], key))

    def objects(bucket, name):
        """The ARN of what `States.Format('prefix/{}', …)` names in a bucket."""
        prefix = re.match(r"States\.Format\('([^{']+/)\{\}", name)[1]
        return f"{buckets[bucket]}/{prefix}*"

    def task(name, state):
        service = state["Resource"].removeprefix("arn:aws:states:::")
        if service == "lambda:invoke":
            needs.update(pairs(["lambda:InvokeFunction"], "<GeneratorFunction.Arn>"))
        elif service == "aws-sdk:s3:putObject":
            needs.update(pairs(["s3:PutObject"], *named))
        elif service == "aws-sdk:s3:headObject":
            needs.update(pairs(["s3:GetObject"], f"{LISTS}/*") | pairs(["s3:ListBucket"], LISTS))
        elif service == "aws-sdk:sfn:describeMapRun":
            needs.update(pairs(["states:DescribeMapRun"], f"{STATES}:mapRun:{NAME}/GenerateImages:*"))
        else:
            raise AssertionError(f"{name} uses {service}: add the permissions that it needs to this test")

    # https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
    def distributed_map(state):
        children = f"{STATES}:execution:{NAME}/{state['Label']}:*"
        needs.update(pairs(["states:StartExecution"], f"{STATES}:stateMachine:{NAME}"))
        needs.update(pairs(["states:DescribeExecution", "states:StopExecution"], children, f"{STATES}:execution:{NAME}:*"))
        needs.update(pairs(["states:RedriveExecution"], children))
        read = ["s3:GetObject", *(["s3:GetObjectVersion"] if "VersionId.$" in state["ItemReader"]["Parameters"] else [])]
        needs.update(pairs(read, f"{LISTS}/*"))
        writer = ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"]
        results = state["ResultWriter"]["Parameters"]
        needs.update(pairs(writer, objects(results["Bucket"], results["Prefix.$"])))
        walk(state["ItemProcessor"]["States"])

    walk(definition.rendered(values)["States"])
    return needs


def as_list(value):
    return value if isinstance(value, list) else [value]


def allowed(role):
    """Every (action, resource) that a role allows."""
    found = set()
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] != "Allow" or {"NotAction", "NotResource", "Condition"} & statement.keys():
                raise AssertionError(f"{statement['Sid']}: this test understands only statements that allow without conditions")
            found |= pairs(as_list(statement["Action"]), *as_list(statement["Resource"]))
    return found


class Roles(unittest.TestCase):
    maxDiff = None

    def check(self, template, role, needs):
        allows = allowed(template.of_type("AWS::IAM::Role")[role])
        self.assertEqual(set(), allows - needs, f"{role} allows what is never done")
        self.assertEqual(set(), needs - allows, f"{role} does not allow what is done")

    def test_the_trigger_may_do_exactly_what_it_does(self):
        self.check(Template(), "TriggerRole", TRIGGER)

    def test_the_generator_may_do_exactly_what_it_does(self):
        self.check(Template(), "GeneratorRole", generator(IMAGES))

    def test_further_buckets_are_allowed_to_the_generator(self):
        further = ["arn:aws:s3:::my-cards", "arn:aws:s3:::photos"]
        self.check(Template(FurtherBucketArns=",".join(further)), "GeneratorRole", generator(IMAGES, *further))

    def test_services_are_called_in_their_region(self):
        self.check(Template(BedrockServiceRegion="us-east-1"), "GeneratorRole", generator(IMAGES, service_region="us-east-1"))

    def test_there_are_thirteen_services(self):
        self.assertEqual((3, 13), tuple(map(len, models())))

    def test_no_role_exceeds_the_size_of_inline_policies(self):
        """All inline policies of a role have at most 10,240 characters, white space not counted.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        """
        further = ",".join(f"arn:aws:s3:::{n:063}" for n in range(5))
        template = Template(region="ap-southeast-1", FurtherBucketArns=further)
        for name, role in template.of_type("AWS::IAM::Role").items():
            size = sum(len(json.dumps(policy["PolicyDocument"], separators=(",", ":"))) for policy in role["Policies"])
            # What only a deployed resource has, its ARN, is counted with its placeholder here.
            self.assertLess(size, 10_240 - 1_000, name)

    def test_the_state_machine_may_do_exactly_what_it_does(self):
        self.check(Template(), "StateMachineRole", state_machine())

    def test_there_are_no_other_roles_and_no_managed_policies(self):
        roles = Template(NotificationEmail="a@example.com").of_type("AWS::IAM::Role")
        self.assertEqual({"TriggerRole", "GeneratorRole", "StateMachineRole"}, roles.keys())
        for name, role in roles.items():
            self.assertNotIn("ManagedPolicyArns", role, name)

    def test_only_what_has_no_resources_is_allowed_for_all(self):
        for name, role in Template().of_type("AWS::IAM::Role").items():
            for action, resource in allowed(role):
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
