"""Fields to match: what of a request statements look at, and what decides where it cannot be looked at."""

from __future__ import annotations

import msgspec
import pytest

from garrison.waf.document import FieldToMatch
from garrison.waf.fields import FIELDS, Limits, Part, Parts, limits_of, log_name, reader
from garrison.waf.fields.arguments import query_values
from garrison.waf.fields.query_arguments import query_pairs
from garrison.waf.request import Request

HEADERS = (
    (b"host", b"example.com"),
    (b"user-agent", b"curl/8"),
    (b"x-id", b"1"),
    (b"cookie", b'a=1; b="2"; a=3'),
    (b"x-id", b"2"),
)


def read(document: object, request: Request, pre: tuple[str, ...] = (), limits: Limits | None = None) -> Parts:
    return reader(msgspec.convert(document, FieldToMatch), pre, limits or Limits())(request)


def values(document: object, request: Request, pre: tuple[str, ...] = ()) -> list[tuple[str, bytes]]:
    return [(part.place, part.value) for part in read(document, request, pre).values]


def get(target: bytes = b"/", headers: tuple[tuple[bytes, bytes], ...] = (), **rest: object) -> Request:
    return Request(b"GET", target, headers, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("document", "target", "expected"),
    [
        ({"Method": {}}, b"/", [("", b"GET")]),
        ({"UriPath": {}}, b"/a%20b/../c?d#e", [("", b"/a%20b/../c")]),
        ({"QueryString": {}}, b"/a?b=%20?c", [("", b"b=%20?c")]),
        ({"QueryString": {}}, b"/a?", [("", b"")]),
        ({"QueryString": {}}, b"/a", []),
        ({"SingleQueryArgument": {"Name": "UserName"}}, b"/?UsErNaMe=a&username=b&x=c", [("UsErNaMe", b"a"), ("username", b"b")]),
        ({"SingleQueryArgument": {"Name": "id"}}, b"/?%69d=1%20", [("%69d", b"1%20")]),
        ({"SingleQueryArgument": {"Name": "id"}}, b"/?id&x", [("id", b"")]),
        ({"SingleQueryArgument": {"Name": "id"}}, b"/?x=1", []),
        ({"AllQueryArguments": {}}, b"/?a=1&&b=%3C&c==", [("a", b"1"), ("b", b"%3C"), ("c", b"=")]),
        ({"AllQueryArguments": {}}, b"/?<script>", [("", b"<script>")]),
        ({"AllQueryArguments": {}}, b"/", []),
    ],
)  # fmt: skip
def test_the_target_is_inspected_as_it_came(document: object, target: bytes, expected: list[tuple[str, bytes]]) -> None:
    assert values(document, get(target)) == expected


def test_query_strings_are_normalised_before_they_are_taken_apart() -> None:
    request = get(b"/?a=SEL;a=ECT%26b=2")
    pre = ("REPLACE_SEMICOLONS_WITH_AMPERSANDS", "COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA")
    assert values({"AllQueryArguments": {}}, request, pre) == [("a", b"SEL,ECT%26b=2")]
    assert values({"AllQueryArguments": {}}, request, ("URL_DECODE",)) == [("a", b"SEL;a=ECT"), ("b", b"2")]
    assert values({"SingleQueryArgument": {"Name": "b"}}, request) == []
    assert values({"SingleQueryArgument": {"Name": "b"}}, request, ("URL_DECODE",)) == [("b", b"2")]


def header_field(pattern: object, scope: str = "VALUE", oversize: str = "CONTINUE") -> object:
    return {"Headers": {"MatchPattern": pattern, "MatchScope": scope, "OversizeHandling": oversize}}


def cookie_field(pattern: object, scope: str = "VALUE", oversize: str = "CONTINUE") -> object:
    return {"Cookies": {"MatchPattern": pattern, "MatchScope": scope, "OversizeHandling": oversize}}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"SingleHeader": {"Name": "User-Agent"}}, [("user-agent", b"curl/8")]),
        ({"SingleHeader": {"Name": "x-id"}}, [("x-id", b"1"), ("x-id", b"2")]),
        ({"SingleHeader": {"Name": "referer"}}, []),
        ({"HeaderOrder": {"OversizeHandling": "CONTINUE"}}, [("", b"host:user-agent:x-id:cookie:x-id")]),
        (header_field({"IncludedHeaders": ["HOST"]}), [("host", b"example.com")]),
        (header_field({"ExcludedHeaders": ["Cookie", "X-Id"]}, "ALL"), [("host", b"host"), ("host", b"example.com"), ("user-agent", b"user-agent"), ("user-agent", b"curl/8")]),
        (header_field({"All": {}}, "KEY"), [(name.decode(), name) for name, _ in HEADERS]),
        (cookie_field({"All": {}}), [("a", b"1"), ("b", b'"2"'), ("a", b"3")]),
        (cookie_field({"IncludedCookies": ["a"]}, "ALL"), [("a", b"a"), ("a", b"1"), ("a", b"a"), ("a", b"3")]),
        (cookie_field({"ExcludedCookies": ["a"]}, "KEY"), [("b", b"b")]),
        (cookie_field({"IncludedCookies": ["A"]}), []),
    ],
)  # fmt: skip
def test_headers_and_cookies_are_picked_by_their_names(document: object, expected: list[tuple[str, bytes]]) -> None:
    assert values(document, get(headers=HEADERS)) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"$Version=1; a=b; $Path=/", [("$Version", b"1"), ("a", b"b"), ("$Path", b"/")]),
        (b";; a = b ;c", [("a", b"b"), ("", b"c")]),
        (b"a=b=c", [("a", b"b=c")]),
        (rb'a="\074script\076\""', [("a", rb'"\074script\076\""'), ("a", b'<script>"')]),
        (b'a="x;y"', [("a", b'"x'), ("", b'y"')]),
    ],
)
def test_cookies_are_read_as_they_are_sent(header: bytes, expected: list[tuple[str, bytes]]) -> None:
    assert values(cookie_field({"All": {}}), get(headers=((b"cookie", header),))) == expected


@pytest.mark.parametrize(
    ("document", "given_by"),
    [
        ({"JA3Fingerprint": {"FallbackBehavior": "MATCH"}}, {"ja3": "579ccef312d18482fc42e2b822ca2430"}),
        ({"JA4Fingerprint": {"FallbackBehavior": "MATCH"}}, {"ja4": "t13d1516h2_8daaf6152771_02713d6af862"}),
        ({"UriFragment": {"FallbackBehavior": "MATCH"}}, {"fragment": "section2"}),
    ],
)
def test_what_only_some_proxies_supply_has_a_fallback(document: dict[str, object], given_by: dict[str, str]) -> None:
    ((key, text),) = given_by.items()
    supplied: object = text.encode() if key == "fragment" else text
    assert values(document, get(**{key: supplied})) == [("", text.encode())]
    assert read(document, get()) == Parts(verdict=True)
    (name,) = document
    assert read({name: {"FallbackBehavior": "NO_MATCH"}}, get()) == Parts(verdict=False)


MANY = tuple((b"x-%d" % number, b"v") for number in range(201))
LONG = ((b"x-long", b"a" * 8192), (b"x-after", b"b"))


@pytest.mark.parametrize("headers", [MANY, LONG], ids=["201 headers", "more than 8 KB"])
def test_oversize_headers_are_decided_or_cut(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    request = get(headers=headers)
    assert read(header_field({"All": {}}, oversize="MATCH"), request) == Parts((), True, True)
    assert read(header_field({"All": {}}, oversize="NO_MATCH"), request) == Parts((), True, False)
    cut = read(header_field({"All": {}}), request)
    assert cut.oversize and cut.verdict is None
    assert sum(len(part.place) + len(part.value) for part in cut.values) <= 8192
    assert len(cut.values) <= 200
    assert read({"HeaderOrder": {"OversizeHandling": "MATCH"}}, request).verdict is True


def test_one_header_is_read_behind_any_number_of_others() -> None:
    request = get(headers=(*MANY, *LONG, (b"user-agent", b"bad")))
    assert values({"SingleHeader": {"Name": "user-agent"}}, request) == [("user-agent", b"bad")]


def test_oversize_cookies_are_decided_or_cut() -> None:
    request = get(headers=((b"cookie", b"; ".join(b"c%d=1" % number for number in range(201))),))
    assert read(cookie_field({"All": {}}, oversize="MATCH"), request).verdict is True
    assert read(cookie_field({"All": {}}, oversize="NO_MATCH"), request).verdict is False
    assert len(read(cookie_field({"All": {}}), request).values) == 200
    assert read(cookie_field({"All": {}}), get(headers=((b"cookie", b"a=" + b"b" * 9000),))).oversize


def test_the_body_is_inspected_up_to_the_limit() -> None:
    request = Request(b"POST", b"/", body=b"a" * 9000)
    assert read({"Body": {}}, request) == Parts((Part("", b"a" * 8192),), True)
    assert read({"Body": {"OversizeHandling": "MATCH"}}, request) == Parts((), True, True)
    assert read({"Body": {"OversizeHandling": "NO_MATCH"}}, request) == Parts((), True, False)
    assert read({"Body": {}}, request, limits=Limits(body_bytes=16384)) == Parts((Part("", b"a" * 9000),))
    assert read({"Body": {}}, Request(b"POST", b"/", body=b"ab", body_bytes=3)) == Parts((Part("", b"ab"),), True)
    assert read({"Body": {}}, Request(b"POST", b"/")) == Parts()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (None, 8192),
        ({}, 8192),
        ({"RequestBody": {"CLOUDFRONT": {"DefaultSizeInspectionLimit": "KB_16"}}}, 16384),
        ({"RequestBody": {"API_GATEWAY": {"DefaultSizeInspectionLimit": "KB_48"}, "APP_RUNNER_SERVICE": {"DefaultSizeInspectionLimit": "KB_64"}}}, 65536),
    ],
)  # fmt: skip
def test_the_association_config_sets_how_much_of_a_body_is_inspected(
    config: dict[str, object] | None, expected: int
) -> None:
    assert limits_of(config).body_bytes == expected


def test_every_field_is_registered_with_a_description_and_a_name_for_logs() -> None:
    assert set(FIELDS) == {field.name for field in msgspec.structs.fields(FieldToMatch)}
    assert all(field.description.endswith(".") for field in FIELDS.values())
    assert log_name(msgspec.convert({"AllQueryArguments": {}}, FieldToMatch)) == "ALL_QUERY_ARGS"
    with pytest.raises(ValueError, match="names one component"):
        reader(FieldToMatch())
    with pytest.raises(ValueError, match="ROT13"):
        reader(msgspec.convert({"AllQueryArguments": {}}, FieldToMatch), ("ROT13",))


def test_what_was_taken_apart_once_is_not_taken_apart_again() -> None:
    request = get(b"/?a=1")
    assert query_pairs(request) is query_pairs(request)
    assert query_values(request) is query_values(request)
