"""The base score that counts, and Inspector's score: the base score where the network does not lead, adjusted, each change said.

Source: Amazon Inspector user guide, "Amazon Inspector score": the vendor's CVSS 3.1 score, else NVD's; lower where no open network
path leads to what is vulnerable over the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from garrison.scan.inventory.facts import Listener
from garrison.scan.vulnerabilities import ratings
from garrison.scan.vulnerabilities.advisory import Rating

_VERSIONS = ("3.1", "3.0", "4.0", "2.0")
"""By preference."""
_NETWORK = re.compile(r"(^|/)AV:N(?=/)")
_LOOPBACK = re.compile(r"127\.|::1$|::ffff:127\.|localhost$")

Adjustment = tuple[str, str]


def preferred(found: Iterable[Rating]) -> Rating | None:
    """The first of the best version: they come with the vendor's before NVD's."""
    by_version: dict[str, Rating] = {}
    for each in found:
        by_version.setdefault(each.version, each)
    return next((by_version[version] for version in _VERSIONS if version in by_version), None)


def adjusted(
    base: Rating | None, listeners: Sequence[Listener], reachable: frozenset[tuple[str, int]] | None
) -> tuple[float, tuple[Adjustment, ...]]:
    """The score of a vulnerable package whose processes have these listeners, with what was changed and why.

    `reachable` are the (protocol, port) that the internet can reach on this host; None where that is not known.
    """
    if base is None:
        return 0.0, ()
    metric, reason = _nearer(listeners, reachable)
    if not metric or not _NETWORK.search(base.vector):
        return base.base, ()
    lowered = ratings.rating(_NETWORK.sub(rf"\1AV:{metric}", base.vector), base.source)
    if lowered is None or lowered.base >= base.base:
        return base.base, ()
    return lowered.base, (("Attack Vector", reason),)


def _nearer(listeners: Sequence[Listener], reachable: frozenset[tuple[str, int]] | None) -> tuple[str, str]:
    open_to_others = [each for each in listeners if not _LOOPBACK.match(each.address)]
    if listeners and not open_to_others:
        return "L", "Its process listens on the loopback interface only."
    if reachable is None:
        return "", ""
    if not reachable:
        return "A", "No open network path leads from the internet to this host."
    if open_to_others and not any((each.protocol, each.port) in reachable for each in open_to_others):
        ports = ", ".join(sorted({f"{each.protocol}/{each.port}" for each in open_to_others}))
        return "A", f"No open network path leads from the internet to {ports}, where its process listens."
    return "", ""
