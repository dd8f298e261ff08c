"""The host's own endpoints: version 2 only, near only, for this host's programs only."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.clock import SystemClock
from garrison.credentials.container import CONTAINER_PATH
from garrison.credentials.metadata import TOKEN_HEADER, TTL_HEADER, Tokens

from .conftest import Hosts, Machine

CREDENTIALS = "/latest/meta-data/iam/security-credentials/"
Address = tuple[str, int]


@pytest.fixture(scope="module")
def variables(app: Machine) -> Iterator[dict[str, str]]:
    with app.serving() as found:
        yield found


@pytest.fixture(scope="module")
def address(variables: dict[str, str]) -> Address:
    parts = urlsplit(variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"])
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def asked(address: Address, method: str, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection(*address, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    answer = response.status, response.read().decode(), {name.lower(): value for name, value in response.getheaders()}
    connection.close()
    return answer


def token_of(address: Address) -> str:
    return asked(address, "PUT", "/latest/api/token", **{TTL_HEADER: "60"})[1]


def test_a_token_opens_the_credentials(address: Address) -> None:
    status, token, headers = asked(address, "PUT", "/latest/api/token", **{TTL_HEADER: "60"})
    assert (status, headers[TTL_HEADER]) == (200, "60")
    assert asked(address, "GET", CREDENTIALS, **{TOKEN_HEADER: token})[1] == "app"
    document = json.loads(asked(address, "GET", f"{CREDENTIALS}app", **{TOKEN_HEADER: token})[1])
    assert document["Code"] == "Success"
    assert document["AccessKeyId"].startswith("ASIA")
    assert asked(address, "GET", "/latest/meta-data/placement/region", **{TOKEN_HEADER: token})[1] == "us-east-1"
    info = json.loads(asked(address, "GET", "/latest/meta-data/iam/info", **{TOKEN_HEADER: token})[1])
    assert ":profile/" in info["InstanceProfileArn"]
    for path in ("/", "/latest/meta-data/ami-id", f"{CREDENTIALS}other", f"{CREDENTIALS}app/more", "/latest/user-data"):
        assert asked(address, "GET", path, **{TOKEN_HEADER: token})[0] == 404, path


def test_version_1_and_wrong_tokens_are_refused(address: Address) -> None:
    token = token_of(address)
    assert asked(address, "GET", CREDENTIALS)[0] == 401
    for wrong in ("", "x", token[:-4], token.swapcase(), Tokens(SystemClock()).new(60)):
        assert asked(address, "GET", CREDENTIALS, **{TOKEN_HEADER: wrong})[0] == 401


def test_tokens_need_a_time_to_live_and_no_proxy(address: Address) -> None:
    for ttl in ("0", "21601", "-1", "x", "", "1e3", "٣"):
        given = {TTL_HEADER: ttl.encode().decode("latin-1")}
        assert asked(address, "PUT", "/latest/api/token", **given)[0] == 400, ttl
    assert asked(address, "PUT", "/latest/api/token")[0] == 400
    through_proxy = {TTL_HEADER: "60", "X_Forwarded_For": "192.0.2.1"}
    assert asked(address, "PUT", "/latest/api/token", **through_proxy)[0] == 403
    assert asked(address, "GET", "/latest/api/token", **{TTL_HEADER: "60"})[0] == 405


def test_a_page_of_a_browser_gets_nothing_by_another_name(address: Address) -> None:
    assert asked(address, "PUT", "/latest/api/token", Host="evil.example.com", **{TTL_HEADER: "60"})[0] == 421
    assert asked(address, "PUT", "/latest/api/token", Host="169.254.169.254", **{TTL_HEADER: "60"})[0] == 200


def test_the_container_endpoint_wants_its_token(address: Address, variables: dict[str, str]) -> None:
    with open(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]) as file:
        token = file.read()
    status, text, _ = asked(address, "GET", CONTAINER_PATH, Authorization=token)
    assert status == 200
    assert set(json.loads(text)) == {"RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
    assert asked(address, "GET", CONTAINER_PATH)[0] == 401
    for wrong in ("", f"Bearer {token}", token[:-1]):
        assert asked(address, "GET", CONTAINER_PATH, Authorization=wrong)[0] == 401
    assert asked(address, "POST", CONTAINER_PATH, Authorization=token)[0] == 405


def arrives(address: Address, least_hops: int) -> bool:
    """Whether a token's answer comes to a program so many hops away: it takes no packet with fewer left to live."""
    minimum = getattr(socket, "IP_MINTTL", 21)
    with socket.create_connection(address, timeout=1.5) as connection:
        connection.setsockopt(socket.IPPROTO_IP, minimum, least_hops)
        connection.sendall(f"PUT /latest/api/token HTTP/1.1\r\nHost: 127.0.0.1\r\n{TTL_HEADER}: 60\r\n\r\n".encode())
        try:
            return connection.recv(4096).startswith(b"HTTP/1.1 200")
        except TimeoutError:
            return False


def test_a_tokens_answer_goes_no_further_than_the_hop_limit(address: Address, app: Machine) -> None:
    assert arrives(address, 1)
    assert not arrives(address, 2)
    with app.serving("--hop-limit", "2") as variables:
        parts = urlsplit(variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"])
        further = (str(parts.hostname), int(parts.port or 0))
        assert arrives(further, 2)
        assert not arrives(further, 3)


def test_programs_learn_that_the_role_may_not_be_assumed(hosts: Hosts, app_role: str) -> None:
    machine = hosts.enrolled("gone", hosts.profile(app_role), app_role)
    hosts.garrison.revoke_host(Name="gone")
    with machine.serving() as variables:
        parts = urlsplit(variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"])
        place = (str(parts.hostname), int(parts.port or 0))
        status, text, _ = asked(place, "GET", CREDENTIALS, **{TOKEN_HEADER: token_of(place)})
    assert status == 200
    assert json.loads(text)["Code"] == "AssumeRoleUnauthorizedAccess"


@given(st.text(max_size=100))
def test_no_text_is_a_token_by_chance(text: str) -> None:
    assert not Tokens(SystemClock()).is_good(text)
