"""The template as CloudFormation gets it: transformed by SAM, its parameters and conditions resolved.

Offline: nothing here asks AWS. A reference to a resource becomes `<Id>`, an attribute `<Id.Attribute>`, a
pseudo parameter `<AWS::Region>`, so that a test compares plain values.
"""

import copy
import functools
import logging
import os
import re
from pathlib import Path

# The translator asks for a region to know the partition; any will do.
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# The transform logs that it has no feature flags from AWS.
logging.getLogger("samtranslator").setLevel(logging.ERROR)

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra" / "template.yaml"

ABSENT = object()


@functools.cache
def source():
    """The template as it is written."""
    return yaml_parse(TEMPLATE.read_text())


@functools.cache
def stack(**parameters):
    """The stack that these parameters make; those not given have their defaults."""
    return Stack({"OpsEmail": "ops@example.com"} | parameters)


class NoManagedPolicies:
    """Roles are written out, so there is nothing to look up."""

    def load(self):
        return {}


class Stack:
    def __init__(self, given):
        written = copy.deepcopy(source())
        declared = written["Parameters"]
        unknown = given.keys() - declared.keys()
        assert not unknown, f"no such parameters: {unknown}"
        self.parameters = {name: given.get(name, d.get("Default")) for name, d in declared.items()}
        for resource in written["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                # `sam deploy` puts the address of the upload here.
                resource["Properties"]["CodeUri"] = "s3://bucket/key"
        transformed = transform(written, dict(self.parameters), NoManagedPolicies())
        self.conditions = transformed["Conditions"]
        self.mappings = transformed["Mappings"]
        self.resources = {
            name: self.resolve(resource)
            for name, resource in transformed["Resources"].items()
            if self.holds(resource.get("Condition"))
        }
        self.outputs = self.resolve(transformed["Outputs"])

    def of_type(self, kind):
        """The properties of every resource of a type, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def properties(self, name):
        return self.resources[name]["Properties"]

    def holds(self, condition):
        return condition is None or self.test(self.conditions[condition])

    def test(self, expression):
        if not isinstance(expression, dict):
            return expression is True
        ((operator, operands),) = expression.items()
        if operator == "Condition":
            return self.holds(operands)
        if operator == "Fn::Equals":
            left, right = (self.resolve(operand) for operand in operands)
            return str(left) == str(right)
        if operator == "Fn::Not":
            return not self.test(operands[0])
        if operator == "Fn::And":
            return all(map(self.test, operands))
        raise NotImplementedError(operator)

    def resolve(self, value):
        if isinstance(value, list):
            resolved = [self.resolve(one) for one in value]
            return [one for one in resolved if one is not ABSENT]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((operator, operand),) = value.items()
            if operator == "Ref":
                return self.reference(operand)
            if operator == "Fn::GetAtt":
                return f"<{operand if isinstance(operand, str) else '.'.join(operand)}>"
            if operator == "Fn::If":
                condition, yes, no = operand
                return self.resolve(yes if self.holds(condition) else no)
            if operator == "Fn::Sub":
                return self.substitute(operand)
            if operator == "Fn::Join":
                return operand[0].join(str(self.resolve(one)) for one in operand[1])
            if operator == "Fn::FindInMap":
                mapping, first, second = map(self.resolve, operand)
                return self.mappings[mapping]["aws" if first == "<AWS::Partition>" else first][second]
            assert not operator.startswith("Fn::"), operator
        resolved = {name: self.resolve(one) for name, one in value.items()}
        return {name: one for name, one in resolved.items() if one is not ABSENT}

    def reference(self, name):
        if name == "AWS::NoValue":
            return ABSENT
        return self.parameters.get(name, f"<{name}>")

    def substitute(self, operand):
        text, values = (operand, {}) if isinstance(operand, str) else operand
        values = {name: str(self.resolve(value)) for name, value in values.items()}

        def one(match):
            name = match[1]
            return values.get(name) or str(self.reference(name))

        return re.sub(r"\$\{([^!}][^}]*)\}", one, text)
