"""Put together what several advisories and sources say of one vulnerability: the distribution's word first, then the others'."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from garrison.scan.inventory.facts import Listener
from garrison.scan.vulnerabilities import ratings, scoring
from garrison.scan.vulnerabilities.advisory import SEVERITIES, Enrichment, Facts, Rating
from garrison.scan.vulnerabilities.assessing import Case, affected
from garrison.scan.vulnerabilities.vulnerability import Affected, Score, Vulnerability

if TYPE_CHECKING:
    from garrison.scan.inventory.facts import Package
    from garrison.scan.vulnerabilities.database import Opened
    from garrison.scan.vulnerabilities.ecosystems import Target

_MOST_URLS = 20


class Told(NamedTuple):
    """What is told of a vulnerability, whichever host has it."""

    severity: str
    base: Rating | None
    scores: tuple[Score, ...]
    title: str
    description: str
    aliases: tuple[str, ...]
    weaknesses: tuple[str, ...]
    urls: tuple[str, ...]
    source: str
    url: str
    published: str
    modified: str
    epss: float | None
    is_exploited: bool
    exploit_due: str


def told(opened: Opened, vulnerability: str, advisories: Sequence[int]) -> Told:
    """What these advisories, the distribution's first, and other sources tell of a vulnerability."""
    facts = [opened.facts(number)[1] for number in advisories]
    texts = [opened.text(number) for number in advisories[:4]]
    known = opened.enrichments(vulnerability)
    dated: list[Facts | Enrichment] = [*facts, *known]
    rated = [each for fact in facts for each in fact.ratings] + [each for other in known for each in other.ratings]
    base = scoring.preferred(rated)
    aliases = dict.fromkeys(
        [opened.facts(number)[0] for number in advisories] + [each for fact in facts for each in fact.aliases]
    )
    first = facts[0] if facts else Facts((vulnerability,), source="NVD", url=_nvd(vulnerability))
    return Told(
        severity=next((fact.severity for fact in facts if fact.severity), "") or _band(base),
        base=base,
        scores=tuple(
            [
                Score(version=each.version, vector=each.vector, base=each.base, source=each.source)
                for each in dict.fromkeys(rated)
            ]
        ),
        title=next((text.title for text in texts if text.title), ""),
        description=next(filter(None, (text.description for text in texts)), "") or _description(known),
        aliases=tuple(each for each in aliases if each != vulnerability)[:50],
        weaknesses=tuple(dict.fromkeys(each for one in dated for each in one.weaknesses)),
        urls=tuple(dict.fromkeys(url for text in texts for url in text.urls))[:_MOST_URLS],
        source=first.source,
        url=first.url,
        published=min(filter(None, (each.published for each in dated)), default=""),
        modified=max((each.modified for each in dated), default=""),
        epss=next((each.epss for each in known if each.epss is not None), None),
        is_exploited=any(each.is_exploited for each in known),
        exploit_due=next(filter(None, (each.exploit_due for each in known)), ""),
    )


def vulnerability(
    opened: Opened,
    named: str,
    cases: list[Case],
    listeners: dict[str, list[Listener]],
    reachable: frozenset[tuple[str, int]] | None,
) -> Vulnerability:
    """A vulnerability of one host, with the packages that have it."""
    if len(cases) == 1:  # nearly all of them
        advisories: tuple[int, ...] = (cases[0].hit.advisory,)
        severity = cases[0].hit.severity
    else:
        advisories = tuple(dict.fromkeys(case.hit.advisory for case in sorted(cases, key=_by_authority)))
        severity = _worst(case.hit.severity for case in cases if case.hit.severity)
    about = opened.told(named, advisories)
    severity = severity or about.severity
    heard = [each for case in cases for each in listeners.get(case.package.purl, ())] if listeners else []
    score, adjustments = scoring.adjusted(about.base, heard, reachable)
    return _made(named, about, severity, affected(cases), score, adjustments)


def alone(named: str, about: Told) -> Vulnerability:
    """A vulnerability without a host."""
    return _made(named, about, about.severity, (), about.base.base if about.base else 0.0, ())


def behind(package: Package, target: Target, later: str) -> Vulnerability:
    """A package that the security archive has a later version of: vulnerable to something, and nothing here says what."""
    release = target.ecosystem.lower().replace(":", "-")
    has = Affected(
        purl=package.purl,
        name=package.name,
        version=package.version,
        fixed_in=later,
        path=package.path,
        manager=target.manager,
        architecture=package.architecture,
        source=package.source,
    )
    return Vulnerability(
        id=f"{release}-security/{package.name}",
        severity="UNTRIAGED",
        packages=(has,),
        title=f"{package.name} is behind the security archive of {target.shown}",
        description=f"{package.name} {package.version} is installed; the security archive has {later}. Its advisories are not in "
        "the database, so which vulnerabilities that fixes is not known.",
        source=f"{target.ecosystem.partition(':')[0].upper()}_ARCHIVE",
    )


def _made(
    named: str,
    about: Told,
    severity: str,
    packages: tuple[Affected, ...],
    score: float,
    adjustments: tuple[scoring.Adjustment, ...],
) -> Vulnerability:
    return Vulnerability(
        id=named,
        severity=severity,
        packages=packages,
        title=about.title,
        description=about.description,
        aliases=about.aliases,
        scores=about.scores,
        score=score,
        adjustments=adjustments,
        epss=about.epss,
        is_exploited=about.is_exploited,
        exploit_due=about.exploit_due,
        weaknesses=about.weaknesses,
        source=about.source,
        source_url=about.url,
        urls=about.urls,
        published=about.published,
        modified=about.modified,
    )


def _by_authority(case: Case) -> tuple[bool, int]:
    return not case.target.is_distribution, case.hit.advisory


def _worst(severities: Iterable[str]) -> str:
    return min(severities, key=SEVERITIES.index, default="")


def _band(base: Rating | None) -> str:
    return ratings.band(base.base) if base else "UNTRIAGED"


def _description(known: Iterable[Enrichment]) -> str:
    return next(filter(None, (each.description for each in known)), "")


def _nvd(vulnerability: str) -> str:
    return f"https://nvd.nist.gov/vuln/detail/{vulnerability}"
