"""OpenID Connect providers as IAM keeps them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

THUMBPRINT = "3768084dfb3d2b68b7897bf5f565da8efEXAMPLE".replace("EXAMPLE", "0123456")
URL = "https://server.example.com/tenant"
ARN = "arn:aws:iam::123456789012:oidc-provider/server.example.com/tenant"


def refused(operation: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    return str(caught.value.response["Error"]["Code"])


@pytest.fixture
def iam(api: Any) -> Any:
    return api.iam


def make(iam: Any, **parameters: Any) -> str:
    asked = {"Url": URL, "ClientIDList": ["app"], "ThumbprintList": [THUMBPRINT]} | parameters
    return str(iam.create_open_id_connect_provider(**asked)["OpenIDConnectProviderArn"])


def test_a_provider_is_shown_as_it_was_made(api: Any, iam: Any) -> None:
    assert make(iam, Tags=[{"Key": "team", "Value": "blue"}]) == ARN
    assert api.asked.needs == {"iam:CreateOpenIDConnectProvider": [ARN], "iam:TagOpenIDConnectProvider": [ARN]}
    assert api.asked.context == {"aws:RequestTag/team": "blue", "aws:TagKeys": ["team"]}
    shown = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=ARN)
    assert shown["Url"] == "server.example.com/tenant"
    assert shown["ClientIDList"] == ["app"]
    assert shown["ThumbprintList"] == [THUMBPRINT.lower()]
    assert shown["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert shown["CreateDate"] == api.clock.now().replace(microsecond=0)
    assert api.asked.context == {"aws:ResourceTag/team": "blue"}
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == [{"Arn": ARN}]


def test_a_url_is_registered_once(iam: Any) -> None:
    make(iam)
    assert refused(iam.create_open_id_connect_provider, Url=URL, ThumbprintList=[THUMBPRINT]) == "EntityAlreadyExists"
    other = "https://SERVER.example.com/tenant"
    assert refused(iam.create_open_id_connect_provider, Url=other, ThumbprintList=[THUMBPRINT]) == "EntityAlreadyExists"


@pytest.mark.parametrize(
    "url",
    [
        "http://server.example.com",
        "http://127.0.0.1:9400",
        "server.example.com",
        "ftp://server.example.com",
        "https://server.example.com?x=1",
        "https://server.example.com/#x",
        "https://a:b@server.example.com",
        "https://server.example.com/a b",
        "https:///x",
    ],
)
def test_only_plain_https_urls_are_issuers(iam: Any, url: str) -> None:
    asked = {"Url": url, "ClientIDList": ["app"], "ThumbprintList": [THUMBPRINT]}
    assert refused(iam.create_open_id_connect_provider, **asked) == "InvalidInput"


def test_clients_come_and_go_one_by_one_and_twice_is_as_once(iam: Any) -> None:
    arn = make(iam)
    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="second")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["app", "second"]
    for _ in range(2):
        iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="app")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["second"]


def test_a_provider_has_at_most_a_hundred_clients(iam: Any) -> None:
    clients = [str(number) for number in range(100)]
    assert (
        refused(iam.create_open_id_connect_provider, Url=URL, ClientIDList=[*clients, "x"], ThumbprintList=[THUMBPRINT])
        == "LimitExceeded"
    )
    arn = make(iam, ClientIDList=clients)
    add = iam.add_client_id_to_open_id_connect_provider
    assert refused(add, OpenIDConnectProviderArn=arn, ClientID="x") == "LimitExceeded"


def test_thumbprints_are_replaced_as_a_list(iam: Any) -> None:
    arn, update = make(iam), iam.update_open_id_connect_provider_thumbprint
    update(OpenIDConnectProviderArn=arn, ThumbprintList=["0" * 40, "1" * 40])
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ThumbprintList"] == ["0" * 40, "1" * 40]
    assert refused(update, OpenIDConnectProviderArn=arn, ThumbprintList=["g" * 40]) == "InvalidInput"
    six = [str(number) * 40 for number in range(6)]
    assert refused(update, OpenIDConnectProviderArn=arn, ThumbprintList=six) == "InvalidInput"


def test_tags_come_and_go(api: Any, iam: Any) -> None:
    arn = make(iam)
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=[{"Key": "Team", "Value": "red"}])
    assert iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)["Tags"] == [
        {"Key": "Team", "Value": "red"}
    ]
    assert api.asked.context == {"aws:ResourceTag/Team": "red"}
    iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["team"])
    assert iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)["Tags"] == []


def test_deleting_is_done_once_and_asked_any_number_of_times(iam: Any) -> None:
    arn = make(iam)
    for _ in range(2):
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    for operation in (
        iam.get_open_id_connect_provider,
        iam.list_open_id_connect_provider_tags,
    ):
        assert refused(operation, OpenIDConnectProviderArn=arn) == "NoSuchEntity"
    other = arn.replace("oidc-provider", "saml-provider")
    assert refused(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=other) == "InvalidInput"


def test_without_thumbprints_the_issuer_must_be_reachable(iam: Any) -> None:
    assert refused(iam.create_open_id_connect_provider, Url=URL) == "OpenIdIdpCommunicationError"
