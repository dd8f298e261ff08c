"""The one error of a template that cannot be used, in AWS's wording, with the place in the template where it is."""

from __future__ import annotations

from garrison.errors import GarrisonError

Path = tuple[str | int, ...]
"""Keys and indexes from the template's root: `("Resources", "Topic", "Properties", 0)`."""


class TemplateInvalid(GarrisonError):
    """A template, or values given for it, that AWS would refuse; services answer it as ValidationError."""

    def __init__(self, message: str, path: Path = (), place: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.message = message
        """AWS's wording: `Template format error: …`."""
        self.path = path
        """Where it is; empty where it is of the whole."""
        self.place = place
        """Line and column from 1, where the text itself is wrong; for others ask `Template.place(path)`."""


def pointer(path: Path) -> str:
    """A path as AWS writes it: `/Resources/Topic`."""
    return "".join(f"/{step}" for step in path)
