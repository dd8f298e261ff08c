"""VEX documents on the command line: what their makers say does not concern a host, or is already fixed in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.scan.vulnerabilities.advisory import Statement

_FORMS = "Give an OpenVEX document, CSAF's VEX profile, or CycloneDX with analyses, in JSON."


def statements(path: Path) -> list[Statement]:
    """What a document says; raises `OperatorError` for one that says nothing or cannot be read."""
    from garrison.scan.vulnerabilities.advisory import Refused, Statement
    from garrison.scan.vulnerabilities.importers.recognise import records
    from garrison.scan.vulnerabilities.reading import documents

    found: list[Statement] = []
    try:
        for document in documents(path, path.name):
            for each in [document] if isinstance(document, Refused) else records(document):
                if isinstance(each, Refused):
                    raise OperatorError(f"{path} is no VEX document that can be read: {each.reason}.", _FORMS)
                found += [each] if isinstance(each, Statement) else []
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}.", "Give the path of a file.") from None
    if not found:
        raise OperatorError(f"{path} makes no statement about a vulnerability.", _FORMS)
    return found
