"""What our managed rule groups made of CRS's requests, and the page of the manual that says so."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

CLASSES = {
    "930": ("GenericLFI_", "LFI_", "RestrictedExtensions_", "ExploitablePaths_"),
    "931": ("GenericRFI_",),
    "932": ("UNIXShellCommandsVariables_", "WindowsShellCommands_", "PowerShellCommands_"),
    "933": ("PHPHighRiskMethodsVariables_",),
    "941": ("CrossSiteScripting_",),
    "942": ("SQLi_", "SQLiExtendedPatterns_"),
    "944": ("JavaDeserializationRCE_", "Log4JRCE_"),
}
"""How the rules begin that count as having found an attack of a family."""
NAMES = {
    "930": "files of the server",
    "931": "files from elsewhere",
    "932": "commands of shells",
    "933": "PHP",
    "941": "scripts in pages",
    "942": "SQL",
    "944": "Java",
}
HEAD = """\
# WAF: how many attacks the managed rule groups find

Measured over the requests of the regression tests of [OWASP CRS](https://github.com/coreruleset/coreruleset) 4.29-dev (Apache-2.0), 5,051
stages, with Garrison's groups Common, KnownBadInputs, SQLi, Linux, Unix, Windows and PHP in one web ACL. This page is written and checked by
`tests/conformance/waf`; floors let the numbers only rise.

How it is counted:

- A stage that expects rules of CRS to fire at paranoia level 1 is an attack of the family of those rules. It counts as found only by a rule of
  ours whose class is that family's. Rules about sizes and missing headers count for nothing, neither as found nor as a false positive, nor does
  `Host_localhost_HEADER`, since the suite's server is called localhost.
- A stage that only says that a rule does not fire is benign. Some of these are attacks all the same, which CRS finds by another rule: {elsewhere}
  of {negative}, as CRS itself says at paranoia level 1 on libmodsecurity (`tests/conformance/waf/attacked_otherwise.toml`). They are left out;
  with them in, {raw} of {negative} ({raw_share:.1f} %) are matched.

| family | attacks | found | share | by rules |
|---|---:|---:|---:|---|
{rows}

Benign requests: {benign}. Matched: {wrong} ({share:.1f} %). Families 920 to 922, 934 and 943 (protocol, other languages, sessions) have no group of
AWS's that is meant for them; they are not counted.

## What is matched and called benign

CRS lets these pass at paranoia level 1, and the stages ask for no more. Most are attacks by their looks all the same.

| stage | rules |
|---|---|
{wrongs}

## What is missed

{missed}
"""


@dataclass
class Result:
    """What the groups made of the suite."""

    attacks: Counter[str] = field(default_factory=Counter)
    """Stages by family."""
    found: Counter[str] = field(default_factory=Counter)
    missed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    benign: int = 0
    wrong: dict[str, list[str]] = field(default_factory=dict)
    """Rules that matched, by benign stage."""
    elsewhere: int = 0
    """Stages that only say what must not fire, on which CRS fires other rules against attacks."""
    elsewhere_matched: int = 0


def page(result: Result) -> str:
    """docs/waf-conformance.md."""
    negative = result.benign + result.elsewhere
    raw = len(result.wrong) + result.elsewhere_matched
    return HEAD.format(
        elsewhere=result.elsewhere,
        negative=negative,
        raw=raw,
        raw_share=100 * raw / negative,
        rows="\n".join(_row(family, result) for family in CLASSES),
        benign=result.benign,
        wrong=len(result.wrong),
        share=100 * len(result.wrong) / result.benign,
        wrongs="\n".join(
            f"| {stage} | {', '.join(f'`{rule}`' for rule in rules)} |" for stage, rules in result.wrong.items()
        ),
        missed="\n\n".join(
            f"{family}: {', '.join(result.missed[family])}." for family in CLASSES if result.missed[family]
        ),
    )


def _row(family: str, result: Result) -> str:
    found, attacks = result.found[family], result.attacks[family]
    rules = ", ".join(f"`{name}*`" for name in CLASSES[family])
    return f"| {family} {NAMES[family]} | {attacks} | {found} | {100 * found / attacks:.1f} % | {rules} |"
