"""AWS KMS: keys with policy and rotation, and aliases."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type

_KEYS = Call("ListKeys", "Keys[]")
_OF_KEY = {"KeyId": At("KeyId")}

KEY = Type(
    "AWS::KMS::Key",
    Call("DescribeKey", "KeyMetadata", params=_OF_KEY, each=_KEYS),
    id="KeyId",
    arn="Arn",
    created="CreationDate",
    parts=(
        Part(
            "KeyRotationStatus",
            Call("GetKeyRotationStatus", params=_OF_KEY),
            "KeyRotationEnabled",
            absent=("UnsupportedOperationException",),
            when=lambda key: key.get("KeyState") not in ("PendingDeletion", "PendingImport", "Unavailable"),
        ),
        Part("Policy", Call("GetKeyPolicy", params={**_OF_KEY, "PolicyName": "default"}), "Policy"),
        Part(
            "",
            Call("ListResourceTags", params=_OF_KEY),
            "Tags",
            into=Place.TAGS,
            when=lambda key: key.get("KeyManager") != "AWS",
        ),
    ),
)
ALIAS = Type(
    "AWS::KMS::Alias",
    Call("ListAliases", "Aliases[]"),
    id="AliasName",
    arn="AliasArn",
    created="CreationDate",
    ties=(Tie("Is associated with Key", "AWS::KMS::Key", "TargetKeyId"),),
    keep=lambda alias: bool(alias.get("TargetKeyId")),
)

SERVICE = Service("kms", (KEY, ALIAS))
