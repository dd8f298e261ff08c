"""Messages of topics that have a key of KMS: encrypted from the moment they are answered for until they are sent.

Source: Amazon SNS developer guide, "Securing Amazon SNS data with server-side encryption".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from garrison.crypto import NotAuthentic
from garrison.crypto.xaes import Xaes256Gcm
from garrison.errors import ApiError
from garrison.services.kms.aws_managed import aws_managed_key
from garrison.services.kms.for_services import ask_kms, opened_for_service
from garrison.services.sns.naming import lookup_topic
from garrison.services.sns.queue import Message, SealedMessage

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.call import Call

MANAGED = "alias/aws/sns"
CONTEXT_KEY = "aws:sns:topicArn"
_PRINCIPAL = "sns.amazonaws.com"
_ERRORS = {
    "AccessDeniedException": "KMSAccessDenied",
    "DisabledException": "KMSDisabled",
    "KMSInvalidStateException": "KMSInvalidState",
    "NotFoundException": "KMSNotFound",
}
_DECODE = msgspec.json.Decoder(Message).decode


@dataclass(frozen=True, slots=True)
class DataKey:
    """A data key for the messages of one call, and KMS's ciphertext of it."""

    kms_key: str
    wrapped: bytes
    plain: bytes = field(repr=False)

    def seal(self, message: Message) -> SealedMessage:
        """A message as it is kept."""
        text = Xaes256Gcm(self.plain).encrypt(msgspec.json.encode(message), message.id.encode())
        return SealedMessage(
            id=message.id,
            type=message.type,
            topic_arn=message.topic_arn,
            kms_key=self.kms_key,
            wrapped=self.wrapped,
            text=text,
        )


def have_data_key(call: Call, topic_arn: str) -> None:
    """Have a data key for the messages of a topic that has a key of KMS (`Call.evidence`), with the rights of who publishes."""
    with call.parts.store.reading(call.account, call.region) as unit:
        topic = lookup_topic(unit, topic_arn)
    call.evidence = None
    if topic is None or topic.kms_key is None:
        return
    kms_key = topic.kms_key
    if kms_key == MANAGED:
        kms_key = aws_managed_key(call.parts, topic.account, topic.region, "sns").arn
    parameters = {"KeyId": kms_key, "KeySpec": "AES_256", "EncryptionContext": {CONTEXT_KEY: topic_arn}}
    try:
        made = ask_kms(call, _PRINCIPAL, "GenerateDataKey", parameters)
    except ApiError as error:
        raise ApiError(_ERRORS.get(error.code, error.code), error.message) from None
    call.evidence = DataKey(made["KeyId"], made["CiphertextBlob"], made["Plaintext"])


def opened(place: Workplace, sealed: SealedMessage) -> Message:
    """A message as it was published; raises `ApiError` while its key cannot be used."""
    context = {CONTEXT_KEY: sealed.topic_arn}
    plain = opened_for_service(place.parts, place.clock.now(), sealed.kms_key, sealed.wrapped, context)
    try:
        return _DECODE(Xaes256Gcm(plain).decrypt(sealed.text, sealed.id.encode()))
    except NotAuthentic:
        raise ApiError("InternalError", "The message is damaged.", status=500) from None
