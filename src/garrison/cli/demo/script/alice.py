"""Chapter 1: a call is refused, explained by the statement that is missing, and allowed by the smallest change."""

from __future__ import annotations

from typing import Any

from garrison.cli.demo.people import access_key
from garrison.cli.demo.script.scene import Scene, awaited
from garrison.errors import ApiError

_ORDERS = "orders"


def alice(scene: Scene) -> dict[str, Any]:
    """Alice reads an order."""
    stage, narrator = scene.stage, scene.narrator
    bucket = f"shop-{_ORDERS}-{stage.account}"
    stage.notes["shop_bucket"] = bucket
    stage.call("s3", "CreateBucket", Bucket=bucket)
    stage.call("s3", "PutObject", Bucket=bucket, Key="2026/0001.json", Body=b'{"order": 1, "total": 42}')
    for name in ("alice", "bob"):
        stage.call("iam", "CreateUser", UserName=name)
        access_key(stage, name)
    who = stage.people["alice"]
    narrator.say("Alice has a key and no permission. She reads an order:")
    narrator.does(f"aws s3api get-object --bucket {bucket} --key 2026/0001.json -")
    refusal = who.refused("s3", "GetObject", Bucket=bucket, Key="2026/0001.json")
    assert refusal is not None
    narrator.shows(f"{refusal.code}: {refusal.message}")
    narrator.say("Every refusal has a request id, and an explanation with the smallest change that turns it:")
    narrator.does(f"garrison explain {refusal.request_id}")
    explained = awaited("The record of the refusal", lambda: _explained(scene, refusal.request_id))
    [edit] = explained["Changes"][0]["Edits"]
    narrator.shows([explained["Reason"], edit["Summary"], *edit["Diff"]])
    narrator.say("The administrator makes just that change, and Alice tries again:")
    stage.call("iam", "PutUserPolicy", UserName="alice", PolicyName="orders", PolicyDocument=edit["Document"])
    narrator.does(
        f"aws iam put-user-policy --user-name alice --policy-name orders --policy-document '{edit['Document']}'"
    )
    order = who.call("s3", "GetObject", Bucket=bucket, Key="2026/0001.json")["Body"].read().decode()
    narrator.shows(order)
    other = who.refused("s3", "PutObject", Bucket=bucket, Key="2026/0001.json", Body=b"{}")
    assert other is not None
    narrator.say(f"Nothing more was allowed: writing it is refused with {other.code}.")
    return {"refused": refusal.code, "explained": explained["Decision"], "read": order, "written": other.code}


def _explained(scene: Scene, request_id: str) -> dict[str, Any] | None:
    """Why a call was decided as it was, once it is recorded."""
    try:
        answer = scene.stage.call("garrison", "Explain", RequestId=request_id, MaxChanges=1)
    except ApiError as error:
        if error.code == "ResourceNotFoundException":
            return None
        raise
    found: dict[str, Any] = answer["Explanations"][0]
    return found
