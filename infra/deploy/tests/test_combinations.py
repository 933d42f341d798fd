"""template.yaml for every combination of what its conditions look at: translated, resolved as CloudFormation would, and linted."""

import itertools
import json
import os
import sys
import unittest
from concurrent.futures import ProcessPoolExecutor

sys.dont_write_bytecode = True
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
from aws import ACCOUNT, REGION, ROOT  # noqa: F401, puts the tools onto the path

import test_template
from parameters import Template

UUID = "01234567-89ab-cdef-0123-456789abcdef"
DOMAIN = {"DomainName": "tables.example.org", "DomainCertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/{UUID}"}
# What the conditions look at: each list's first choice is the default.
CHOICES = {
    "vpc": [{}, {"VpcSubnetIds": "subnet-01234567,subnet-89abcdef", "VpcSecurityGroupIds": "sg-01234567"}],
    "domain": [{}, DOMAIN, DOMAIN | {"DomainHostedZoneId": "Z0123456789ABCDEF"}],
    "alarms": [{}, {"AlarmTopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"}],
    "cors": [{}, {"CorsOrigins": "https://app.example.org"}],
    "key": [{}, {"DatabaseSecretKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{UUID}"}],
    "tracing": [{}, {"Tracing": "yes"}],
    "limits": [{}, {"TableInstances": "0", "IndexInstances": "0"}],
    "audit": [{}, {"AuditTables": "Clinic.*"}, {"AuditTables": "Clinic.*", "AuditKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{UUID}"}],
    "programs": [{}, {"JwtAudience": "tables"}],
}
# A provider of one's own, with all that may go with it; without one the stack makes a pool.
PROVIDER = {"JwtIssuer": "https://issuer.example.org/", "LoginClientId": "tables"}
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:iris/client-AbCdEf"
PROVIDERS = [{}, PROVIDER, PROVIDER | {"LoginClientSecretArn": SECRET, "LoginCaFile": "/opt/ca.pem"},
             PROVIDER | {"LoginClientSecretArn": SECRET, "LoginClientSecretKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{UUID}"}]
NEEDED = {"DatabaseSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:iris/reader-AbCdEf", "PublishedTables": "Sales.*"}


def accesses(template):
    """Each choice of Access with what the rules say that it needs."""
    for access in template.parameters["Access"]["AllowedValues"]:
        values = {"Access": access}
        for _ in range(4):
            missing = [name for _, names in template.broken_rules(template.with_defaults(NEEDED | values)) for name in names]
            values |= {name: example(template, name) for name in missing if name not in values}
        yield from ([values | each for each in PROVIDERS] if access == "login" else [values])


def example(template, name):
    """A value that a parameter takes."""
    for text in ("https://issuer.example.org/", NEEDED["DatabaseSecretArn"], "tables", "example"):
        if template.fault(name, text) is None:
            return text
    raise AssertionError(f"give an example for {name} here")


def combinations(template):
    for access, *others in itertools.product(accesses(template), *CHOICES.values()):
        values = NEEDED | access | {name: value for each in others for name, value in each.items()}
        # A rule refuses it: nobody is known there.
        if values["Access"] == "public" and "AuditTables" in values:
            continue
        yield template.with_defaults(values)
        if "LoginClientId" in access and "VpcSubnetIds" in values:
            yield template.with_defaults(values | {"LoginInVpc": "yes"})


def pairs(values, of):
    """The pairs of choices that a combination has; every pair of two choices shall be linted once."""
    chosen = tuple((name, values[name]) for name in of)
    return set(itertools.combinations(chosen, 2))


def resolved(source, translated, values):
    """The template as CloudFormation makes it: without conditions, and without the resources whose condition does not hold."""
    holds = {name: source.holds({"Condition": name}, values) for name in source.source["Conditions"]}
    gone = object()

    def walk(node):
        if isinstance(node, dict):
            if set(node) == {"Fn::If"}:
                condition, yes, no = node["Fn::If"]
                return walk(yes if holds[condition] else no)
            if node == {"Ref": "AWS::NoValue"}:
                return gone
            found = {name: walk(each) for name, each in node.items()}
            return {name: each for name, each in found.items() if each is not gone}
        if isinstance(node, list):
            return [each for each in map(walk, node) if each is not gone]
        return node

    result = {name: part for name, part in translated.items() if name not in ("Conditions", "Rules")}
    # cfn-lint looks at what a reference gives, which it takes from the defaults.
    result["Parameters"] = {
        name: part if source.default(name) == values[name] else part | {"Default": values[name]}
        for name, part in translated["Parameters"].items()}
    for part in ("Resources", "Outputs"):
        result[part] = {name: walk({key: each for key, each in node.items() if key != "Condition"})
                        for name, node in translated[part].items() if holds.get(node.get("Condition"), True)}
    return result


def linted(text):
    """cfn-lint's findings beyond those of a parameter that is not used in this combination."""
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs

    found = lint(text, config=ManualArgs(regions=[REGION], ignore_checks=["W2001"]))
    return [f"{each.rule.id} {each.message} ({'/'.join(map(str, each.path or []))})" for each in found]


class CombinationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.template = Template()
        cls.translated = test_template.translated(cls.template.source)
        cls.all = list(combinations(cls.template))

    def test_every_condition_is_met_and_missed(self):
        for name in self.template.source["Conditions"]:
            self.assertEqual({self.template.holds({"Condition": name}, values) for values in self.all}, {True, False}, name)

    def test_no_combination_breaks_a_rule_or_has_a_reference_to_what_is_not_made(self):
        for values in self.all:
            self.assertEqual(self.template.broken_rules(values), [])
            self.assertEqual([fault for fault in (self.template.fault(*each) for each in values.items()) if fault], [])
            made = resolved(self.template, self.translated, values)
            self.assertEqual(test_template.dangling(made | {"Conditions": {}}), [], values)

    def test_a_reference_to_what_is_not_made_is_found(self):
        values = self.all[0]
        broken = self.translated | {"Outputs": {"Zone": {"Value": {"Ref": "DomainRecord"}}}}
        self.assertEqual(test_template.dangling(resolved(self.template, broken, values)), ["Outputs/Zone/Value: DomainRecord"])

    def test_each_pair_of_choices_is_linted(self):
        of = sorted({"Access", *(name for each in CHOICES.values() for choice in each for name in choice), *(name for each in PROVIDERS for name in each), "LoginInVpc"})
        waiting = set().union(*(pairs(values, of) for values in self.all))
        chosen = []
        while waiting:
            best = max(self.all, key=lambda values: len(pairs(values, of) & waiting))
            waiting -= pairs(best, of)
            chosen.append(best)
        texts = [json.dumps(resolved(self.template, self.translated, values)) for values in chosen]
        with ProcessPoolExecutor(min(4, os.cpu_count())) as pool:
            for values, found in zip(chosen, pool.map(linted, texts)):
                self.assertEqual(found, [], values)
        # It must be able to find something.
        spoilt = json.loads(texts[0])
        spoilt["Resources"]["Stage"]["Properties"]["AutoDeploys"] = True
        self.assertEqual(len(linted(json.dumps(spoilt))), 1)


if __name__ == "__main__":
    unittest.main()
