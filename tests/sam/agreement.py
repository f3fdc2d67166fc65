"""The template agrees with itself, with the state machine definition, and with the settings and models of the code."""

import json
import pathlib
import re
import unittest

import definition
from metrics import widgets
from template import PRICES, Template, regions

ROOT = pathlib.Path(__file__).resolve().parents[2]

EMAIL = {"NotificationEmail": "someone@example.com"}


def settings_of(crate):
    """The environment variables that a function reads. Only its source shows that no variable is missing in the template: an unset
    variable means a default."""
    return set(re.findall(r'(?m)^(?:pub )?const (\w+): &str = "\1";', (ROOT / crate / "src/config.rs").read_text()))


class Agreement(unittest.TestCase):
    maxDiff = None

    def test_no_resource_needs_itself(self):
        """Neither `sam validate` nor cfn-lint detects a circular dependency through what SAM adds to the list bucket."""
        template = Template(FurtherBucketArns="arn:aws:s3:::my-cards", **EMAIL)
        done = set()

        def visit(name, path):
            self.assertNotIn(name, path, " needs ".join([*path, name]))
            if name not in done:
                for needed in template.needs(name):
                    visit(needed, [*path, name])
                done.add(name)

        for name in template.raw:
            visit(name, [])

    # ------------------------------------------------------------ parameters

    def test_the_functions_get_the_settings_that_they_read(self):
        for function, crate in {"TriggerFunction": "trigger", "GeneratorFunction": "generator"}.items():
            self.assertEqual(settings_of(crate), Template().variables(function).keys(), function)

    def test_parameters_reach_the_functions(self):
        template = Template(
            MaxItemsPerList=7, MaxUsdPerList=8, RetiredModels="Reject", ImagesPerMinute=9, BedrockServiceRegion="us-east-1",
            TriggerMemorySize=200, TriggerTimeout=20, GeneratorMemorySize=300, GeneratorTimeout=30, Architecture="arm64",
        )  # fmt: skip
        trigger, generator = (template.variables(name) for name in ("TriggerFunction", "GeneratorFunction"))
        results = template.value_of(template.raw["ResultBucket"]["Properties"]["BucketName"])
        settings = {"MAX_ITEMS_PER_LIST": "7", "MAX_USD_PER_LIST": "8", "RETIRED_MODELS": "Reject", "RESULT_BUCKET_NAME": results}
        self.assertEqual(settings | {"STATE_MACHINE_ARN": "<StateMachine>"}, trigger)
        settings = {"IMAGES_PER_MINUTE": "9", "BEDROCK_REGION": "us-west-2", "BEDROCK_SERVICE_REGION": "us-east-1", "RETIRED_MODELS": "Reject", "STATE_BUCKET_NAME": results}
        self.assertEqual(settings, generator)
        functions = template.of_type("AWS::Lambda::Function")
        sizes = {name: (f["MemorySize"], f["Timeout"], f["Architectures"]) for name, f in functions.items()}
        expected = {"TriggerFunction": ("200", "20", ["arm64"]), "GeneratorFunction": ("300", "30", ["arm64"])}
        self.assertEqual(expected, sizes)

    def test_parameters_reach_the_state_machine(self):
        template = Template(MaxConcurrency=3, ToleratedFailurePercentage=4)
        (machine,) = template.of_type("AWS::StepFunctions::StateMachine").values()
        substitutions = machine["DefinitionSubstitutions"]
        self.assertEqual(("3", "4"), (substitutions["MaxConcurrency"], substitutions["ToleratedFailurePercentage"]))
        (state,) = definition.maps(substitutions)
        self.assertEqual((3, 4), (state["MaxConcurrency"], state["ToleratedFailurePercentage"]))

    def test_by_default_nothing_limits_failures_or_price(self):
        defaults = Template().parameters
        self.assertEqual(("100", "0", "0"), tuple(defaults[n] for n in ("ToleratedFailurePercentage", "MaxUsdPerList", "ImagesPerMinute")))

    def test_the_generator_is_sized_for_one_image(self):
        """A model call takes up to 120 s. An answer has at most 16 MiB, an enlargement to convert about 64 MB of pixels. Memory is what
        the function's time is billed by."""
        generator = Template().of_type("AWS::Lambda::Function")["GeneratorFunction"]
        self.assertEqual(("256", "180"), (generator["MemorySize"], generator["Timeout"]))

    def test_every_parameter_is_described_grouped_and_labelled(self):
        from samcli.yamlhelper import yaml_parse

        source = yaml_parse((ROOT / "sam/template.yaml").read_text())
        interface = source["Metadata"]["AWS::CloudFormation::Interface"]
        grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
        self.assertEqual(sorted(source["Parameters"]), sorted(grouped))
        self.assertEqual(source["Parameters"].keys(), interface["ParameterLabels"].keys())
        for name, parameter in source["Parameters"].items():
            self.assertIn("Description", parameter, name)
            self.assertIn("Default", parameter, name)
            bounded = {"AllowedValues", "AllowedPattern"} & parameter.keys() or {"MinValue", "MaxValue"} <= parameter.keys()
            self.assertTrue(bounded, f"{name} takes anything")

    def test_the_documents_have_the_parameters_and_their_defaults(self):
        """Rows such as "| `TriggerMemorySize`, `TriggerTimeout` | 512 MB, 120 s | … |"."""
        defaults = Template().parameters | {"FurtherBucketArns": "none", "NotificationEmail": "none"}
        for document in ("docs/deploy.md", "docs/ja/deploy.md"):
            rows = [line.split("|")[1:3] for line in (ROOT / document).read_text().splitlines() if line.startswith("| `")]
            shown = {}
            for names, values in rows:
                names, values = re.findall(r"`(\w+)`", names), re.split(", |、", values.replace("なし", "none"))
                if set(names) <= defaults.keys():
                    shown |= {name: re.findall(r"[\w-]+", value.replace(",", ""))[0] for name, value in zip(names, values * len(names))}
            self.assertEqual(defaults, shown, document)

    def test_the_sdk_is_told_no_endpoint_on_aws(self):
        """The SDK takes an empty AWS_ENDPOINT_URL for an endpoint."""
        for name in ("TriggerFunction", "GeneratorFunction"):
            self.assertFalse([v for v in Template().variables(name) if "ENDPOINT" in v], name)

    # ------------------------------------------------------------ definition

    def test_every_substitution_of_the_definition_is_given_and_used(self):
        (machine,) = Template().of_type("AWS::StepFunctions::StateMachine").values()
        placeholders = set(re.findall(r"\$\{(\w+)\}", definition.FILE.read_text()))
        self.assertEqual(placeholders, machine["DefinitionSubstitutions"].keys())

    def test_permissions_and_metrics_have_the_label_of_the_map(self):
        (state,) = definition.maps()
        self.assertEqual("GenerateImages", state["Label"])

    # ------------------------------------------------------------ dashboard

    def test_the_dashboard_counts_the_cost_of_every_image(self):
        """The generator knows the prices, so that the dashboard need not."""
        total, by_model = [w["properties"] for w in widgets(Template()) if w["properties"]["title"].startswith("Cost: ")]
        self.assertEqual(["IdListImages", "ImageUsd"], total["metrics"][0][:2])
        self.assertIn(json.loads(PRICES.read_text())["date"][:7], total["title"])
        ((search,),) = by_model["metrics"]
        self.assertIn('{IdListImages,Model} MetricName="ImageUsd"', search["expression"])

    def test_models_are_called_in_their_regions_only(self):
        from samcli.yamlhelper import yaml_parse

        parameters = yaml_parse((ROOT / "sam/template.yaml").read_text())["Parameters"]
        self.assertEqual(regions("OREGON"), parameters["BedrockRegion"]["AllowedValues"])
        self.assertEqual(regions("US"), parameters["BedrockServiceRegion"]["AllowedValues"])

    # ------------------------------------------------------------ buckets

    def test_every_bucket_is_closed_encrypted_logged_and_kept(self):
        template = Template()
        policies = template.of_type("AWS::S3::BucketPolicy").values()
        for name, bucket in template.of_type("AWS::S3::Bucket").items():
            with self.subTest(name):
                self.assertEqual({True}, set(bucket["PublicAccessBlockConfiguration"].values()))
                self.assertEqual(4, len(bucket["PublicAccessBlockConfiguration"]))
                self.assertEqual([{"ObjectOwnership": "BucketOwnerEnforced"}], bucket["OwnershipControls"]["Rules"])
                self.assertIn("BucketEncryption", bucket)
                self.assertEqual(name != "AccessLogBucket", "LoggingConfiguration" in bucket)
                self.assertTrue([r for r in bucket["LifecycleConfiguration"]["Rules"] if "AbortIncompleteMultipartUpload" in r])
                self.assertEqual("RetainExceptOnCreate", template.resources[name]["DeletionPolicy"])
                (policy,) = [p for p in policies if p["Bucket"] == f"<{name}>"]
                denials = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
                self.assertEqual([{"Bool": {"aws:SecureTransport": False}}], [s["Condition"] for s in denials])

    def test_the_list_bucket_keeps_versions(self):
        """An execution makes the version that was checked, although another list has taken its key."""
        lists = Template().of_type("AWS::S3::Bucket")["ListBucket"]
        self.assertEqual({"Status": "Enabled"}, lists["VersioningConfiguration"])

    def test_lists_results_and_images_expire_only_when_asked_to(self):
        def expiring(**parameters):
            """(bucket, prefix) of every rule that deletes objects, access logs aside."""
            buckets = Template(**parameters).of_type("AWS::S3::Bucket")
            del buckets["AccessLogBucket"]
            rules = [(name, rule) for name, bucket in buckets.items() for rule in bucket["LifecycleConfiguration"]["Rules"]]
            return {(name, rule.get("Prefix")) for name, rule in rules if {"ExpirationInDays", "NoncurrentVersionExpiration"} & rule.keys()}

        leases = ("ResultBucket", "state/leases/")
        self.assertEqual({leases}, expiring())
        self.assertEqual({leases, ("ListBucket", None), ("ResultBucket", None)}, expiring(ListRetentionDays=30))
        self.assertEqual({leases, ("ImageBucket", None)}, expiring(ImageRetentionDays=30))

    # ------------------------------------------------------------ mails and failed events

    def test_mails_are_sent_only_to_an_address(self):
        without, with_email = Template(), Template(**EMAIL)
        self.assertEqual({}, without.of_type("AWS::SNS::Topic") | without.of_type("AWS::Events::Rule"))
        for name, alarm in without.of_type("AWS::CloudWatch::Alarm").items():
            self.assertNotIn("AlarmActions", alarm, name)
        for name, alarm in with_email.of_type("AWS::CloudWatch::Alarm").items():
            self.assertEqual(["<NotificationTopic>"], alarm["AlarmActions"], name)
        self.assertEqual(1, len(with_email.of_type("AWS::Events::Rule")))

    def test_a_mail_takes_nothing_from_the_input_of_an_execution(self):
        """The input may hold items with their prompts. The output of an execution that succeeded is its summary.
        https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
        """
        (rule,) = Template(**EMAIL).of_type("AWS::Events::Rule").values()
        (target,) = rule["Targets"]
        transformer = target["InputTransformer"]
        paths = {"name": "$.detail.name", "status": "$.detail.status", "arn": "$.detail.executionArn", "summary": "$.detail.output"}
        self.assertEqual(paths, transformer["InputPathsMap"])
        # Predefined variables such as <aws.events.event.json> hold the whole event.
        self.assertEqual(paths.keys(), set(re.findall(r"<([^<>]+)>", transformer["InputTemplate"])))

    def test_a_failed_event_is_kept(self):
        (config,) = Template().of_type("AWS::Lambda::EventInvokeConfig").values()
        self.assertEqual("<OnFailureQueue.Arn>", config["DestinationConfig"]["OnFailure"]["Destination"])


if __name__ == "__main__":
    unittest.main()
