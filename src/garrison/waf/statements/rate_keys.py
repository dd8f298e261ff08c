"""What rate-based rules aggregate by: each combination of values is counted by itself.

A request that lacks one of the components is not counted at all.
Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-aggregation-options.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from garrison.waf.document import FieldToMatch, RateBasedStatement, Transformations
from garrison.waf.document.fields import CookieMatchPattern, Cookies, Empty, Fingerprint, Named
from garrison.waf.document.statements import CustomKey
from garrison.waf.evaluation import Evaluation
from garrison.waf.statements.clients import Client, Origin, client
from garrison.waf.statements.matcher import Refused, Setting

MOST_VALUE_BYTES = 4096
"""Longer values aggregate by what they begin with, so that no client fills the counters with long keys."""


class Keys(NamedTuple):
    kinds: tuple[str, ...]
    values: tuple[bytes, ...]
    valid: bool = True
    """False: the header that would name the client holds no valid address."""

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """Kinds and values, as logs tell them."""
        texts = [value.decode("utf-8", "backslashreplace") for value in self.values]
        return tuple(zip(self.kinds, texts, strict=True))

    @property
    def packed(self) -> bytes:
        """All values, so that no two combinations share a key."""
        if len(self.values) == 1:
            return self.values[0]
        return b"".join(b"%d:%s" % (len(value), value) for value in self.values)


Value = Callable[[Evaluation], bytes | None]
"""Reads one component; None: it is missing."""


class Aggregate:
    """The components that one rule aggregates by."""

    __slots__ = ("_client", "_kinds", "_reads")

    def __init__(self, components: Sequence[tuple[str, Value]], asked: Client | None) -> None:
        self._kinds = tuple(kind for kind, _ in components)
        self._reads = tuple(read for _, read in components)
        self._client = asked

    def keys(self, evaluation: Evaluation) -> Keys | None:
        """The request's values; None when it lacks one."""
        if self._client is not None:
            addresses = self._client.addresses(evaluation.request)
            if addresses is None:
                return None
            if not addresses:
                return Keys((), (), False)
        values: list[bytes] = []
        for read in self._reads:
            value = read(evaluation)
            if value is None:
                return None
            values.append(value[:MOST_VALUE_BYTES])
        return Keys(self._kinds, tuple(values))


def aggregate(statement: RateBasedStatement, setting: Setting) -> Aggregate:
    """What the statement asks for."""
    kind = statement.aggregate_key_type
    if kind == "CONSTANT":
        return Aggregate((), None)
    if kind == "IP":
        return Aggregate((("IP", _address(Origin())),), None)
    forwarded = client(statement.forwarded_ip_config) if statement.forwarded_ip_config is not None else None
    if kind == "FORWARDED_IP":
        if forwarded is None:
            raise Refused(f"{setting.place}: aggregating by a forwarded address needs ForwardedIPConfig")
        return Aggregate((("FORWARDED_IP", _address(forwarded)),), forwarded)
    components = [_component(key, setting, forwarded) for key in statement.custom_keys]
    of_forwarded = any(key.forwarded_ip is not None for key in statement.custom_keys)
    return Aggregate(components, forwarded if of_forwarded else None)


def _component(key: CustomKey, setting: Setting, forwarded: Client | None) -> tuple[str, Value]:
    if key.ip is not None:
        return "IP", _address(Origin())
    if key.forwarded_ip is not None:
        if forwarded is None:
            raise Refused(f"{setting.place}: aggregating by a forwarded address needs ForwardedIPConfig")
        return "FORWARDED_IP", _address(forwarded)
    if key.http_method is not None:
        return "HTTP_METHOD", lambda evaluation: evaluation.request.method
    if key.label_namespace is not None:
        namespace = key.label_namespace.namespace
        return f"LABEL_NAMESPACE:{namespace}", _labels(namespace)
    if key.asn is not None:
        return "ASN", _system(forwarded or Origin(), setting)
    kind, field, transformations = _field(key, setting)
    return kind, _of_view(setting, field, transformations)


def _field(key: CustomKey, setting: Setting) -> tuple[str, FieldToMatch, Transformations]:
    if (header := key.header) is not None:
        return f"HEADER:{header.name}", FieldToMatch(single_header=Named(header.name)), header.text_transformations
    if (cookie := key.cookie) is not None:
        pattern = CookieMatchPattern(included_cookies=(cookie.name,))
        return (
            f"COOKIE:{cookie.name}",
            FieldToMatch(cookies=Cookies(pattern, "VALUE", "CONTINUE")),
            cookie.text_transformations,
        )
    if (argument := key.query_argument) is not None:
        field = FieldToMatch(single_query_argument=Named(argument.name))
        return f"QUERY_ARGUMENT:{argument.name}", field, argument.text_transformations
    if key.query_string is not None:
        return "QUERY_STRING", FieldToMatch(query_string=Empty()), key.query_string.text_transformations
    if key.uri_path is not None:
        return "URI_PATH", FieldToMatch(uri_path=Empty()), key.uri_path.text_transformations
    if key.ja3_fingerprint is not None:
        return "JA3_FINGERPRINT", FieldToMatch(ja3_fingerprint=Fingerprint("NO_MATCH")), ()
    if key.ja4_fingerprint is not None:
        return "JA4_FINGERPRINT", FieldToMatch(ja4_fingerprint=Fingerprint("NO_MATCH")), ()
    raise Refused(f"{setting.place}: a custom key names no component")


def _of_view(setting: Setting, field: FieldToMatch, transformations: Transformations) -> Value:
    view = setting.views.on(field, transformations)

    def read(evaluation: Evaluation) -> bytes | None:
        values = view.values(evaluation).items
        return b",".join(values) if values else None

    return read


def _address(asked: Client) -> Value:
    def read(evaluation: Evaluation) -> bytes | None:
        addresses = asked.addresses(evaluation.request)
        return addresses[0].encode() if addresses else None

    return read


def _system(asked: Client, setting: Setting) -> Value:
    networks = setting.networks

    def read(evaluation: Evaluation) -> bytes | None:
        addresses = asked.addresses(evaluation.request)
        return b"%d" % networks.asn(addresses[0]) if addresses else None

    return read


def _labels(namespace: str) -> Value:
    """Every label of the namespace counts; a request that has none of them is not counted."""
    prefix = namespace if namespace.endswith(":") else namespace + ":"

    def read(evaluation: Evaluation) -> bytes | None:
        found = sorted(label for label in evaluation.labels if label.startswith(prefix))
        return ",".join(found).encode() if found else None

    return read
