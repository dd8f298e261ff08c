"""How long issuers' keys are kept, and how seldom issuers are asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from garrison.federation import Issuer, IssuerKeys, ProviderUnreachable
from garrison.federation.fetch import Fetched

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ISSUER = Issuer("https://idp.example.com/tenant", ("0" * 40,))
KEYS_AT = "https://keys.example.com/jwks"


class Web:
    """Documents by URL, and who asked for them."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.described: Any = {"issuer": ISSUER.url, "jwks_uri": KEYS_AT}
        self.keys: Any = {"keys": [RSAKey.generate_key(2048).as_dict(private=False)]}
        self.is_down = False

    def get(self, url: str, thumbprints: tuple[str, ...]) -> Fetched:
        self.asked.append(url)
        assert thumbprints == ISSUER.thumbprints
        if self.is_down:
            raise ProviderUnreachable("down")
        found = self.described if url.endswith("/.well-known/openid-configuration") else self.keys
        return Fetched(json.dumps(found).encode(), "IAMTrustStore")


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def keys(web: Web) -> IssuerKeys:
    return IssuerKeys(web.get)


def test_keys_are_discovered_once_and_kept_for_ten_minutes(web: Web, keys: IssuerKeys) -> None:
    first = keys.published(ISSUER, START)
    assert len(first.keys) == 1
    assert first.verification == "IAMTrustStore"
    assert web.asked == [f"{ISSUER.url}/.well-known/openid-configuration", KEYS_AT]
    assert keys.published(ISSUER, START + timedelta(minutes=9)) is first
    assert len(web.asked) == 2
    assert keys.published(ISSUER, START + timedelta(minutes=10)) is not first
    assert len(web.asked) == 4


def test_an_unknown_key_makes_one_look_in_ten_seconds(web: Web, keys: IssuerKeys) -> None:
    first = keys.published(ISSUER, START)
    for second in range(10):
        assert keys.published(ISSUER, START + timedelta(seconds=second), unlike=first) is first
    assert len(web.asked) == 2
    second_look = keys.published(ISSUER, START + timedelta(seconds=10), unlike=first)
    assert second_look is not first
    assert keys.published(ISSUER, START + timedelta(seconds=11), unlike=first) is second_look
    assert len(web.asked) == 4


def test_while_the_issuer_is_away_known_keys_serve_for_an_hour(web: Web, keys: IssuerKeys) -> None:
    first = keys.published(ISSUER, START)
    web.is_down = True
    assert keys.published(ISSUER, START + timedelta(minutes=59)) is first
    with pytest.raises(ProviderUnreachable):
        keys.published(ISSUER, START + timedelta(minutes=60, seconds=30))


def test_an_issuer_that_cannot_be_reached_is_asked_once_in_ten_seconds(web: Web, keys: IssuerKeys) -> None:
    web.is_down = True
    for second in range(10):
        with pytest.raises(ProviderUnreachable):
            keys.published(ISSUER, START + timedelta(seconds=second))
    assert len(web.asked) == 1
    web.is_down = False
    assert keys.published(ISSUER, START + timedelta(seconds=10)).keys


def test_a_clock_set_back_makes_keys_old(web: Web, keys: IssuerKeys) -> None:
    keys.published(ISSUER, START)
    keys.published(ISSUER, START - timedelta(hours=1))
    assert len(web.asked) == 4


def test_new_thumbprints_make_an_issuer_anew(web: Web, keys: IssuerKeys) -> None:
    keys.published(ISSUER, START)
    with pytest.raises(AssertionError):
        keys.published(ISSUER._replace(thumbprints=("1" * 40,)), START)


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://other.example.com", "jwks_uri": KEYS_AT},
        {"issuer": ISSUER.url},
        {"issuer": ISSUER.url, "jwks_uri": 1},
        {"issuer": ISSUER.url, "jwks_uri": "http://127.0.0.1:80/jwks"},
        {"issuer": ISSUER.url, "jwks_uri": "file:///etc/passwd"},
        [],
        "x",
        None,
    ],
)
def test_a_discovery_document_must_be_the_issuers_own(web: Web, keys: IssuerKeys, described: Any) -> None:
    web.described = described
    with pytest.raises(ProviderUnreachable):
        keys.published(ISSUER, START)


def test_weak_secret_and_encryption_keys_are_passed_over(web: Web, keys: IssuerKeys) -> None:
    good = RSAKey.generate_key(2048).as_dict(private=False)
    web.keys = {
        "keys": [
            {"kty": "oct", "k": "c2VjcmV0", "kid": "a"},
            good | {"use": "enc"},
            good | {"key_ops": ["encrypt"]},
            good | {"kid": 1},
            good | {"n": "AQAB"},
            {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
            {"kty": []},
            7,
            good | {"kid": "good"},
        ]
    }
    assert [key.key_id for key in keys.published(ISSUER, START).keys] == ["good"]


def test_more_keys_than_issuers_have_are_refused(web: Web, keys: IssuerKeys) -> None:
    web.keys = {"keys": [{}] * 201}
    with pytest.raises(ProviderUnreachable):
        keys.published(ISSUER, START)
