"""The price table: the one that comes with Garrison, and over it what was read of AWS's price lists.

A table is a JSON file: the day of its prices, where they are from, and by kind, region and name the price of a unit in US dollars as a
text, so that it is exact. `garrison prices update` writes one into the home.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path

import msgspec

from garrison.errors import OperatorError
from garrison.rules.advice import Prices

FILE = "prices.json"
"""Its place in the home."""
_ELSE = " Else: "
MAX_TABLE_BYTES = 64 * 1024 * 1024


class Table(msgspec.Struct, kw_only=True):
    """A price table as it is kept."""

    at: date
    """When its prices were published; the oldest of them."""
    source: str
    prices: dict[str, dict[str, dict[str, str]]]
    """By kind, region and name."""


def load_prices(home: Path | None = None) -> Prices:
    """Garrison's own table, with what the home's has put in its place; raises `OperatorError` for a file that is none."""
    shipped = msgspec.json.decode(files("garrison.advising").joinpath("data", FILE).read_bytes(), type=Table)
    own = read_table(home / FILE) if home is not None and (home / FILE).exists() else None
    table = over(shipped, own) if own is not None else shipped
    return Prices(table.at, table.source, _decimals(table.prices))


def over(below: Table, above: Table) -> Table:
    """One table over another: a kind of a region that the upper one has comes from it alone."""
    merged = {kind: dict(regions) for kind, regions in below.prices.items()}
    for kind, regions in above.prices.items():
        merged.setdefault(kind, {}).update(regions)
    sources = dict.fromkeys([*above.source.split(_ELSE), *below.source.split(_ELSE)])
    return Table(at=min(below.at, above.at), source=_ELSE.join(sources), prices=merged)


def write_table(path: Path, table: Table) -> None:
    """Put a table in the place of what is there, whole or not at all; raises `OperatorError`."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(msgspec.json.encode(table))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OperatorError(
            f"{path} cannot be written: {error.strerror}.", "Make room, or mend the folder's mode."
        ) from None


def read_table(path: Path) -> Table:
    """A table of a file; raises `OperatorError` where it cannot be read."""
    try:
        if path.stat().st_size > MAX_TABLE_BYTES:
            raise OperatorError(f"{path} is too large for a price table.", "Write it anew: garrison prices update.")
        return msgspec.json.decode(path.read_bytes(), type=Table)
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        raise OperatorError(f"{path} is no price table: {error}.", "Write it anew: garrison prices update.") from None


def _decimals(prices: Mapping[str, Mapping[str, Mapping[str, str]]]) -> dict[str, dict[str, dict[str, Decimal]]]:
    return {
        kind: {region: {name: amount for name, text in names.items() if (amount := _amount(text)) is not None}
               for region, names in regions.items()}
        for kind, regions in prices.items()
    }  # fmt: skip


def _amount(text: str) -> Decimal | None:
    """A price; what is none is unknown."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None
