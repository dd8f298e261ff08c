"""`garrison template check`: what it finds in files, in which form, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from garrison.cli.application import application

BAD = """Parameters:
  Name:
    Type: String
Resources:
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub ${Name}-logs
      PublicAccessBlockConfiguration: {BlockPublicAcls: false}
  Open:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Logs
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: '*'
            Action: s3:GetObject
            Resource: !Sub ${Logs.Arn}/*
          - Effect: Allow
            Principal: '*'
            Action: s3:Nothing
            Resource: !GetAtt Logs.Arn
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      Misspelt: true
"""
GOOD = """Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: 2012-10-17
        Statement:
          - Sid: Account
            Effect: Allow
            Principal: {AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'}
            Action: kms:*
            Resource: '*'
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
"""


def write(folder: Path, **templates: str) -> list[str]:
    paths = [folder / f"{name}.yaml" for name in templates]
    for path, text in zip(paths, templates.values(), strict=True):
        path.write_text(text)
    return [str(path) for path in paths]


def check(*arguments: str) -> Any:
    return CliRunner().invoke(application(["template"]), ["template", "check", *arguments])


def test_every_check_has_its_say_and_findings_have_their_places(tmp_path: Path) -> None:
    (file,) = write(tmp_path, bad=BAD)
    done = subprocess.run(
        [sys.executable, "-m", "garrison", "template", "check", file, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    (template,) = json.loads(done.stdout)["templates"]
    assert (template["resources"], template["policies"], template["notRun"]) == (3, 1, [])
    found = {(one["source"], one["code"]): one for one in reversed(template["findings"])}
    assert {source for source, _ in found} == {"cfn-lint", "config-rule", "access-analyzer"}
    public = found["access-analyzer", "PUBLIC_ACCESS"]
    assert (public["severity"], public["resource"], public["line"], public["column"]) == ("CRITICAL", "Open", 17, 13)
    assert (found["access-analyzer", "INVALID_ACTION"]["line"], found["cfn-lint", "E3002"]["line"]) == (23, 28)
    assert found["config-rule", "S3_BUCKET_PUBLIC_READ_PROHIBITED"]["line"] == 5
    assert found["config-rule", "SNS_ENCRYPTED_KMS"]["remedy"]


def test_code_hosts_get_sarif_and_people_lines(tmp_path: Path) -> None:
    files = write(tmp_path, bad=BAD, good=GOOD)
    log = json.loads(check(*files, "--no-lint", "--format", "sarif").stdout)
    result, _ = [one for one in log["runs"][0]["results"] if one["ruleId"] == "PUBLIC_ACCESS"]
    place = result["locations"][0]["physicalLocation"]
    assert (result["level"], place["artifactLocation"]["uri"]) == ("error", files[0])
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (17, 13)
    lines = check(*files, "--no-lint", "--parameter", "Name=mine").stdout.splitlines()
    said = f"{files[0]}:17:13: CRITICAL PUBLIC_ACCESS (Open): Anybody may s3:GetObject on arn:aws:s3:::mine-logs/"
    assert any(line.startswith(said) for line in lines)
    assert lines[-1] == f"{files[1]}: nothing found (2 resources, 2 policies, 3 verdicts of Config rules)"


@pytest.mark.parametrize(
    ("text", "options", "code", "said"),
    [
        (GOOD, [], 0, "nothing found"),
        (BAD, ["--rules", "SNS_*", "--fail-on", "never"], 0, "SNS_ENCRYPTED_KMS"),
        (
            GOOD.replace("EnableKeyRotation: true", "Enabled: true"),
            ["--fail-on", "high"],
            0,
            "CMK_BACKING_KEY_ROTATION_ENABLED",
        ),
        (BAD, ["--fail-on", "critical"], 4, "PUBLIC_ACCESS"),
        (
            BAD.replace("!Ref Logs", "!Ref Nothing"),
            [],
            4,
            ":13:7: HIGH TEMPLATE_INVALID (Open): Template format error: Unresolved resource dependencies [Nothing]",
        ),
        ("Resources:\n  A: {Type: X\n", [], 4, "YAML not well-formed. (line 3, column 1)"),
        ("Resources: {A: &a {Type: X}, B: *a}", [], 4, "YAML aliases are not allowed"),
        ("# " + "x" * 1_000_001, [], 4, "Template may not exceed 1000000 bytes"),
        (GOOD, ["--fail-on", "many"], 2, ""),
    ],
)
def test_the_exit_code_says_whether_something_needs_attention(
    tmp_path: Path, text: str, options: list[str], code: int, said: str
) -> None:
    (file,) = write(tmp_path, template=text)
    done = check(file, "--no-lint", *options)
    assert (done.exit_code, said in done.stdout) == (code, True), done.stdout


def test_a_parameter_that_no_template_has_is_told(tmp_path: Path) -> None:
    (file,) = write(tmp_path, template=GOOD)
    done = check(file, "--no-lint", "--parameter", "Nmae=x")
    assert done.exit_code == 1 and "No template has a parameter Nmae." in str(done.exception)
