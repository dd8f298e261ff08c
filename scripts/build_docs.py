"""Write the pages of the manual that follow from the code: docs/settings.md, docs/coverage.md, docs/config-rules.md, docs/advice-checks.md
and docs/waf-inspection.md; and the console's catalogue of Config's managed rules, which no AWS API lists.

With `--check` nothing is written; the exit code says whether the pages are what the code would write.
"""

from __future__ import annotations

import functools
import sys
import textwrap
import typing
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from garrison import codec, rules, services
from garrison.rules.advice import Category, checks
from garrison.rules.advice.dates import retired_checks
from garrison.rules.registry import Rule
from garrison.settings import Settings
from garrison.waf import managed
from garrison.waf.document import FieldToMatch
from garrison.waf.fields import FIELDS
from garrison.waf.transformations import PRE_PARSE, TRANSFORMATIONS, Transformation
from garrison.wire import load_service

DOCS = Path(__file__).parents[1] / "docs"
WIDTH = 125

SETTINGS_HEAD = """\
# Settings

Settings stand in `garrison.toml` in the home; a variable `GARRISON_NAME` in the environment wins over the file, an option of
`garrison up` over both. This page is generated from the code (`make docs`).

| setting | kind | default | meaning |
|---|---|---|---|
"""

COVERAGE_HEAD = """\
# Coverage

What answers and what does not. This page is generated from the code (`make docs`); the notes are kept by hand.

| service | operations | built | always refused | not built |
|---|---:|---:|---:|---:|
"""


RULES_HEAD = """\
# Config's managed rules

The managed rules of AWS Config that Garrison evaluates, each from AWS's page on it. This page is generated from the code
(`make docs`). A parameter without a default has to be given; `none` means that it is not looked at.
"""

INSPECTION_HEAD = """\
# What rules of a web ACL inspect

A rule names a field to match and text transformations; the transformations are applied in the order of their priorities to each value of
the field, and then the statement looks at the result. This page is generated from the code (`make docs`). Why fields are read as they are,
also where AWS's guide is silent, is said in [what a rule sees](decisions/014-what-a-rule-sees.md).
"""


WAF_RULES_HEAD = """\
# WAF: the managed rule groups

Garrison's own rules under the names that AWS customers know. What each matches stands in data files
(`src/garrison/waf/managed`); this page is generated from them (`make docs`). How many attacks they find, and what they take for one and is
none, is measured in [WAF conformance](waf-conformance.md). Where a rule's capacity, name or label differs from AWS's, that is a mistake; what it
matches is ours, since AWS does not say what its rules match.

A web ACL that names no version gets the default one, the newest. A version that ends says so in `DescribeManagedRuleGroup` and here, and is
never changed: rules that match something else come as a new version.

Groups that follow lists (`AWSManagedRulesAmazonIpReputationList`, `AWSManagedRulesAnonymousIpList`) match nothing until the operator supplies
their lists; `garrison waf lists` says which are there and how old they are ([lists](waf-lists.md)).
"""


def settings_page() -> str:
    """The settings reference, one row a setting, from the fields of `Settings`."""
    hints = typing.get_type_hints(Settings, include_extras=True)
    rows = []
    for field in msgspec.structs.fields(Settings):
        kind, *notes = typing.get_args(hints[field.name])
        meta = next(note for note in notes if isinstance(note, msgspec.Meta))
        rows.append(
            f"| `{field.name}` | {_kind(kind)} | {_default(field.name, field.default)} | {meta.description} |\n"
        )
    return SETTINGS_HEAD + "".join(rows)


def coverage_page() -> str:
    """Which operations exist, by service, which always refuse, and which AWS has besides."""
    page = COVERAGE_HEAD
    sections = []
    for name in services.REGISTERED:
        operations = services.load(name).operations
        refused = {operation for operation, declared in operations.items() if _always_refuses(declared.handler)}
        built = operations.keys() - refused
        known = set(load_service(name).operations)
        missing = known - operations.keys()
        page += f"| {name} | {len(known)} | {len(built)} | {len(refused)} | {len(missing)} |\n"
        sections += [f"## {name}", _listed("Built", built)]
        sections.append(_listed("Always refused, as AWS refuses an account without what they need", refused))
        sections.append(_listed("Not built", missing))
    notes = (DOCS / "coverage-notes.md").read_text().strip()
    return "\n\n".join([page.strip(), notes, *filter(None, sections)]) + "\n"


def rules_page() -> str:
    """Every managed rule that is built, and the names of those that published packs use and that are not."""
    built = rules.managed_rules()
    known = (DOCS.parent / "src" / "garrison" / "rules" / "identifiers.txt").read_text().split()
    missing = [name for name in known if name not in built]
    head = f"{RULES_HEAD}\nBuilt: {len(built)}; of the {len(known)} that published conformance packs use, not built: {len(missing)}."
    sections = [_rule_section(built[name]) for name in sorted(built)]
    return "\n\n".join([head, *sections, "## Not built", _listed("By name", missing)]) + "\n"


ADVICE_HEAD = """\
# Checks

What [`garrison advise`](advice.md) and Trusted Advisor's APIs check. Ids and names are AWS's; an id that begins with `garrison-` is ours:
AWS has no such check, or its id is not known. Metrics are asked of CloudWatch. This page is generated from the code (`make docs`).
"""
RETIRED_HEAD = """
## Retired at AWS

AWS has taken these out of Trusted Advisor. What they look at still matters, so that they are here still.

| check | id | since |
|---|---|---|
"""


def advice_page() -> str:
    """Every check by category: what it asks of a resource, what it reads, where it is specified."""
    parts = [ADVICE_HEAD]
    for category in Category:
        found = sorted((one for one in checks().values() if one.category is category), key=lambda one: one.name.lower())
        rows = "".join(
            f"| {_in_cell(one.name)} | `{one.id}` | {_in_cell(' '.join(one.description.split()))} "
            f"| {', '.join(sorted({metric.name for metric in one.metrics}))} |\n"
            for one in found
        )
        title = category.value.replace("_", " ").capitalize()
        parts.append(
            f"\n## {title}: {len(found)}\n\n| check | id | what holds where it is in order | metrics |\n|---|---|---|---|\n{rows}"
        )
    rows = "".join(f"| {checks()[one].name} | `{one}` | {at} |\n" for one, at in sorted(retired_checks().items()))
    return "".join([*parts, RETIRED_HEAD, rows])


def waf_rules_page() -> str:
    """Every managed rule group with its versions, its rules, and what they look for."""
    groups = [managed.versions(one.vendor, one.name) for one in managed.available()]
    sections = [_group_section(versions) for versions in groups]
    looked_for = [_detection_section(name, one) for name, one in sorted(managed.detections().items())]
    return "\n\n".join([WAF_RULES_HEAD.strip(), *sections, "## What is looked for", *looked_for]) + "\n"


def _group_section(versions: tuple[managed.GroupText, ...]) -> str:
    newest = versions[0]
    history = "; ".join(
        f"{one.version or 'without versions'}, {one.since}: {one.changes}"
        + (f" It ends on {one.expires}." if one.expires else "")
        for one in versions
    )
    rows = [
        f"| `{rule.name}` | `{rule.label}` | {rule.action} | {rule.about} | {', '.join(rule.places) or 'address'} "
        f"| {', '.join(f'`{name}`' for name in rule.detections)} |"
        for rule in newest.rules
    ]
    return (
        f"## {newest.name}\n\n{newest.about} {newest.capacity} WCU; labels begin with `{newest.namespace}`.\n\nVersions: {history}\n\n"
        "| rule | label | action | what it matches | where | looked for |\n|---|---|---|---|---|---|\n"
        + "\n".join(rows)
    )


def _detection_section(name: str, detection: managed.Detection) -> str:
    facts = [f"After {', '.join(f'`{one}`' for one in detection.after)}."] if detection.after else []
    if detection.only:
        facts.append(f"Only in: {', '.join(detection.only)}.")
    if detection.regexes:
        facts.append(f"{len(detection.regexes)} expressions.")
    if detection.references:
        facts.append(f"See {', '.join(detection.references)}.")
    return f"### {name}\n\n{' '.join([detection.about, *facts])}"


def _rule_section(rule: Rule) -> str:
    fields = msgspec.structs.fields(rule.parameters)
    given = [
        f"`{one.encode_name}`" + ("" if one.required else f" ({'none' if one.default in (None, '') else one.default})")
        for one in fields
    ]
    when = "periodic" if rule.trigger is rules.Trigger.PERIODIC else "on change"
    facts = f"{', '.join(f'`{one}`' for one in rule.resource_types)}; {when}; {rule.severity.lower()}"
    parameters = f" Parameters: {', '.join(given)}." if given else ""
    return f"## {rule.identifier}\n\n{facts}.{parameters}\n\n{rule.documentation}\n\nTo mend it: {rule.fix}"


def rules_catalogue() -> str:
    """The managed rules for the console's form, a line each."""
    lines = [codec.encode(_in_catalogue(rule)).decode() for _, rule in sorted(rules.managed_rules().items())]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _in_catalogue(rule: Rule) -> dict[str, Any]:
    text = rule.documentation.partition("\n\nSource:")[0]
    return {
        "identifier": rule.identifier,
        "types": rule.resource_types,
        "isPeriodic": rule.trigger is rules.Trigger.PERIODIC,
        "severity": rule.severity,
        "text": " ".join(text.split()),
        "fix": " ".join(rule.fix.split()),
        "parameters": [
            {"name": one.encode_name, "isRequired": one.required, "default": _parameter_text(one)}
            for one in msgspec.structs.fields(rule.parameters)
        ],
    }


def _parameter_text(field: msgspec.structs.FieldInfo) -> str:
    return "" if field.required or field.default in (None, msgspec.NODEFAULT) else str(field.default)


def inspection_page() -> str:
    """Every field to match and every transformation, with its example."""
    members = [(one.encode_name, FIELDS[one.name]) for one in msgspec.structs.fields(FieldToMatch)]
    fields = [f"| `{name}` | `{field.log_name}` | {field.description} |" for name, field in members]
    sections = [
        ("Fields to match", "| field | in logs | what is inspected |\n|---|---|---|", fields),
        ("Text transformations", _EXAMPLES_HEAD, _examples(TRANSFORMATIONS)),
        ("Pre-parse transformations of the query string", _EXAMPLES_HEAD, _examples(PRE_PARSE)),
    ]
    tables = [f"## {title}\n\n{head}\n" + "\n".join(rows) for title, head, rows in sections]
    return "\n\n".join([INSPECTION_HEAD.strip(), *tables]) + "\n"


_EXAMPLES_HEAD = "| transformation | what it does | before | after |\n|---|---|---|---|"


def _examples(known: dict[str, Transformation]) -> list[str]:
    return [
        f"| `{one.name}` | {_in_cell(one.description)} | {' | '.join(map(_bytes_in_cell, one.example))} |"
        for one in sorted(known.values(), key=lambda one: one.name)
    ]


def _bytes_in_cell(value: bytes) -> str:
    """Printable text as it is, with other bytes escaped; bytes that are no text in hexadecimal digits."""
    shown = "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in value)
    if sum(32 <= byte < 127 for byte in value) < len(value) / 2:
        shown = value.hex()
    return f"`{_in_cell(shown)}`" if "`" not in shown else f"`` {_in_cell(shown)} ``"


def _in_cell(text: str) -> str:
    return text.replace("|", "\\|")


def _always_refuses(handler: Callable[..., Any]) -> bool:
    """Whether an operation is there only to answer AWS's own refusal: it never returns."""
    function = handler.func if isinstance(handler, functools.partial) else handler
    return function.__annotations__.get("return") in ("NoReturn", typing.NoReturn)


def _listed(title: str, names: Iterable[str]) -> str:
    text = ", ".join(sorted(names))
    return textwrap.fill(f"{title}: {text}.", WIDTH, break_long_words=False, break_on_hyphens=False) if text else ""


def _kind(hint: object) -> str:
    if type(None) in typing.get_args(hint):
        hint = next(each for each in typing.get_args(hint) if each is not type(None))
    if typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) is typing.Literal:
        return " or ".join(f"`{value}`" for value in typing.get_args(hint))
    if typing.get_origin(hint) is dict or (isinstance(hint, type) and issubclass(hint, msgspec.Struct)):
        return "table"
    words = {"str": "text", "int": "number", "float": "number", "bool": "yes or no"}
    return words.get(getattr(hint, "__name__", ""), "list of texts")


def _default(name: str, value: object) -> str:
    if value is msgspec.NODEFAULT:
        return "set by Garrison"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value in (None, "", (), {}) or isinstance(value, msgspec.Struct):
        return "empty"
    if name.endswith("_bytes") and isinstance(value, int):
        return f"`{value}` ({_bytes(value)})"
    return f"`{value}`"


def _bytes(value: int) -> str:
    for unit, size in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if value % size == 0:
            return f"{value // size} {unit}"
    return f"{value} bytes"


def main() -> None:
    """Write the pages, or check them."""
    stale = []
    pages = (
        ("settings.md", settings_page()),
        ("coverage.md", coverage_page()),
        ("config-rules.md", rules_page()),
        ("advice-checks.md", advice_page()),
        ("waf-inspection.md", inspection_page()),
        ("waf-rules.md", waf_rules_page()),
        ("../console/src/pages/config/catalogue.json", rules_catalogue()),
    )
    for name, text in pages:
        path = DOCS / name
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(name)
    if stale:
        sys.exit(f"docs/{', docs/'.join(stale)} do not follow the code: run `make docs`")


if __name__ == "__main__":
    main()
