"""Findings as they open, close, re-open and are suppressed, and how they are found again: straight on the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from garrison.scan_findings import (
    ACTIVE,
    CLOSED,
    SUPPRESSED,
    Found,
    Scan,
    ScanFindings,
    Target,
    counting,
    listing,
    open_findings,
    recording,
    suppressing,
)
from garrison.scan_findings.criteria import MEMBERS, where
from garrison.scan_findings.kept import number_of
from garrison.wire import load_service

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEB = Target("123456789012", "eu-west-1", "AWS_EC2_INSTANCE", "i-0123456789abcdef0")


def found(
    cve: str, severity: str = "HIGH", *, score: float | None = 7.5, package: str = "openssl", **more: Any
) -> Found:
    return Found(
        subject=cve,
        type="PACKAGE_VULNERABILITY",
        severity=severity,
        title=f"{cve} - {package}",
        vulnerability=cve,
        score=score,
        epss=more.pop("epss", None),
        fix=more.pop("fix", "YES"),
        exploit=more.pop("exploit", "NO"),
        packages=(package,),
        body={
            "description": more.pop("description", "A flaw."),
            "resources": [
                {
                    "type": "AWS_EC2_INSTANCE",
                    "id": WEB.resource,
                    "tags": {"stage": "prod"},
                    "details": {"awsEc2Instance": {"imageId": "ami-12345678", "vpcId": "vpc-12345678"}},
                }
            ],
            "packageVulnerabilityDetails": {
                "source": "DEBIAN_CVE",
                "vendorSeverity": severity.lower(),
                "relatedVulnerabilities": ["DSA-1"],
                "vulnerablePackages": [{"name": package, "version": "3.0.11", "epoch": 0, "arch": "X86_64"}],
            },
        },
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[ScanFindings]:
    file = ScanFindings(tmp_path / "findings.db", sync=False)
    yield file
    file.close()


def scan(kept: ScanFindings, *what: Found, days: float = 0, **more: Any) -> recording.Tally:
    with kept.writing() as db:
        return recording.record(db, WEB, Scan.PACKAGE, what, at=NOW + timedelta(days=days), **more)


def all_of(kept: ScanFindings, criteria: Any = None, **more: Any) -> list[Any]:
    with kept.reading() as db:
        page = listing.page(db, WEB.account, WEB.region, where(criteria or {}), limit=100, **more)
    return [one for _, one in page]


def statuses(kept: ScanFindings) -> dict[str, str]:
    return {one.title.split()[0]: one.status for one in all_of(kept)}


def test_a_scan_opens_sees_again_changes_and_closes(kept: ScanFindings) -> None:
    assert scan(kept, found("CVE-1"), found("CVE-2")) == (2, 0, 0)
    assert scan(kept, found("CVE-1"), found("CVE-2", score=9.0), days=1) == (0, 1, 0)
    first, second = all_of(kept)
    assert (first.first_at, first.last_at, first.updated_at) == (NOW, NOW + timedelta(days=1), NOW)
    assert second.updated_at == NOW + timedelta(days=1)
    assert second.score == 9.0
    assert scan(kept, found("CVE-2", score=9.0), days=2) == (0, 0, 1)
    assert statuses(kept) == {"CVE-1": CLOSED, "CVE-2": ACTIVE}
    with kept.reading() as db:
        told = listing.history(db, first.arn)
    assert [(one.was, one.status) for one in told] == [("", ACTIVE), (ACTIVE, CLOSED)]


def test_what_comes_back_within_a_week_is_the_same_finding_and_later_a_new_one(kept: ScanFindings) -> None:
    scan(kept, found("CVE-1"))
    (first,) = all_of(kept)
    scan(kept, days=1)
    scan(kept, found("CVE-1"), days=7)
    (again,) = all_of(kept)
    assert (again.arn, again.status, again.first_at) == (first.arn, ACTIVE, NOW)
    scan(kept, days=8)
    scan(kept, found("CVE-1"), days=16)
    old, new = all_of(kept)
    assert (old.status, new.status) == (CLOSED, ACTIVE)
    assert old.arn != new.arn
    with kept.writing() as db:
        assert recording.delete_due(db, NOW + timedelta(days=39), 10) == 1
    assert all_of(kept) == [new]


def test_a_scan_for_some_subjects_leaves_the_others(kept: ScanFindings) -> None:
    scan(kept, found("CVE-1"), found("CVE-2"))
    assert scan(kept, found("CVE-3"), only={"CVE-2", "CVE-3"}, days=1) == (1, 0, 1)
    assert statuses(kept) == {"CVE-1": ACTIVE, "CVE-2": CLOSED, "CVE-3": ACTIVE}


def test_another_kind_of_scan_closes_nothing_of_this_one(kept: ScanFindings) -> None:
    scan(kept, found("CVE-1"))
    with kept.writing() as db:
        recording.record(db, WEB, Scan.NETWORK, [], at=NOW)
        assert recording.close_all(db, WEB, at=NOW, scan=Scan.NETWORK) == 0
        assert recording.close_all(db, WEB, at=NOW) == 1


def test_filters_suppress_what_was_found_before_and_what_is_found_after(kept: ScanFindings) -> None:
    scan(kept, found("CVE-1", "LOW"), found("CVE-2"))
    low = {"severity": [{"comparison": "EQUALS", "value": "LOW"}]}
    with kept.writing() as db:
        suppressing.put(db, WEB.account, WEB.region, "one", [low])
        assert suppressing.unfinished(db) == [(WEB.account, WEB.region)]
        suppressing.carry_on(db, WEB.account, WEB.region, number_of(NOW))
        assert suppressing.unfinished(db) == []
    assert statuses(kept) == {"CVE-1": SUPPRESSED, "CVE-2": ACTIVE}
    scan(kept, found("CVE-1", "LOW"), found("CVE-2"), found("CVE-3", "LOW", score=None), days=1)
    assert statuses(kept) == {"CVE-1": SUPPRESSED, "CVE-2": ACTIVE, "CVE-3": SUPPRESSED}
    with kept.writing() as db:
        some_score: Any = {"inspectorScore": [{"lowerInclusive": 0.0}]}
        suppressing.put(db, WEB.account, WEB.region, "two", [low | some_score])
        suppressing.carry_on(db, WEB.account, WEB.region, number_of(NOW))
    assert statuses(kept) == {"CVE-1": SUPPRESSED, "CVE-2": ACTIVE, "CVE-3": ACTIVE}


def equals(value: str, comparison: str = "EQUALS") -> dict[str, str]:
    return {"comparison": comparison, "value": value}


CRITERIA = [
    ({"severity": [equals("HIGH"), equals("LOW")]}, "12"),
    ({"severity": [equals("HIGH", "NOT_EQUALS")]}, "23"),
    ({"severity": [equals("HIGH", "NOT_EQUALS"), equals("LOW", "NOT_EQUALS")]}, "3"),
    ({"title": [equals("CVE-1", "PREFIX")]}, "1"),
    ({"title": [equals("CVE-", "PREFIX")], "vulnerabilityId": [equals("CVE-2")]}, "2"),
    ({"inspectorScore": [{"lowerInclusive": 7.0, "upperInclusive": 7.5}, {"lowerInclusive": 9}]}, "13"),
    ({"inspectorScore": [{}]}, "13"),
    ({"epssScore": [{"upperInclusive": 0.5}]}, "1"),
    ({"firstObservedAt": [{"startInclusive": NOW, "endInclusive": NOW}]}, "123"),
    ({"lastObservedAt": [{"startInclusive": (NOW + timedelta(seconds=1)).timestamp()}]}, ""),
    ({"relatedVulnerabilities": [equals("DSA-1")]}, "123"),
    ({"relatedVulnerabilities": [equals("DSA-1", "NOT_EQUALS")]}, ""),
    ({"resourceTags": [{"comparison": "EQUALS", "key": "stage", "value": "prod"}]}, "123"),
    ({"resourceTags": [{"comparison": "EQUALS", "key": "stage", "value": "test"}]}, ""),
    ({"resourceTags": [{"comparison": "EQUALS", "key": "stage"}]}, "123"),
    ({"ec2InstanceImageId": [equals("ami-12345678")], "ec2InstanceVpcId": [equals("vpc-1", "PREFIX")]}, "123"),
    ({"ecrImageHash": [equals("sha256:0")]}, ""),
    ({"vulnerablePackages": [{"name": equals("bash")}]}, "3"),
    ({"vulnerablePackages": [{"name": equals("open", "PREFIX"), "version": equals("3.0.11")}]}, "12"),
    ({"vulnerablePackages": [{"name": equals("openssl"), "epoch": {"lowerInclusive": 1}}]}, ""),
    ({"portRange": [{"beginInclusive": 0, "endInclusive": 65535}]}, ""),
    ({"componentType": [equals("AWS::EC2::Instance")]}, ""),
    ({"exploitAvailable": [equals("YES")]}, "3"),
]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> ScanFindings:
    kept = open_findings(tmp_path_factory.mktemp("home"), sync=False)
    scan(
        kept,
        found("CVE-1", "HIGH", score=7.5, epss=0.1),
        found("CVE-2", "LOW", score=None),
        found("CVE-3", "CRITICAL", score=9.8, epss=0.9, package="bash", exploit="YES"),
    )
    return kept


@pytest.mark.parametrize(("criteria", "which"), CRITERIA, ids=range(len(CRITERIA)))
def test_criteria_find_what_they_say(three: ScanFindings, criteria: Any, which: str) -> None:
    assert "".join(one.title[4] for one in all_of(three, criteria)) == which


def test_every_criterion_and_every_order_of_the_api_is_known() -> None:
    shape = load_service("inspector2").operation("ListFindings").input_shape
    assert shape is not None
    assert set(shape.members["filterCriteria"].members) == MEMBERS
    order = shape.members["sortCriteria"].members["field"]
    assert set(order.traits["enum"]) == set(listing.SORTS)


@pytest.mark.parametrize("field", listing.SORTS)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_any_order_have_every_finding_once(three: ScanFindings, field: str, descending: bool) -> None:
    whole = all_of(three, field=field, descending=descending)
    paged, after = [], None
    with three.reading() as db:
        while page := listing.page(
            db, WEB.account, WEB.region, field=field, descending=descending, after=after, limit=1
        ):
            after, one = page[0]
            paged.append(one)
    assert paged == whole
    assert len(whole) == 3


@pytest.mark.parametrize("name", counting.AGGREGATIONS)
def test_every_aggregation_can_be_asked(three: ScanFindings, name: str) -> None:
    kind = counting.AGGREGATIONS[name]
    asked = {one: [equals("x", "NOT_EQUALS")] for one in (*kind.texts, *kind.lists)}
    with three.reading() as db:
        groups = counting.aggregate(db, WEB.account, WEB.region, kind, asked, skip=0, limit=10)
    if name in ("ACCOUNT", "FINDING_TYPE", "AMI", "AWS_EC2_INSTANCE"):
        (group,) = groups
        counts = group[kind.member]["severityCounts"]
        assert counts == {"all": 3, "critical": 1, "high": 1, "medium": 0, "low": 1, "informational": 0, "untriaged": 0}
    if name == "PACKAGE":
        assert [group[kind.member]["packageName"] for group in groups] == ["openssl", "bash"]
