"""The forms in which a message reaches an endpoint: HTTP requests and mail.

SNS Developer Guide, "HTTP/HTTPS notification JSON format", "… subscription confirmation JSON format", "… headers".
"""

from __future__ import annotations

from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from garrison import codec
from garrison.services.sns.queue import CONFIRMATION, GOODBYE, NOTIFICATION, Delivery, Message
from garrison.services.sns.signing import CERTIFICATE_NAME, Signer

CERTIFICATE_PATH = "/_garrison/sns/"
MAIL_LINK_PATH = "/_garrison/sns/subscription/"
"""Where links in mails lead: to a page whose button acts, since mail scanners open every link."""
_DEFAULT_TYPE = "text/plain; charset=UTF-8"


class Writer:
    """Writes messages as their receivers read them."""

    def __init__(self, endpoint: str, signer: Signer) -> None:
        self._endpoint = endpoint
        self._signer = signer

    def document(self, message: Message, delivery: Delivery) -> dict[str, Any]:
        """A message as a signed JSON document."""
        document: dict[str, Any] = {"Type": message.type, "MessageId": message.id}
        if message.token is not None:
            document["Token"] = message.token
        document["TopicArn"] = message.topic_arn
        if message.subject is not None:
            document["Subject"] = message.subject
        document["Message"] = message.for_protocol(delivery.protocol)
        if message.token is not None:
            document["SubscribeURL"] = self._confirm_url(message, delivery)
        document["Timestamp"] = f"{message.at:%Y-%m-%dT%H:%M:%S}.{message.at.microsecond // 1000:03d}Z"
        document["SignatureVersion"] = delivery.signature_version
        document["Signature"] = self._signer.signature(document, delivery.signature_version)
        name = CERTIFICATE_NAME.format(self._signer.certificate.fingerprint)
        document["SigningCertURL"] = f"{self._endpoint}{CERTIFICATE_PATH}{name}"
        if message.type == NOTIFICATION:
            document["UnsubscribeURL"] = self._unsubscribe_url(delivery)
            if message.attributes:
                document["MessageAttributes"] = message.attributes
        return document

    def request(self, message: Message, delivery: Delivery) -> tuple[dict[str, str], bytes]:
        """Headers and body of the HTTP request."""
        is_raw = delivery.is_raw and message.type == NOTIFICATION
        headers = {
            "Content-Type": delivery.content_type or _DEFAULT_TYPE,
            "User-Agent": "Amazon Simple Notification Service Agent",
            "x-amz-sns-message-type": message.type,
            "x-amz-sns-message-id": message.id,
            "x-amz-sns-topic-arn": message.topic_arn,
        }
        if message.type != CONFIRMATION:
            headers["x-amz-sns-subscription-arn"] = delivery.subscription_arn
        if is_raw:
            headers["x-amz-sns-rawdelivery"] = "true"
            return headers, message.for_protocol(delivery.protocol).encode()
        return headers, codec.encode(self.document(message, delivery))

    def mail(self, message: Message, delivery: Delivery, sender: str) -> EmailMessage:
        """The mail; its Message-ID stays the same over all attempts."""
        mail = EmailMessage()
        user, _, domain = sender.partition("@")
        mail["From"] = Address(message.display_name or "Garrison Notifications", user, domain)
        mail["To"] = delivery.endpoint
        mail["Subject"] = message.subject or _SUBJECTS[message.type]
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{message.id}.{delivery.lane}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Amz-Sns-Message-Id"] = message.id
        if delivery.protocol == "email-json":
            mail.set_content(codec.encode(self.document(message, delivery)).decode())
        else:
            mail.set_content(_TEXTS[message.type](self, message, delivery))
        return mail

    def _notification_text(self, message: Message, delivery: Delivery) -> str:
        return (
            f"{message.for_protocol('email')}\n\n--\n"
            f"To get no more mail from this topic, unsubscribe:\n{self._unsubscribe_url(delivery)}\n"
        )

    def _confirmation_text(self, message: Message, delivery: Delivery) -> str:
        return (
            f"This address was subscribed to the topic\n{message.topic_arn}\n\n"
            f"Open this link within two days to confirm it:\n{self._confirm_url(message, delivery)}\n\n"
            "Do nothing if you did not ask for it: nothing will be sent.\n"
        )

    def _goodbye_text(self, message: Message, delivery: Delivery) -> str:
        return (
            f"This address is no longer subscribed to the topic\n{message.topic_arn}\n\n"
            f"If that was a mistake, subscribe again:\n{self._confirm_url(message, delivery)}\n"
        )

    def _confirm_url(self, message: Message, delivery: Delivery) -> str:
        return self._link("ConfirmSubscription", delivery, TopicArn=message.topic_arn, Token=message.token or "")

    def _unsubscribe_url(self, delivery: Delivery) -> str:
        return self._link("Unsubscribe", delivery, SubscriptionArn=delivery.subscription_arn)

    def _link(self, action: str, delivery: Delivery, **parameters: str) -> str:
        """AWS's call for programs, a page with a button for people."""
        if delivery.protocol in ("email", "email-json"):
            return f"{self._endpoint}{MAIL_LINK_PATH}{action}?{urlencode(parameters, safe=':')}"
        return f"{self._endpoint}/?{urlencode({'Action': action} | parameters, safe=':')}"


_SUBJECTS = {
    NOTIFICATION: "AWS Notification Message",
    CONFIRMATION: "AWS Notification - Subscription Confirmation",
    GOODBYE: "AWS Notification - Unsubscribe Confirmation",
}
_TEXTS: dict[str, Callable[[Writer, Message, Delivery], str]] = {
    NOTIFICATION: Writer._notification_text,
    CONFIRMATION: Writer._confirmation_text,
    GOODBYE: Writer._goodbye_text,
}
