"""Countries, regions and autonomous systems of addresses, from MaxMind DB files that the operator supplies.

`country.mmdb` (or one with cities) and `asn.mmdb` of the folder of lists. A file that is replaced is opened anew within a second.
Source: https://maxmind.github.io/MaxMind-DB/
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison.logs import get_logger
from garrison.waf.networks import Place

if TYPE_CHECKING:
    from maxminddb import Reader

log = get_logger("garrison.waf")

FILES = ("country.mmdb", "asn.mmdb")
MOST_BYTES = 1 << 30
_LOOK_SECONDS = 1.0


class Database:
    """One file, as it stands now."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader: Reader | None = None
        self._seen: tuple[int, int, int] | None = None
        self._looked_at = 0.0
        self.problem = ""
        """Why nothing is known of any address; empty where the file is good."""

    def record(self, address: str) -> dict[str, Any]:
        """What the file has on an address; nothing for one that it does not know. Raises nothing."""
        reader = self.reader()
        if reader is not None:
            with suppress(ValueError, OSError, TypeError):
                found = reader.get(address)
                if isinstance(found, dict):
                    return found
        return {}

    def reader(self) -> Reader | None:
        """The file opened; None where it is not there or no MaxMind DB."""
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_SECONDS or not self._looked_at:
            self._looked_at = now
            self._open_if_changed()
        return self._reader

    def _open_if_changed(self) -> None:
        import maxminddb

        try:
            found = self.path.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
            if seen == self._seen:
                return
            self._seen = seen
            if found.st_size > MOST_BYTES:
                raise ValueError(f"it is larger than {MOST_BYTES >> 30} GiB")
            # The whole file in memory: one that is overwritten in place cannot then make a look-up read beyond its end.
            self._reader, self.problem = maxminddb.open_database(self.path, maxminddb.MODE_MEMORY), ""
        except FileNotFoundError:
            self._reader, self._seen, self.problem = None, None, "there is no such file: nothing is known of addresses"
        except (OSError, ValueError, maxminddb.InvalidDatabaseError) as problem:
            self.problem = f"it cannot be used: {problem}"
            log.warning("waf_list", path=str(self.path), problem=self.problem)


class MaxMindNetworks:
    """`Networks` of the files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._places = Database(folder / FILES[0])
        self._systems = Database(folder / FILES[1])

    def place(self, address: str) -> Place:
        """See `Networks.place`."""
        record = self._places.record(address)
        country = _code(record.get("country") or record.get("registered_country"))
        divisions = record.get("subdivisions")
        return Place(country, _code(divisions[0]) if isinstance(divisions, list) and divisions else "")

    def asn(self, address: str) -> int:
        """See `Networks.asn`."""
        number = self._systems.record(address).get("autonomous_system_number", 0)
        return number if isinstance(number, int) else 0


def _code(named: Any) -> str:
    code = named.get("iso_code") if isinstance(named, dict) else None
    return code if isinstance(code, str) else ""
