"""The template agrees with itself and with what else it depends on: the code's settings and metrics, the definition, the models."""

import json
import pathlib
import re
import unittest

import definition
from iam import live_models, rust_code
from template import Template

ROOT = pathlib.Path(__file__).resolve().parents[2]

EMAIL = {"NotificationEmail": "someone@example.com"}


def settings_of(crate):
    """The environment variables that a function reads."""
    return set(re.findall(r'pub const \w+: &str = "([A-Z_]+)";', (ROOT / crate / "src/config.rs").read_text()))


def emitted_metrics():
    """(metric, label or None) of everything that the functions count."""
    code = rust_code("trigger") + rust_code("generator")
    found = re.findall(r'metrics::\w+!\(\s*("(\w+)"|\w+)(?:,\s*"(\w+)"\s*=>)?', code)
    metrics = {(name, label or None) for _, name, label in found if name}
    # `counter!(outcome)`: the names are those of the match before it.
    metrics |= {(name, None) for name in re.findall(r'Outcome::\w+ => "(\w+)"', code)}
    return metrics


def widgets(template):
    (dashboard,) = template.of_type("AWS::CloudWatch::Dashboard").values()
    return json.loads(dashboard["DashboardBody"])["widgets"]


def shown_metrics(template):
    """(metric, label or None) of everything of ours that the dashboard and the alarms look at."""
    shown = set()
    for widget in widgets(template):
        for metric in widget["properties"].get("metrics", []):
            if metric[0] == "IdListImages":
                words = [word for word in metric[1:] if isinstance(word, str)]
                shown.add((words[0], words[1] if len(words) > 1 else None))
            elif isinstance(metric[0], dict):
                search = re.search(r"SEARCH\('\{IdListImages,(\w+)\} MetricName=\"(\w+)\"'", metric[0]["expression"])
                shown |= {(search[2], search[1])} if search else set()
    for alarm in template.of_type("AWS::CloudWatch::Alarm").values():
        if alarm.get("Namespace") == "IdListImages":
            dimensions = alarm.get("Dimensions", [])
            shown.add((alarm["MetricName"], dimensions[0]["Name"] if dimensions else None))
    return shown


class Agreement(unittest.TestCase):
    maxDiff = None

    def test_no_resource_needs_itself(self):
        """Neither `sam validate` nor cfn-lint sees a circle through what SAM adds to the list bucket."""
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

    def test_the_functions_get_the_settings_that_they_read(self):
        for function, crate in {"TriggerFunction": "trigger", "GeneratorFunction": "generator"}.items():
            properties = Template().of_type("AWS::Lambda::Function")[function]
            self.assertEqual(settings_of(crate), properties["Environment"]["Variables"].keys(), function)

    def test_the_sdk_is_told_no_endpoint_on_aws(self):
        """An empty AWS_ENDPOINT_URL would be taken for one."""
        for name, function in Template().of_type("AWS::Lambda::Function").items():
            self.assertFalse([v for v in function["Environment"]["Variables"] if "ENDPOINT" in v], name)

    def test_every_substitution_of_the_definition_is_given_and_used(self):
        (machine,) = Template().of_type("AWS::StepFunctions::StateMachine").values()
        placeholders = set(re.findall(r"\$\{(\w+)\}", definition.FILE.read_text()))
        self.assertEqual(placeholders, machine["DefinitionSubstitutions"].keys())

    def test_the_label_of_the_map_is_that_of_the_permissions_and_metrics(self):
        (state,) = [state for state in definition.rendered()["States"].values() if state["Type"] == "Map"]
        self.assertEqual("GenerateImages", state["Label"])

    def test_what_is_shown_is_emitted(self):
        missing = shown_metrics(Template()) - emitted_metrics()
        self.assertEqual(set(), missing, "no function emits these; an alarm on them never rings")

    def test_the_namespace_is_the_functions(self):
        for crate in ("trigger", "generator"):
            self.assertIn('NAMESPACE: &str = "IdListImages"', rust_code(crate))

    def test_the_throttling_alarm_watches_a_kind_that_exists(self):
        alarm = Template().of_type("AWS::CloudWatch::Alarm")["ThrottledForLongAlarm"]
        kinds = re.findall(r'Self::\w+ => "(\w+)"', (ROOT / "generator/src/error.rs").read_text())
        self.assertIn(alarm["Dimensions"][0]["Value"], kinds)

    def test_the_dashboard_counts_the_cost_of_every_model(self):
        counted = {m[3] for w in widgets(Template()) for m in w["properties"].get("metrics", []) if m[1:3] == ["ImagesGenerated", "Model"]}
        self.assertEqual(set(live_models()), counted)

    def test_the_dashboard_has_the_prices_of_idlist(self):
        prices = json.loads((ROOT / "idlist/prices.json").read_text())
        expected = {model["model"]: model["usdPerImage"] for model in prices["models"]}
        (widget,) = [w for w in widgets(Template()) if "What does it cost" in w["properties"]["title"]]
        metrics = widget["properties"]["metrics"]
        ids = {metric[4]["id"]: metric[3] for metric in metrics if metric[0] == "IdListImages"}
        shown = {}
        for (metric,) in [metric for metric in metrics if isinstance(metric[0], dict)]:
            priced = re.match(r"FILL\((\w+), 0\) \* ([0-9.]+)$", metric["expression"])
            shown |= {ids[priced[1]]: float(priced[2])} if priced else {}
        self.assertEqual(expected, shown)
        self.assertIn(prices["date"][:7], widget["properties"]["title"])

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

    def test_lists_and_images_expire_only_when_asked_to(self):
        def expiring(**parameters):
            buckets = Template(**parameters).of_type("AWS::S3::Bucket")
            del buckets["AccessLogBucket"]
            return {n for n, b in buckets.items() for r in b["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in r}

        self.assertEqual(set(), expiring())
        self.assertEqual({"ListBucket", "ResultBucket"}, expiring(ListRetentionDays=30))
        self.assertEqual({"ImageBucket"}, expiring(ImageRetentionDays=30))

    def test_mails_are_sent_only_to_an_address(self):
        without, with_email = Template(), Template(**EMAIL)
        self.assertEqual({}, without.of_type("AWS::SNS::Topic") | without.of_type("AWS::Events::Rule"))
        for name, alarm in without.of_type("AWS::CloudWatch::Alarm").items():
            self.assertNotIn("AlarmActions", alarm, name)
        for name, alarm in with_email.of_type("AWS::CloudWatch::Alarm").items():
            self.assertEqual(["<NotificationTopic>"], alarm["AlarmActions"], name)
        self.assertEqual(1, len(with_email.of_type("AWS::Events::Rule")))

    def test_a_failed_event_is_kept(self):
        (config,) = Template().of_type("AWS::Lambda::EventInvokeConfig").values()
        self.assertEqual("<OnFailureQueue.Arn>", config["DestinationConfig"]["OnFailure"]["Destination"])


if __name__ == "__main__":
    unittest.main()
