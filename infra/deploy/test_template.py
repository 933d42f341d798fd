"""template.yaml as SAM translates it: no dangling reference, unused parameter or needless right.

cfn-lint does not see a dangling reference inside a serverless resource, nor one that only the translation makes.
"""

import copy
import os
import re
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # the translator wants one
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

ROOT = Path(__file__).resolve().parents[2]
PSEUDO = {f"AWS::{name}" for name in ("AccountId", "NoValue", "Partition", "Region", "StackId", "StackName", "URLSuffix")}


class Policies:
    """The translator looks AWS' managed policies up by name; the template names them by ARN."""

    def load(self):
        return {}


def source():
    return yaml_parse((ROOT / "template.yaml").read_text())


def translated(template):
    template = copy.deepcopy(template)
    # Where `sam package` would have put them.
    for resource in template["Resources"].values():
        for uri in ("CodeUri", "ContentUri"):
            if uri in resource.get("Properties", {}):
                resource["Properties"][uri] = "s3://bucket/key"
    values = {name: parameter.get("Default", "x") for name, parameter in template["Parameters"].items()}
    return transform(template, values, Policies())


def walk(node, path=()):
    """Each node of a template: (path, node)."""
    yield path, node
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in inner:
        yield from walk(value, (*path, name))


def references(template):
    """What the template refers to: (path, kind, name); kind is `value`, `attribute` or `condition`."""
    for path, node in walk(template):
        if not isinstance(node, dict):
            continue
        if isinstance(node.get("Ref"), str) and len(node) == 1:
            yield path, "value", node["Ref"]
        attribute = node.get("Fn::GetAtt")
        if attribute:
            yield path, "attribute", attribute.split(".")[0] if isinstance(attribute, str) else attribute[0]
        text = node.get("Fn::Sub")
        if text:
            own = text[1] if isinstance(text, list) else {}
            for name in re.findall(r"\$\{([^!}][^}]*)\}", text[0] if isinstance(text, list) else text):
                if name not in own:
                    yield path, "attribute" if "." in name else "value", name.split(".")[0]
        if isinstance(node.get("Fn::If"), list):
            yield path, "condition", node["Fn::If"][0]
        # As a resource's condition and within conditions; in a policy a condition is an object.
        if isinstance(node.get("Condition"), str):
            yield path, "condition", node["Condition"]
        depends = node.get("DependsOn", [])
        for name in [depends] if isinstance(depends, str) else depends:
            yield path, "attribute", name


def dangling(template):
    known = {
        "value": {*template.get("Parameters", {}), *template["Resources"], *PSEUDO},
        "attribute": set(template["Resources"]),
        "condition": set(template.get("Conditions", {})),
    }
    return [f"{'/'.join(map(str, path))}: {name}" for path, kind, name in references(template) if name not in known[kind]]


def unconditional(template):
    """References from unconditional resources to conditional ones, outside of any Fn::If."""
    conditions = {name: resource.get("Condition") for name, resource in template["Resources"].items()}
    found = []
    for path, kind, name in references({"Resources": template["Resources"], "Outputs": template["Outputs"]}):
        owner = template[path[0]][path[1]] if len(path) > 1 else {}
        if kind != "condition" and conditions.get(name) and "Fn::If" not in path:
            # HasZone is true only where HasDomain is.
            implied = {owner.get("Condition"), "HasDomain" if owner.get("Condition") == "HasZone" else None}
            if conditions[name] not in implied:
                found.append(f"{'/'.join(map(str, path))}: {name}")
    return found


class TemplateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.source = source()
        cls.template = translated(cls.source)

    def of_type(self, kind):
        return {name: each["Properties"] for name, each in self.template["Resources"].items() if each["Type"] == kind}

    def test_nothing_dangles(self):
        self.assertEqual(dangling(self.template), [])
        self.assertEqual(unconditional(self.template), [])

    def test_a_dangling_reference_is_found(self):
        for spoil in (
            lambda t: t["Globals"]["Function"].update(MemorySize={"Ref": "Memory"}),
            lambda t: t["Resources"]["TableFunction"]["Properties"].update(Role={"Fn::GetAtt": ["NoRole", "Arn"]}),
            lambda t: t["Resources"]["Stage"].update(DependsOn="NoRoute"),
            lambda t: t["Resources"]["Domain"].update(Condition="HasNoDomain"),
            lambda t: t["Outputs"]["Address"].update(Value={"Fn::Sub": "https://${NoApi}/"}),
        ):
            broken = copy.deepcopy(self.source)
            spoil(broken)
            self.assertEqual(len(set(line.split(": ")[1] for line in dangling(translated(broken)))), 1)
        broken = copy.deepcopy(self.source)
        broken["Outputs"]["Address"]["Value"] = {"Ref": "Authorizer"}
        self.assertTrue(unconditional(translated(broken)))

    def test_every_parameter_and_condition_serves(self):
        used = {name for _, _, name in references(self.source)}
        self.assertEqual(set(self.source["Parameters"]) - used, set())
        self.assertEqual(set(self.source["Conditions"]) - used, set())
        asked = [name for group in self.source["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
                 for name in group["Parameters"]]
        self.assertEqual(sorted(asked), sorted(self.source["Parameters"]))

    def test_what_must_be_chosen_has_no_default(self):
        without = {name for name, parameter in self.source["Parameters"].items() if "Default" not in parameter}
        self.assertEqual(without, {"DatabaseSecretArn", "PublishedTables", "Access"})

    def test_the_functions_may_read_one_secret_and_write_their_own_log(self):
        policies = [policy["PolicyDocument"] for policy in self.of_type("AWS::IAM::RolePolicy").values()]
        roles = self.of_type("AWS::IAM::Role")
        policies += [role.get("Policies", []) for role in roles.values()]
        self.assertEqual(len(roles), 3)
        allowed = set()
        for _, node in (pair for policy in policies for pair in walk(policy)):
            if isinstance(node, dict) and "Action" in node:
                actions = node["Action"] if isinstance(node["Action"], list) else [node["Action"]]
                # EC2 allows this one for all subnets or for none.
                if actions != ["ec2:DescribeSubnets"]:
                    self.assertNotIn("*", str(node["Resource"]) + str(actions))
                allowed |= {(action, str(node["Resource"])) for action in actions}
        reading = {resource for action, resource in allowed if action == "secretsmanager:GetSecretValue"}
        self.assertEqual(reading, {"{'Ref': 'DatabaseSecretArn'}", "{'Ref': 'SessionSecret'}", "{'Ref': 'LoginClientSecretArn'}"})
        # The database's login is not the site function's business, nor the client secret that of the others.
        for policy in self.of_type("AWS::IAM::RolePolicy").values():
            allows, role = str(policy["PolicyDocument"]), policy["RoleName"]["Ref"]
            self.assertFalse(role == "SiteRole" and "DatabaseSecret" in allows)
            self.assertFalse(role != "SiteRole" and "LoginClientSecret" in allows)
        self.assertEqual({action for action, _ in allowed}, {"secretsmanager:GetSecretValue", "kms:Decrypt",
                                                              "logs:CreateLogStream", "logs:PutLogEvents", "ec2:DescribeSubnets"})

    def test_no_route_is_without_the_chosen_authorisation(self):
        routes = self.of_type("AWS::ApiGatewayV2::Route")
        chosen = {"Fn::If": ["IsJwt", "JWT", {"Fn::If": ["IsIam", "AWS_IAM", "NONE"]}]}
        # Sign-in itself, which there is only where people sign in.
        logins = {name for name, route in routes.items() if "/log" in route["RouteKey"]}
        self.assertEqual({routes[name]["RouteKey"] for name in logins},
                         {"GET /login", "GET /login/{path+}", "GET /logout", "GET /logout/{path+}"})
        asks = {name for name, route in routes.items() if route["RouteKey"].startswith("OPTIONS ")}
        for name, route in routes.items():
            if route["ApiId"] == {"Ref": "TokenApi"}:
                self.assertEqual((route["AuthorizationType"], route["AuthorizerId"]), ("JWT", {"Ref": "TokenAuthorizer"}), name)
                continue
            if name in logins:
                self.assertEqual(self.template["Resources"][name]["Condition"], "IsLogin")
                self.assertIn("SiteIntegration", str(route["Target"]))
            self.assertEqual(route["AuthorizationType"], "NONE" if name in asks | logins else chosen, name)
        # A browser's preflight request has no token. It is the only route without one: the function
        # uses no database for it, and it exists only where scripts of other origins are allowed.
        self.assertEqual({routes[name]["RouteKey"] for name in asks}, {"OPTIONS /", "OPTIONS /{path+}"})
        for name in asks:
            self.assertEqual(self.template["Resources"][name]["Condition"], "HasCors")
            self.assertNotIn("AuthorizerId", routes[name])
        keys = {route["RouteKey"] for route in routes.values()}
        self.assertLessEqual({f"{method} {path}" for method in ("GET", "HEAD") for path in ("/static/{path+}", "/favicon.ico")},
                             {route["RouteKey"] for route in routes.values() if "SiteIntegration" in str(route["Target"])})
        self.assertLessEqual({"GET /table/{path+}", "HEAD /table/{path+}", "GET /", "HEAD /", "$default"}, keys)

    def test_every_setting_of_the_functions_is_one_that_they_read(self):
        settings = (ROOT / "shared/src/config/mod.rs").read_text()
        functions = [each["Properties"] for each in self.source["Resources"].values() if each["Type"] == "AWS::Serverless::Function"]
        for name in {name for each in [self.source["Globals"]["Function"], *functions]
                     for name in each.get("Environment", {}).get("Variables", {})}:
            self.assertIn(f'"{name}"', settings)

    def test_the_site_function_has_no_part_in_the_database(self):
        functions = self.of_type("AWS::Lambda::Function")
        self.assertEqual(set(functions), {"TableFunction", "IndexFunction", "SiteFunction"})
        site = functions["SiteFunction"]
        self.assertNotIn("ReservedConcurrentExecutions", site)
        # Both for the provider alone, where it asks for them.
        self.assertEqual((site["VpcConfig"]["Fn::If"][0], site["Layers"][0]["Fn::If"][0]), ("IsSiteInVpc", "HasLoginCa"))
        self.assertNotRegex(str(site["Environment"]), "DATABASE|ODBC|PUBLISHED")
        for part in self.of_type("AWS::IAM::Role")["SiteRole"]["ManagedPolicyArns"]:
            self.assertIn(part["Fn::If"][0], ("IsSiteInVpc", "HasTracing"))
        for name in ("TableFunction", "IndexFunction"):
            self.assertLessEqual({"VpcConfig", "Layers", "ReservedConcurrentExecutions"}, set(functions[name]))
            self.assertIn("DATABASE_SECRET_ID", functions[name]["Environment"]["Variables"])
            self.assertIn("SITE_TITLE", functions[name]["Environment"]["Variables"])

    def test_alarms_look_for_words_that_the_functions_log(self):
        logged = (ROOT / "shared/src/error.rs").read_text()
        filters = self.of_type("AWS::Logs::MetricFilter")
        self.assertEqual(len(filters), 6)
        for each in filters.values():
            words = re.fullmatch(r'\{ \$\.error = "(.+)" \}', each["FilterPattern"])[1]
            self.assertIn(f'"{words}"', logged)


if __name__ == "__main__":
    unittest.main()
