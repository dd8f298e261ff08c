"""What LookupEvents asks the lake: statements that find at least what has the attribute, and pages that go on where they ended."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from garrison.lake.ingest import Ingest
from garrison.lake.lake import Lake
from garrison.lake.lookup import Place, Sought, _found, statement
from garrison.lake.place import LakePlace
from garrison.lake.sources import Folder
from garrison.services.cloudtrail.lookup_lake import LakeMark, LakePage
from tests.lake.templates import ACCOUNT, record, write_log

EVE = {"type": "AssumedRole", "principalId": 'AROAX:eve "q"/x', "arn": "arn:eve", "accessKeyId": "ASIAEVE"}
ROOT = {"type": "Root", "principalId": ACCOUNT, "accountId": ACCOUNT}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    (folder / "garrison.toml").write_text(f'account_id = "{ACCOUNT}"\nregion = "us-east-1"\n')
    records = [record(number) for number in range(10)]
    records[3] |= {"userIdentity": EVE, "eventName": "it's"}
    records[4] |= {"userIdentity": ROOT, "readOnly": True}
    records[5] |= {"eventCategory": "Data"}
    write_log(folder / "logs" / "a.json", records)
    write_log(folder / "logs" / "b.json", [*records[:2], record(99, recipientAccountId="9" * 12)])
    Ingest(Lake(LakePlace(folder / "lake")), Folder(str(folder / "logs")), workers=1).run()
    return folder


def sought(home: Path, attribute: tuple[str, str] | None = None, **more: Any) -> Sought:
    return Sought(
        **{
            "home": str(home),
            "node": "node",
            "account": ACCOUNT,
            "regions": ("eu-central-1",),
            "start": datetime(2026, 3, 1, tzinfo=UTC),
            "end": datetime(2026, 3, 2, tzinfo=UTC),
            "attribute": attribute,
            "journal_before": datetime(2026, 3, 1, tzinfo=UTC),
            "after": None,
            "limit": 50,
            **more,
        }
    )


def numbers(asked: Sought) -> list[int]:

    return [uuid.UUID(json.loads(text)["eventID"]).int - 1 for text in _found(asked)]


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        (None, [9, 8, 7, 6, 4, 3, 2, 1, 0]),
        (("EventName", "it's"), [3]),
        (("EventSource", "s3.amazonaws.com"), [9, 8, 7, 6, 4, 3, 2, 1, 0]),
        (("Username", 'eve "q"/x'), [3]),
        (("Username", "root"), [4]),
        (("AccessKeyId", "ASIAEVE"), [3]),
        (("ReadOnly", "true"), [4]),
        (("ResourceName", "b-7"), [7]),
        (("ResourceName", "arn:aws:s3:::b-7"), [7]),
        (("ResourceType", "AWS::S3"), []),
    ],
)
def test_each_attribute_finds_its_events_once(
    home: Path, attribute: tuple[str, str] | None, expected: list[int]
) -> None:
    assert numbers(sought(home, attribute)) == expected


def test_a_page_goes_on_after_the_last(home: Path) -> None:
    place = Place(datetime(2026, 3, 1, 0, 0, 3, tzinfo=UTC), record(3)["eventID"])
    assert numbers(sought(home, after=place, limit=2)) == [2, 1]


def test_what_is_asked_stands_in_quotes(home: Path) -> None:
    assert "'x'' OR 1=1 --'" in statement(sought(home, ("EventId", "x' OR 1=1 --")), None)


def test_a_mark_survives_a_token() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    for mark in (LakeMark(None, at), LakeMark(Place(at, "an id"), at)):
        assert LakeMark.of_text(mark.text) == mark
    assert LakeMark.of_text("x") is None
    payloads = [json.dumps(record(n)).encode() for n in (2, 1)]
    page = LakePage(payloads, LakeMark())
    assert page.cursor_after(2) is None
    after_one = LakeMark.of_text(page.cursor_after(1) or "")
    assert after_one is not None and after_one.after is not None and after_one.after.event_id == record(2)["eventID"]
    assert LakePage((), LakeMark(None, at)).cursor_after(0) is not None
    assert LakePage((), None).cursor_after(0) is None
