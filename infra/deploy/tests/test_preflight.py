"""What would stop a deployment, one fault at a time: each is one sentence that says what to do."""

import io
import json
import os
import re
import sys
import tempfile
import unittest
from unittest import mock

sys.dont_write_bytecode = True
import pexpect
from aws import ACCOUNT, LOGIN, REGION, ROOT, Aws, Issuer, Project
from moto.cloudformation.models import cloudformation_backends

import account
import answers
import preflight
from parameters import Template

TEMPLATE = Template()  # read once: that takes longer than all checks
WELL = "Nothing speaks against the deployment."
EMPTY = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})


class PreflightTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.aws = Aws()
        cls.addClassCleanup(cls.aws.close)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.issuer = Issuer(folder.name)
        cls.addClassCleanup(cls.issuer.close)

    def setUp(self):
        self.aws.limit = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
        self.aws.denied = set()
        self.issuer.well()
        self.project = Project(self.aws.environment | {"SSL_CERT_FILE": str(self.issuer.file)})
        self.addCleanup(self.project.close)

    def told(self, given=None, region=REGION, secret=None):
        """Writes deploy.toml with these parameters, and a secret with these members."""
        values = {"DatabaseSecretArn": self.aws.secret(secret), "PublishedTables": "Sales.*", "Access": "public"} | (given or {})
        self.project.answers.write_text(answers.text(TEMPLATE, region, values, (ROOT / "samconfig.toml").read_text()))

    def preflight(self, architecture="arm64", **environment):
        """The exit status, the findings, and all else that was said."""
        said, complained = io.StringIO(), io.StringIO()
        with (mock.patch.dict(os.environ, self.project.environment | environment, clear=True), open(os.devnull) as nobody,
              mock.patch.multiple(sys, argv=["preflight.py", architecture], stdin=nobody, stdout=said, stderr=complained),
              mock.patch.object(answers, "FILE", self.project.answers), mock.patch.object(preflight, "Template", lambda: TEMPLATE),
              mock.patch.object(preflight, "LAYER", self.project.folder / "target/layer")):
            status = preflight.main()
        said, complained = said.getvalue(), complained.getvalue()
        findings = [line[2:] for line in complained.splitlines() if line.startswith("- ")]
        self.assertEqual(status, 1 if findings else 0, said + complained)
        self.assertEqual(WELL in said, not findings, said + complained)
        self.assertNotIn(LOGIN["password"], said + complained)
        return findings, said

    def finds(self, pattern, architecture="arm64", **environment):
        """Exactly one finding, a sentence that says what to do."""
        findings, _ = self.preflight(architecture, **environment)
        self.assertEqual(len(findings), 1, findings)
        self.assertRegex(findings[0], pattern)
        self.assertTrue(findings[0].endswith("."), findings[0])

    def test_what_is_well_is_told_so(self):
        self.told()
        findings, said = self.preflight(AWS_REGION="us-east-1", AWS_DEFAULT_REGION=REGION)
        self.assertEqual(findings, [])
        self.assertIn(f"account {ACCOUNT}, region {REGION}", said)
        self.assertIn("AWS_REGION says us-east-1; it is not used", said)
        self.assertNotIn("AWS_DEFAULT_REGION", said)

    def test_deploy_toml_by_hand(self):
        self.told()
        text = self.project.answers.read_text()
        for change, pattern in (
            (("# MemorySize = \"512\"", "MemorySize = 64"), "MemorySize cannot be '64': write a number from 128 to 3008"),
            (("# MemorySize = \"512\"", "Memory = 512"), "Memory is no parameter of template.yaml: correct the name"),
            (("# LogRetentionDays = \"30\"", "LogRetentionDays = 31"), "LogRetentionDays cannot be '31': write one of 1, 3"),
            (("# DatabaseUserMayWrite = \"false\"", "DatabaseUserMayWrite = true"), "cannot be 'True': write one of true, false, in quotes"),
            (("# PageSize = \"100\"", "PageSize = 20000"), "PageSize 20000 is more than MaxPageSize 10000"),
            (("PublishedTables = \"Sales.*\"", "# nothing"), "PublishedTables has no value yet"),
            (("# DomainName = \"\"", "DomainName = \"tables.example.org\""), "DomainName needs DomainCertificateArn"),
            (("# VpcSecurityGroupIds = \"\"", "VpcSecurityGroupIds = \"sg-01234567\""), "VpcSecurityGroupIds need VpcSubnetIds"),
            ((f"region = \"{REGION}\"", ""), f"names no region: write region = \"{REGION}\""),
            (("# DatabaseSecretKeyArn = \"\"", f"DatabaseSecretKeyArn = \"arn:aws:kms:us-west-2:{ACCOUNT}:key/mrk-0123abcd\""),
             "DatabaseSecretKeyArn is of region us-west-2, but deploy.toml says eu-central-1"),
        ):
            self.assertIn(change[0], text)
            self.project.answers.write_text(text.replace(*change, 1))
            self.finds(pattern)

    def test_a_deploy_toml_that_cannot_be_read(self):
        for text in ("parameter_overrides = [", "[default.deploy.parameters]\nparameter_overrides = \"Sales\"\n"):
            self.project.answers.write_text(text)
            done = self.project.run("preflight.py", "arm64")
            self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1), done.stderr)
            self.assertRegex(done.stderr, r"^deploy.toml cannot be read .*: correct it, or delete it")

    def test_the_region_is_the_secrets(self):
        self.told(region="us-east-1")
        self.finds("DatabaseSecretArn is of region eu-central-1, but deploy.toml says us-east-1")

    def test_too_long_settings(self):
        self.told({"CorsOrigins": ",".join(f"https://{number}.example.org" for number in range(165))})
        findings, _ = self.preflight()
        self.assertTrue(findings)
        for finding in findings:
            self.assertRegex(finding, "The settings of [A-Za-z]+Function have 4,[0-9]+ bytes, and Lambda takes 4,096")

    def test_the_layer_and_what_make_was_told(self):
        self.told()
        self.finds("ARCHITECTURE=x86_64 was given, but deploy.toml says arm64", "x86_64")
        self.project.layer(62)
        self.finds("is for x86_64, but the functions are built for arm64: make layer")
        self.project.layer(183, [])
        self.told(secret={"tls": False})
        self.finds("no layer yet: make layer KIT=")

    def test_a_layer_without_tls(self):
        self.told()
        self.project.layer(183, ["libirisodbcur6435.so"])
        self.finds("The secret says tls, but the layer has no irisconnect.so: .*make layer")
        self.told(secret={"tls": "false"})
        self.assertEqual(self.preflight()[0], [])

    def test_files_that_the_layer_lacks(self):
        self.told({"DatabaseCaFile": "/opt/ca.pem"})
        self.finds("DatabaseCaFile is /opt/ca.pem, which the layer has not: make the layer with it")
        (self.project.folder / "target/layer/ca.pem").write_text("certificate")
        self.assertEqual(self.preflight()[0], [])
        self.told({"OdbcDriver": "/opt/lib/psqlodbca.so"})
        self.finds("OdbcDriver is /opt/lib/psqlodbca.so, which the layer has not")

    def test_nobody(self):
        self.told()
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            del self.project.environment[name]
        self.finds("AWS does not know who you are .*: put valid keys into the environment")

    def test_secrets(self):
        for secret, pattern in (
            ("hunter2", "The secret is no JSON object"),
            ({"engine": "mysql"}, "engine is neither iris nor postgres"),
            ({"host": "", "username": ""}, "The secret has no host and no username: add it"),
            ({"namespace": ""}, "The secret has no namespace"),
            ({"port": "many"}, "port is no number from 1 to 65535"),
            ({"tls": "perhaps"}, "tls is neither true nor false"),
            ({"host": "localhost"}, "host is localhost"),
            ({"host": "127.0.0.1"}, "an address of the machine itself"),
            ({"host": "10.1.2.3"}, "private address, which functions outside a VPC cannot reach: write VpcSubnetIds"),
        ):
            self.told(secret=secret)
            self.finds(pattern)
        self.told({"DatabaseSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:gone-AbCdEf"})
        self.finds("is not there, or is being deleted: make it")
        self.told({"DatabaseSecretArn": f"arn:aws:secretsmanager:{REGION}:999999999999:secret:iris-AbCdEf"})
        findings, _ = self.preflight()
        self.assertRegex(findings[0], f"of account 999999999999, but these keys are of {ACCOUNT}")

    def test_every_engine_of_the_functions_is_known(self):
        sources = (ROOT / "shared/src/databases").glob("*/mod.rs")
        named = [re.search(r"fn names.*?&\[(.*?)\]", source.read_text(), re.DOTALL)[1] for source in sources]
        self.assertEqual(set(account.ENGINES), set(re.findall(r'"(\w+)"', " ".join(named))) - {"sqlite"})
        self.told(secret={"engine": "PostgreSQL", "namespace": "", "dbname": "tables", "port": "5432", "password": ""})
        self.assertEqual(self.preflight()[0], [])

    def test_a_secret_with_a_key_of_ones_own(self):
        client = self.aws.client("secretsmanager")
        key = self.aws.client("kms").create_key()["KeyMetadata"]["Arn"]
        arn = client.create_secret(Name="own-key", SecretString=json.dumps(LOGIN), KmsKeyId=key)["ARN"]
        self.told({"DatabaseSecretArn": arn})
        self.finds("encrypted with your own key .*: write that key's ARN as DatabaseSecretKeyArn")
        self.told({"DatabaseSecretArn": arn, "DatabaseSecretKeyArn": key})
        self.assertEqual(self.preflight()[0], [])

    def test_what_these_keys_may_not_ask_is_said_and_stops_nothing(self):
        self.told()
        self.aws.denied = {"GetSecretValue"}
        findings, said = self.preflight()
        self.assertEqual(findings, [])
        self.assertIn("Not checked: The secret. These keys may not ask", said)

    def test_a_new_account_is_offered_to_do_without_reservations(self):
        self.aws.limit = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
        self.told()
        self.finds("may run 10 instances at once, and Lambda keeps 100 unreserved, so TableInstances = 8 and IndexInstances = 2 cannot")
        shown = self.project.at_terminal("preflight.py", "arm64")
        shown.expect(re.escape("Write TableInstances = 0, IndexInstances = 0 into deploy.toml now? [yes]: "))
        shown.sendline("no")
        shown.expect("Nothing was built")
        shown.expect(pexpect.EOF)
        shown.close()
        self.assertEqual(shown.exitstatus, 1)
        shown = self.project.at_terminal("preflight.py", "arm64")
        shown.expect("now")
        shown.sendline("")
        shown.expect(re.escape(WELL))
        shown.expect(pexpect.EOF)
        shown.close()
        self.assertEqual(shown.exitstatus, 0)
        told = answers.Answers(self.project.answers).parameters
        self.assertEqual((told["TableInstances"], told["IndexInstances"], told["PublishedTables"]), ("0", "0", "Sales.*"))
        self.assertIn("# MemorySize = ", self.project.answers.read_text())

    def test_a_deploy_toml_of_sams_own(self):
        self.project.answers.write_text(
            f'[default.deploy.parameters]\nstack_name = "mine"\nregion = "{REGION}"\n'
            f'parameter_overrides = "DatabaseSecretArn=\\"{self.aws.secret()}\\" PublishedTables=\\"Sales.*\\" Access=\\"iam\\""\n')
        self.assertEqual(self.preflight()[0], [])
        answers.changed(self.project.answers, {"TableInstances": 0, "Access": "public"})
        told = answers.Answers(self.project.answers)
        self.assertEqual((told.stack, told.region, told.parameters["TableInstances"], told.parameters["Access"],
                          told.parameters["PublishedTables"]), ("mine", REGION, "0", "public", "Sales.*"))

    def test_an_account_that_is_just_large_enough(self):
        self.told()
        for unreserved, count in ((110, 0), (109, 1)):
            self.aws.limit = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": unreserved}
            self.assertEqual(len(self.preflight()[0]), count)

    def test_what_a_failed_deployment_has_left(self):
        self.told()
        client = self.aws.client("cloudformation")
        client.create_stack(StackName="iris-tables", TemplateBody=EMPTY)
        self.addCleanup(client.delete_stack, StackName="iris-tables")
        stack = next(iter(cloudformation_backends[ACCOUNT][REGION].stacks.values()))
        for state, pattern in (("ROLLBACK_COMPLETE", "is ROLLBACK_COMPLETE since a deployment failed.*delete-stack"),
                               ("UPDATE_IN_PROGRESS", "is UPDATE_IN_PROGRESS: wait")):
            stack.status = state
            self.finds(pattern)
        stack.status = "UPDATE_COMPLETE"
        self.assertEqual(self.preflight()[0], [])

    def test_issuers(self):
        jwt = {"Access": "jwt", "JwtIssuer": self.issuer.url, "JwtAudience": "tables"}
        self.told(jwt)
        self.assertEqual(self.preflight()[0], [])
        documents = self.issuer.documents
        discovery = "/.well-known/openid-configuration"
        for spoil, pattern in (
            (lambda: documents.pop(discovery), "discovery document https://.* cannot be read .it answers 404.*publish the document"),
            (lambda: documents[discovery].update(issuer=self.issuer.url + "/"), "calls itself .*: write JwtIssuer exactly so"),
            (lambda: documents[discovery].update(jwks_uri="http://x"), "names no jwks_uri with https"),
            (lambda: documents.pop("/keys"), "keys https://.* cannot be read"),
            (lambda: documents["/keys"].update(keys=[{"kty": "EC"}]), "no RSA key .*RS256"),
        ):
            self.issuer.well()
            spoil()
            self.finds(pattern)
        self.told(jwt | {"JwtIssuer": "https://127.0.0.1:1"})
        self.finds("cannot be read .*refused")

    def test_networks(self):
        client = self.aws.client("ec2")
        vpc, other = (client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"] for _ in range(2))
        subnet = client.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        group, foreign = (client.create_security_group(GroupName=f"g{each}", Description="d", VpcId=each)["GroupId"]
                          for each in (vpc, other))
        well = {"VpcSubnetIds": subnet, "VpcSecurityGroupIds": group}
        self.told({"VpcSubnetIds": subnet})
        self.finds("VpcSubnetIds need VpcSecurityGroupIds")
        self.told(well | {"VpcSecurityGroupIds": foreign})
        self.finds("are of different VPCs")
        self.told(well | {"VpcSubnetIds": "subnet-01234567"})
        self.finds("subnet-01234567.* in eu-central-1: write ids of this region")
        self.told(well)
        self.finds(f"From {subnet} a function cannot reach Secrets Manager: deploy infra/vpc-endpoints.yaml")
        table = client.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
        gateway = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        client.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        client.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        self.finds(f"From {subnet} a function cannot reach Secrets Manager")
        client.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
        nat = client.create_nat_gateway(SubnetId=subnet)["NatGateway"]["NatGatewayId"]
        client.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
        self.told(well, secret={"host": "10.0.1.9"})
        self.assertEqual(self.preflight()[0], [])
        client.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
        client.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.secretsmanager", VpcEndpointType="Interface")
        self.assertEqual(self.preflight()[0], [])


if __name__ == "__main__":
    unittest.main()
