#!/usr/bin/env python3
"""Lets sqlmap try to inject SQL at its highest level and risk: `make abuse`, on SQLite and on PostgreSQL.

Every parameter that there is stands in one of the addresses below, and so do path and headers. It takes many minutes.
"""

import collections
import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request

sys.dont_write_bytecode = True
from bank import NAMES, ROOT, Bank

SQLMAP = ROOT / "target/tools/abuse/bin/sqlmap"
FOLDER = ROOT / "target/trials/sqlmap"
CLEAN = "all tested parameters do not appear to be injectable"
ROWS = {"sqlite": "1", "postgres": "%280%2C1%29"}

# A `*` marks what is no parameter. Pages are short, because sqlmap compares each with those before.
SHORT = "&_col=ID,City&_size=2"
ADDRESSES = [
    ["/table/Bank.Customer?City=Bern&Name__contains=a&ID__gt=5&ID__in=7,8" + SHORT, "-p", "City,Name__contains,ID__gt,ID__in"],
    ["/table/Bank.Customer?CreditLimit__lt=5000&Since__gte=2000-01-01&Newsletter=true&Note__isnull=false" + SHORT,
     "-p", "CreditLimit__lt,Since__gte,Newsletter,Note__isnull"],
    ["/table/Bank.Customer?_sort=-Name&_col=ID,Name&_size=2&_count=exact&_format=csv", "-p", "_sort,_col,_size,_count,_format"],
    ["/table/Bank.Customer?_q=a&_where=" + urllib.parse.quote('["Name","contains","a"]') + SHORT, "-p", "_q,_where"],
    ["/table/Bank.Audit?_view=page&_size=2", "-p", "_view"],
    ["/table/Bank.Customer/row?ID=1&_cell=Name&_from=0", "-p", "ID,_cell,_from"],
    ["/table/Bank.Audit?_size=2&_next=NEXT", "-p", "_next"],
    ["/table/Bank.Audit/row?_row=ROW", "-p", "_row"],
    ["/table/Bank.Branch?_form=_size%3D2&_column=1&_op=contains&_value=a&_c=1", "-p", "_form,_column,_op,_value,_c"],
    ["/table/Bank.Branch?_form=_size%3D2&_column=1&_op=contains&_value=a", "-p", "_column,_value"],
    ["/?_q=bank&_format=json", "-p", "_q"],
    ["/health?deep=1", "-p", "deep"],
    ["/table/Bank.Branch*/schema"],
    ["/table/Bank.Branch?_size=2", "--headers", "Accept: text/html*\nIf-None-Match: \"x\"*\nOrigin: https://a.example*"],
]


def tried(bank, source, folder, address, options):
    """sqlmap's report on an address."""
    address = address.replace("ROW", ROWS[source])
    if "NEXT" in address:
        with urllib.request.urlopen(bank.base + address.partition("&")[0]) as answer:
            following = json.load(answer)["next"]
        address = address.replace("NEXT", following.partition("_next=")[2])
    command = [SQLMAP, "-u", bank.base + address, "--dbms", NAMES[source], "--level", "5", "--risk", "3", "--batch",
               "--flush-session", "--disable-coloring", "--output-dir", folder, *options]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
    return address, result.stdout


def abused(source, wanted):
    """Tries every address. Returns the lines that say what is wrong."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wrong, begin = [], time.monotonic()
    with Bank(source, LOG_LEVEL="info") as bank:
        for number, (address, *options) in enumerate(ADDRESSES):
            if wanted and number not in wanted:
                continue
            # sqlmap stores what it learns by host, so each run has its own folder.
            address, said = tried(bank, source, FOLDER / f"{source}-{number}", address, options)
            (FOLDER / f"{source}-{number}.log").write_text(said)
            clean = CLEAN in said
            print(f"{source} {number:2} {'nothing' if clean else 'FOUND  '} {address[:90]}", flush=True)
            if not clean:
                wrong.append(f"{source} {number}: see {FOLDER.relative_to(ROOT)}/{source}-{number}.log")
        lines = [json.loads(line) for line in bank.logs() if line.startswith("{")]
    statuses = collections.Counter(line["status"] for line in lines if "status" in line)
    print(f"{source}: {sum(statuses.values()):,} requests in {time.monotonic() - begin:.0f} s, by status {dict(sorted(statuses.items()))}")
    wrong += [f"{source}: {count} answers {status}" for status, count in statuses.items() if status >= 500]
    return wrong


def main():
    sources = [word for word in sys.argv[1:] if word in NAMES] or list(NAMES)
    wanted = {int(word) for word in sys.argv[1:] if word.isdigit()}
    wrong = [line for source in sources for line in abused(source, wanted)]
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
