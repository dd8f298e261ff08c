"""Read AWS's price list files, however large, a product or a line at a time: what is on demand and has a place in the price table.

Source: AWS Price List User Guide, "Reading the price list files" (JSON: `products` and `terms`; CSV: five lines about the file, then a
heading).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

from garrison.advising.json_stream import JsonStream, MalformedJson
from garrison.advising.price_names import Named, named
from garrison.advising.prices import Table
from garrison.errors import OperatorError

MAX_PRODUCTS = 2_000_000
"""Of one file that are kept in mind; the largest offers have a quarter of that."""
MAX_PREAMBLE_LINES = 20
_ATTRIBUTES = {
    "serviceCode": "servicecode",
    "Region Code": "regionCode",
    "Location Type": "locationType",
    "usageType": "usagetype",
    "Instance Type": "instanceType",
    "Operating System": "operatingSystem",
    "Tenancy": "tenancy",
    "Pre Installed S/W": "preInstalledSw",
    "CapacityStatus": "capacitystatus",
    "License Model": "licenseModel",
    "Volume API Name": "volumeApiName",
    "Volume Type": "volumeType",
    "Database Engine": "databaseEngine",
    "Deployment Option": "deploymentOption",
    "Group": "group",
}
"""Headings of the CSV form, and what the JSON form calls the same."""


class UnusablePriceList(ValueError):
    """A file is no price list of AWS's; the text says why."""


@dataclass(slots=True)
class _Taken:
    """What was found so far: of each place the tier that begins lowest and costs something."""

    tiers: dict[tuple[str, str, str], tuple[Decimal, Decimal]] = field(default_factory=dict)

    def take(self, place: Named, region: str, begin: str, price: str) -> None:
        """A price for what begins at some amount."""
        try:
            tier = Decimal(begin or "0"), Decimal(price) / place.divided_by
        except InvalidOperation:
            return
        key = (place.kind, region, place.name)
        if tier[1].is_finite() and tier[1] > 0 and (key not in self.tiers or tier < self.tiers[key]):
            self.tiers[key] = tier

    def table(self, published: date, source: str) -> Table:
        """All of it as a price table."""
        prices: dict[str, dict[str, dict[str, str]]] = {}
        for (kind, region, name), (_, price) in sorted(self.tiers.items()):
            prices.setdefault(kind, {}).setdefault(region, {})[name] = format(price.normalize(), "f")
        return Table(at=published, source=source, prices=prices)


def read_price_list(path: Path) -> Table:
    """The prices of one file, JSON or CSV; raises `OperatorError` where it is neither or holds none."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.read(1)
            file.seek(0)
            table = _of_json(file, path.name) if first == "{" else _of_csv(file, path.name)
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}.", "Give a price list file.") from None
    except (UnusablePriceList, MalformedJson, UnicodeDecodeError, csv.Error) as error:
        raise OperatorError(f"{path} is no price list of AWS's: {error}.", _HINT) from None
    if not table.prices:
        raise OperatorError(f"{path} has no prices that Garrison reads.", _HINT)
    return table


_HINT = (
    "Give the JSON or CSV file of an offer for a region: AmazonEC2, AmazonVPC, AWSELB, AmazonRDS, AmazonRedshift, AWSLambda,"
    " AmazonDynamoDB or AWSNetworkFirewall."
)


def _of_json(file: IO[str], name: str) -> Table:
    stream, taken = JsonStream(file), _Taken()
    places: dict[str, tuple[Named, str]] = {}
    published = offer = ""
    for key in stream.members():
        if key == "products":
            places = dict(_places(stream))
        elif key == "terms":
            for term in stream.members():
                if term == "OnDemand":
                    _take_terms(stream, places, taken)
                else:
                    stream.skip()
        elif key == "publicationDate":
            published = str(stream.value())
        elif key == "offerCode":
            offer = str(stream.value())
        else:
            stream.skip()
    return taken.table(_day(published), f"AWS's price list {offer or name}, published {published[:10]}.")


def _places(stream: JsonStream) -> Iterator[tuple[str, tuple[Named, str]]]:
    """By stock keeping unit, the places of the products that have one."""
    for count, sku in enumerate(stream.members()):
        if count >= MAX_PRODUCTS:
            raise UnusablePriceList(f"more than {MAX_PRODUCTS} products")
        product = stream.value()
        attributes = product.get("attributes") if isinstance(product, dict) else None
        if not isinstance(attributes, dict) or not all(isinstance(one, str) for one in attributes.values()):
            continue
        found = _place(str(product.get("productFamily", "")), attributes)
        if found is not None:
            yield sku, found


def _place(family: str, attributes: Mapping[str, str]) -> tuple[Named, str] | None:
    """The place and the region of a product in a region."""
    region = attributes.get("regionCode")
    if not region or attributes.get("locationType", "AWS Region") != "AWS Region":
        return None
    place = named(family, attributes)
    return (place, region) if place is not None else None


def _take_terms(stream: JsonStream, places: Mapping[str, tuple[Named, str]], taken: _Taken) -> None:
    for sku in stream.members():
        terms = stream.value()
        if sku not in places:
            continue
        place, region = places[sku]
        for dimension in _dimensions(terms):
            price = dimension.get("pricePerUnit")
            if isinstance(price, dict) and isinstance(price.get("USD"), str):
                taken.take(place, region, str(dimension.get("beginRange", "0")), price["USD"])


def _dimensions(terms: Any) -> Iterator[dict[str, Any]]:
    for term in terms.values() if isinstance(terms, dict) else ():
        dimensions = term.get("priceDimensions") if isinstance(term, dict) else None
        for dimension in dimensions.values() if isinstance(dimensions, dict) else ():
            if isinstance(dimension, dict):
                yield dimension


def _of_csv(file: IO[str], name: str) -> Table:
    lines, taken = csv.reader(file), _Taken()
    told: dict[str, str] = {}
    heading: list[str] = []
    for number, line in enumerate(lines):
        if line and line[0] == "SKU":
            heading = line
            break
        if number >= MAX_PREAMBLE_LINES:
            raise UnusablePriceList("it has no heading that begins with SKU")
        if len(line) > 1:
            told[line[0]] = line[1]
    if not heading:
        raise UnusablePriceList("it has no heading that begins with SKU")
    for line in lines:
        row = dict(zip(heading, line, strict=False))
        if row.get("TermType") != "OnDemand" or row.get("Currency") != "USD":
            continue
        attributes = {to: row[name] for name, to in _ATTRIBUTES.items() if row.get(name)}
        found = _place(row.get("Product Family", ""), attributes)
        if found is not None:
            taken.take(*found, row.get("StartingRange", ""), row.get("PricePerUnit", ""))
    published = told.get("Publication Date", "")
    return taken.table(
        _day(published), f"AWS's price list {told.get('OfferCode') or name}, published {published[:10]}."
    )


def _day(published: str) -> date:
    try:
        return date.fromisoformat(published[:10])
    except ValueError:
        raise UnusablePriceList("it does not say when it was published") from None
