"""template.yaml's parameters as CloudFormation checks them: whether it will take the values, before anything is built."""

import json
import re
from pathlib import Path

from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 4_096  # of a parameter's value; CloudFormation takes no more
MOST_ENVIRONMENT = 4_096  # bytes of a function's environment; Lambda takes no more


class Template:
    """The template's parameters and rules."""

    def __init__(self, path=ROOT / "template.yaml"):
        self.source = yaml_parse(Path(path).read_text())
        self.parameters = self.source["Parameters"]
        self.rules = self.source.get("Rules", {})

    def default(self, name):
        """The parameter's default as text; None where it must be given."""
        default = self.parameters[name].get("Default")
        return None if default is None else str(default)

    def with_defaults(self, given):
        """All values: those given, and the defaults of the others."""
        defaults = {name: self.default(name) for name in self.parameters}
        return {name: value for name, value in {**defaults, **given}.items() if value is not None}

    def fault(self, name, value):
        """Why a value would be refused, in a sentence; None where it would not be."""
        parameter = self.parameters[name]
        if len(value.encode()) > MOST_BYTES:
            return f"{name} has {len(value.encode()):,} bytes, and CloudFormation takes {MOST_BYTES:,}: write it shorter."
        allowed = [str(each) for each in parameter.get("AllowedValues", [])]
        if allowed and value not in allowed:
            form = ", in quotes" if value.lower() in allowed else ""  # `true` without them is no text for TOML
            return f"{name} cannot be {value!r}: write one of {', '.join(allowed)}{form}."
        if parameter["Type"] == "Number":
            least, most = parameter.get("MinValue", 0), parameter.get("MaxValue", float("inf"))
            if not re.fullmatch("[0-9]+", value) or not least <= int(value) <= most:
                return f"{name} cannot be {value!r}: write a number from {least}{f' to {most}' if 'MaxValue' in parameter else ' on'}."
        # Python has known possessive quantifiers since 3.11 only. They change no answer here, only Java's way to it.
        pattern = parameter.get("AllowedPattern", "").replace("*+", "*").replace("++", "+")
        # A list's pattern holds for each of its members, without the spaces around it.
        members = [each.strip() for each in value.split(",")] if parameter["Type"] == "CommaDelimitedList" else [value]
        if pattern and not all(re.fullmatch(pattern, each) for each in members):
            return f"{name} cannot be {value!r}: it {parameter.get('ConstraintDescription') or f'must match {pattern}'}."
        return None

    def broken_rules(self, values):
        """What the template's rules miss: (the rule's sentence, the parameters that could mend it)."""
        found = []
        for rule in self.rules.values():
            if self.holds(rule.get("RuleCondition", True), values):
                for each in rule["Assertions"]:
                    if not self.holds(each["Assert"], values):
                        found.append((each["AssertDescription"], [name for name in self.parameters if f"'{name}'" in str(each["Assert"])]))
        return found

    def holds(self, node, values):
        """A condition's or a rule's function, with these values."""
        if not isinstance(node, dict):
            return node
        (function, given), = node.items()
        if function == "Ref":
            if self.parameters[given]["Type"] == "CommaDelimitedList":
                return [each.strip() for each in values[given].split(",")]
            return values[given]
        if function == "Condition":
            return self.holds(self.source["Conditions"][given], values)
        given = [self.holds(each, values) for each in given]
        if function == "Fn::Equals":
            return str(given[0]) == str(given[1])
        if function == "Fn::Contains":
            return given[1] in given[0]
        if function == "Fn::Join":
            return given[0].join(given[1])
        known = {"Fn::Not": lambda: not given[0], "Fn::And": lambda: all(given), "Fn::Or": lambda: any(given)}
        return known[function]()

    def environments(self, values):
        """Each function's environment in bytes, written as JSON, which is how Lambda's own message shows it."""
        shared = self.source["Globals"]["Function"].get("Environment", {}).get("Variables", {})
        sizes = {}
        for name, resource in self.source["Resources"].items():
            if resource["Type"] == "AWS::Serverless::Function":
                own = resource["Properties"].get("Environment", {}).get("Variables", {})
                texts = {key: self.text(value, values) for key, value in {**shared, **own}.items()}
                sizes[name] = len(json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode())
        return sizes

    def text(self, value, values):
        """What a variable will hold, as far as the parameters say; what AWS adds is counted as it is written."""
        if isinstance(value, dict) and "Ref" in value:
            return values.get(value["Ref"], "")
        if isinstance(value, dict) and "Fn::If" in value:
            condition, yes, no = value["Fn::If"]
            return self.text(yes if self.holds({"Condition": condition}, values) else no, values)
        return str(value)

    def reserving(self):
        """The parameters that reserve instances for a function."""
        found = []
        for resource in self.source["Resources"].values():
            reserved = resource.get("Properties", {}).get("ReservedConcurrentExecutions")
            found += [name for name in self.parameters if f"'{name}'" in str(reserved)]
        return found
