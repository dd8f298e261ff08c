"""Chapter 3: Config knows what every resource was, and the call that changed it; the call knows who."""

from __future__ import annotations

from typing import Any

from garrison.cli.demo.script.scene import Scene, awaited

_TYPE = "AWS::S3::Bucket"


def by_whom(scene: Scene) -> dict[str, Any]:
    """Bob opens a bucket by hand."""
    stage, narrator = scene.stage, scene.narrator
    bucket = stage.notes["shop_bucket"]
    narrator.say("In the meantime the block of public access has gone from the orders' bucket. Its timeline:")
    awaited("The bucket's first state", lambda: _states(scene, bucket))
    stage.people["bob"].call("s3", "DeletePublicAccessBlock", Bucket=bucket)
    state, event = awaited("The bucket's change", lambda: _changed_by(scene, bucket))
    narrator.does(f"aws configservice get-resource-config-history --resource-type {_TYPE} --resource-id {bucket}")
    narrator.shows(f"{state['configurationItemCaptureTime']:%H:%M:%S} changed; related event {event['EventId']}")
    narrator.does(
        f"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventId,AttributeValue={event['EventId']}"
    )
    narrator.shows(f"{event['EventName']} by {event['Username']} at {event['EventTime']:%H:%M:%S}")
    narrator.say(f"`garrison timeline arn:aws:s3:::{bucket}` tells both at once, with each verdict that turned.")
    return {"event": event["EventName"], "who": event["Username"]}


def _states(scene: Scene, bucket: str) -> list[dict[str, Any]]:
    from garrison.errors import ApiError

    try:
        found = scene.stage.call("config", "GetResourceConfigHistory", resourceType=_TYPE, resourceId=bucket)
    except ApiError as error:
        if error.code == "ResourceNotDiscoveredException":
            return []
        raise
    items: list[dict[str, Any]] = found["configurationItems"]
    return items


def _changed_by(scene: Scene, bucket: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The state with the call behind it."""
    for state in _states(scene, bucket):
        for event_id in state.get("relatedEvents") or ():
            attributes = [{"AttributeKey": "EventId", "AttributeValue": event_id}]
            events = scene.stage.call("cloudtrail", "LookupEvents", LookupAttributes=attributes)["Events"]
            for event in events:
                if event["EventName"].startswith("DeleteBucketPublicAccessBlock"):
                    return state, event
    return None
