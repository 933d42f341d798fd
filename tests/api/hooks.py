"""Exceptions from checks of schemathesis, each with its reason."""

import re

import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

# API Gateway takes 10,240 bytes of request line and headers: longer ones never reach the service.
LONGEST = 9_000


@schemathesis.hook
def filter_case(context, case):
    return len(case.as_transport_kwargs()["url"]) + len(str(case.query or "").encode()) * 3 < LONGEST


@schemathesis.check
def accepts_what_is_described(context, response, case):
    """`positive_data_acceptance`, but for what no schema of a single parameter can say."""
    if response.status_code == 414:
        return  # All parameters together may be too long for an address.
    if response.status_code == 400:
        # Pages in HTML have typographic quotes.
        said = response.content.decode().replace("“", "`").replace("”", "`")
        if "Parameter `_next`: It belongs to another table" in said:
            return  # A token comes from the previous answer, for these filters and this sort.
        if "Parameter `_from`: It belongs to `_cell`" in said:
            return  # One parameter needs another.
        if "Parameter `_sort`: The column" in said and "is named twice." in said:
            return  # One column in both directions: listing all pairs would double the description.
        if "Parameter `_size`: It is a whole number from 1 to 1000." in said:
            return  # HTML has a lower maximum: one parameter limits another.
        if "At most 100 filters are possible." in said:
            return  # The filters are counted together.
        if case.operation.path.endswith("/groups") and of_groups(said):
            return
    return positive_data_acceptance(context, response, case)


def of_groups(said):
    """Whether groups refuse what only the description of the rows, or another parameter, could tell."""
    if re.search(r"Parameter `[^_]", said):
        return True  # Filters are described once, with the rows.
    if "Parameter `_sort`:" in said:
        return True  # What groups are sorted by is what they are grouped by, and what is computed.
    return "sums, averages, minima and maxima are possible together" in said


@schemathesis.check
def rejects_what_is_not_described(context, response, case):
    """`negative_data_rejection`, but for what is a text once it stands in an address."""
    parts = [part for value in (case.query or {}).values() for part in str(value).split(",")]
    if response.status_code == 200 and any(part.startswith(("{", "[")) for part in parts):
        return  # A list or an object in a list of texts: written there, each is one.
    if response.status_code == 200 and compares_misfits(case) and any(not name.startswith("_") for name in case.query or {}):
        return  # In such a database other text than fits a column is compared as it stands, as the schemas say.
    return negative_data_rejection(context, response, case)


def compares_misfits(case):
    """Whether a column may be compared with what does not fit its type: SQLite holds any value in any column."""
    schemas = case.operation.schema.raw_schema.get("components", {}).get("schemas", {})
    return any("compared as it stands" in schema.get("description", "") for schema in schemas.values())
