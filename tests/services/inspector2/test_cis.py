"""CIS scans: made at the times of a schedule from what hosts report, or tell in sessions; listed by check and by host."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import urlopen

import pytest

from garrison.scan.benchmarks.check import Check, Verdict
from garrison.scan_findings import cis, open_findings
from garrison.services.inspector2.cis.schedules import latest_due
from garrison.services.inspector2.resources import CisSchedule, Time
from garrison.testing import Account
from tests.scan.vulnerabilities.conftest import inventory
from tests.services.inspector2.scanned import Scanned
from tests.services.sns.receiving import eventually, visit

Refused = Callable[..., tuple[str, str]]
TAGS = {"stage": ["prod", "test"]}


def check(rule: str, number: str, verdict: Verdict, *, profile: str = "") -> Check:
    return Check(
        rule=rule,
        title=f"Rule {rule}",
        severity="medium",
        verdict=verdict,
        evidence="as it is",
        fix="Change it.",
        references={"cis": (number,)} if number else {},
        profile=profile,
    )


CHECKS = (
    check("sshd", "5.2.7", Verdict.FAIL),
    check("cron", "5.2.10", Verdict.PASS),
    check("aide", "1.3.1", Verdict.UNKNOWN),
    check("strict", "1.1", Verdict.FAIL, profile="cis_level2_server"),
    check("own", "", Verdict.FAIL),
)
AT = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
BERLIN = Time(of_day="02:30", timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("schedule", "after", "until", "due"),
    [
        (CisSchedule(kind="oneTime"), AT, AT, AT),
        (CisSchedule(kind="daily", at=BERLIN), AT - timedelta(days=1), AT, datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (CisSchedule(kind="daily", at=BERLIN), AT - timedelta(hours=5), AT, None),
        (CisSchedule(kind="weekly", at=BERLIN, days=("TUE", "FRI")), AT - timedelta(days=30), AT, datetime(2026, 3, 27, 1, 30, tzinfo=UTC)),
        (CisSchedule(kind="monthly", at=BERLIN, days=("MON",)), AT - timedelta(days=60), AT, datetime(2026, 3, 2, 1, 30, tzinfo=UTC)),
        (CisSchedule(kind="monthly", at=BERLIN, days=("MON",)), AT - timedelta(days=20), AT, None),
    ],
)  # fmt: skip
def test_a_schedule_is_due_at_its_times(
    schedule: CisSchedule, after: datetime, until: datetime, due: datetime | None
) -> None:
    assert latest_due(schedule, after, until) == due


@pytest.fixture(scope="module")
def scanned(garrison_module: Account, tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    """An account with a tagged host that reports checks, and one that reports none."""
    from garrison.inventory import INVENTORY_FILE, History
    from garrison.items import Item

    scanned = Scanned(garrison_module, tmp_path_factory.mktemp("sources"))
    account = scanned.account
    hosts = {"web-1": scanned.report("web-1", inventory(), *CHECKS), "bare-1": scanned.report("bare-1", inventory())}
    history = History(account.home / INVENTORY_FILE, sync=False)
    history.record(
        [
            Item(
                account=account.account_id,
                region=account.region,
                resource_type="AWS::EC2::Instance",
                resource_id=one,
                arn=f"arn:aws:ec2:{account.region}:{account.account_id}:instance/{one}",
                configuration={"state": {"name": "running"}},
                captured_at=account.clock.now(),
                tags={"stage": "prod" if name == "web-1" else "test"},
            )
            for name, one in hosts.items()
        ],
        at=account.clock.now(),
    )
    history.close()
    return scanned


def configure(scanned: Scanned, name: str, **more: Any) -> str:
    wanted = {
        "securityLevel": "LEVEL_1",
        "schedule": {"oneTime": {}},
        "targets": {"accountIds": ["SELF"], "targetResourceTags": {"stage": ["prod"]}},
    }
    return str(scanned.inspector.create_cis_scan_configuration(scanName=name, **wanted | more)["scanConfigurationArn"])


def scan_of(scanned: Scanned, configuration: str, status: str = "COMPLETED") -> dict[str, Any]:
    wanted = {"scanConfigurationArnFilters": [{"comparison": "EQUALS", "value": configuration}]}

    def find() -> Any:
        scans = scanned.inspector.list_cis_scans(filterCriteria=wanted)["scans"]
        return scans[0] if scans and scans[0]["status"] == status else None

    return dict(eventually(find))


def test_a_scan_is_made_of_what_a_host_reports(scanned: Scanned) -> None:
    inspector = scanned.inspector
    scan = scan_of(scanned, configure(scanned, "once"))
    assert (scan["failedChecks"], scan["totalChecks"], scan["scanName"]) == (1, 3, "once")
    arn = scan["scanArn"]
    checks = inspector.list_cis_scan_results_aggregated_by_checks(scanArn=arn)["checkAggregations"]
    assert [(one["checkId"], one["statusCounts"]) for one in checks] == [
        ("1.3.1", {"failed": 0, "skipped": 1, "passed": 0}),
        ("5.2.7", {"failed": 1, "skipped": 0, "passed": 0}),
        ("5.2.10", {"failed": 0, "skipped": 0, "passed": 1}),
    ]
    failed = inspector.list_cis_scan_results_aggregated_by_checks(
        scanArn=arn, filterCriteria={"failedResourcesFilters": [{"lowerInclusive": 1}]}
    )["checkAggregations"]
    assert [one["checkId"] for one in failed] == ["5.2.7"]
    (host,) = inspector.list_cis_scan_results_aggregated_by_target_resource(
        scanArn=arn,
        filterCriteria={
            "checkIdFilters": [{"comparison": "EQUALS", "value": "5.2.7"}],
            "targetResourceTagFilters": [{"comparison": "EQUALS", "key": "stage", "value": "prod"}],
        },
    )["targetResourceAggregations"]
    assert host["statusCounts"] == {"failed": 1, "skipped": 1, "passed": 1}
    assert (host["targetStatus"], host["platform"], host["targetResourceTags"]) == (
        "COMPLETED", "DEBIAN_12", {"stage": ["prod"]},
    )  # fmt: skip
    pages = inspector.get_paginator("get_cis_scan_result_details").paginate(
        scanArn=arn,
        accountId=scanned.account.account_id,
        targetResourceId=host["targetResourceId"],
        sortBy="CHECK_ID",
        sortOrder="DESC",
        PaginationConfig={"PageSize": 1},
    )
    details = [one for page in pages for one in page["scanResultDetails"]]
    assert [one["status"] for one in details] == ["PASSED", "FAILED", "SKIPPED"]
    assert details[1]["remediation"] == "Change it."
    assert "/cis-finding/" in details[1]["findingArn"]


def test_a_scan_is_reported_by_a_link_that_ends(scanned: Scanned) -> None:
    scan = scan_of(scanned, configure(scanned, "reported"))["scanArn"]
    told = scanned.inspector.get_cis_scan_report(scanArn=scan, reportFormat="CSV")
    assert told["status"] == "SUCCEEDED"
    status, text = visit(told["url"])
    assert status == 200
    assert [row["Check Id"] for row in csv.DictReader(io.StringIO(text))] == ["1.3.1", "5.2.7", "5.2.10"]
    document = scanned.inspector.get_cis_scan_report(scanArn=scan)["url"]
    with urlopen(document) as answer:
        assert answer.read().startswith(b"%PDF-")
    assert visit(told["url"].replace("/cis/", "/cis/A"))[0] == 404
    scanned.account.clock.shift(timedelta(hours=2))
    assert visit(told["url"])[0] == 404


def test_level_two_has_all_checks_and_a_schedule_comes_round(scanned: Scanned) -> None:
    now = scanned.account.clock.now()
    start = {"timeOfDay": f"{now + timedelta(minutes=2):%H:%M}", "timezone": "UTC"}
    arn = configure(scanned, "daily", securityLevel="LEVEL_2", schedule={"daily": {"startTime": start}})
    assert scanned.inspector.list_cis_scan_configurations(
        filterCriteria={"scanNameFilters": [{"comparison": "EQUALS", "value": "daily"}]}
    )["scanConfigurations"][0]["schedule"] == {"daily": {"startTime": start}}
    scanned.account.clock.shift(timedelta(minutes=3))
    assert scan_of(scanned, arn)["totalChecks"] == 4
    scanned.inspector.delete_cis_scan_configuration(scanConfigurationArn=arn)


def test_a_host_tells_in_a_session_of_its_own(scanned: Scanned, refused: Refused) -> None:
    inspector, account = scanned.inspector, scanned.account
    targets = {"accountIds": ["SELF"], "targetResourceTags": {"stage": ["test"]}}
    arn = configure(scanned, "session", targets=targets)
    scan = scan_of(scanned, arn, "IN_PROGRESS")
    with open_findings(account.home, sync=False).reading() as db:
        (job,) = (one.job for one in cis.jobs_of(db, account.account_id, "bare-1"))
    token, other = str(uuid.uuid4()), str(uuid.uuid4())
    assert (
        refused(inspector.start_cis_session, scanJobId=other, message={"sessionToken": token})[0]
        == "ValidationException"
    )
    inspector.start_cis_session(scanJobId=job, message={"sessionToken": token})
    assert (
        refused(inspector.start_cis_session, scanJobId=job, message={"sessionToken": other})[0] == "ConflictException"
    )
    inspector.send_cis_session_health(scanJobId=job, sessionToken=token)
    messages = [
        {"ruleId": "1.1.1", "status": "FAILED", "cisRuleDetails": json.dumps({"title": "No cramfs"}).encode()},
        {"ruleId": "1.1.2", "status": "NOT_EVALUATED", "cisRuleDetails": b"\xff"},
    ]
    inspector.send_cis_session_telemetry(scanJobId=job, sessionToken=token, messages=messages)
    done = {
        "status": "SUCCESS",
        "progress": {"totalChecks": 2},
        "computePlatform": {"vendor": "debian", "version": "12"},
    }
    inspector.stop_cis_session(scanJobId=job, sessionToken=token, message=done)
    assert scan_of(scanned, arn)["totalChecks"] == 2
    (host,) = inspector.list_cis_scan_results_aggregated_by_target_resource(scanArn=scan["scanArn"])[
        "targetResourceAggregations"
    ]
    assert host["statusCounts"] == {"failed": 1, "skipped": 1, "passed": 0}
    code, _ = refused(inspector.send_cis_session_health, scanJobId=job, sessionToken=token)
    assert code == "ConflictException"


def test_bad_schedules_and_targets_are_refused(scanned: Scanned, refused: Refused) -> None:
    def code(**wrong: Any) -> str:
        return refused(lambda: configure(scanned, "bad", **wrong))[0]

    start = {"timeOfDay": "09:30", "timezone": "Nowhere/Town"}
    assert code(schedule={"daily": {"startTime": start}}) == "ValidationException"
    others = {"accountIds": ["999999999999"], "targetResourceTags": TAGS}
    assert code(targets=others) == "ValidationException"
    unknown = f"arn:aws:inspector2:us-east-1:{scanned.account.account_id}:owner/{scanned.account.account_id}/cis-scan/"
    arn = unknown + "00000000-0000-0000-0000-000000000000"
    assert (
        refused(scanned.inspector.list_cis_scan_results_aggregated_by_checks, scanArn=arn)[0] == "ValidationException"
    )
