"""`garrison assess` on the stand-in account, from the command line: what it finds, asks for, writes and exits with."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from garrison.cli.application import application

from .conftest import StandIn

PUBLIC = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::open/*"}
EXCEPTION = """
[[exception]]
rule = "S3_BUCKET_PUBLIC_READ_PROHIBITED"
resource = "open"
until = {}
reason = "Pictures of the website."
owner = "web@example.com"
"""


def assess(stand_in: StandIn, *options: str) -> Any:
    asked = ["assess", "--endpoint", stand_in.url, *options]
    return CliRunner().invoke(application(["assess", "version"]), asked)


@pytest.fixture
def filled(stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    monkeypatch.setenv("GARRISON_HOME", str(tmp_path / "no-home"))
    s3 = stand_in.client("s3")
    for name in ("open", "shut"):
        s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket="shut", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_policy(Bucket="open", Policy=json.dumps({"Version": "2012-10-17", "Statement": [PUBLIC]}))
    return stand_in


def test_failures_are_told_with_the_offending_value_and_the_fix_and_only_what_is_read_is_asked_for(
    filled: StandIn,
) -> None:
    done = assess(filled, "--rules", "S3_BUCKET_VERSIONING_ENABLED", "--json")
    told = json.loads(done.stdout)
    (failure,) = told["findings"]
    assert done.exit_code == 4
    assert (failure["resource_id"], failure["evidence"]) == ("open", "BucketVersioningConfiguration.status is Off")
    assert failure["fix"].startswith("Enable versioning") and failure["severity"] == "MEDIUM"
    assert told["score"]["score"] == 0.5 and told["services"]["S3"]["failed"] == 1
    assert told["requests"] == 1 + 1 + 2 + 2  # identity, the list, where each lies, one part of each


def test_the_exit_code_follows_the_severity_asked_for(filled: StandIn) -> None:
    versioning = ("--rules", "S3_BUCKET_VERSIONING_ENABLED", "--json")
    assert [assess(filled, *versioning, "--fail-on", each).exit_code for each in ("high", "medium", "never")] == [
        0,
        4,
        0,
    ]
    assert assess(filled, "--rules", "ENCRYPTED_VOLUMES", "--json").exit_code == 0


def test_an_exception_excuses_until_its_day_and_an_expired_one_is_said(filled: StandIn, tmp_path: Path) -> None:
    file = tmp_path / "exceptions.toml"
    asked = ("--rules", "S3_BUCKET_PUBLIC_READ_PROHIBITED", "--exceptions", str(file))
    file.write_text(EXCEPTION.format("2999-01-01"))
    held = assess(filled, *asked, "--json")
    assert held.exit_code == 0 and json.loads(held.stdout)["findings"][0]["is_excused"]
    file.write_text(EXCEPTION.format("2020-01-01"))
    late = assess(filled, *asked)
    assert late.exit_code == 4
    assert "An exception expired on 2020-01-02, it counts again" in late.stdout
    file.write_text("[[exception]]\nrule = 'x'")
    assert "exception" in str(assess(filled, *asked).exception)


def test_every_form_is_written(filled: StandIn, tmp_path: Path) -> None:
    rules = ("--rules", "S3_BUCKET_VERSIONING*,S3_BUCKET_PUBLIC_READ*,ROOT_*")

    def written(form: str, *more: str) -> str:
        file = tmp_path / f"result.{form}"
        done = assess(filled, *rules, "--format", form, "--output", str(file), *more)
        assert "Written to" in done.stdout, done.output
        return file.read_text()

    failed = {each["check"] for each in json.loads(written("json"))["findings"] if each["state"] == "FAILED"}
    assert "S3_BUCKET_PUBLIC_READ_PROHIBITED" in failed
    asff, ocsf, sarif = (json.loads(written(form)) for form in ("asff", "ocsf", "sarif"))
    assert failed <= {each["GeneratorId"].split("/")[1] for each in asff}
    assert len(ocsf) == len(asff) == len(sarif["runs"][0]["results"])
    assert len(json.loads(written("ocsf", "--all"))) > len(ocsf)
    assert ET.fromstring(written("junit")).find(".//failure") is not None
    assert written("csv").startswith("account,region,severity")
    page = written("html")
    assert page.count("<svg") >= 3 and "<script" not in page
    assert not re.search(r"(src|href|url\()\s*=?\s*[\"']?(https?:)?//", page)
    assert "arn:aws:s3:::open" in page and "Score by service" in page


def test_a_pack_is_scored_and_what_it_asks_for_in_vain_is_said(filled: StandIn, tmp_path: Path) -> None:
    pack = tmp_path / "ours.yaml"
    pack.write_text(
        "Parameters: {Age: {Type: String, Default: '30'}}\n"
        "Resources:\n"
        "  Keys: {Type: 'AWS::Config::ConfigRule', Properties: {ConfigRuleName: keys, Source: {Owner: AWS, SourceIdentifier: "
        "ACCESS_KEYS_ROTATED}, InputParameters: {maxAccessKeyAge: !Ref Age}}}\n"
        "  Kept: {Type: 'AWS::Config::ConfigRule', Properties: {ConfigRuleName: kept, Source: {Owner: AWS, SourceIdentifier: "
        "S3_BUCKET_VERSIONING_ENABLED}}}\n"
        "  New: {Type: 'AWS::Config::ConfigRule', Properties: {ConfigRuleName: new, Source: {Owner: AWS, SourceIdentifier: "
        "NOT_THERE_YET}}}\n"
    )
    told = json.loads(assess(filled, "--pack", str(pack), "--parameter", "Age=60", "--json").stdout)
    assert told["packs"]["ours"]["score"] == 0.5 and told["rules"] == 2
    assert told["not_applied"] == [{"rule": "NOT_THERE_YET", "pack": "ours", "reason": "not implemented"}]
    assert told["findings"][0]["standards"] == ["ours"]
    assert "Not applied, of the packs: NOT_THERE_YET." in assess(filled, "--pack", str(pack)).stdout


def test_the_policy_is_printed_without_any_call(stand_in: StandIn) -> None:
    done = CliRunner().invoke(
        application(["assess", "version"]),
        ["assess", "--endpoint", "http://127.0.0.1:9", "--rules", "ENCRYPTED_VOLUMES", "--print-policy"],
    )
    assert json.loads(done.stdout)["Statement"][0]["Action"] == ["ec2:DescribeVolumes"]


def test_where_nothing_can_be_seen_it_says_so(stand_in: StandIn) -> None:
    asked = ["assess", "--profile", "nobody", "--rules", "ENCRYPTED_VOLUMES"]
    done = CliRunner().invoke(application(["assess", "version"]), asked)
    assert "Nothing could be seen: ProfileNotFound" in str(done.exception)
