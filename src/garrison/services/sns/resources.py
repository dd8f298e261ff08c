"""What SNS keeps: topics, subscriptions, and the certificates that messages are signed by."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from garrison.store import Resource


class Topic(Resource, frozen=True, kw_only=True):
    """A topic."""

    resource_type: ClassVar[str] = "AWS::SNS::Topic"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    created_at: datetime
    policy: str
    """Who else may do what with it, as JSON."""
    display_name: str = ""
    delivery_policy: str | None = None
    signature_version: str | None = None
    """`1` or `2`; None where nobody said, which means `1`."""
    kms_key: str | None = None
    """The key of KMS that its messages are encrypted by, as it was given: id, ARN or alias."""
    deleted_subscriptions: int = 0
    """How many subscriptions have gone."""

    @property
    def arn(self) -> str:
        """The topic's ARN."""
        return topic_arn(self.region, self.account, self.name)


class Subscription(Resource, frozen=True, kw_only=True):
    """A subscription, kept with its topic."""

    resource_type: ClassVar[str] = "AWS::SNS::Subscription"
    identity: ClassVar[tuple[str, ...]] = ("topic", "id")
    indexed: ClassVar[tuple[str, ...]] = ("topic",)

    topic: str
    """The topic's name."""
    id: str
    owner: str
    """The account that subscribed."""
    principal: str | None = None
    """The ARN of who subscribed."""
    protocol: str
    endpoint: str
    token_digest: str | None = None
    """SHA-256 of the token that confirms it, in hex."""
    token_expires_at: datetime | None = None
    is_confirmed: bool = False
    was_confirmed_signed: bool = False
    """Whether a signed call confirmed it."""
    authenticates_unsubscribe: bool = False
    """Whether only its owner and the topic's may end it."""
    is_raw: bool = False
    filter_policy: str | None = None
    filter_scope: str = "MessageAttributes"
    delivery_policy: str | None = None

    @property
    def arn(self) -> str:
        """The subscription's ARN."""
        return f"{topic_arn(self.region, self.account, self.topic)}:{self.id}"


class SigningCertificate(Resource, frozen=True, kw_only=True):
    """A key pair that messages are signed by; kept for the whole installation, in its first account."""

    resource_type: ClassVar[str] = "Garrison::SNS::SigningCertificate"
    identity: ClassVar[tuple[str, ...]] = ("fingerprint",)
    is_global: ClassVar[bool] = True

    fingerprint: str
    """32 hexadecimal digits, part of the certificate's address."""
    certificate: str
    """PEM."""
    key_ref: str
    """Where the private key is sealed."""
    expires_at: datetime

    @property
    def arn(self) -> str:
        """SNS's certificates have no ARN in AWS; this one is Garrison's."""
        return f"arn:aws:sns::{self.account}:signing-certificate/{self.fingerprint}"


def topic_arn(region: str, account: str, name: str) -> str:
    """The ARN of a topic."""
    return f"arn:aws:sns:{region}:{account}:{name}"
