"""Answers in pages, of operations for which botocore knows of none."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from garrison.collect.upstream import _paged


def model(service: str, operation: str) -> Any:
    return botocore.session.Session().get_service_model(service).operation_model(operation)


@pytest.mark.parametrize(
    ("service", "operation", "asked", "told"),
    [
        ("athena", "ListWorkGroups", "NextToken", "NextToken"),
        ("wafv2", "ListWebACLs", "NextMarker", "NextMarker"),
        ("servicecatalog", "DescribePortfolioShares", "PageToken", "NextPageToken"),
    ],
)
def test_the_next_page_is_asked_for_until_there_is_none(service: str, operation: str, asked: str, told: str) -> None:
    seen: list[dict[str, Any]] = []

    def method(**params: Any) -> dict[str, Any]:
        seen.append(params)
        return {told: str(len(seen))} if len(seen) < 3 else {}

    pages = list(_paged(method, {"Scope": "REGIONAL"}, model(service, operation)))
    assert len(pages) == 3
    assert [one.get(asked) for one in seen] == [None, "1", "2"] and all(one["Scope"] == "REGIONAL" for one in seen)


def test_an_endpoint_that_names_the_same_page_for_ever_is_no_endless_loop() -> None:
    with pytest.raises(ValueError, match="again and again"):
        list(_paged(lambda **_: {"NextToken": "x"}, {}, model("athena", "ListWorkGroups")))
