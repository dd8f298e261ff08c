"""Amazon Kinesis: data streams."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

_NAMES = Call("ListStreams", "StreamNames[]")


def _encryption(configuration: dict[str, Any]) -> dict[str, Any]:
    """Config keeps type and key of the encryption together."""
    kind = configuration.get("EncryptionType")
    kept = {name: each for name, each in configuration.items() if name not in ("EncryptionType", "KeyId")}
    if kind in (None, "NONE"):
        return kept
    return kept | {"StreamEncryption": {"EncryptionType": kind, "KeyId": configuration.get("KeyId")}}


STREAM = Type(
    "AWS::Kinesis::Stream",
    Call("DescribeStreamSummary", "StreamDescriptionSummary", params={"StreamName": At(".")}, each=_NAMES),
    id="StreamName",
    arn="StreamARN",
    title="StreamName",
    created="StreamCreationTimestamp",
    rename={"StreamARN": "Arn", "StreamName": "Name", "OpenShardCount": "ShardCount"},
    shaped=_encryption,
    parts=(Part("", Call("ListTagsForStream", params={"StreamName": At("StreamName")}), "Tags", into=Place.TAGS),),
)

SERVICE = Service("kinesis", (STREAM,))
