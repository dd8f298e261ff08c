"""Prices come from a table and from AWS's price list files, of either form, and what is not known is not zero."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.advising.json_stream import JsonStream, MalformedJson
from garrison.advising.price_lists import read_price_list
from garrison.advising.prices import FILE, load_prices, over, read_table
from garrison.errors import OperatorError

LINUX = {
    "instanceType": "m5.large", "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA",
    "capacitystatus": "Used", "licenseModel": "No License required",
}  # fmt: skip
PRODUCTS: list[tuple[str, dict[str, str], str, tuple[str, str, str, str] | None]] = [
    ("Compute Instance", LINUX, "0.107", ("instance-hour", "eu-west-1", "m5.large/linux", "0.107")),
    ("Compute Instance", {**LINUX, "tenancy": "Dedicated"}, "9", None),
    ("Compute Instance", {**LINUX, "capacitystatus": "UnusedCapacityReservation"}, "9", None),
    ("Compute Instance", {**LINUX, "locationType": "AWS Local Zone"}, "9", None),
    ("Storage", {"volumeApiName": "gp3"}, "0.088", ("volume-gb-month", "eu-west-1", "gp3", "0.088")),
    (
        "Provisioned Throughput", {"usagetype": "EU-EBS:VolumeP-Throughput.gp3"}, "45.056",
        ("volume-mibps-month", "eu-west-1", "gp3", "0.044"),
    ),
    ("NAT Gateway", {"usagetype": "EU-NatGateway-Hours"}, "0.048", ("nat-gateway-hour", "eu-west-1", "standard", "0.048")),
    (
        "Load Balancer-Application", {"usagetype": "EU-LoadBalancerUsage"}, "0.0252",
        ("balancer-hour", "eu-west-1", "application", "0.0252"),
    ),
    (
        "Database Instance",
        {"databaseEngine": "MySQL", "deploymentOption": "Multi-AZ", "instanceType": "db.m5.large"}, "0.38",
        ("db-instance-hour", "eu-west-1", "db.m5.large/mysql/multi", "0.38"),
    ),
    (
        "Compute Instance",
        {"servicecode": "AmazonRedshift", "instanceType": "dc2.large", "usagetype": "EU-Node:dc2.large"}, "0.3",
        ("redshift-node-hour", "eu-west-1", "dc2.large", "0.3"),
    ),
    ("Serverless", {"group": "AWS-Lambda-Duration"}, "0.0000166667",
     ("lambda-gb-second", "eu-west-1", "x86_64", "0.0000166667")),
    ("Something else", {"usagetype": "Nothing"}, "1", None),
]  # fmt: skip
HEADINGS = {
    "servicecode": "serviceCode", "regionCode": "Region Code", "locationType": "Location Type", "usagetype": "usageType",
    "instanceType": "Instance Type", "operatingSystem": "Operating System", "tenancy": "Tenancy",
    "preInstalledSw": "Pre Installed S/W", "capacitystatus": "CapacityStatus", "licenseModel": "License Model",
    "volumeApiName": "Volume API Name", "databaseEngine": "Database Engine", "deploymentOption": "Deployment Option",
    "group": "Group",
}  # fmt: skip


def as_json() -> str:
    products, terms = {}, {}
    for number, (family, attributes, price, _) in enumerate(PRODUCTS):
        place = {"servicecode": "AmazonEC2", "regionCode": "eu-west-1", "locationType": "AWS Region", **attributes}
        products[f"S{number}"] = {"sku": f"S{number}", "productFamily": family, "attributes": place}
        dimensions = {
            "free": {"unit": "Hrs", "beginRange": "0", "pricePerUnit": {"USD": "0.0000000000"}},
            "first": {"unit": "Hrs", "beginRange": "0", "pricePerUnit": {"USD": price}},
            "next": {"unit": "Hrs", "beginRange": "1000", "pricePerUnit": {"USD": "0.00001"}},
        }
        terms[f"S{number}"] = {f"S{number}.T": {"priceDimensions": dimensions}}
    document = {
        "formatVersion": "v1.0", "disclaimer": "…", "offerCode": "AmazonEC2", "publicationDate": "2026-02-03T04:05:06Z",
        "products": products, "terms": {"Reserved": {"S0": {"deep": [{}]}}, "OnDemand": terms}, "attributesList": {},
    }  # fmt: skip
    return json.dumps(document, indent=2)


def as_csv() -> str:
    out = io.StringIO()
    lines = csv.writer(out, quoting=csv.QUOTE_ALL)
    lines.writerows([["FormatVersion", "v1.0"], ["Disclaimer", "…"], ["Publication Date", "2026-02-03T04:05:06Z"]])
    lines.writerows([["Version", "1"], ["OfferCode", "AmazonEC2"]])
    names = ["SKU", "TermType", "StartingRange", "PricePerUnit", "Currency", "Product Family", *HEADINGS.values()]
    lines.writerow(names)
    for number, (family, attributes, price, _) in enumerate(PRODUCTS):
        place = {"servicecode": "AmazonEC2", "regionCode": "eu-west-1", "locationType": "AWS Region", **attributes}
        for term, begin, amount in (("OnDemand", "0", price), ("OnDemand", "1000", "0.00001"), ("Reserved", "", "7")):
            lines.writerow(
                [f"S{number}", term, begin, amount, "USD", family, *(place.get(one, "") for one in HEADINGS)]
            )
    return out.getvalue()


@pytest.mark.parametrize("write", [as_json, as_csv])
def test_a_price_list_gives_what_is_on_demand_and_has_a_place(write: Any, tmp_path: Path) -> None:
    path = tmp_path / "offer"
    path.write_text(write(), encoding="utf-8")
    table = read_price_list(path)
    found = {
        (kind, region, name, price)
        for kind, regions in table.prices.items()
        for region, names in regions.items()
        for name, price in names.items()
    }
    assert found == {expected for *_, expected in PRODUCTS if expected is not None}
    assert (table.at.isoformat(), table.source) == ("2026-02-03", "AWS's price list AmazonEC2, published 2026-02-03.")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"products": {"a": {', '{"products": {}}', "SKU,TermType\n", "a,b\n" * 30, "\x00", "{" * 100_000],
)
def test_what_is_no_price_list_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "offer"
    path.write_text(text)
    with pytest.raises(OperatorError):
        read_price_list(path)


def test_the_home_s_table_comes_before_the_shipped_one(tmp_path: Path) -> None:
    shipped = load_prices()
    assert shipped.monthly("instance-hour", "us-east-1", "m5.large/linux") == Decimal("70.08")
    assert shipped.monthly("instance-hour", "us-east-1", "m5.large/windows") is None
    assert shipped.unit("instance-hour", "mars-north-1", "m5.large/linux") is None
    (tmp_path / "offer").write_text(as_json())
    (tmp_path / FILE).write_bytes(msgspec.json.encode(read_price_list(tmp_path / "offer")))
    prices = load_prices(tmp_path)
    assert prices.monthly("instance-hour", "eu-west-1", "m5.large/linux") == Decimal("78.11")
    assert prices.monthly("instance-hour", "us-east-1", "m5.large/linux") == Decimal("70.08")
    assert prices.at is not None and shipped.at is not None and prices.at <= shipped.at
    table = read_table(tmp_path / FILE)
    assert over(table, table).prices == table.prices


def test_a_damaged_table_is_said_and_an_odd_price_is_unknown(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    with pytest.raises(OperatorError, match="is no price table"):
        load_prices(tmp_path)
    odd = {"instance-hour": {"eu-west-1": {"a": "free", "b": "-1", "c": "NaN", "d": "0.5"}}}
    (tmp_path / FILE).write_bytes(msgspec.json.encode({"at": "2026-01-01", "source": "…", "prices": odd}))
    assert load_prices(tmp_path).table["instance-hour"]["eu-west-1"] == {"d": Decimal("0.5")}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=5), each, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5), st.sampled_from([None, 2]), st.integers(1, 40))
def test_a_stream_reads_what_json_reads_however_it_comes_in(document: Any, indent: int | None, cut: int) -> None:
    text = json.dumps(document, indent=indent)

    class Dribble(io.StringIO):
        def read(self, size: int | None = -1) -> str:
            return super().read(cut)

    stream = JsonStream(Dribble(text))
    assert {name: stream.value() for name in stream.members()} == document
    skipping = JsonStream(Dribble(text))
    skipping.skip()
    broken = JsonStream(Dribble(text[:-1]))
    with pytest.raises(MalformedJson):
        broken.skip()
