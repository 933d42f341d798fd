#!/usr/bin/env python3
"""What would make a deployment fail, found before anything is built: `preflight.py ARCHITECTURE`, for deploy.toml.

Each finding is a sentence that says what to do. What these keys may not look at is said not to have been checked.
`preflight.py --region` prints the region of the deployment, which every command is then given: SAM reads AWS_DEFAULT_REGION,
the AWS CLI AWS_REGION, and a profile may name a third.
"""

import os
import sys

sys.dont_write_bytecode = True
import boto3

import answers
import issuer
from gate import layer_faults  # also puts odbc-layer onto the path
from account import Account
from parameters import MOST_ENVIRONMENT, ROOT, Template

LAYER = ROOT / "target/layer"


def written(template, told, architecture):
    """What is wrong with deploy.toml itself."""
    found = [f"{name} is no parameter of template.yaml: correct the name, or take the line out." for name in told.parameters
             if name not in template.parameters]
    given = {name: value for name, value in told.parameters.items() if name in template.parameters}
    values = template.with_defaults(given)
    found += [f"{name} has no value yet: write it into deploy.toml." for name in template.parameters if name not in values]
    found += filter(None, (template.fault(name, value) for name, value in given.items()))
    if found:
        return found
    found += [f"{sentence}: write it into deploy.toml." for sentence, _ in template.broken_rules(values)]
    if int(values["PageSize"]) > int(values["MaxPageSize"]):
        found.append(f"PageSize {values['PageSize']} is more than MaxPageSize {values['MaxPageSize']}: the functions would not start.")
    if not told.region:
        found.append(f'deploy.toml names no region: write region = "{values["DatabaseSecretArn"].split(":")[3]}" below '
                     "[default.global.parameters].")
    for name, value in values.items():
        region = value.split(":")[3] if value.startswith("arn:") and value.count(":") > 4 else ""
        if told.region and region and region != told.region:
            found.append(f"{name} is of region {region}, but deploy.toml says {told.region}: deploy where the secret is, with all "
                         "else there too.")
    for name, size in template.environments(values).items():
        if size > MOST_ENVIRONMENT:
            found.append(f"The settings of {name} have {size:,} bytes, and Lambda takes {MOST_ENVIRONMENT:,}: write shorter patterns.")
    if architecture != values["Architecture"]:
        found.append(f"ARCHITECTURE={architecture} was given, but deploy.toml says {values['Architecture']}: write the same in both.")
    return found


def layered(values):
    """What is wrong with the layer, and what the parameters take it to hold."""
    found = [f"{each}." for each in layer_faults(LAYER, values["Architecture"])]
    for name in ("OdbcDriver", "DatabaseCaFile"):
        if not found and values[name] and not (LAYER / values[name].removeprefix("/opt/")).is_file():
            found.append(f"{name} is {values[name]}, which the layer has not: make the layer with it (docs/iris.md), or correct the path.")
    return found


def main():
    told = answers.Answers()
    if sys.argv[1] == "--region":
        print(told.region)
        return 0
    template = Template()
    found = written(template, told, sys.argv[1])
    notes, offer = [], {}
    # What cannot even be read is not asked of AWS.
    if not found:
        values = template.with_defaults(told.parameters)
        found += layered(values)
        if values["JwtIssuer"]:
            found += issuer.faults(values["JwtIssuer"])
        account = Account(boto3.Session(region_name=told.region), told.stack, values, template, LAYER)
        account.check()
        found, notes, offer = found + account.faults, account.notes, account.offer
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            if os.environ.get(name, told.region) != told.region:
                notes.append(f"{name} says {os.environ[name]}; it is not used, deploy.toml counts.")
    for sentence in notes:
        print(sentence)
    for sentence in found:
        print(f"- {sentence}", file=sys.stderr)
    if offer and take(offer):
        return main()
    if found:
        print(f"Nothing was built or deployed. {len(found)} to mend, in {answers.FILE.name} or in the account.", file=sys.stderr)
        return 1
    print("Nothing speaks against the deployment.")
    return 0


def take(offer):
    """Asks whether these values shall be written, where somebody can answer."""
    if not sys.stdin.isatty():
        return False
    wanted = ", ".join(f"{name} = {value}" for name, value in offer.items())
    try:
        answer = input(f"Write {wanted} into {answers.FILE.name} now? [yes]: ").strip().lower()
    except (EOFError, KeyboardInterrupt):
        return False
    if answer not in ("", "y", "yes"):
        return False
    answers.changed(answers.FILE, offer)
    return True


if __name__ == "__main__":
    try:
        sys.exit(main())
    except answers.Unreadable as reason:
        sys.exit(str(reason))
