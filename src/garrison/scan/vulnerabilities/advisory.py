"""What every source says in one form: advisories with the ranges they name, and what is known of a CVE besides."""

from __future__ import annotations

import msgspec

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED")
"""Inspector's words, the worst first."""


class Interval(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of versions that are affected."""

    introduced: str = ""
    """The first that is; empty for all from the beginning."""
    fixed: str = ""
    """The first that no longer is; empty where none is known."""
    last: str = ""
    """The last that is, where no fixed one is named."""
    is_after: bool = False
    """Whether `introduced` itself is not affected."""


class Range(msgspec.Struct, frozen=True, array_like=True):
    """The affected versions of one package."""

    intervals: tuple[Interval, ...] = ()
    versions: tuple[str, ...] = ()
    """Affected ones that lie in no interval."""
    status: str = "affected"
    """As `Affected.status`: `affected`, `unfixed`, `wontfix`, `end-of-life`."""
    severity: str = ""
    """The distribution's own for this package, in Inspector's words."""
    modules: tuple[str, ...] = ()
    """The streams of modules (`nodejs:18`) that it is about; none where it names none."""


class Rating(msgspec.Struct, frozen=True, array_like=True):
    """A CVSS vector and who gave it."""

    version: str
    vector: str
    base: float
    source: str


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """What is kept beside an advisory for every match."""

    ids: tuple[str, ...]
    """The vulnerabilities it tells of: CVEs, else the GHSA, else its own id."""
    aliases: tuple[str, ...] = ()
    severity: str = ""
    """Its maker's own, in Inspector's words; empty where it states none."""
    ratings: tuple[Rating, ...] = ()
    weaknesses: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    source: str = ""
    """As `Vulnerability.source`."""
    url: str = ""


class Text(msgspec.Struct, frozen=True, array_like=True):
    """What is kept for people, compressed."""

    title: str = ""
    description: str = ""
    urls: tuple[str, ...] = ()


class Advisory(msgspec.Struct, frozen=True, kw_only=True):
    """One advisory of one source."""

    id: str
    facts: Facts
    text: Text
    affected: dict[tuple[str, str], Range]
    """By ecosystem and package."""


class Enrichment(msgspec.Struct, frozen=True, array_like=True):
    """What a source knows of a CVE whatever package has it."""

    cve: str
    ratings: tuple[Rating, ...] = ()
    weaknesses: tuple[str, ...] = ()
    epss: float | None = None
    """The probability that it is exploited within 30 days (FIRST)."""
    is_exploited: bool = False
    exploit_due: str = ""
    published: str = ""
    modified: str = ""
    description: str = ""


class Held(msgspec.Struct, frozen=True, array_like=True):
    """A package as a distribution's security archive holds it."""

    ecosystem: str
    package: str
    source: str
    version: str


class Statement(msgspec.Struct, frozen=True, array_like=True):
    """What a VEX document says of a vulnerability in a product."""

    vulnerability: str
    product: str
    """A package URL, maybe without version or qualifiers; empty for every product."""
    status: str
    """`not_affected`, `fixed`, `under_investigation`, `affected`."""
    reason: str = ""
    """The justification and who says so."""
    within: str = ""
    """The image or host whose part the product is; empty where the product is meant wherever it is."""


class Withdrawn(msgspec.Struct, frozen=True):
    """An advisory that its maker took back: counted, and matched no more."""

    id: str


class Refused(msgspec.Struct, frozen=True):
    """A record that was set aside."""

    record: str
    reason: str
    is_the_rest: bool = False
    """Whether all that would have come after it is set aside with it: the file is broken or too large."""


Record = Advisory | Enrichment | Held | Statement | Withdrawn | Refused
