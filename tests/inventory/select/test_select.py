"""Queries in Config's subset of SQL over recorded resources."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.inventory import History, Resource
from garrison.inventory.select import InvalidExpression, Query, parse, select
from garrison.inventory.select.matching import predicate
from garrison.inventory.select.narrowing import narrowed
from garrison.inventory.select.selecting import _matching
from garrison.items import Item, Relationship

ACCOUNT = "111122223333"
REGIONS = ("eu-west-1", "global")
AT = datetime(2026, 3, 1, 12, 0, 0, 250000, tzinfo=UTC)
INSTANCE, GROUP, VOLUME = "AWS::EC2::Instance", "AWS::EC2::SecurityGroup", "AWS::EC2::Volume"


def item(kind: str, name: str, configuration: dict[str, Any], **more: Any) -> Item:
    words: dict[str, Any] = {"region": "eu-west-1", "account": ACCOUNT} | more
    return Item(
        resource_type=kind,
        resource_id=name,
        arn=f"arn:aws:ec2:eu-west-1:{ACCOUNT}:{name}",
        configuration=configuration,
        captured_at=AT,
        **words,
    )


def instance(name: str, kind: str, interfaces: list[dict[str, Any]], **more: Any) -> Item:
    shape = {"instanceType": kind, "state": {"name": "running", "code": 16}, "networkInterfaces": interfaces}
    return item(INSTANCE, name, shape | more.pop("configuration", {}), **more)


def group(name: str, *ranges: str) -> Item:
    return item(GROUP, name, {"ipPermissions": [{"ipRanges": list(ranges), "fromPort": 22}]})


ITEMS = [
    instance(
        "i-1", "t3.micro", [{"id": "eni-1", "public": True}, {"id": "eni-2", "public": False}], tags={"team": "a"}
    ),
    instance("i-2", "t3.large", [{"id": "eni-3", "public": False}], tags={"team": "b", "it's": "100%"}),
    instance("i-3", "t3.micro", [], configuration={"ebsOptimized": True}, availability_zone="eu-west-1a"),
    item(
        VOLUME,
        "vol-1",
        {"size": 8, "state": {"value": "in-use"}},
        relationships=(
            Relationship(
                name="Is attached to Instance", resource_type=INSTANCE, resource_id="i-1", resource_name="web"
            ),
        ),
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    ),
    item(VOLUME, "vol-2", {"size": 100, "state": {"value": "available"}}),
    item(VOLUME, "vol-3", {"size": 20.5, "state": {"value": "available"}}, resource_name="spare"),
    group("sg-all", "0.0.0.0/0"),
    group("sg-ten", "10.0.0.0/24"),
    group("sg-host", "192.168.0.2/32"),
    item("AWS::IAM::User", "u-1", {"path": "/"}, region="global", resource_name="ann"),
    item("Acme::Robot::Arm", "arm-1", {"joints": 6}),
    item(VOLUME, "vol-other-region", {"size": 8}, region="us-east-1"),
    item(VOLUME, "vol-other-account", {"size": 8}, account="444455556666"),
]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    with closing(History(tmp_path_factory.mktemp("select") / "inventory.db", sync=False)) as found:
        found.record(ITEMS, at=AT)
        yield found


def rows(history: History, expression: str) -> list[dict[str, Any]]:
    return select(history.file, parse(expression), ACCOUNT, REGIONS, limit=100).rows


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ("resourceType = 'AWS::EC2::Volume'", "vol-1 vol-2 vol-3"),
        ("resourceType = 'AWS::EC2::Volume' AND configuration.size = 8", "vol-1"),
        ("configuration.size = '8'", "vol-1"),
        ("configuration.size = 8.0", "vol-1"),
        ("configuration.size > 8", "vol-2 vol-3"),
        ("configuration.size >= 8 AND NOT configuration.size >= 100", "vol-1 vol-3"),
        ("configuration.size BETWEEN 20 AND 100", "vol-2 vol-3"),
        ("configuration.size IN (8, 100)", "vol-1 vol-2"),
        ("resourceType LIKE 'AWS::EC2::Vol%' and resourceId not in ('vol-1', 'vol-2')", "vol-3"),
        ("resourceId LIKE 'vol-_'", "vol-1 vol-2 vol-3"),
        ("resourceId LIKE 'vol__'", "vol-1 vol-2 vol-3"),
        ("resourceId LIKE 'vol-1'", "vol-1"),
        ("configuration.instanceType LIKE 't3.m%'", "i-1 i-3"),
        ("configuration.ebsOptimized = true", "i-3"),
        ("configuration.networkInterfaces.id = 'eni-2'", "i-1"),
        # Each condition is met by any element, as AWS's page on arrays says.
        ("configuration.networkInterfaces.id = 'eni-2' AND configuration.networkInterfaces.public = TRUE", "i-1"),
        ("configuration.networkInterfaces.public <> true AND resourceType = 'AWS::EC2::Instance'", "i-2 i-3"),
        ("tags.key = 'team' AND tags.value = 'b'", "i-2"),
        ("tags.tag = 'team=a' OR tags.tag = 'it''s=100%'", "i-1 i-2"),
        ("relationships.resourceId = 'i-1'", "vol-1"),
        ("relationships.resourceName = 'web' AND relationships.resourceType = 'AWS::EC2::Instance'", "vol-1"),
        ("awsRegion = 'global'", "u-1"),
        ("accountId = '111122223333' AND resourceName = 'ann'", "u-1"),
        ("availabilityZone = 'eu-west-1a'", "i-3"),
        ("resourceCreationTime < '2026-02-01'", "vol-1"),
        ("configurationItemCaptureTime = '2026-03-01T12:00:00.250Z' AND resourceId = 'u-1'", "u-1"),
        ("configurationItemStatus = 'ResourceDiscovered' AND resourceId LIKE 'vol%'", "vol-1 vol-2 vol-3"),
        # Third parties' resources are found by what names them, not by their configuration.
        ("resourceType = 'Acme::Robot::Arm'", "arm-1"),
        ("configuration.joints = 6", ""),
        # Blocks of addresses are ranges; the last two are AWS's own examples for an exact block.
        ("configuration.ipPermissions.ipRanges = '10.0.0.7'", "sg-all sg-ten"),
        ("configuration.ipPermissions.ipRanges BETWEEN '10.0.0.0' AND '10.0.0.255'", "sg-all sg-ten"),
        (
            "configuration.ipPermissions.ipRanges BETWEEN '10.0.0.0' AND '10.0.0.255' AND NOT"
            " configuration.ipPermissions.ipRanges < '10.0.0.0' AND NOT configuration.ipPermissions.ipRanges > '10.0.0.255'",
            "sg-ten",
        ),
        (
            "configuration.ipPermissions.ipRanges = '192.168.0.2' AND NOT configuration.ipPermissions.ipRanges > '192.168.0.2'"
            " AND NOT configuration.ipPermissions.ipRanges < '192.168.0.2'",
            "sg-host",
        ),
    ],
)
def test_conditions_find_what_aws_says_they_find(history: History, condition: str, ids: str) -> None:
    found = [row["resourceId"] for row in rows(history, f"SELECT resourceId WHERE {condition}")]
    assert found == ids.split()


def test_what_is_selected_is_nested_as_in_the_item(history: History) -> None:
    expression = (
        "select resourceId, tags, configuration.state.name, configuration.networkInterfaces.id, availabilityZone"
        " where resourceId = 'i-1'"
    )
    assert rows(history, expression) == [
        {
            "resourceId": "i-1",
            "tags": [{"key": "team", "value": "a", "tag": "team=a"}],
            "configuration": {"state": {"name": "running"}, "networkInterfaces": [{"id": "eni-1"}, {"id": "eni-2"}]},
        }
    ]


def test_star_selects_the_scalars_at_the_top(history: History) -> None:
    (row,) = rows(history, "SELECT * WHERE resourceId = 'vol-1'")
    assert row == {
        "accountId": ACCOUNT,
        "awsRegion": "eu-west-1",
        "arn": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vol-1",
        "configurationItemCaptureTime": "2026-03-01T12:00:00.250Z",
        "resourceCreationTime": "2026-01-02T03:04:05.000Z",
        "resourceId": "vol-1",
        "resourceType": VOLUME,
        "version": "1.3",
    }


def test_third_parties_resources_show_no_configuration(history: History) -> None:
    assert rows(history, "SELECT configuration WHERE resourceId = 'arm-1'") == [{"configuration": None}]


def test_aggregates_over_groups(history: History) -> None:
    kinds = (
        "SELECT resourceType, COUNT(*) WHERE resourceType LIKE 'AWS::%' GROUP BY resourceType ORDER BY COUNT(*) DESC"
    )
    assert [tuple(row.values()) for row in rows(history, kinds)] == [
        (INSTANCE, 3),
        (GROUP, 3),
        (VOLUME, 3),
        ("AWS::IAM::User", 1),
    ]
    assert rows(
        history,
        "SELECT configuration.state.value, COUNT(*), SUM(configuration.size), MIN(configuration.size),"
        " MAX(configuration.size), AVG(configuration.size) WHERE resourceType = 'AWS::EC2::Volume'"
        " GROUP BY configuration.state.value ORDER BY configuration.state.value DESC",
    ) == [
        {"configuration": {"state": {"value": "in-use"}}}
        | {f"{name}(configuration.size)": 8 for name in ("SUM", "MIN", "MAX", "AVG")}
        | {"COUNT(*)": 1},
        {
            "configuration": {"state": {"value": "available"}},
            "COUNT(*)": 2,
            "SUM(configuration.size)": 120.5,
            "MIN(configuration.size)": 20.5,
            "MAX(configuration.size)": 100,
            "AVG(configuration.size)": 60.25,
        },
    ]
    assert rows(history, "SELECT COUNT(*) WHERE resourceId = 'none'") == [{"COUNT(*)": 0}]
    assert rows(
        history,
        "SELECT configuration.networkInterfaces.id, COUNT(*) GROUP BY configuration.networkInterfaces.id",
    ) == [{"configuration": {"networkInterfaces": {"id": f"eni-{n}"}}, "COUNT(*)": 1} for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("SELECT resourceId", None),
        ("SELECT resourceId ORDER BY resourceId", None),
        ("SELECT resourceId ORDER BY configuration.size DESC, resourceId DESC", "vol-2 vol-3 vol-1 u-1 sg-ten sg-host"),
        (
            "SELECT resourceId ORDER BY resourceType, configuration.size",
            "i-1 i-2 i-3 sg-all sg-ten sg-host vol-1 vol-3",
        ),
    ],
)
def test_pages_give_each_row_once_in_order(history: History, expression: str, ids: str | None) -> None:
    query, after, found = parse(expression), None, []
    while True:
        page = select(history.file, query, ACCOUNT, REGIONS, limit=2, after=after)
        found += [row["resourceId"] for row in page.rows]
        after = page.position
        if after is None:
            break
        assert len(page.rows) == 2
    assert len(found) == len(set(found)) == 11
    assert ids is None or found[: len(ids.split())] == ids.split()


def test_groups_have_pages_unless_a_function_decides_their_order(history: History) -> None:
    query = parse("SELECT COUNT(*), resourceType GROUP BY resourceType ORDER BY resourceType DESC")
    first = select(history.file, query, ACCOUNT, REGIONS, limit=3)
    rest = select(history.file, query, ACCOUNT, REGIONS, limit=3, after=first.position)
    assert [row["resourceType"] for row in first.rows + rest.rows] == [
        "Acme::Robot::Arm",
        "AWS::IAM::User",
        VOLUME,
        GROUP,
        INSTANCE,
    ]
    assert rest.position is None
    by_count = parse("SELECT COUNT(*), resourceType GROUP BY resourceType ORDER BY COUNT(*) DESC")
    assert select(history.file, by_count, ACCOUNT, REGIONS, limit=3).position is None


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("", "unexpected the end"),
        ("SELECT", "unexpected the end"),
        ("DELETE FROM resource", "unexpected 'DELETE'"),
        ("SELECT resourceId FROM resource", "FROM is not supported"),
        ("SELECT DISTINCT resourceId", "DISTINCT is not supported"),
        ("SELECT resourceId AS x", "AS is not supported"),
        ("SELECT resourceId UNION SELECT arn", "UNION is not supported"),
        ("SELECT resourceId LIMIT 5", "LIMIT is not supported"),
        ("SELECT resourceId WHERE resourceName = NULL", "NULL is not supported"),
        ("SELECT resourceId WHERE resourceName IS NULL", "IS is not supported"),
        ("SELECT body", "body is not known"),
        ("SELECT resourceId.x", "resourceId.x is not known"),
        ("SELECT resourceId; DROP TABLE resource", "unexpected ';'"),
        ("SELECT resourceId -- more", "unexpected '-'"),
        ("SELECT resourceId WHERE resourceId = 'a' /* b */", "unexpected '/'"),
        ("SELECT resourceId WHERE resourceId = 'a", "unexpected '''"),
        ('SELECT resourceId WHERE resourceId = "a"', "unexpected '\"'"),
        ("SELECT resourceId WHERE resourceId = arn", "unexpected 'arn'"),
        ("SELECT resourceId WHERE 1 = 1", "unexpected '1'"),
        ("SELECT resourceId WHERE resourceId IN (SELECT arn)", "unexpected 'SELECT'"),
        ("SELECT resourceId WHERE resourceId IN ()", "unexpected ')'"),
        ("SELECT resourceId WHERE resourceId = load_extension('x')", "unexpected 'load_extension'"),
        ("SELECT resourceId WHERE configuration.a = 1e999", "out of range"),
        ("SELECT resourceId WHERE resourceId LIKE 'ab%'", "at least 3"),
        ("SELECT resourceId WHERE resourceId LIKE '%abc'", "at the end"),
        ("SELECT resourceId WHERE resourceId LIKE 'ab_cde%'", "at the end"),
        ("SELECT resourceId GROUP BY resourceId", "GROUP BY needs"),
        ("SELECT arn, COUNT(*) GROUP BY resourceId", "arn must be in GROUP BY"),
        ("SELECT COUNT(*) GROUP BY arn, resourceId, resourceName, resourceType", "up to 3"),
        ("SELECT COUNT(*) GROUP BY arn, resourceId ORDER BY COUNT(*)", "single property"),
        ("SELECT SUM(*)", "SUM needs a property"),
        ("SELECT COUNT(MAX(arn))", "MAX is not known"),
        ("SELECT resourceId WHERE " + "(" * 3000, "nested"),
        ("SELECT resourceId WHERE " + "NOT " * 900, "nested"),
        ("SELECT configuration" + ".a" * 40, "more than 32 names"),
        ("SELECT resourceId WHERE resourceId = '" + "a" * 4096 + "'", "longer than 4096"),
    ],
)
def test_what_the_subset_has_not_is_refused_by_name(expression: str, why: str) -> None:
    with pytest.raises(InvalidExpression) as refused:
        parse(expression)
    assert why in str(refused.value)


@given(st.text(max_size=80))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    for expression in (text, f"SELECT resourceId WHERE {text}"):
        with suppress(InvalidExpression):
            assert isinstance(parse(expression), Query)


_VALUES = st.sampled_from(
    [
        "'vol-1'",
        "'i-1'",
        "8",
        "'8'",
        "20.5",
        "true",
        "'true'",
        "'AWS::EC2::Volume'",
        "'team'",
        "'team=a'",
        "'10.0.0.1'",
        "'eu-west-1'",
    ]
)
_NAMES = st.sampled_from(
    [
        "resourceId",
        "resourceType",
        "awsRegion",
        "configuration.size",
        "tags.key",
        "tags.tag",
        "relationships.resourceId",
        "configuration.ebsOptimized",
        "configuration.ipPermissions.ipRanges",
        "availabilityZone",
        "configuration.state.value",
    ]
)
_LEAVES = st.one_of(
    st.builds("{} {} {}".format, _NAMES, st.sampled_from(["=", "<>", "<", ">="]), _VALUES),
    st.builds("{} LIKE '{}'".format, _NAMES, st.sampled_from(["vol%", "AWS::EC2%", "ava%", "i-1"])),
)
_CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT {}".format, inner),
    ),
    max_leaves=5,
)


@given(_CONDITIONS)
def test_narrowing_never_loses_what_meets_the_query(history: History, condition: str) -> None:
    query, everything = parse(f"SELECT resourceId WHERE {condition}"), parse("SELECT resourceId")
    meets = predicate(query.where)
    with history.file.reading() as db:
        found = [document.row for document in _matching(db, query, ACCOUNT, REGIONS, 0)]
        needed = [one.row for one in _matching(db, everything, ACCOUNT, REGIONS, 0) if meets(one)]
    assert found == needed


def test_changed_and_deleted_resources_are_found_as_they_are_now(tmp_path: Path) -> None:
    with closing(History(tmp_path / "inventory.db", sync=False)) as history:
        history.record([ITEMS[4]], at=AT)
        later = datetime(2026, 3, 2, tzinfo=UTC)
        history.record([msgspec.structs.replace(ITEMS[4], captured_at=later, configuration={"size": 7})], at=later)
        assert rows(history, "SELECT resourceId WHERE configuration.size = 100") == []
        (resource,) = history.current(ACCOUNT)
        assert rows(history, "SELECT configuration.size WHERE configuration.size = 7") == [
            {"configuration": {"size": 7}}
        ]
        history.remove(Resource.of(resource), at=datetime(2026, 3, 3, tzinfo=UTC))
        assert rows(history, "SELECT resourceId") == []
        assert rows(history, "SELECT resourceId WHERE configuration.size = 7") == []


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        (f"arn = 'arn:aws:ec2:eu-west-1:{ACCOUNT}:i-1' AND configuration.instanceType = 't3.micro'", "resource_of_arn"),
        (f"resourceType = '{INSTANCE}' AND resourceId = 'i-1'", "resource_of_name"),
    ],
)
def test_a_resource_that_is_pointed_at_is_found_by_an_index(history: History, condition: str, index: str) -> None:
    query = parse(f"SELECT resourceId WHERE {condition}")
    assert [row["resourceId"] for row in select(history.file, query, ACCOUNT, REGIONS, limit=5).rows] == ["i-1"]
    narrow = narrowed(query.where)
    assert narrow is not None
    sql = f"EXPLAIN QUERY PLAN SELECT 1 FROM resource r WHERE r.id > 0 AND {narrow.sql} AND r.account = ? ORDER BY r.id"
    with history.file.reading() as db:
        (plan, *_) = db.execute(sql, (*narrow.words, ACCOUNT)).fetchall()
    assert index in plan[-1]


def test_a_query_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with closing(History(tmp_path / "inventory.db", sync=False)) as history:
        history.record((group(f"sg-{number}", "10.0.0.0/8") for number in range(3_000)), at=AT)
        query = parse("SELECT COUNT(*) WHERE configuration.ipPermissions.fromPort > 5")
        with pytest.raises(InvalidExpression, match="took longer than 0 seconds"):
            select(history.file, query, ACCOUNT, REGIONS, limit=5, seconds=0.0)
        assert select(history.file, query, ACCOUNT, REGIONS, limit=5).rows == [{"COUNT(*)": 3_000}]
