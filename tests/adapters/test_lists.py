"""Lists of addresses that the operator supplies: read from a folder, put into the web ACL, followed when they change."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from garrison.adapters import lists, maxmind
from garrison.adapters.lists import ListedSource, parse, read_lists
from garrison.adapters.maxmind import MaxMindNetworks
from garrison.cli.application import application
from garrison.waf import bundle as bundles
from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action
from garrison.waf.networks import Place
from garrison.waf.program import compile_program
from garrison.waf.request import Request
from tests.adapters.maxmind_file import database
from tests.waf.acl import NOW, reference, web_acl

GROUP = {"VendorName": "AWS", "Name": "AWSManagedRulesAmazonIpReputationList"}


class Fixed:
    """A source with one bundle, as a control plane gives it."""

    name = "fixed"
    is_near = True

    def __init__(self) -> None:
        acl = web_acl(reference("reputation", {"ManagedRuleGroupStatement": GROUP}))
        self.data = bundles.encode(Bundle(acl, digest="d1"))
        self.given = 0

    def fetch(self, known: str) -> bytes | None:
        if known == "d1":
            return None
        self.given += 1
        return self.data

    def forget(self) -> None:
        pass


@pytest.mark.parametrize(
    ("text", "networks", "problem"),
    [
        ("", (), ""),
        ("# none\n\n", (), ""),
        ("192.0.2.0/24 # a net\n198.51.100.7\n", ("192.0.2.0/24", "198.51.100.7/32"), ""),
        ("192.0.2.77/24\n2001:db8::/32\r\n", ("192.0.2.0/24", "2001:db8::/32"), ""),
        ("192.0.2.0/24\nnonsense\n1.2.3.4/99\n", ("192.0.2.0/24",), "no network in line 2, 3"),
    ],
)
def test_a_list_has_a_network_a_line(text: str, networks: tuple[str, ...], problem: str) -> None:
    assert parse(text) == (networks, problem)


def test_a_list_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_NETWORKS", 2)
    networks, problem = parse("192.0.2.1\n192.0.2.2\n192.0.2.3\n")
    assert len(networks) == 2 and problem == "only the first 2 networks are taken"


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ddos.txt")
    (tmp_path / "anonymous.txt").mkdir()
    assert {one.name for one in read_lists(tmp_path) if one.problem} == set(lists.NAMES)


def test_a_rule_matches_by_its_list_and_without_one_matches_nothing(tmp_path: Path) -> None:
    source = ListedSource(Fixed(), tmp_path)
    before = _adopt(source, "")
    (tmp_path / "ip-reputation.txt").write_text("203.0.113.0/24\n")
    after = _adopt(source, before.digest)
    request = Request(b"GET", b"/", ((b"host", b"example.com"),), address="203.0.113.9")
    assert compile_program(before).decide(request, NOW).action is Action.ALLOW
    assert compile_program(after).decide(request, NOW).action is Action.BLOCK


def test_a_bundle_is_given_anew_only_when_it_or_a_list_changes(tmp_path: Path) -> None:
    inner = Fixed()
    source = ListedSource(inner, tmp_path)
    first = _adopt(source, "")
    assert source.fetch(first.digest) is None
    (tmp_path / "ddos.txt").write_text("203.0.113.0/24\n")
    second = _adopt(source, first.digest)
    assert second.digest != first.digest
    assert source.fetch(second.digest) is None
    assert inner.given == 2


def test_databases_that_are_not_there_or_are_none_know_nothing(tmp_path: Path) -> None:
    (tmp_path / "asn.mmdb").write_bytes(b"not a database")
    networks = MaxMindNetworks(tmp_path)
    assert networks.place("192.0.2.1") == Place()
    assert networks.asn("192.0.2.1") == 0


def test_addresses_are_looked_up_in_the_databases_and_in_those_that_replace_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maxmind, "_LOOK_SECONDS", 0.0)
    swiss = {"country": {"iso_code": "CH"}, "subdivisions": [{"iso_code": "ZH"}]}
    (tmp_path / "country.mmdb").write_bytes(database({"203.0.113.0/24": swiss}))
    (tmp_path / "asn.mmdb").write_bytes(database({"203.0.113.0/24": {"autonomous_system_number": 64496}}))
    networks = MaxMindNetworks(tmp_path)
    assert networks.place("203.0.113.9") == Place("CH", "ZH")
    assert networks.asn("203.0.113.9") == 64496
    assert networks.place("198.51.100.1") == Place() and networks.asn("2001:db8::1") == 0
    (tmp_path / "new").write_bytes(database({"203.0.113.0/24": {"country": {"iso_code": "SE"}}}))
    (tmp_path / "new").replace(tmp_path / "country.mmdb")
    assert networks.place("203.0.113.9") == Place("SE", "")
    (tmp_path / "country.mmdb").unlink()
    assert networks.place("203.0.113.9") == Place()


def test_the_command_line_says_which_lists_are_there_and_how_old(tmp_path: Path) -> None:
    (tmp_path / "hosting.txt").write_text("198.51.100.0/24\nnonsense\n")
    os.utime(tmp_path / "hosting.txt", (1_700_000_000, 1_700_000_000))
    result = CliRunner().invoke(application(), ["waf", "lists", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    told = {one["file"]: one for one in json.loads(result.output)["lists"]}
    assert told["hosting.txt"]["entries"] == 1
    assert told["hosting.txt"]["changed"] == "2023-11-14T22:13:20+00:00"
    assert told["hosting.txt"]["age_days"] > 300
    assert told["hosting.txt"]["problem"] == "no network in line 2"
    assert told["ddos.txt"]["problem"] == "there is no such file: its rule matches nothing"
    assert told["country.mmdb"]["changed"] is None


def _adopt(source: ListedSource, known: str) -> Bundle:
    data = source.fetch(known)
    assert data is not None
    return bundles.decode(data)
