"""The conformance packs that AWS publishes, put by PutConformancePack: all are taken, and all rules of theirs that are built judge."""

from __future__ import annotations

import sqlite3
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from garrison.inventory import INVENTORY_FILE, History
from garrison.items import Item
from garrison.testing import Account
from garrison.verdicts import FILE
from tests.conformance.config.test_packs import FLOORS, GIVEN

REGIONS = (
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "sa-east-1",
    "ca-central-1",
    "ap-south-1",
)
"""A region holds no more than 1000 rules."""
MOST_RULES, MOST_CHARACTERS = 1000, 51_200


def templates(suites: Path) -> Iterator[tuple[str, str]]:
    """The packs by name."""
    with tarfile.open(suites / "config" / "conformance-packs.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None and member.name.endswith((".yaml", ".yml")):
                yield member.name.rpartition("/")[2].replace(".", "-"), file.read().decode()


def bucket(account: Account, region: str) -> Item:
    """A bucket for the packs to judge."""
    return Item(
        account=account.account_id,
        region=region,
        resource_type="AWS::S3::Bucket",
        resource_id=f"judged-{region}",
        arn=f"arn:aws:s3:::judged-{region}",
        configuration={"name": f"judged-{region}"},
        captured_at=account.clock.now() - timedelta(minutes=1),
        supplementary={"BucketVersioningConfiguration": {"status": "Enabled"}},
    )


def test_every_published_pack_is_put_and_judges(
    suites: Path, garrison_module: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account = garrison_module
    with closing(History(account.home / INVENTORY_FILE, sync=False)) as history:
        history.record([bucket(account, region) for region in REGIONS], at=account.clock.now())
    clients: dict[str, Any] = {region: account.client("config", region_name=region) for region in REGIONS}
    put, rules, region, held = 0, 0, 0, 0
    for name, template in templates(suites):
        given = [{"ParameterName": each, "ParameterValue": value} for each, value in GIVEN.items() if each in template]
        wanted = template.count("AWS::Config::ConfigRule")
        if held + wanted > MOST_RULES:
            region, held = region + 1, 0
        clients[REGIONS[region]].put_conformance_pack(
            ConformancePackName=name,
            ConformancePackInputParameters=given,
            **as_template(account, REGIONS[region], name, template),
        )
        put, rules, held = put + 1, rules + wanted, held + wanted
    judged, failed = wait_for_all(account)
    scored = sum(len(scores(clients[each])) for each in REGIONS[: region + 1])
    with capsys.disabled():
        print(f"\nconformance packs put: {put}/{put}; scored: {scored}; rules of theirs that judge: {judged}/{rules}")
    assert put >= FLOORS["config_packs"] and judged >= FLOORS["config_pack_rules"] and failed == 0


def as_template(account: Account, region: str, name: str, template: str) -> dict[str, str]:
    """A template as a request takes it: a long one comes from a bucket."""
    if len(template) <= MOST_CHARACTERS:
        return {"TemplateBody": template}
    s3, bucket = account.client("s3", region_name=region), f"published-packs-{region}"
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        where = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
        s3.create_bucket(Bucket=bucket, **where)
    s3.put_object(Bucket=bucket, Key=name, Body=template.encode())
    return {"TemplateS3Uri": f"s3://{bucket}/{name}"}


def wait_for_all(account: Account) -> tuple[int, int]:
    """Wait until nothing is to be done; how many rules have judged, and how many of them broke."""
    until = time.monotonic() + 60
    with closing(sqlite3.connect(account.home / FILE)) as db:
        while True:
            (asked,) = db.execute("SELECT count(*) FROM asked").fetchone()
            (judged,) = db.execute("SELECT count(*) FROM state WHERE json_extract(body, '$.has_started')").fetchone()
            if not asked and judged >= FLOORS["config_pack_rules"]:
                break
            assert time.monotonic() < until, f"{judged} rules have judged, {asked} are asked to"
            time.sleep(0.1)
        query = "SELECT count(*) FROM state WHERE json_extract(body, '$.error_code') = 'InternalError'"
        return judged, int(db.execute(query).fetchone()[0])


def scores(config: Any) -> list[str]:
    """The scores of the packs of a region that have one."""
    found, token = list[str](), dict[str, str]()
    while True:
        page = config.list_conformance_pack_compliance_scores(**token)
        found += [
            each["Score"] for each in page["ConformancePackComplianceScores"] if each["Score"] != "INSUFFICIENT_DATA"
        ]
        if "NextToken" not in page:
            return found
        token = {"NextToken": page["NextToken"]}
