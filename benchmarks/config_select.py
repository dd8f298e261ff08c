"""How fast SelectResourceConfig's queries are over many stored items, beside plain SQLite and DuckDB over the same items as JSON.

    python benchmarks/config_select.py [ITEMS]

The items' current states are stored as a collection leaves them; the peers read the same JSON from a table with columns for what names a resource and
an index on the type, and extract the wanted property. Each figure is the best of three runs; every engine must find the same resources.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from garrison.inventory import History
from garrison.inventory.contents import content_of, hash_of
from garrison.inventory.select import parse, select
from garrison.inventory.select.signatures import signature_of
from garrison.items import Item, Relationship

ACCOUNT, REGION = "111122223333", "eu-west-1"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::Lambda::Function")
ROUNDS = 3
RESOURCE = (
    "INSERT INTO resource (id, account, region, type, resource_id, arn, name, status, version, captured_at, seen_at, hash, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)"
)
QUERIES = {
    "one property of a type": (
        "resourceType = 'AWS::EC2::Instance' AND configuration.placement.hostId = 'h-2500'",
        "type = 'AWS::EC2::Instance' AND {0}(body, '$.configuration.placement.hostId') = 'h-2500'",
    ),
    "one property, any type": (
        "configuration.privateIpAddress = 'ip-77770'",
        "{0}(body, '$.configuration.privateIpAddress') = 'ip-77770'",
    ),
    "a tag": ("tags.tag = 'owner=team-4000'", "{0}(body, '$.tags.owner') = 'team-4000'"),
    "an id": ("resourceId = 'thing-77777'", "resource_id = 'thing-77777'"),
}


def items(first: int, last: int) -> Iterator[Item]:
    """Some of an estate of several kinds, each with a page of configuration."""
    for number in range(first, last):
        name = f"thing-{number}"
        yield Item(
            account=ACCOUNT,
            region=REGION,
            resource_type=KINDS[number % len(KINDS)],
            resource_id=name,
            resource_name=f"name-{number}",
            arn=f"arn:aws:x:{REGION}:{ACCOUNT}:thing/{name}",
            captured_at=NOW,
            configuration={
                "instanceType": f"m{number % 7}.large",
                "state": {"name": "running", "code": 16},
                "placement": {"hostId": f"h-{number // 10}", "availabilityZone": f"{REGION}{'abc'[number % 3]}"},
                "privateIpAddress": f"ip-{number}",
                "ebsOptimized": number % 2 == 0,
                "networkInterfaces": [
                    {
                        "networkInterfaceId": f"eni-{number}-{place}",
                        "subnetId": f"subnet-{number % 50}",
                        "deviceIndex": place,
                    }
                    for place in range(2)
                ],
                "description": f"What this is for, told at some length, because people do. {number} " * 4,
            },
            tags={"owner": f"team-{number // 20}", "stage": ("dev", "test", "prod")[number % 3]},
            relationships=(
                Relationship(
                    name="Is contained in Vpc", resource_type="AWS::EC2::VPC", resource_id=f"vpc-{number % 20}"
                ),
            ),
        )


def timed(work: Callable[[], list[str]]) -> tuple[float, list[str]]:
    """The best of some rounds in seconds, and what was found."""
    best, found = float("inf"), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = work()
        best = min(best, time.perf_counter() - start)
    return best, sorted(found)


def main(count: int) -> None:
    """Store the items three times, and ask all the same."""
    with tempfile.TemporaryDirectory() as folder, closing(History(Path(folder, "inventory.db"), sync=False)) as history:
        start = time.perf_counter()
        _store(history, count)
        print(f"{count} items stored in {time.perf_counter() - start:.0f} s")
        plain, duck = sqlite3.connect(Path(folder, "plain.db")), duckdb.connect(str(Path(folder, "duck.db")))
        _fill(history, plain, duck)
        for name, (ours, theirs) in QUERIES.items():
            query = parse(f"SELECT resourceId WHERE {ours}")

            def garrison() -> list[str]:
                rows = select(history.file, query, ACCOUNT, [REGION], limit=100).rows  # noqa: B023
                return [str(row["resourceId"]) for row in rows]

            sql = "SELECT resource_id FROM resource WHERE " + theirs
            figures = {
                "garrison": timed(garrison),
                "sqlite": timed(lambda: [row[0] for row in plain.execute(sql.format("json_extract"))]),  # noqa: B023
                "duckdb": timed(lambda: [row[0] for row in duck.execute(sql.format("json_extract_string")).fetchall()]),  # noqa: B023
            }
            assert len({json.dumps(found) for _, found in figures.values()}) == 1, figures
            mine = figures["garrison"][0]
            told = ", ".join(
                f"{who} {seconds * 1000:.1f} ms ({seconds / mine:.1f}x)" for who, (seconds, _) in figures.items()
            )
            print(f"{name} ({len(figures['garrison'][1])} found): {told}")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def _store(history: History, count: int) -> None:
    """The current states and their signatures as recording leaves them; histories are left out, queries do not look at them."""
    for first in range(0, count, 20_000):
        with history.file.writing() as db:
            for number, item in enumerate(items(first, min(first + 20_000, count)), first + 1):
                body = content_of(item)
                place = (item.account, item.region, item.resource_type, item.resource_id, item.arn, item.resource_name)
                db.execute(RESOURCE, (number, *place, item.status, number, hash_of(body), body.decode()))
                db.execute("INSERT INTO signature VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, *signature_of(item)))


def _fill(history: History, plain: sqlite3.Connection, duck: duckdb.DuckDBPyConnection) -> None:
    plain.execute(f"ATTACH '{history.file.path}' AS ours")
    plain.execute("CREATE TABLE resource AS SELECT type, resource_id, body FROM ours.resource")
    plain.execute("CREATE INDEX of_type ON resource (type)")
    plain.commit()
    duck.execute("CREATE TABLE resource (type VARCHAR, resource_id VARCHAR, body VARCHAR)")
    cursor = plain.execute("SELECT type, resource_id, body FROM resource")
    while rows := cursor.fetchmany(50_000):
        columns = list(zip(*rows, strict=True))
        batch = pa.table(dict(zip(("type", "resource_id", "body"), map(list, columns), strict=True)))  # noqa: F841
        duck.execute("INSERT INTO resource SELECT * FROM batch")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
