"""infra/deployer-policy.json: whoever deploys may do what CloudFormation does for each kind of resource, and little more.

What that is stands in the resources' schemas, of which cfn-lint has a copy. AWS itself has not been asked.
"""

import json
import sys
import unittest
from importlib import resources

sys.dont_write_bytecode = True
from aws import ROOT

import test_template

# Rights in the schemas that serve properties which the template does not set, by how they begin.
NOT_SET = (
    "apigateway:TagResource", "apigateway:UntagResource",  # IAM knows no such rights: tags are set by POST and PUT
    "elasticfilesystem:", "firehose:", "kms:", "lambda:AssociateRuntimeAlias", "lambda:DeleteFunctionCodeSigningConfig",
    "lambda:GetCodeSigningConfig", "lambda:PassCapacityProvider", "lambda:PublishVersion", "lambda:PutFunctionCodeSigningConfig",
    "lambda:PutFunctionRecursionConfig", "lambda:PutFunctionScalingConfig", "lambda:PutRuntimeManagementConfig",
    "cloudfront:", "iam:CreateServiceLinkedRole", "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePermissionsBoundary", "logs:AssociateKmsKey", "logs:DisassociateKmsKey", "logs:DeleteDataProtectionPolicy",
    "logs:DeleteIndexPolicy", "logs:DeleteResourcePolicy", "logs:PutBearerTokenAuthentication", "logs:PutDataProtectionPolicy",
    "logs:PutIndexPolicy", "logs:PutLogGroupDeletionProtection", "route53:ListHostedZones", "s3:REST", "s3:getObject", "s3files:",
    "secretsmanager:RemoveRegionsFromReplication", "secretsmanager:ReplicateSecretToRegions",
)
# The only ones for which every resource may be meant: AWS knows no narrower one, or lists are looked through.
FOR_ALL = {
    "lambda:GetAccountSettings", "lambda:ListFunctions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
    "cloudformation:GetTemplateSummary", "iam:ListRoles", "cloudwatch:DescribeAlarms", "logs:DescribeLogGroups",
    "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeResourcePolicies", "logs:GetLogDelivery",
    "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
    "cognito-idp:CreateUserPool", "cognito-idp:DescribeUserPoolDomain", "cognito-idp:ListUserPools",
    "secretsmanager:GetRandomPassword", "secretsmanager:ListSecrets",
}


def listed(value):
    return value if isinstance(value, list) else [value]


class PolicyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.statements = json.loads((ROOT / "infra/deployer-policy.json").read_text())["Statement"]
        cls.allowed = {action for each in cls.statements for action in listed(each["Action"])}

    def test_it_suffices_for_each_kind_of_resource(self):
        kinds = {each["Type"] for each in test_template.translated(test_template.source())["Resources"].values()}
        found = {}
        for file in resources.files("cfnlint").joinpath("data/schemas/resources").iterdir():
            if file.name.endswith(".json"):
                schema = json.loads(file.read_text())
                if schema["typeName"] in kinds:
                    wanted = {right for each in schema["handlers"].values() for right in each.get("permissions", [])}
                    found.setdefault(schema["typeName"], set()).update(right for right in wanted if not right.startswith(NOT_SET))
        self.assertEqual(kinds - set(found), set())
        missing = {kind: sorted(rights - self.allowed) for kind, rights in found.items() if rights - self.allowed}
        self.assertEqual(missing, {}, "add them to infra/deployer-policy.json, or to NOT_SET here")

    def test_every_right_exists(self):
        known = json.loads(resources.files("cfnlint").joinpath("data/AdditionalSpecs/Policies.json").read_text())
        for action in self.allowed:
            service, name = action.split(":")
            self.assertIn(name.lower(), known[service]["Actions"], action)

    def test_nothing_is_allowed_on_everything_but_looking(self):
        for each in self.statements:
            self.assertNotIn("*", "".join(listed(each["Action"])), each["Sid"])
            if "*" in listed(each["Resource"]):
                self.assertLessEqual(set(listed(each["Action"])), FOR_ALL, each["Sid"])

    def test_it_names_what_the_template_makes(self):
        text = json.dumps(self.statements)
        for resource in test_template.source()["Resources"].values():
            if resource["Type"] == "AWS::Logs::LogGroup":
                folder = resource["Properties"]["LogGroupName"]["Fn::Sub"].replace("${AWS::StackName}", "iris-tables").rpartition("/")[0]
                self.assertIn(f"log-group:{folder}/*", text)
            for policy in resource["Properties"].get("ManagedPolicyArns", []):
                arn = policy["Fn::If"][1]["Fn::Sub"].replace("${AWS::Partition}", "aws")
                self.assertIn(arn, text)


if __name__ == "__main__":
    unittest.main()
