"""What a scan says as findings: the one form from which SARIF, exit codes and exemptions follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from garrison.findings import Finding, Severity, State
from garrison.scan.benchmarks import Check, Verdict
from garrison.scan.vulnerabilities import Affected, Vulnerability

if TYPE_CHECKING:
    from garrison.cli.scan_result import Scan

PRODUCT = "inspector"
_STATES = {
    Verdict.PASS: State.PASSED,
    Verdict.FAIL: State.FAILED,
    Verdict.WAIVED: State.FAILED,
    Verdict.NOT_APPLICABLE: State.NOT_APPLICABLE,
    Verdict.UNKNOWN: State.UNKNOWN,
}
END_OF_LIFE, OLD_KERNEL, NO_DATA, UNREAD = "os_end_of_life", "kernel_outdated", "vulnerabilities", "unread"
BY_VEX = "VEX says "
"""How the evidence begins of what a VEX statement took out."""
_RATED = {"UNTRIAGED": Severity.LOW}
"""What nobody has rated yet counts, and as little as what counts can."""
_SCHEMES = {
    "deb": "dpkg",
    "rpm": "rpm",
    "apk": "apk",
    "pypi": "pep440",
    "npm": "semver",
    "golang": "semver",
    "maven": "maven",
    "gem": "gem",
}
"""The order of versions by the type of a package URL."""


def findings(scan: Scan, at: datetime) -> list[Finding]:
    """Everything that the scan found, passed or could not decide."""
    return [
        *(_of_package(scan, found, package, at) for found in scan.vulnerabilities for package in found.packages),
        *(
            _suppressed(scan, found, package, reason, at)
            for found, reason in scan.suppressed
            for package in found.packages
        ),
        *(_of_check(scan, check, at) for check in scan.checks),
        *_of_platform(scan, at),
        *_undecided(scan, at),
    ]


def _of_package(scan: Scan, found: Vulnerability, package: Affected, at: datetime) -> Finding:
    told = [f"{package.name} {package.version}", f"score {found.score:g}" if found.score else ""]
    told += ["exploited in the wild" if found.is_exploited else "", package.path]
    told += ["not rated yet" if found.severity in _RATED else ""]
    return _finding(
        scan,
        at,
        check=found.id,
        title=found.title or f"{found.id} in {package.name}",
        severity=_RATED.get(found.severity) or Severity(found.severity),
        state=State.FAILED,
        resource_id=package.purl,
        resource_name=f"{package.name} {package.version}",
        arn=package.purl,
        evidence=", ".join(filter(None, told)),
        fix=remedy([package]),
        source=found.source_url or next(iter(found.urls), ""),
    )


def _suppressed(scan: Scan, found: Vulnerability, package: Affected, reason: str, at: datetime) -> Finding:
    return msgspec.structs.replace(
        _of_package(scan, found, package, at), state=State.NOT_APPLICABLE, evidence=f"{BY_VEX}{reason}", fix=""
    )


_WITHOUT_FIX = {
    "affected": "No fixed version is known.",
    "unfixed": "There is no fix yet.",
    "wontfix": "The distribution will not fix it: remove the package, or live with it.",
    "end-of-life": "The distribution's release gets no fixes any more: move to a supported one.",
}


def remedy(found: Sequence[Affected]) -> str:
    """What to do about one package of which several vulnerabilities are known: the version without those that are fixed."""
    fixes = {each.fixed_in for each in found if each.fixed_in}
    without = [each for each in found if not each.fixed_in]
    if not fixes:
        return _WITHOUT_FIX.get(found[0].status, "") if found else ""
    said = f"Update {found[0].name} to {max(fixes, key=lambda version: _order(found[0].purl, version))}."
    return f"{said} {len(without)} without a fix." if without else said


def _order(purl: str, version: str) -> tuple[bool, bytes]:
    from garrison.scan.vulnerabilities.versions import Unordered, key

    scheme = _SCHEMES.get(purl.removeprefix("pkg:").partition("/")[0], "gem")
    try:
        return True, key(scheme, version)
    except Unordered:
        return False, version.encode()


def _of_check(scan: Scan, check: Check, at: datetime) -> Finding:
    standards = tuple(f"{name} {number}" for name, numbers in check.references.items() for number in numbers)
    return _finding(
        scan,
        at,
        check=check.rule,
        title=check.title,
        severity=Severity(check.severity.upper()),
        state=_STATES[check.verdict],
        evidence=check.evidence,
        fix=check.fix,
        standards=standards,
    )


def _of_platform(scan: Scan, at: datetime) -> Iterator[Finding]:
    platform = scan.inventory.platform
    if platform.end_of_life:
        ended = platform.end_of_life < at.date().isoformat()
        yield _finding(
            scan,
            at,
            check=END_OF_LIFE,
            title="The distribution's release gets security fixes",
            severity=Severity.HIGH,
            state=State.FAILED if ended else State.PASSED,
            evidence=f"{platform.name}: {'ended' if ended else 'until'} {platform.end_of_life}",
            fix="Move to a release that is supported.",
        )
    if platform.kernel and platform.kernels:
        newest = newest_kernel(platform.kernels)
        yield _finding(
            scan,
            at,
            check=OLD_KERNEL,
            title="The newest installed kernel runs",
            severity=Severity.MEDIUM,
            state=State.PASSED if newest == platform.kernel else State.FAILED,
            evidence=f"running {platform.kernel}, installed {newest}",
            fix="Restart the host.",
        )


def _undecided(scan: Scan, at: datetime) -> Iterator[Finding]:
    for gap in scan.gaps:
        count = f" ({gap.packages:,} packages)" if gap.packages else ""
        yield _finding(
            scan,
            at,
            check=NO_DATA,
            title="Known vulnerabilities were looked for",
            severity=Severity.INFORMATIONAL,
            state=State.UNKNOWN,
            resource_id=gap.subject,
            evidence=f"{gap.subject}{count}: {gap.reason}",
        )
    for note in scan.unread:
        yield _finding(
            scan,
            at,
            check=UNREAD,
            title="Everything could be read",
            severity=Severity.INFORMATIONAL,
            state=State.UNKNOWN,
            resource_id=note.path,
            evidence=f"{note.path}: {note.reason}",
        )


def newest_kernel(releases: Sequence[str]) -> str:
    """The latest of several releases as numbers count: `6.1.0-18-amd64` comes after `6.1.0-9-amd64`."""
    import re

    def key(release: str) -> list[tuple[int, str]]:
        return [(int(number or 0), word) for number, word in re.findall(r"(\d+)|([^\d.+~-]+)", release)]

    return max(releases, key=key)


def _finding(
    scan: Scan,
    at: datetime,
    *,
    check: str,
    title: str,
    severity: Severity,
    state: State,
    resource_id: str = "",
    resource_name: str | None = None,
    arn: str = "",
    evidence: str = "",
    fix: str = "",
    source: str = "",
    standards: tuple[str, ...] = (),
) -> Finding:
    return Finding(
        check=check,
        title=title,
        severity=severity,
        state=state,
        account=scan.name,
        region="global",
        resource_type="AWS::ECR::Image" if scan.is_image else "AWS::EC2::Instance",
        resource_id=resource_id or scan.name,
        resource_name=resource_name or resource_id or scan.name,
        arn=arn or resource_id or scan.name,
        seen_at=at,
        evidence=evidence,
        fix=fix,
        source=source,
        standards=standards,
        product=PRODUCT,
    )
