"""`garrison prices`: the price table by which advice is priced, and AWS's price lists that renew it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrison.cli.options import HomeOption, JsonOption, existing_home, home_of
from garrison.cli.output import emit
from garrison.errors import OperatorError

application = typer.Typer(help="The price table of advice.", no_args_is_help=True)


@application.command("update")
def update(
    paths: Annotated[list[Path], typer.Argument(help="Price list files of AWS's, JSON or CSV, as many as there are.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read AWS's price list files into the home's price table; nothing is fetched."""
    from garrison.advising.price_lists import read_price_list
    from garrison.advising.prices import FILE, over, read_table, write_table

    place = existing_home(home)
    table = None
    for path in paths:
        found = read_price_list(path)
        table = found if table is None else over(table, found)
    assert table is not None
    target = place.path / FILE
    if target.exists():
        table = over(read_table(target), table)
    write_table(target, table)
    count = sum(len(names) for regions in table.prices.values() for names in regions.values())
    told = {"prices": count, "at": table.at.isoformat(), "source": table.source}
    emit(told, as_json, f"Prices: {count:,}, the oldest of {table.at}. {table.source}")


@application.command("show")
def show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say of when the prices are, where they are from, and of which regions which are known."""
    from garrison.advising import load_prices

    place = home_of(home)
    prices = load_prices(place.path if place.exists else None)
    kinds = {kind: {region: len(names) for region, names in sorted(regions.items())}
             for kind, regions in sorted(prices.table.items())}  # fmt: skip
    if not kinds:
        raise OperatorError("There are no prices.", "Read AWS's price lists: garrison prices update FILE.")
    lines = [f"Prices of {prices.at}. {prices.source}"]
    lines += [f"  {kind}: " + ", ".join(f"{region} {count:,}" for region, count in regions.items())
              for kind, regions in kinds.items()]  # fmt: skip
    emit({"at": prices.at, "source": prices.source, "kinds": kinds}, as_json, "\n".join(lines))
