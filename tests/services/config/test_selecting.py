"""SelectResourceConfig through the front door."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.services.config.conftest import Rules
from tests.services.refusals import refused

SHELF = "AWS::Test::Shelf"


@pytest.fixture(scope="module")
def shelves(rules: Rules) -> Rules:
    rules.record(*(rules.item(SHELF, f"shelf-{n}", {"height": n, "room": {"name": "ab"[n % 2]}}) for n in range(5)))
    return rules


def select(rules: Rules, expression: str, **more: Any) -> list[dict[str, Any]]:
    return [json.loads(row) for row in rules.config.select_resource_config(Expression=expression, **more)["Results"]]


def test_a_query_answers_with_json_and_the_names_of_its_fields(shelves: Rules) -> None:
    answer = shelves.config.select_resource_config(
        Expression=f"SELECT resourceId, configuration.room.name WHERE resourceType = '{SHELF}' AND configuration.height = 3"
    )
    assert answer["QueryInfo"] == {"SelectFields": [{"Name": "resourceId"}, {"Name": "configuration.room.name"}]}
    assert answer["Results"] == ['{"configuration":{"room":{"name":"b"}},"resourceId":"shelf-3"}']
    assert "NextToken" not in answer


def test_pages_follow_each_other_and_a_token_goes_with_its_query(shelves: Rules) -> None:
    expression = f"SELECT resourceId WHERE resourceType = '{SHELF}' ORDER BY configuration.height DESC"
    pages = shelves.config.get_paginator("select_resource_config")
    found = list(pages.paginate(Expression=expression, PaginationConfig={"PageSize": 2}))
    assert [len(page["Results"]) for page in found] == [2, 2, 1]
    ids = [json.loads(row)["resourceId"] for page in found for row in page["Results"]]
    assert ids == [f"shelf-{n}" for n in (4, 3, 2, 1, 0)]
    token = found[0]["NextToken"]
    for other, wrong in (("SELECT resourceId", token), (expression, "x" + token), (expression, "none")):
        code, _ = refused(shelves.config.select_resource_config, Expression=other, NextToken=wrong)
        assert code == "InvalidNextTokenException"


def test_groups_are_counted(shelves: Rules) -> None:
    expression = (
        f"SELECT configuration.room.name, COUNT(*), AVG(configuration.height) WHERE resourceType = '{SHELF}'"
        " GROUP BY configuration.room.name ORDER BY COUNT(*) DESC"
    )
    assert select(shelves, expression) == [
        {"configuration": {"room": {"name": "a"}}, "COUNT(*)": 3, "AVG(configuration.height)": 2},
        {"configuration": {"room": {"name": "b"}}, "COUNT(*)": 2, "AVG(configuration.height)": 2},
    ]


def test_what_the_language_has_not_is_an_invalid_expression(shelves: Rules) -> None:
    for expression in ("SELECT * FROM resource", "SELECT resourceId; DROP TABLE resource", "SELECT arn LIMIT 1"):
        assert refused(shelves.config.select_resource_config, Expression=expression)[0] == "InvalidExpressionException"
    assert "100" in refused(shelves.config.select_resource_config, Expression="SELECT arn", Limit=101)[1]
    assert select(shelves, f"SELECT COUNT(*) WHERE resourceType = '{SHELF}'") == [{"COUNT(*)": 5}]
