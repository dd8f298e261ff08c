"""Write the pages of the manual that follow from the code: docs/settings.md and docs/coverage.md.

With `--check` nothing is written; the exit code says whether the pages are what the code would write.
"""

from __future__ import annotations

import sys
import typing
from pathlib import Path

import msgspec

from garrison import services
from garrison.settings import Settings
from garrison.wire import load_service

DOCS = Path(__file__).parents[1] / "docs"


def settings_page() -> str:
    """The settings reference, one row a setting, from the fields of `Settings`."""
    hints = typing.get_type_hints(Settings, include_extras=True)
    lines = [
        "# Settings",
        "",
        "Settings stand in `garrison.toml` in the home; a variable `GARRISON_NAME` in the environment wins over the file, an",
        "option of `garrison up` over both. This page is generated from the code (`make docs`).",
        "",
        "| setting | kind | default | meaning |",
        "|---|---|---|---|",
    ]
    for field in msgspec.structs.fields(Settings):
        hint = hints[field.name]
        meta = next(part for part in typing.get_args(hint)[1:] if isinstance(part, msgspec.Meta))
        default = "" if field.default is msgspec.NODEFAULT else f"`{_shown(field.default)}`"
        lines.append(f"| `{field.name}` | {_kind(typing.get_args(hint)[0])} | {default} | {meta.description} |")
    return "\n".join(lines) + "\n"


def coverage_page() -> str:
    """Which operations exist, by service, and which AWS has besides."""
    lines = [
        "# Coverage",
        "",
        "What answers and what does not. An operation that is not built answers `InvalidAction` (query protocol) or",
        "`UnknownOperationException` (JSON) and names itself. This page is generated from the code (`make docs`).",
        "",
        (DOCS / "coverage-notes.md").read_text().strip() if (DOCS / "coverage-notes.md").exists() else "",
        "",
    ]
    for name in services.REGISTERED:
        built = services.load(name).operations
        known = set(load_service(name).operations)
        lines += [
            f"## {name}: {len(built)} of {len(known)} operations",
            "",
            "Built: " + ", ".join(f"`{operation}`" for operation in sorted(built)) + ".",
            "",
        ]
        missing = sorted(known - set(built))
        if missing:
            lines += ["Not built: " + ", ".join(missing) + ".", ""]
    return "\n".join(lines)


def _kind(hint: object) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return " or ".join(f"`{value}`" for value in typing.get_args(hint))
    return {"str": "text", "int": "number", "float": "number", "bool": "yes or no"}.get(
        getattr(hint, "__name__", ""), "list of texts"
    )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if value not in ("", ()) else " "


def main() -> None:
    """Write the pages, or check them."""
    stale = []
    for name, text in (("settings.md", settings_page()), ("coverage.md", coverage_page())):
        path = DOCS / name
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(name)
    if stale:
        sys.exit(f"docs/{', docs/'.join(stale)} do not follow the code: run `make docs`")


if __name__ == "__main__":
    main()
