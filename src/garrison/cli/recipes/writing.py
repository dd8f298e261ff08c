"""Write how to install the agent: what each tool wants, made of the same two units and the same file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from garrison import __version__
from garrison.agent.building import build
from garrison.errors import OperatorError

_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.\[\]:-]{1,255}")
_PYTHON = re.compile(r"/[A-Za-z0-9/._-]{1,200}")
_TOKEN = re.compile(r"[A-Za-z0-9._-]{20,256}")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_PLACEHOLDER = re.compile(r"@([A-Z0-9_]+)@")
FILE, UNIT, ENROL_UNIT = "garrison-agent.pyz", "garrison-agent.service", "garrison-agent-enrol.service"

Files = dict[str, bytes]
"""By name, below the folder that the recipe is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a recipe is made for. What is in it stands in scripts: only what cannot break out of them is taken."""

    endpoint: str
    fingerprint: str = ""
    """SHA-256 of the certificate that the server's leads to, hex; empty for the system's authorities."""
    token: str = ""
    """The invitation's; empty where it is a parameter."""
    python: str = "/usr/bin/python3"

    def __post_init__(self) -> None:
        """Refuse what is none; raises `OperatorError`."""
        for what, pattern, text in (
            ("endpoint", _ENDPOINT, self.endpoint.rstrip("/")),
            ("Python", _PYTHON, self.python),
            ("token", _TOKEN, self.token or "x" * 20),
            ("fingerprint", _FINGERPRINT, self.fingerprint or "0" * 64),
        ):
            if not pattern.fullmatch(text):
                raise OperatorError(f"{text!r} is no {what} that a recipe can have.", f"Give another {what}.")


def write(kind: str, wanted: Wanted) -> Files:
    """The files of a recipe; `kind` is one of `FORMATS`."""
    return FORMATS[kind](wanted)


def _systemd(wanted: Wanted) -> Files:
    return _beside(wanted) | {"install.sh": _filled(wanted, "install.sh")}


def _user_data(wanted: Wanted) -> Files:
    if not wanted.token:
        raise OperatorError("User data has no parameters: it must hold the token.", "Give --token, or --token-file.")
    return {"user-data.sh": _script(wanted, wanted.token).encode()}


def _cloudformation(wanted: Wanted) -> Files:
    # What CloudFormation would take for its own is written so that it leaves it.
    script = _script(wanted, "@PARAMETER@").replace("${", "${!").replace("@PARAMETER@", "${InvitationToken}")
    indented = "\n".join(f"            {line}".rstrip() for line in script.splitlines())
    return {"template.yaml": _filled(wanted, "cloudformation.yaml", USERDATA=indented)}


def _ansible(wanted: Wanted) -> Files:
    return _beside(wanted) | {"garrison-agent.yml": _filled(wanted, "ansible.yml")}


def _puppet(wanted: Wanted) -> Files:
    below = {f"garrison_agent/files/{name}": content for name, content in _beside(wanted).items()}
    return below | {"garrison_agent/manifests/init.pp": _filled(wanted, "puppet.pp")}


def _salt(wanted: Wanted) -> Files:
    below = {f"garrison-agent/files/{name}": content for name, content in _beside(wanted).items()}
    return below | {"garrison-agent/init.sls": _filled(wanted, "salt.sls")}


def _chef(wanted: Wanted) -> Files:
    below = {f"garrison_agent/files/default/{name}": content for name, content in _beside(wanted).items()}
    return below | {
        "garrison_agent/recipes/default.rb": _filled(wanted, "chef.rb"),
        "garrison_agent/metadata.rb": _filled(wanted, "chef-metadata.rb"),
    }


FORMATS: dict[str, Callable[[Wanted], Files]] = {
    "ansible": _ansible,
    "chef": _chef,
    "cloudformation": _cloudformation,
    "puppet": _puppet,
    "salt": _salt,
    "systemd": _systemd,
    "userdata": _user_data,
}


def _beside(wanted: Wanted) -> Files:
    """The agent and its units."""
    return {FILE: build(), UNIT: _filled(wanted, UNIT), ENROL_UNIT: _filled(wanted, ENROL_UNIT)}


def _script(wanted: Wanted, token: str) -> str:
    units = {"UNIT": _filled(wanted, UNIT), "ENROL_UNIT": _filled(wanted, ENROL_UNIT)}
    inner = {name: content.decode().rstrip("\n") for name, content in units.items()}
    return _filled(wanted, "user-data.sh", TOKEN=token, **inner).decode()


def _filled(wanted: Wanted, name: str, **more: str) -> bytes:
    """A template with its placeholders filled in, once: what is filled in is not looked at again."""
    content = build()
    values = {
        "ENDPOINT": wanted.endpoint.rstrip("/"),
        "PIN": f" --ca-fingerprint {wanted.fingerprint}" if wanted.fingerprint else "",
        "PYTHON": wanted.python,
        "SHA1": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "SHA256": hashlib.sha256(content).hexdigest(),
        "VERSION": __version__,
    } | more
    template = files("garrison.cli.recipes").joinpath("templates", name).read_text("utf-8")
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template).encode()
