"""The operator's own receivers of alarms, from the setting `alarm_sinks`, and the form in which each is told.

    webhook:https://…            the alarm's JSON message
    slack:https://…              an incoming webhook of Slack's (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)
    pagerduty:KEY[:https://…]    PagerDuty's Events API v2: triggers with ALARM, resolves with OK
    syslog:HOST:PORT             RFC 5424 over UDP; `syslog+tcp:` over TCP (RFC 6587, octet counting)

A sink is named in logs and histories by its form and host: its URL or key may be a secret.
"""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from garrison import codec
from garrison.detect.alarms import ALARM, OK
from garrison.outgoing import Outgoing, Refused, Unreachable, place_of
from garrison.services.cloudwatch.notices import Notice

PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue"
_LONGEST_SUMMARY = 1024
_LONGEST_SYSLOG_BYTES = 2048
"""What every receiver of syslog should take (RFC 5424, 6.1)."""
_FACILITY_AUDIT = 13
_ALERT, _NOTICE = 1, 5
_SECONDS = 10.0


class Sink(NamedTuple):
    """One receiver."""

    form: str
    target: str
    """A URL, or `host:port`."""
    key: str = ""

    @property
    def id(self) -> str:
        """What its notices are kept under: changes with every part of it."""
        return hashlib.sha256("\n".join(self).encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """What it is called where its secrets must not be."""
        place = place_of(self.target)
        return f"{self.form} ({place.name if place is not None else self.target})"


def sinks_of(texts: Iterable[str]) -> tuple[Sink, ...]:
    """The sinks of the setting, whose form the settings have checked."""
    return tuple(_sink(text) for text in texts)


def _sink(text: str) -> Sink:
    form, _, target = text.partition(":")
    if form != "pagerduty":
        return Sink(form, target)
    key, _, url = target.partition(":")
    return Sink(form, url or PAGERDUTY_URL, key)


def send(sink: Sink, notice: Notice) -> None:
    """Tell a sink; raises `OutgoingFailure`."""
    message = codec.decode(notice.message)
    if sink.form.startswith("syslog"):
        _send_syslog(sink, notice, message)
        return
    body = _FORMS[sink.form](sink, notice, message)
    place = place_of(sink.target)
    if place is None:
        raise Refused(f"{sink.name} is no URL that Garrison sends to")
    outgoing = Outgoing([f"{place.name}:{place.port}"], setting="alarm_sinks")
    headers = {"Content-Type": "application/json"}
    answer = outgoing.send(sink.target, headers=headers, body=codec.encode(body), seconds=_SECONDS)
    if answer.status >= 500 or answer.status == 429:
        raise Unreachable(f"{sink.name} answered {answer.status}")
    if not 200 <= answer.status < 300:
        raise Refused(f"{sink.name} answered {answer.status}")


def _webhook(_sink: Sink, _notice: Notice, message: Mapping[str, Any]) -> Mapping[str, Any]:
    return message


def _slack(_sink: Sink, notice: Notice, _message: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"text": f"*{_for_slack(notice.subject)}*\n```{_for_slack(notice.text).replace('```', '´´´')}```"}


def _for_slack(text: str) -> str:
    """Text that can be no link, mention or markup of Slack's."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _pagerduty(sink: Sink, notice: Notice, message: Mapping[str, Any]) -> Mapping[str, Any]:
    event: dict[str, Any] = {"routing_key": sink.key, "dedup_key": message["AlarmArn"]}
    if message["NewStateValue"] == OK:
        return event | {"event_action": "resolve"}
    payload = {
        "summary": notice.subject[:_LONGEST_SUMMARY],
        "source": f"garrison {message['AWSAccountId']}",
        "severity": "critical",
        "timestamp": message["StateChangeTime"],
        "component": message["AlarmName"],
        "custom_details": message,
    }
    return event | {"event_action": "trigger", "payload": payload}


_FORMS: Mapping[str, Callable[[Sink, Notice, Mapping[str, Any]], Mapping[str, Any]]] = {
    "webhook": _webhook,
    "slack": _slack,
    "pagerduty": _pagerduty,
}


def _send_syslog(sink: Sink, notice: Notice, message: Mapping[str, Any]) -> None:
    line = _syslog_line(notice, message)
    host, _, port = sink.target.rpartition(":")
    address = (host.strip("[]"), int(port))
    try:
        if sink.form == "syslog":
            family, kind, protocol, _, resolved = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0]
            with socket.socket(family, kind, protocol) as udp:
                udp.sendto(line, resolved)
            return
        with socket.create_connection(address, timeout=_SECONDS) as tcp:
            tcp.sendall(b"%d %s" % (len(line), line))
    except (OSError, UnicodeError):
        raise Unreachable(f"{sink.name} could not be reached") from None


def _syslog_line(notice: Notice, message: Mapping[str, Any]) -> bytes:
    severity = _ALERT if message["NewStateValue"] == ALARM else _NOTICE
    head = f"<{_FACILITY_AUDIT * 8 + severity}>1 {notice.at:%Y-%m-%dT%H:%M:%S.%f}Z {socket.gethostname()} garrison - alarm - "
    events = "; ".join(
        " ".join(str(event.get(part, "-")) for part in ("when", "what", "who", "source"))
        for event in message.get("MatchingEvents", ())
        if event.get("what")
    )
    text = f"{notice.subject}: {message['NewStateReason']}{f' | {events}' if events else ''}"
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return (head + plain).encode()[:_LONGEST_SYSLOG_BYTES].decode(errors="ignore").encode()
