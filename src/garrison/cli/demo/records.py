"""What is made of records: rules over resources, a lake that is asked, detections, and a draft that is replayed."""

from __future__ import annotations

from importlib.resources import files

from garrison.cli.demo.stage import Stage, document

_RULES = {
    "buckets-are-versioned": "S3_BUCKET_VERSIONING_ENABLED",
    "buckets-are-not-public": "S3_BUCKET_PUBLIC_READ_PROHIBITED",
    "log-groups-keep-a-year": "CW_LOGGROUP_RETENTION_PERIOD_CHECK",
    "users-have-mfa": "IAM_USER_MFA_ENABLED",
}
_QUERIES = (
    "SELECT eventName, count(*) AS calls FROM {} WHERE errorCode LIKE '%Denied%' GROUP BY eventName ORDER BY calls DESC",
    "SELECT userIdentity.arn AS who, count(*) AS calls FROM {} GROUP BY userIdentity.arn ORDER BY calls DESC LIMIT 20",
    "SELECT eventTime, eventName, sourceIPAddress FROM {} WHERE eventName IN ('StopLogging', 'CreateUser', 'CreateAccessKey')",
)
_STORE = "all-management-events"
_SIGMA = "sigma"
_TIGHTER = {"Sid": "OnlyOrders", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "arn:aws:s3:::shop-orders-*"}


def watch(stage: Stage) -> str:
    """Rules, detections and an event data store, before there is anything to see."""
    for name, identifier in _RULES.items():
        rule = {"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": identifier}}
        undo = ("config", "DeleteConfigRule", {"ConfigRuleName": name})
        stage.make("rule", name, ("config", "PutConfigRule"), {"ConfigRule": rule}, undo)
    _detect(stage)
    store = _store(stage)
    stage.made.add("event data store", store, ("cloudtrail", "DeleteEventDataStore", {"EventDataStore": store}))
    stage.notes["store"] = store
    return f"{len(_RULES)} Config rules, 3 Sigma rules, an event data store"


def _store(stage: Stage) -> str:
    """An event data store; one that an earlier demo has deleted keeps its name for seven days, and is taken back."""
    for one in stage.administrator.pages("cloudtrail", "ListEventDataStores", "EventDataStores"):
        if one["Name"] == _STORE:
            stage.call("cloudtrail", "RestoreEventDataStore", EventDataStore=one["EventDataStoreArn"])
            return str(one["EventDataStoreArn"])
    made = stage.call("cloudtrail", "CreateEventDataStore", Name=_STORE, TerminationProtectionEnabled=False)
    return str(made["EventDataStoreArn"])


def _detect(stage: Stage) -> None:
    """Sigma rules, where the server looks for them: a file each."""
    rules = (files("garrison.cli.demo") / "detections.yml").read_text().split("\n---\n")
    (stage.home / _SIGMA).mkdir(mode=0o700, exist_ok=True)
    for number, rule in enumerate(rules, 1):
        name = f"{_SIGMA}/demo-{number}.yml"
        stage.made.add("detection rule", name, ("demo", "RemoveFile", {"name": name}))
        (stage.home / name).write_text(rule)


def ask(stage: Stage) -> str:
    """Ask what happened, and what a tighter policy would have done to it."""
    store = stage.notes["store"].rpartition("/")[2]
    alice = stage.people["alice"]
    for query in _QUERIES:
        alice.refused("cloudtrail", "StartQuery", QueryStatement=query.format(store))
        stage.call("cloudtrail", "StartQuery", QueryStatement=query.format(store))
    replay = stage.call(
        "garrison",
        "StartReplay",
        Kind="IDENTITY_POLICY",
        Document=document(_TIGHTER),
        Principal=f"arn:aws:iam::{stage.account}:user/ci-deploy",
    )["ReplayId"]
    stage.made.add("replay", replay, ("garrison", "DeleteReplay", {"ReplayId": replay}))
    return f"{len(_QUERIES)} queries of the lake, a policy replayed"
