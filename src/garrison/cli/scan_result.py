"""One scan, put together from its parts: the inventory, the vulnerabilities that a local database knows, the rules of a profile."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.scan.benchmarks import Check
    from garrison.scan.inventory import Inventory
    from garrison.scan.roots import Root, Unread
    from garrison.scan.roots.image import Unpacked
    from garrison.scan.vulnerabilities import Gap, Vulnerability
    from garrison.scan.vulnerabilities.advisory import Statement

MOST_BILL_BYTES = 256 * 1024 * 1024


@dataclass(slots=True)
class Scan:
    """What was found of one target."""

    name: str
    """What people call it: the host's name, the image's tag, the file's."""
    inventory: Inventory
    is_image: bool = False
    vulnerabilities: list[Vulnerability] = field(default_factory=list)
    suppressed: list[tuple[Vulnerability, str]] = field(default_factory=list)
    """What VEX statements say does not concern it, with the reason."""
    gaps: list[Gap] = field(default_factory=list)
    checks: tuple[Check, ...] = ()
    unread: list[Unread] = field(default_factory=list)


def scan(
    target: str,
    database: Path,
    *,
    with_languages: bool = True,
    with_checks: bool = True,
    vex: Sequence[Statement] = (),
) -> Scan:
    """Scan a root file system, an image's file or a bill of material. Raises `OperatorError` for what is none of them."""
    found = _of_bill(target) if _is_bill(target) else _of_root(target, with_languages, with_checks)
    from garrison.scan.vulnerabilities.database import Database

    known = Database(database).assess(found.inventory, vex=vex)
    found.vulnerabilities, found.suppressed, found.gaps = known.vulnerabilities, known.suppressed, known.gaps
    return found


def _of_root(target: str, with_languages: bool, with_checks: bool) -> Scan:
    from garrison.scan.benchmarks import built_in, evaluate
    from garrison.scan.inventory import take
    from garrison.scan.roots import Image
    from garrison.scan.whole import take_and_judge

    with opened(target) as root:
        if with_checks and with_languages:
            inventory, checks = take_and_judge(root, built_in())
        else:
            inventory = take(root, with_languages=with_languages)
            checks = evaluate(root, inventory, built_in()) if with_checks else ()
        is_image = isinstance(root, Image)
        tag = root.name if isinstance(root, Image) else ""
        place = Path(target).absolute()
        return Scan(
            name=tag or inventory.host or place.name or str(place),
            inventory=inventory,
            is_image=is_image,
            checks=checks,
            unread=root.unread,
        )


@contextmanager
def opened(target: str) -> Iterator[Root]:
    """A folder or an image's file as a root file system. Raises `OperatorError` for what is none."""
    from garrison.scan.roots import Folder, Image, NotAnImage

    try:
        root = Image(target, unpack_zstd=_unzstd) if _is_image(target) else Folder(target)
    except NotAnImage as error:
        raise OperatorError(
            f"{target} holds no image: {error}.",
            "Give a folder, the file of `docker save` or of an OCI layout, or a CycloneDX or SPDX document in JSON.",
        ) from None
    except OSError as error:
        raise OperatorError(
            f"{target} cannot be read: {error.strerror}.", "Give the path of a folder or a file."
        ) from None
    with root:
        yield root


def _is_image(target: str) -> bool:
    """Whether it is a file, or a folder with an OCI layout in it."""
    return not os.path.isdir(target) or os.path.isfile(os.path.join(target, "oci-layout"))


def _unzstd(stream: BinaryIO) -> Unpacked:
    import pyarrow

    return cast("Unpacked", pyarrow.CompressedInputStream(pyarrow.PythonFile(stream, mode="r"), "zstd"))


def _is_bill(target: str) -> bool:
    """Whether a file begins as JSON does."""
    try:
        with open(target, "rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    except OSError:  # a folder, or nothing: that is said where it is opened
        return False


def _of_bill(target: str) -> Scan:
    from garrison.scan.sbom import NotABill, read

    try:
        with open(target, "rb") as file:
            inventory = read(file.read(MOST_BILL_BYTES + 1))
    except NotABill as error:
        raise OperatorError(f"{target} is no bill of material: {error}.", "Give CycloneDX or SPDX 2 in JSON.") from None
    except OSError as error:
        raise OperatorError(f"{target} cannot be read: {error.strerror}.", "Give the path of a file.") from None
    return Scan(name=inventory.host or Path(target).name, inventory=inventory, is_image=bool(inventory.image))
