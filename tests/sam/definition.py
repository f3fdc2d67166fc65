"""The state machine definition as CloudFormation renders it: every ${Name} is replaced, as text, before the definition is read as JSON."""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "sam" / "statemachine.asl.json"

EXAMPLES = {
    "GeneratorFunctionArn": "arn:aws:lambda:us-west-2:123456789012:function:generator",
    "ListBucketName": "123456789012-us-west-2-unprocessed-id-list-bucket",
    "ResultBucketName": "123456789012-us-west-2-sfn-distributed-map-result-bucket",
    "MaxConcurrency": "10",
    "ToleratedFailurePercentage": "100",
}


def rendered(substitutions=None):
    """The definition as a dictionary."""
    text = FILE.read_text()
    for name, value in (substitutions or EXAMPLES).items():
        text = text.replace("${%s}" % name, value)
    left = re.findall(r"\$\{[^}]*\}", text)
    if left:
        raise ValueError(f"nothing replaces {', '.join(left)} in {FILE.name}")
    return json.loads(text)


def maps(substitutions=None):
    """Its Map states."""
    return [state for state in rendered(substitutions)["States"].values() if state["Type"] == "Map"]


if __name__ == "__main__":
    json.dump(rendered(), sys.stdout, indent=2)
