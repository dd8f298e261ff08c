"""Whatever is presented as a token, a key set, a response or metadata: it is believed or refused, and nothing else happens."""

from __future__ import annotations

import contextlib
import json
import string
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garrison.federation import (
    IdentityRefused,
    InvalidIdentity,
    ProviderUnreachable,
    read_keys,
    read_token,
    session_claims,
    verify,
)
from garrison.federation.jwt import Token
from garrison.federation.saml import Expected, Metadata, read_metadata, read_response, user_of
from garrison.federation.saml.xml import NotRead

from .saml_idp import AWS, IdentityProvider, encoded

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
CLAIMS = st.fixed_dictionaries(
    {"iss": st.just("https://idp.example.com")},
    optional=dict.fromkeys(
        (
            "sub",
            "aud",
            "azp",
            "exp",
            "nbf",
            "iat",
            "https://aws.amazon.com/tags",
            "https://aws.amazon.com/source_identity",
            "https://aws.amazon.com/tags/principal_tags/a",
            "https://aws.amazon.com/tags/transitive_tag_keys",
        ),
        JSON,
    ),
)


@given(st.text(alphabet=string.ascii_letters + string.digits + "._-=+/é\x00", max_size=200))
def test_any_text_is_a_token_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidIdentity):
        assert read_token(text).issuer


@given(CLAIMS)
def test_any_claims_are_read_or_refused(claims: dict[str, Any]) -> None:
    with contextlib.suppress(IdentityRefused):
        session_claims(claims)
    assert verify(Token("a.b.c", "RS256", None, claims), "https://idp.example.com", (), {"app"}, NOW) is None


@given(
    JSON
    | st.lists(
        st.fixed_dictionaries(
            {"kty": st.sampled_from(["RSA", "EC", "oct", "OKP"])},
            optional=dict.fromkeys(("n", "e", "crv", "x", "y", "d", "k", "use", "alg", "kid", "key_ops"), JSON),
        )
    )
)
def test_any_key_set_is_read_or_refused(keys: Any) -> None:
    for document in ({"keys": keys}, keys):
        try:
            read = read_keys(json.dumps(document).encode())
        except ProviderUnreachable:
            continue
        assert read == ()


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory) -> IdentityProvider:
    return IdentityProvider(tmp_path_factory.mktemp("idp"))


@pytest.fixture(scope="module")
def metadata(idp: IdentityProvider) -> Metadata:
    return read_metadata(idp.metadata)


@pytest.fixture(scope="module")
def genuine(idp: IdentityProvider) -> str:
    return idp.response("alice", "arn:aws:iam::123456789012:role/r", "arn:aws:iam::123456789012:saml-provider/p")


INSERTED = st.sampled_from(
    [
        "x",
        "<!-- -->",
        "<x/>",
        "&#x61;",
        "&amp;",
        "<![CDATA[a]]>",
        "</ns1:Assertion>",
        " ",
        "\n",
        "<?x?>",
        "admin",
        "\x00",
        "<",
        "é",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_changed_response_says_the_same_or_is_refused(metadata: Metadata, genuine: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(genuine)))
    cut = data.draw(st.integers(0, 40))
    xml = genuine[:place] + data.draw(INSERTED) + genuine[place + cut :]
    expected = Expected(audiences={"urn:amazon:webservices"}, recipients={AWS})
    now = datetime.now(UTC)
    try:
        found = (
            user_of(read_response(encoded(xml), metadata, expected, now)),
            read_response(encoded(xml), metadata, expected, now),
        )
    except IdentityRefused:
        return
    same = read_response(encoded(genuine), metadata, expected, now)
    assert found == (user_of(same), same)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_changed_metadata_is_read_or_refused(idp: IdentityProvider, data: st.DataObject) -> None:
    document = idp.metadata
    place = data.draw(st.integers(0, len(document)))
    with contextlib.suppress(NotRead):
        read_metadata(document[:place] + data.draw(INSERTED) + document[place + data.draw(st.integers(0, 40)) :])
