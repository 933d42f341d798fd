#!/usr/bin/env python3
"""Asks what `make deploy` must know, and writes deploy.toml: `ask.py ARCHITECTURE`, where there is no such file yet.

Each answer is checked as CloudFormation will check it, and asked for again where it would be refused. Asked are the parameters
without a default, those that the template's rules need because of other answers, the provider where people sign in, and the subnets.
"""

import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import answers
from parameters import ROOT, Template

# In this order. The secret's ARN says the region too. An empty answer to an optional one takes its default.
ASKED = ["DatabaseSecretArn", "PublishedTables", "Access"]
OPTIONAL = ["VpcSubnetIds"]
# Asked after `Access`, each where what it belongs to has been given. Without an issuer the stack makes a user pool.
OF_LOGIN = {"JwtIssuer": "Access", "LoginClientSecretArn": "LoginClientId"}
MOST_QUESTIONS = 8
HINTS = {
    "DatabaseSecretArn": "`aws secretsmanager create-secret` answered it (docs/deploy.md, step 3).",
}


class Questionnaire:
    """The questions and the answers so far."""

    def __init__(self, template, read=input, say=print):
        self.template, self.read, self.say = template, read, say
        self.given, self.count = {}, 0

    def ask(self, name):
        """Asks for a parameter until the answer is one that CloudFormation takes."""
        self.count += 1
        parameter, default = self.template.parameters[name], self.template.default(name)
        self.say(f"\n{self.count}. {name}: {parameter['Description']}")
        if name in HINTS:
            self.say(f"   {HINTS[name]}")
        needed = [words for words, names in self.broken() if name in names]
        while True:
            value = self.read(f"   {name}" + (f" [{default or 'none'}]" if not needed and default is not None else "") + ": ").strip()
            value = value or default or ""
            fault = self.template.fault(name, value)
            if not fault and any(name in names for words, names in self.broken({name: value}) if words in needed):
                fault = f"{needed[0]}."
            if not fault:
                self.given[name] = value
                return
            self.say(f"   {fault}")

    def broken(self, more=()):
        """The rules that miss something by the answers so far."""
        return self.template.broken_rules({name: "" for name in self.template.parameters}
                                          | self.template.with_defaults({**self.given, **dict(more)}))

    def run(self):
        """All questions; gives the answers."""
        for name in ASKED:
            self.ask(name)
            self.needed()
        if self.given["Access"] == "login":
            for name, of in OF_LOGIN.items():
                if self.given.get(of):
                    self.ask(name)
                    self.needed()
        for name in OPTIONAL:
            self.ask(name)
            self.needed()
        return self.given

    def needed(self):
        """Asks for what the answers so far have made necessary."""
        while True:
            waiting = [name for _, names in self.broken() for name in names if name not in self.given]
            if not waiting:
                return
            self.ask(waiting[0])


def main():
    architecture = sys.argv[1]
    if answers.FILE.exists():
        return 0
    template = Template()
    if fault := template.fault("Architecture", architecture):
        return f"ARCHITECTURE: {fault}"
    print(f"There is no deploy.toml yet. At most {MOST_QUESTIONS} questions, then it is written; nothing is built or sent before.")
    print("Enter takes what is in [brackets]. Ctrl-C ends it, and nothing is written.")
    try:
        given = Questionnaire(template).run()
    except (EOFError, KeyboardInterrupt):
        return ("\nNothing was written. Where nobody can answer, copy samconfig.toml to deploy.toml and write the parameters "
                "there (docs/deploy.md).")
    region = given["DatabaseSecretArn"].split(":")[3]
    given["Architecture"] = architecture
    unfinished = answers.FILE.with_suffix(".new")
    unfinished.write_text(answers.text(template, region, given, (ROOT / "samconfig.toml").read_text()))
    os.replace(unfinished, answers.FILE)
    print(f"\n{Path(answers.FILE).name} is written: the region is the secret's, {region}. Everything else is there with its default.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
