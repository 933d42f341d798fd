"""deploy.toml: the answers to what `make deploy` asks, in the form that SAM reads.

It is samconfig.toml with the region, and the template's parameters as a table: those that were answered, and the others as
comments with their defaults.
"""

import re
import textwrap
from pathlib import Path

import click
import tomlkit
from samcli.cli.types import CfnParameterOverridesType

from parameters import ROOT

FILE = ROOT / "deploy.toml"
HEAD = """\
# What `make deploy` deploys: your answers, and every other parameter with its default. Take the # from a line to
# change it, then run `make deploy` again. Delete this file to be asked again. git ignores it.
"""
TABLE = "[default.deploy.parameters.parameter_overrides]"


class Unreadable(Exception):
    """deploy.toml cannot be read: why."""


class Answers:
    """What deploy.toml says."""

    def __init__(self, path=None):
        try:
            self.read(Path(path or FILE).read_text())
        except (tomlkit.exceptions.ParseError, click.BadParameter) as error:
            raise Unreadable(f"deploy.toml cannot be read ({error}): correct it, or delete it to be asked again.") from None

    def read(self, text):
        document = tomlkit.parse(text).unwrap().get("default", {})
        of_all, of_deploy = (document.get(name, {}).get("parameters", {}) for name in ("global", "deploy"))
        settings = {**of_all, **of_deploy}
        self.stack = settings.get("stack_name", "iris-tables")
        self.region = settings.get("region")
        # SAM's own reading, with its ideas of quotes and backslashes: what it will send counts.
        self.parameters = CfnParameterOverridesType().convert(settings.get("parameter_overrides", {}), None, None)


def quoted(value):
    """A value as a TOML string from which SAM reads that very value.

    SAM takes away quotes around it, and backslashes before a space or a quote.
    """
    value = re.sub(r"\\(?=[ \"'])", r"\\\\", value)
    if value[:1] in ("'", '"') and value[:1] == value[-1:]:
        value = f'"{value}"'
    return tomlkit.string(value).as_string()


def text(template, region, given, base):
    """deploy.toml with these values; `base` is the text of samconfig.toml."""
    settings = re.sub(r"\A(#.*\n)+", "", base)
    settings = settings.replace("[default.global.parameters]\n", f"[default.global.parameters]\nregion = {quoted(region)}\n")
    lines = [HEAD + settings.rstrip("\n"), "", TABLE]
    for group in template.source["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]:
        lines += ["", f"# ---- {group['Label']['default']} ----"]
        for name in group["Parameters"]:
            lines += textwrap.wrap(template.parameters[name]["Description"], 100, initial_indent="# ", subsequent_indent="#   ",
                                   break_on_hyphens=False)
            value = given.get(name, template.default(name))
            lines.append(f"{'# ' if value == template.default(name) else ''}{name} = {quoted(value)}")
    return "\n".join(lines) + "\n"


def changed(path, values):
    """Writes other values of parameters into deploy.toml, with all comments left as they are."""
    document = tomlkit.parse(Path(path).read_text())
    settings = document["default"]["deploy"]["parameters"]
    for name, value in values.items():
        if isinstance(settings["parameter_overrides"], str):  # as SAM's own questions write it; the last one counts
            settings["parameter_overrides"] = f'{settings["parameter_overrides"].unwrap()} {name}="{value}"'
        else:
            settings["parameter_overrides"][name] = value
    Path(path).write_text(tomlkit.dumps(document))
