"""The published Sigma rules for AWS CloudTrail, over real events: each rule is read, and both engines find the same."""

from __future__ import annotations

import json
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pytest

from garrison import codec
from garrison.detect.sigma import RuleSet, load_rules, sql_of

FLOORS = Path(__file__).parents[1] / "floors.toml"
PLACEHOLDERS = {"Legitimate_Countries": ["CH"], "Legitimate_IP_Ranges": ["192.0.2.*"]}


@pytest.fixture(scope="module")
def rules_folder(suites: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sigma")
    with tarfile.open(suites / "sigma" / "sigma-aws.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def records(suites: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    with tarfile.open(suites / "cloudtrail" / "cloudtrail-samples.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None and member.name.endswith((".json", ".jsonl", ".ndjson")):
                content = json.loads(file.read())
                found += content["Records"] if isinstance(content, dict) and "Records" in content else content
    return found


def test_every_published_rule_is_read(rules_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = len(list(rules_folder.rglob("*.yml")))
    loaded = load_rules([rules_folder], PLACEHOLDERS)
    with capsys.disabled():
        print(f"\nSigma rules read: {len(loaded.rules)}/{files}")
    assert len(loaded.rules) >= tomllib.loads(FLOORS.read_text())["sigma_rules"], loaded.set_aside
    assert all(rule.authors for rule in loaded.rules)


def test_a_rule_without_its_placeholder_is_set_aside_by_name(rules_folder: Path) -> None:
    loaded = load_rules([rules_folder])
    assert [one.reason for one in loaded.set_aside] == ["it needs the placeholder Legitimate_Countries"]


def test_single_records_and_sql_give_the_same_matches(
    rules_folder: Path, records: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    rules = load_rules([rules_folder], PLACEHOLDERS).rules
    compiled = RuleSet(rules)
    singly = {(rule.id, record["eventID"]) for record in records for rule in compiled.matches(record)}
    database = duckdb.connect()
    database.execute("CREATE TABLE events (id VARCHAR, record VARCHAR)")
    database.executemany(
        "INSERT INTO events VALUES (?, ?)", [(one["eventID"], codec.encode(one).decode()) for one in records]
    )
    by_sql = {
        (rule.id, identifier)
        for rule in rules
        for (identifier,) in database.execute(f"SELECT id FROM events WHERE {sql_of(rule.condition)}").fetchall()
    }
    with capsys.disabled():
        print(f"\nSigma matches by record and by SQL: {len(singly & by_sql)}/{len(singly | by_sql)}")
    assert singly == by_sql
    assert len(singly) >= tomllib.loads(FLOORS.read_text())["sigma_matches"]
