"""The local vulnerability database: which of an inventory's packages are known to be vulnerable, and what it knows nothing of.

    found, gaps = Database(home / FILE_NAME).match(inventory)

It opens what `garrison vulndb update` built, reads only, and notices when a newer one has taken its place.
"""

from __future__ import annotations

import threading
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import msgspec

from garrison.batches import batched
from garrison.scan.inventory.facts import Inventory
from garrison.scan.vulnerabilities import schema
from garrison.scan.vulnerabilities.advisory import SEVERITIES, Enrichment, Facts, Range, Statement, Text
from garrison.scan.vulnerabilities.assessing import Assessment, Judged, Names, judge, listeners_by_package, look_up
from garrison.scan.vulnerabilities.composing import alone, behind, told, vulnerability
from garrison.scan.vulnerabilities.ecosystems import scheme_of
from garrison.scan.vulnerabilities.matching import Hit, Rule, hits, rule_of
from garrison.scan.vulnerabilities.schema import FILE_NAME
from garrison.scan.vulnerabilities.suppressing import split
from garrison.scan.vulnerabilities.versions import Unordered, key
from garrison.scan.vulnerabilities.vulnerability import Gap, Vulnerability

__all__ = ["FILE_NAME", "Database", "Ecosystem"]

_RULES_KEPT = 300_000
_HITS_KEPT = 100_000
_LOOKED_UP_KEPT = 50_000
_ADVISORIES_KEPT = 100_000
_TOLD_KEPT = 50_000
_AT_ONCE = 500
_RANKS = {severity: rank for rank, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """How far an ecosystem is covered."""

    name: str
    advisories: int
    newest: str
    """RFC 3339, of its newest advisory; empty where none has a date."""


class Opened:
    """One file that was opened, with what has been read of it. Used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self.db = schema.opened(path)
        self.numbers: dict[str, int] = {}
        self.ecosystems: dict[str, Ecosystem] = {}
        for number, name, advisories, newest in self.db.execute(
            "SELECT number, name, advisories, newest FROM ecosystems"
        ):
            self.numbers[name] = number
            if advisories:
                self.ecosystems[name] = Ecosystem(name, advisories, newest)
        self.notes = dict(self.db.execute("SELECT key, value FROM meta"))
        self.held = {name for (name,) in self.db.execute("SELECT DISTINCT ecosystem FROM held")}
        self._rules: dict[tuple[str, str], tuple[Rule, ...]] = {}
        self._rules_kept = 0
        self.hits = lru_cache(_HITS_KEPT)(self._hits)
        self.look_up = lru_cache(_LOOKED_UP_KEPT)(partial(look_up, self))
        self.told = lru_cache(_TOLD_KEPT)(partial(told, self))
        self._advisories: dict[int, tuple[str, Facts, bytes]] = {}
        self._enrichments: dict[str, tuple[Enrichment, ...]] = {}
        self._decode_range = msgspec.msgpack.Decoder(Range).decode
        self._decode_facts = msgspec.msgpack.Decoder(Facts).decode
        self._decode_text = msgspec.msgpack.Decoder(Text).decode
        self._has_statements = bool(self.db.execute("SELECT EXISTS (SELECT 1 FROM statements)").fetchone()[0])
        self._decode_statement = msgspec.msgpack.Decoder(Statement).decode
        self._decode_enrichment = msgspec.msgpack.Decoder(Enrichment).decode

    def facts(self, advisory: int) -> tuple[str, Facts]:
        """An advisory's id and facts."""
        own, facts, _ = self._advisory(advisory)
        return own, facts

    def text(self, advisory: int) -> Text:
        """What an advisory tells people."""
        return self._decode_text(zlib.decompress(self._advisory(advisory)[2]))

    def enrichments(self, cve: str) -> tuple[Enrichment, ...]:
        """What sources know of a CVE besides."""
        if cve not in self._enrichments:
            self.fetch_enrichments([cve])
        return self._enrichments[cve]

    def fetch_advisories(self, numbers: Iterable[int]) -> None:
        """Read advisories at once that are about to be asked for."""
        missing = [number for number in set(numbers) if number not in self._advisories]
        if len(self._advisories) + len(missing) > _ADVISORIES_KEPT:
            self._advisories.clear()
            missing = list(set(numbers))
        for part in batched(missing, _AT_ONCE):
            signs = ",".join("?" * len(part))
            query = f"SELECT number, id, facts, text FROM advisories WHERE number IN ({signs})"  # noqa: S608 - signs of our own
            for number, own, facts, text in self.db.execute(query, part):
                self._advisories[number] = own, self._decode_facts(facts), text

    def fetch_enrichments(self, cves: Iterable[str]) -> None:
        """Read at once what is known of CVEs that are about to be asked for."""
        missing = [cve for cve in cves if cve not in self._enrichments]
        if len(self._enrichments) + len(missing) > _ADVISORIES_KEPT:
            self._enrichments.clear()
        found: dict[str, list[Enrichment]] = {cve: [] for cve in missing}
        for part in batched(missing, _AT_ONCE):
            signs = ",".join("?" * len(part))
            query = f"SELECT cve, facts FROM enrichments WHERE cve IN ({signs}) ORDER BY cve, source"  # noqa: S608 - signs of our own
            for cve, packed in self.db.execute(query, part):
                found[cve].append(self._decode_enrichment(packed))
        self._enrichments.update((cve, tuple(each)) for cve, each in found.items())

    def _advisory(self, number: int) -> tuple[str, Facts, bytes]:
        if number not in self._advisories:
            self.fetch_advisories([number])
        return self._advisories[number]

    def statements(self, vulnerability: str) -> list[Statement]:
        """What VEX documents say of a vulnerability, in the order they were read."""
        if not self._has_statements:
            return []
        rows = self.db.execute(
            "SELECT statement FROM statements WHERE vulnerability = ? ORDER BY rowid", (vulnerability,)
        )
        return [self._decode_statement(packed) for (packed,) in rows]

    def held_version(self, ecosystem: str, package: str) -> str:
        """The latest that security archives have of a package; empty for nothing."""
        rows = self.db.execute("SELECT version FROM held WHERE ecosystem = ? AND package = ?", (ecosystem, package))
        return max((str(version) for (version,) in rows), key=partial(_key_or_first, scheme_of(ecosystem)), default="")

    def _hits(self, ecosystem: str, name: str, version: str, module: str) -> tuple[Hit, ...]:
        """The advisories that name this version of a package, of this stream of a module; raises `Unordered`."""
        rules = self._ready(ecosystem, name)
        return hits(rules, scheme_of(ecosystem), version, module) if rules else ()

    def _ready(self, ecosystem: str, name: str) -> tuple[Rule, ...]:
        number = self.numbers.get(ecosystem)
        if number is None:
            return ()
        found = self._rules.get((ecosystem, name))
        if found is None:
            rows = self.db.execute(
                "SELECT advisory, range FROM affected WHERE ecosystem = ? AND name = ?", (number, name)
            )
            scheme = scheme_of(ecosystem)
            found = tuple(rule_of(scheme, advisory, self._decode_range(packed)) for advisory, packed in rows)
            if self._rules_kept > _RULES_KEPT:
                self._rules.clear()
                self._rules_kept = 0
            self._rules[ecosystem, name] = found
            self._rules_kept += len(found) + 1
        return found


def _key_or_first(scheme: str, version: str) -> bytes:
    """A version's key; what is no version comes first."""
    try:
        return key(scheme, version)
    except Unordered:
        return b""


class Database:
    """The database at a path, whichever file lies there at the moment; several threads may ask it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._opened: Opened | None = None
        self._file: tuple[int, int] | None = None

    @property
    def is_there(self) -> bool:
        """Whether one has been built."""
        with self._lock:
            return self._current() is not None

    @property
    def mark(self) -> str:
        """Where the database stands, for `changed_since`; empty without one."""
        with self._lock:
            opened = self._current()
            return f"{opened.notes['lineage']}:{opened.notes['build']}" if opened else ""

    def match(
        self,
        inventory: Inventory,
        *,
        only: Names | None = None,
        reachable: Iterable[tuple[str, int]] | None = None,
        vex: Iterable[Statement] = (),
    ) -> tuple[list[Vulnerability], list[Gap]]:
        """The vulnerabilities of an inventory's packages, the worst first, and what the database has no data for."""
        found = self.assess(inventory, only=only, reachable=reachable, vex=vex)
        return found.vulnerabilities, found.gaps

    def assess(
        self,
        inventory: Inventory,
        *,
        only: Names | None = None,
        reachable: Iterable[tuple[str, int]] | None = None,
        vex: Iterable[Statement] = (),
    ) -> Assessment:
        """As `match`, with what VEX statements suppress.

        `only` judges just these packages (ecosystem and name, as `changed_since` gives them). `reachable` are the (protocol, port)
        that the internet reaches on the host; without it no score is lowered for the network's sake. `vex` are statements besides
        those of the database.
        """
        with self._lock:
            opened = self._current()
            if opened is None:
                reason = "there is no vulnerability database: `garrison vulndb update` builds one"
                return Assessment(gaps=[Gap(subject="packages", reason=reason, packages=len(inventory.packages))])
            judged = judge(opened, inventory, only)
            return _composed(opened, inventory, judged, None if reachable is None else frozenset(reachable), tuple(vex))

    def changed_since(self, mark: str) -> set[tuple[str, str]]:
        """The packages (ecosystem and name) of which something else is known than at a mark; all where the mark is not this line's."""
        with self._lock:
            opened = self._current()
            if opened is None:
                return set()
            lineage, _, build = mark.partition(":")
            since = int(build) if lineage == opened.notes["lineage"] and build.isdigit() else 0
            rows = opened.db.execute(
                "SELECT ecosystems.name, names.name FROM names JOIN ecosystems ON number = ecosystem WHERE mark > ?",
                (since,),
            )
            return set(rows)

    def describe(self, vulnerability: str) -> Vulnerability | None:
        """What is known of a vulnerability, by its CVE or an advisory's id, without a host; None where nothing is."""
        with self._lock:
            opened = self._current()
            if opened is None:
                return None
            rows = opened.db.execute(
                "SELECT advisory FROM known WHERE id = ? ORDER BY advisory LIMIT 50", (vulnerability,)
            )
            advisories = tuple(number for (number,) in rows)
            if not advisories and not opened.enrichments(vulnerability):
                return None
            return alone(vulnerability, opened.told(vulnerability, advisories))

    def ecosystems(self) -> list[Ecosystem]:
        """What the database covers, by name."""
        with self._lock:
            opened = self._current()
            return sorted(opened.ecosystems.values(), key=lambda each: each.name) if opened else []

    def _current(self) -> Opened | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        if self._opened is None or self._file != (found.st_dev, found.st_ino):
            if not schema.is_current(self._path):
                return None
            if self._opened is not None:
                self._opened.db.close()
            self._opened, self._file = Opened(self._path), (found.st_dev, found.st_ino)
        return self._opened


def _composed(
    opened: Opened,
    inventory: Inventory,
    judged: Judged,
    reachable: frozenset[tuple[str, int]] | None,
    vex: tuple[Statement, ...],
) -> Assessment:
    found = Assessment(gaps=judged.gaps)
    opened.fetch_enrichments(judged.cases)
    listeners = listeners_by_package(inventory)
    said = defaultdict(list)
    for statement in vex:
        said[statement.vulnerability].append(statement)
    for named, cases in judged.cases.items():
        standing = cases
        if statements := [*opened.statements(named), *said.get(named, ())]:
            standing, cleared = split(cases, statements, inventory)
            found.suppressed += [
                (vulnerability(opened, named, [case], listeners, reachable), reason) for case, reason in cleared
            ]
        if standing:
            found.vulnerabilities.append(vulnerability(opened, named, standing, listeners, reachable))
    found.vulnerabilities += [behind(package, target, later) for package, target, later in judged.behind]
    found.vulnerabilities.sort(key=lambda each: (_RANKS[each.severity], -each.score, each.id))
    return found
