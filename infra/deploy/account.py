"""What an account of AWS says before a deployment: each check gives sentences, of what would fail and what to do."""

import ipaddress
import json

from botocore.exceptions import BotoCoreError, ClientError

from layer import TLS

UNRESERVED = 100  # instances that Lambda keeps for functions without a reservation; it refuses to reserve these
BROKEN = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED"}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Client.UnauthorizedOperation"}
ENGINES = {"iris": "namespace", "postgres": "dbname", "postgresql": "dbname"}  # engine → member with its database


class Account:
    """The checks, over a session with keys and the region of the deployment."""

    def __init__(self, session, stack, values, template, layer):
        self.session, self.stack, self.values, self.template, self.layer = session, stack, values, template, layer
        self.faults, self.notes = [], []
        self.offer = {}  # values of parameters that would mend a fault

    def check(self):
        """All checks; where nobody knows who is calling, only that."""
        if not self.identity():
            return
        for each in (self.stack_state, self.concurrency, self.secret, self.network):
            try:
                each()
            except (ClientError, BotoCoreError) as error:
                code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
                what = (each.__doc__ or "").partition(",")[0]
                if code in DENIED:
                    self.notes.append(f"Not checked: {what}. These keys may not ask ({error}).")
                else:
                    self.faults.append(f"{what} could not be looked up ({error}): try again, or look at the keys and the region.")

    def identity(self):
        try:
            found = self.session.client("sts").get_caller_identity()
        except (ClientError, BotoCoreError) as error:
            self.faults.append(f"AWS does not know who you are ({error}): put valid keys into the environment, such as those of "
                               "`aws configure export-credentials --format env`.")
            return False
        self.notes.append(f"Deploys to account {found['Account']}, region {self.session.region_name}, as {found['Arn']}.")
        owner = self.values["DatabaseSecretArn"].split(":")[4]
        if owner != found["Account"]:
            self.faults.append(f"The secret is of account {owner}, but these keys are of {found['Account']}: take keys of the other "
                               "account, or store the secret in this one.")
        return True

    def stack_state(self):
        """The stack's state, which must let it be made or updated."""
        self.exists = False
        try:
            found = self.session.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return
            raise
        state = found["StackStatus"]
        self.exists = state not in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")
        if state in BROKEN:
            self.faults.append(f"The stack {self.stack} is {state} since a deployment failed, and cannot be updated: delete it with "
                               f"`aws cloudformation delete-stack --stack-name {self.stack} --region {self.session.region_name}`, "
                               "wait until it is gone, then deploy again.")
        elif state.endswith("_IN_PROGRESS") and state != "REVIEW_IN_PROGRESS":
            self.faults.append(f"The stack {self.stack} is {state}: wait until that is done, then deploy again.")

    def reserved_by_stack(self):
        """Instances that the stack's functions have reserved already."""
        if not getattr(self, "exists", False):
            return 0
        pages = self.session.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack)
        functions = [each["PhysicalResourceId"] for page in pages for each in page["StackResourceSummaries"]
                     if each["ResourceType"] == "AWS::Lambda::Function"]
        asked = self.session.client("lambda").get_function_concurrency
        return sum(asked(FunctionName=name).get("ReservedConcurrentExecutions", 0) for name in functions)

    def concurrency(self):
        """How many instances the account may run, of which Lambda keeps 100 unreserved."""
        names = self.template.reserving()
        wanted = sum(int(self.values[name]) for name in names)
        if not wanted:
            return
        limit = self.session.client("lambda").get_account_settings()["AccountLimit"]
        free = limit["UnreservedConcurrentExecutions"] + self.reserved_by_stack() - UNRESERVED
        if wanted > free:
            self.offer = {name: 0 for name in names if int(self.values[name])}
            written = " and ".join(f"{name} = {self.values[name]}" for name in names)
            self.faults.append(
                f"This account may run {limit['ConcurrentExecutions']} instances at once, and Lambda keeps {UNRESERVED} unreserved, so "
                f"{written} cannot be reserved: write 0 for each into deploy.toml, with which only the account's own limit holds, or ask "
                "for a larger quota (Service Quotas, AWS Lambda, Concurrent executions).")

    def secret(self):
        """The secret, which must be readable and hold a login."""
        arn = self.values["DatabaseSecretArn"]
        client = self.session.client("secretsmanager")
        self.key(client, arn)
        try:
            found = client.get_secret_value(SecretId=arn)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ("ResourceNotFoundException", "InvalidRequestException"):
                self.faults.append(f"The secret {arn} is not there, or is being deleted: make it with `aws secretsmanager "
                                   "create-secret`, and write the ARN that it answers as DatabaseSecretArn.")
                return
            raise
        self.faults += self.of_secret(found.get("SecretString"))

    def key(self, client, arn):
        """The key of one's own that the functions need to read the secret."""
        try:
            key = client.describe_secret(SecretId=arn).get("KmsKeyId", "")
        except ClientError:
            return  # what follows says it
        if key and not key.endswith("alias/aws/secretsmanager") and not self.values["DatabaseSecretKeyArn"]:
            self.faults.append(f"The secret is encrypted with your own key {key}: write that key's ARN as DatabaseSecretKeyArn, or the "
                               "functions cannot read the secret.")

    def of_secret(self, text):
        """What is wrong with a secret, without any of its values."""
        try:
            members = json.loads(text or "")
        except ValueError:
            members = None
        if not isinstance(members, dict):
            return ["The secret is no JSON object: store one with engine, host, port, namespace, username and password."]
        engine = str(members.get("engine", "")).lower()
        if engine not in ENGINES:
            return ["The secret's engine is neither iris nor postgres: store one of the two."]
        missing = [name for name in ("host", "username") if not members.get(name)]
        if not members.get("namespace") and not members.get("dbname"):
            missing.append(ENGINES[engine])
        found = [f"The secret has no {' and no '.join(missing)}: add it."] if missing else []
        port = str(members.get("port", "1972"))
        if not port.strip().isdigit() or not 0 < int(port) < 65_536:
            found.append("The secret's port is no number from 1 to 65535: correct it.")
        tls = str(members.get("tls", "false")).strip().lower()
        if tls not in ("true", "false"):
            found.append("The secret's tls is neither true nor false: write one of the two.")
        if tls == "true" and engine == "iris" and not (self.layer / "lib" / TLS).is_file():
            found.append(f"The secret says tls, but the layer has no {TLS}: run make layer without TLS=no.")
        return found + self.of_host(str(members.get("host", "")))

    def of_host(self, host):
        """Whether functions in the chosen network could ever reach this host."""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            here = host.lower() == "localhost"
            return ["The secret's host is localhost, where a function has no database: store the server's own name."] if here else []
        if address.is_loopback:
            return ["The secret's host is an address of the machine itself: store the server's own name or address."]
        if address.is_private and not self.values["VpcSubnetIds"]:
            return ["The secret's host is a private address, which functions outside a VPC cannot reach: write VpcSubnetIds and "
                    "VpcSecurityGroupIds."]
        return []

    def network(self):
        """The subnets and security groups, which must be of one VPC that reaches Secrets Manager."""
        subnets, groups = (names(self.values[key]) for key in ("VpcSubnetIds", "VpcSecurityGroupIds"))
        if not subnets:
            return
        client = self.session.client("ec2")
        vpcs = set()
        for ask, members, argument, what in ((client.describe_subnets, subnets, "SubnetIds", "Subnets"),
                                             (client.describe_security_groups, groups, "GroupIds", "SecurityGroups")):
            try:
                vpcs |= {each["VpcId"] for each in ask(**{argument: members})[what]}
            except ClientError as error:
                if "NotFound" not in error.response["Error"]["Code"]:
                    raise
                said = error.response["Error"]["Message"].rstrip(".")
                self.faults.append(f"{said} in {self.session.region_name}: write ids of this region.")
                return
        if len(vpcs) > 1:
            self.faults.append(f"The subnets and security groups are of different VPCs ({', '.join(sorted(vpcs))}): take all of one.")
            return
        self.way_out(client, vpcs.pop(), subnets)

    def way_out(self, client, vpc, subnets):
        """Secrets Manager is reached by an endpoint in the VPC, or by a route that leaves it."""
        filters = [{"Name": "vpc-id", "Values": [vpc]}]
        endpoints = client.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
        if any(each["ServiceName"].endswith(".secretsmanager") for each in endpoints):
            return
        tables = client.describe_route_tables(Filters=filters)["RouteTables"]
        own = {each.get("SubnetId"): table for table in tables for each in table["Associations"]}
        main = next((table for table in tables if any(each.get("Main") for each in table["Associations"])), {"Routes": []})
        for subnet in subnets:
            routes = [each for each in own.get(subnet, main)["Routes"] if each.get("DestinationCidrBlock") == "0.0.0.0/0"]
            # A function has no public address, so an internet gateway is no way out for it.
            if not any(not each.get("GatewayId", "").startswith("igw-") for each in routes):
                self.faults.append(f"From {subnet} a function cannot reach Secrets Manager: deploy infra/vpc-endpoints.yaml, or take "
                                   "subnets with a NAT gateway.")


def names(value):
    """The members of a list as CloudFormation reads it."""
    return [each.strip() for each in value.split(",") if each.strip()]
