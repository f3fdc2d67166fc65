"""The template after SAM's transform, with every intrinsic function evaluated whose value is known before a deployment.

Run with the Python of target/sam-tools/sam, which brings SAM's own transform.
"""

import json
import logging
import os
import pathlib
import re
import unittest.mock

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

logging.getLogger("samtranslator").setLevel(logging.ERROR)

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "sam" / "template.yaml"

PRICES = ROOT / "idlist" / "prices.json"
MODELS = ROOT / "idlist" / "src" / "models" / "table.rs"

ACCOUNT, REGION, STACK = "123456789012", "eu-central-1", "demo"
NO_VALUE = object()


def models():
    """The ids of the models that Bedrock serves: those that make images from text, and the inference profiles of the services."""
    ids = re.findall(r'(?m)^ *(?:id: )?"((?:us\.)?stability\.[^"]+)",$', MODELS.read_text())
    return [i for i in ids if not i.startswith("us.")], [i for i in ids if i.startswith("us.")]


def prices():
    """US dollars an image, by the id of each model that makes images from text."""
    return {model: float(usd) for model, usd in re.findall(r'(?s)id: "(stability\.[^"]+)",\n.*?usd_per_image: ([0-9.]+),', MODELS.read_text())}


def regions(name):
    """The regions that the table of models has under a name."""
    return re.findall(r'"([a-z0-9-]+)"', re.search(rf"const {name}: &\[&str\] = &\[(.*)\];", MODELS.read_text())[1])


class NoManagedPolicies:
    """SAM's transform requires a loader of managed policies; the template uses none."""

    def load(self):
        return {}


class Template:
    """The transformed template, for an account, a region and parameters."""

    def __init__(self, account=ACCOUNT, region=REGION, **parameters):
        self.pseudo_parameters = {
            "AWS::AccountId": account,
            "AWS::Region": region,
            "AWS::StackName": STACK,
            "AWS::Partition": "aws",
            "AWS::NoValue": NO_VALUE,
        }
        source = yaml_parse(FILE.read_text())
        # As `sam package` leaves them.
        for resource in source["Resources"].values():
            for uri in {"CodeUri", "DefinitionUri"} & resource.get("Properties", {}).keys():
                resource["Properties"][uri] = f"s3://artifacts/{uri}"
        declared = source["Parameters"]
        unknown = parameters.keys() - declared.keys()
        if unknown:
            raise ValueError(f"the template has no parameters {unknown}")
        values = {name: str(parameters.get(name, parameter["Default"])) for name, parameter in declared.items()}
        with unittest.mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": region}):
            body = transform(source, dict(values), NoManagedPolicies())
        self.raw = body["Resources"]
        self.parameters = {
            name: value.split(",") if declared[name]["Type"] == "CommaDelimitedList" else value
            for name, value in values.items()
        }
        self.conditions = {name: self._condition(c) for name, c in body.get("Conditions", {}).items()}
        self.resources = {
            name: self.value_of(resource)
            for name, resource in self.raw.items()
            if self.conditions.get(resource.get("Condition"), True)
        }

    def of_type(self, kind):
        """Properties of every resource of a type, by logical id."""
        return {name: r.get("Properties", {}) for name, r in self.resources.items() if r["Type"] == kind}

    def variables(self, function):
        """Environment variables of a function, by its logical id."""
        return self.of_type("AWS::Lambda::Function")[function]["Environment"]["Variables"]

    def _condition(self, condition):
        ((function, argument),) = condition.items()
        if function == "Fn::Not":
            return not self._condition(argument[0])
        if function == "Fn::Equals":
            left, right = (self.value_of(side) for side in argument)
            return str(left) == str(right)
        raise ValueError(f"condition function {function} is not implemented here")

    def value_of(self, node):
        """The value that CloudFormation computes. <Id> and <Id.Attribute> stand for what only a deployed resource has."""
        if isinstance(node, list):
            return [value for value in map(self.value_of, node) if value is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((function, argument),) = node.items()
            if function == "Ref":
                return self._reference(argument)
            if function == "Fn::GetAtt":
                argument = argument if isinstance(argument, str) else ".".join(argument)
                return f"<{argument}>"
            if function == "Fn::Sub":
                return self._substituted(argument)
            if function == "Fn::Join":
                separator, parts = argument
                return separator.join(map(str, self.value_of(parts)))
            if function == "Fn::Split":
                separator, text = argument
                return self.value_of(text).split(separator)
            if function == "Fn::If":
                name, when_true, when_false = argument
                return self.value_of(when_true if self.conditions[name] else when_false)
            if function.startswith("Fn::"):
                raise ValueError(f"{function} is not implemented here")
        values = {key: self.value_of(value) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not NO_VALUE}

    def _reference(self, name):
        if name in self.pseudo_parameters:
            return self.pseudo_parameters[name]
        return self.parameters.get(name, f"<{name}>")

    def _substituted(self, argument):
        text, own = argument if isinstance(argument, list) else (argument, {})

        def value(match):
            name = match[1]
            if name in own:
                return str(self.value_of(own[name]))
            return str(self.value_of({"Fn::GetAtt": name}) if "." in name else self._reference(name))

        return re.sub(r"\$\{([A-Za-z0-9:.]+)\}", value, text)

    def needs(self, name):
        """Logical ids of the resources that must exist before this one."""
        found = set()

        def walk(node):
            if isinstance(node, list):
                for part in node:
                    walk(part)
            elif isinstance(node, dict):
                for key, value in node.items():
                    if key == "Ref":
                        found.add(value)
                    elif key == "Fn::GetAtt":
                        found.add(value.split(".")[0] if isinstance(value, str) else value[0])
                    elif key == "Fn::Sub":
                        text = value[0] if isinstance(value, list) else value
                        found.update(match.split(".")[0] for match in re.findall(r"\$\{([A-Za-z0-9:.]+)\}", text))
                    elif key == "DependsOn":
                        found.update([value] if isinstance(value, str) else value)
                    walk(value)

        walk(self.raw[name])
        return (found & self.raw.keys()) - {name}
