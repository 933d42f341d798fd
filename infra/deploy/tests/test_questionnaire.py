"""What `make deploy` asks the first time, before somebody at a terminal, and what SAM then sends."""

import subprocess
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import pexpect
from aws import REGION, ROOT, Aws, Project

import answers
from ask import ASKED, MOST_QUESTIONS, Questionnaire
from parameters import Template

ARN = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:iris/reader-AbCdEf"
# The names of two tables as only quotes can write them, and what SAM would take for escapes.
TABLES = r'"a.b"."c\ ""d"', r'"it""s"."C:\temp\"'
BUCKET = """{"Resources": {"SamCliSourceBucket": {"Type": "AWS::S3::Bucket"}},
"Outputs": {"SourceBucket": {"Value": {"Ref": "SamCliSourceBucket"}}}}"""


def right(name):
    """An answer that the template takes."""
    known = {"DatabaseSecretArn": ARN, "LoginClientSecretArn": ARN, "PublishedTables": "Sales.*", "VpcSubnetIds": "subnet-01234567", "VpcSecurityGroupIds": "sg-01234567"}
    return known.get(name, "https://issuer.example.org/")


class AtTerminal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.aws = Aws()
        cls.addClassCleanup(cls.aws.close)

    def setUp(self):
        self.project = Project(self.aws.environment)
        self.addCleanup(self.project.close)

    def answer(self, *pairs):
        """Answers each question as it comes, and gives all that was shown."""
        shown = self.project.at_terminal("ask.py", "arm64")
        self.addCleanup(shown.close, True)
        said = ""
        for name, value in pairs:
            shown.expect(rf"\n   {name}[^\n]*: $")
            said += shown.before + shown.after
            shown.sendline(value)
        shown.expect(pexpect.EOF)
        shown.close()
        return said + shown.before, shown.exitstatus

    def test_wrong_answers_are_asked_again_and_not_kept(self):
        said, status = self.answer(
            ("DatabaseSecretArn", "iris/reader"), ("DatabaseSecretArn", ARN),
            ("PublishedTables", "Sales"), ("PublishedTables", ""), ("PublishedTables", "Sales.*,HR.Room"),
            ("Access", "everybody"), ("Access", "jwt"),
            ("JwtIssuer", ""), ("JwtIssuer", "http://issuer.example.org"), ("JwtIssuer", "https://issuer.example.org/"),
            ("JwtAudience", ""), ("JwtAudience", "a, b"),
            ("VpcSubnetIds", "subnet-1"), ("VpcSubnetIds", "subnet-01234567, subnet-89abcdef"),
            ("VpcSecurityGroupIds", ""), ("VpcSecurityGroupIds", "sg-01234567"))
        self.assertEqual(status, 0, said)
        for sentence in ("must be the whole ARN of a secret", "must be patterns Schema.Table", "write one of public, jwt",
                         "Access=jwt needs JwtIssuer.", "Access=jwt needs JwtAudience.", "must be ids of subnets",
                         "VpcSubnetIds need VpcSecurityGroupIds.", f"the region is the secret's, {REGION}"):
            self.assertIn(sentence, said)
        self.assertIn("7. VpcSecurityGroupIds", said)
        told = answers.Answers(self.project.answers)
        self.assertEqual((told.region, told.stack), (REGION, "iris-tables"))
        self.assertEqual(told.parameters, {
            "DatabaseSecretArn": ARN, "PublishedTables": "Sales.*,HR.Room", "Access": "jwt", "JwtIssuer": "https://issuer.example.org/",
            "JwtAudience": "a, b", "VpcSubnetIds": "subnet-01234567, subnet-89abcdef", "VpcSecurityGroupIds": "sg-01234567"})
        text = self.project.answers.read_text()
        for name in Template().parameters:
            self.assertRegex(text, rf"(?m)^(# )?{name} = ")

    def test_who_has_answered_is_not_asked_again(self):
        self.project.answers.write_text("# mine\n")
        said, status = self.answer()
        self.assertEqual((said, status, self.project.answers.read_text()), ("", 0, "# mine\n"))

    def test_nothing_is_written_before_the_end(self):
        shown = self.project.at_terminal("ask.py", "arm64")
        shown.expect("DatabaseSecretArn: $")
        shown.sendline(ARN)
        shown.expect("PublishedTables: $")
        shown.sendintr()
        shown.expect("Nothing was written")
        shown.expect(pexpect.EOF)
        shown.close()
        self.assertEqual((shown.exitstatus, self.project.answers.exists()), (1, False))
        silent = self.project.run("ask.py", "arm64")
        self.assertEqual((silent.returncode, self.project.answers.exists()), (1, False))
        self.assertIn("copy samconfig.toml to deploy.toml", silent.stderr)

    def test_a_processor_that_lambda_has_not_is_refused(self):
        done = self.project.run("ask.py", "riscv64")
        self.assertEqual(done.returncode, 1)
        self.assertIn("ARCHITECTURE: Architecture cannot be 'riscv64': write one of arm64, x86_64.", done.stderr)

    def test_sam_sends_what_was_answered(self):
        self.answer(("DatabaseSecretArn", ARN), ("PublishedTables", ", ".join(TABLES)), ("Access", "public"), ("VpcSubnetIds", ""))
        self.aws.client("cloudformation").create_stack(
            StackName="aws-sam-cli-managed-default", TemplateBody=BUCKET, Tags=[{"Key": "ManagedStackSource", "Value": "AwsSamCli"}])
        region = self.project.run("preflight.py", "--region").stdout.strip()
        # Neither variable may have a say. moto finds the bucket in an address of `localhost` alone.
        environment = self.project.environment | {"AWS_REGION": "us-west-1", "AWS_DEFAULT_REGION": "us-west-2",
                                                  "AWS_ENDPOINT_URL": self.aws.url.replace("127.0.0.1", "localhost")}
        done = subprocess.run([Path(sys.executable).parent / "sam", "deploy", "--config-file", "deploy.toml", "--region", region,
                               "--no-confirm-changeset", "--no-execute-changeset"], cwd=self.project.folder,
                              env=environment, capture_output=True, text=True, timeout=120)
        sent = self.aws.client("cloudformation").list_change_sets(StackName="iris-tables")["Summaries"]
        self.assertEqual(len(sent), 1, done.stdout + done.stderr)
        found = self.aws.client("cloudformation").describe_change_set(StackName="iris-tables", ChangeSetName=sent[0]["ChangeSetName"])
        values = {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}
        self.assertEqual(values["PublishedTables"], ", ".join(TABLES))
        self.assertEqual((values["DatabaseSecretArn"], values["Access"]), (ARN, "public"))


class Questions(unittest.TestCase):
    def test_there_are_at_most_eight_whatever_is_chosen(self):
        template = Template()
        for access in template.parameters["Access"]["AllowedValues"]:
            asked = []

            def read(prompt):
                asked.append(prompt.split()[0].rstrip(":"))
                return access if asked[-1] == "Access" else right(asked[-1])

            given = Questionnaire(template, read, lambda _: None).run()
            self.assertLessEqual(len(asked), MOST_QUESTIONS, asked)
            self.assertEqual(template.broken_rules(template.with_defaults(given)), [], access)
        self.assertEqual({name for name in template.parameters if template.default(name) is None}, set(ASKED))

    def test_login_asks_for_the_provider_and_takes_none(self):
        template = Template()
        for issuer, expected in (("", ["JwtIssuer"]), ("https://id.example/", ["JwtIssuer", "LoginClientId", "LoginClientSecretArn"])):
            asked = []

            def read(prompt):
                asked.append(prompt.split()[0].rstrip(":"))
                return {"Access": "login", "JwtIssuer": issuer, "LoginClientSecretArn": ""}.get(asked[-1], right(asked[-1]))

            given = Questionnaire(template, read, lambda _: None).run()
            self.assertEqual([name for name in asked if name in expected], expected)
            self.assertEqual(len([name for name in asked if name.startswith(("Jwt", "Login"))]), len(expected))
            self.assertEqual(template.broken_rules(template.with_defaults(given)), [])

    def test_every_value_survives_the_way_through_sam(self):
        template = Template()
        project = Project({})
        self.addCleanup(project.close)
        for value in (*TABLES, '"a"."b"', "'a'", '"', r"\ ", r"\\ ", r"a\"b", r"\'", "a\\", "ü 山 $HOME `x`", '"""', "'''", "file://x"):
            text = answers.text(template, REGION, {"DatabaseSecretArn": ARN, "Access": "iam", "PublishedTables": value},
                                (ROOT / "samconfig.toml").read_text())
            project.answers.write_text(text)
            self.assertEqual(answers.Answers(project.answers).parameters["PublishedTables"], value)


if __name__ == "__main__":
    unittest.main()
