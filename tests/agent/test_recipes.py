"""Recipes: each is taken by its own tool, below another root where the tool is here, and no text breaks out of them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from garrison.cli.recipes import FORMATS, Wanted, write
from garrison.errors import OperatorError

TOKEN = "123456789012.eu-west-1.AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-"
WANTED = Wanted(endpoint="https://garrison.example.com:4600/", fingerprint="ab" * 32, token=TOKEN)


def written(kind: str, folder: Path, wanted: Wanted = WANTED) -> Path:
    """A recipe in a folder."""
    for name, content in write(kind, wanted).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def ran(*command: str, **more: Any) -> str:
    """What a program says; it must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def tool(name: str) -> str:
    """A program that CI has, in the environment of the tests or the system's."""
    places = [str(Path(sys.executable).parent), str(Path(__file__).parents[2] / "build/salt/bin"), os.environ["PATH"]]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def check_installed(root: Path) -> None:
    """The agent, its units and the token lie where they belong, and nobody else reads the token."""
    made = write("systemd", WANTED)
    for name, place in (
        ("garrison-agent.pyz", "opt/garrison-agent"),
        ("garrison-agent.service", "etc/systemd/system"),
        ("garrison-agent-enrol.service", "etc/systemd/system"),
    ):
        assert (root / place / name).read_bytes() == made[name]
    token = root / "etc/garrison-agent/token"
    assert token.read_text() == TOKEN + "\n"
    assert token.stat().st_mode & 0o777 == 0o600
    assert token.parent.stat().st_mode & 0o777 == 0o700


def test_every_recipe_pins_the_certificate_and_leaves_no_placeholder() -> None:
    for kind in FORMATS:
        texts = [content.decode() for name, content in write(kind, WANTED).items() if not name.endswith(".pyz")]
        assert any(f"--ca-fingerprint {'ab' * 32}" in text for text in texts), kind
        assert any("https://garrison.example.com:4600" in text for text in texts)
        assert not any(re.search(r"@[A-Z0-9_]+@", text) for text in texts), kind
        assert any(TOKEN in text for text in texts) == (kind == "userdata"), "tokens are parameters elsewhere"


@pytest.mark.parametrize(
    "bad",
    [
        {"endpoint": "https://x'; rm -rf /"},
        {"endpoint": "https://x/$(id)"},
        {"token": "x" * 20 + "'\nid\n"},
        {"python": "/usr/bin/python3 -c id"},
        {"fingerprint": "zz"},
    ],
)
def test_no_text_breaks_out(bad: dict[str, str]) -> None:
    with pytest.raises(OperatorError):
        Wanted(**{"endpoint": "https://x"} | bad)


def test_the_units_are_sound_and_confined(tmp_path: Path) -> None:
    folder = written("systemd", tmp_path)
    unit = (folder / "garrison-agent.service").read_text()
    text = unit.replace("/opt/garrison-agent/garrison-agent.pyz", str(folder / "garrison-agent.pyz"))
    for name in ("garrison-agent.service", "garrison-agent-enrol.service"):
        said = ran(tool("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", str(folder / name))
        assert "Unknown" not in said
        assert "Invalid" not in said
    assert text.count("CAP_") == 2
    scored = subprocess.run(
        [tool("systemd-analyze"), "security", "--offline=true", "--threshold=30", str(folder / "garrison-agent.service")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert scored.returncode == 0, scored.stdout[-2000:]


def test_the_installer_installs(tmp_path: Path) -> None:
    folder, root = written("systemd", tmp_path / "recipe"), tmp_path / "root"
    ran("bash", str(folder / "install.sh"), input=TOKEN + "\n", env=os.environ | {"ROOT": str(root)})
    check_installed(root)


def test_user_data_and_cloudformation_are_sound_scripts(tmp_path: Path) -> None:
    folder = written("userdata", tmp_path)
    ran("bash", "-n", str(folder / "user-data.sh"))
    assert len((folder / "user-data.sh").read_bytes()) < 16 * 1024, "EC2's limit"
    with pytest.raises(OperatorError, match="must hold the token"):
        write("userdata", Wanted(endpoint="https://x"))
    template = write("cloudformation", WANTED)["template.yaml"].decode()

    class Loader(yaml.SafeLoader):
        """Knows CloudFormation's short forms."""

    for tag in ("!Ref", "!Sub"):
        Loader.add_constructor(tag, lambda loader, node: loader.construct_scalar(node))
    data = yaml.load(template, Loader)["Resources"]["LaunchTemplate"]["Properties"]["LaunchTemplateData"]
    script = data["UserData"]["Fn::Base64"]
    assert set(re.findall(r"\$\{([^}]*)\}", script)) == {"InvitationToken", "!CREDENTIALS_DIRECTORY"}
    plain = script.replace("${InvitationToken}", TOKEN).replace("${!", "${")
    assert plain == (folder / "user-data.sh").read_text(), "one script"


def test_ansible_installs(tmp_path: Path) -> None:
    playbook, root = tool("ansible-playbook"), tmp_path / "root"
    folder = written("ansible", tmp_path / "recipe")
    variables = json.dumps({"garrison_token": TOKEN, "garrison_root": str(root), "garrison_become": False})
    environment = os.environ | {"ANSIBLE_LOCAL_TEMP": str(tmp_path / "t"), "ANSIBLE_REMOTE_TEMP": str(tmp_path / "r"), "ANSIBLE_HOME": str(tmp_path / "h")}  # fmt: skip
    command = [
        playbook,
        "-i",
        "localhost,",
        "-c",
        "local",
        "--extra-vars",
        variables,
        str(folder / "garrison-agent.yml"),
    ]
    command += ["--extra-vars", f"ansible_python_interpreter={sys.executable}"]
    first = ran(*command, env=environment)
    assert TOKEN not in first, "it is never shown"
    check_installed(root)


def test_puppet_installs(tmp_path: Path) -> None:
    puppet, root = tool("puppet"), tmp_path / "root"
    modules = written("puppet", tmp_path / "modules")
    (root / "opt").mkdir(parents=True)
    (root / "etc/systemd/system").mkdir(parents=True)
    manifest = f"class {{ 'garrison_agent': token => Sensitive('{TOKEN}'), root => '{root}' }}"
    state = ["--confdir", str(tmp_path / "c"), "--vardir", str(tmp_path / "v"), "--rundir", str(tmp_path / "n")]
    command = [puppet, "apply", *state, "--modulepath", str(modules), "--detailed-exitcodes", "-e", manifest]
    first = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert first.returncode == 2, first.stdout + first.stderr
    assert TOKEN not in first.stdout + first.stderr
    check_installed(root)
    ran(*command)


def test_the_salt_state_renders_to_what_installs(tmp_path: Path) -> None:
    import jinja2

    folder = written("salt", tmp_path)
    pillar = {"garrison_agent": {"token": TOKEN, "root": "/image"}}
    calls = {"pillar.get": pillar.get, "file.file_exists": lambda path: False}
    text = jinja2.Template((folder / "garrison-agent/init.sls").read_text(), undefined=jinja2.StrictUndefined)
    states = yaml.safe_load(text.render(salt=calls))
    assert TOKEN not in json.dumps(states), "it comes from the pillar when it is written"
    managed = {
        name: {key: value for one in body["file.managed"] for key, value in one.items()}
        for name, body in states.items()
        if "file.managed" in body
    }
    sources = {name.removeprefix("/image/"): found.get("source") for name, found in managed.items()}
    assert sources.pop("etc/garrison-agent/token") is None
    assert managed["/image/etc/garrison-agent/token"]["mode"] == "0600"
    made = write("systemd", WANTED)
    for place, source in sources.items():
        content = (folder / source.removeprefix("salt://")).read_bytes()
        assert content == made[place.rpartition("/")[2]]
    digest = hashlib.sha256(made["garrison-agent.pyz"]).hexdigest()
    assert managed["/image/opt/garrison-agent/garrison-agent.pyz"]["source_hash"] == f"sha256={digest}"
    live = yaml.safe_load(text.render(salt=calls | {"pillar.get": lambda name, default: {}}))
    assert "garrison-agent-services" in live


def test_salt_installs(tmp_path: Path) -> None:
    salt, root = tool("salt-call"), tmp_path / "root"
    states = written("salt", tmp_path / "states")
    (root / "opt").mkdir(parents=True)
    (root / "etc/systemd/system").mkdir(parents=True)
    places = {name: str(tmp_path / name) for name in ("root_dir", "pki_dir", "cachedir", "log_file")}
    minion = places | {"id": "host", "file_client": "local", "file_roots": {"base": [str(states)]}}
    (tmp_path / "minion").write_text(json.dumps(minion))
    pillar = json.dumps({"garrison_agent": {"token": TOKEN, "root": str(root)}})
    command = [salt, "--local", "--config-dir", str(tmp_path), "--retcode-passthrough", "state.apply", "garrison-agent"]
    first = ran(*command, f"pillar={pillar}")
    assert TOKEN not in first, "it is never shown"
    check_installed(root)
    assert "changed=" not in ran(*command, f"pillar={pillar}"), "a second time nothing is to be done"


def test_the_cookbook_is_ruby(tmp_path: Path) -> None:
    ruby = tool("ruby")
    folder = written("chef", tmp_path)
    for name in ("garrison_agent/recipes/default.rb", "garrison_agent/metadata.rb"):
        ran(ruby, "-c", str(folder / name))


def test_the_command_writes_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "garrison", "agent", "install", "--endpoint", "https://garrison.example.com:4600"]
    command += ["--home", str(tmp_path / "none"), "--ca-fingerprint", "AB:" * 31 + "AB"]
    said = ran(*command, "--format", "salt", "--output", str(tmp_path / "out"), "--json")
    files = json.loads(said)["files"]
    assert len(files) == 4
    assert all(Path(one).stat().st_mode & 0o077 == 0 for one in files)
    assert "There is no format" in subprocess.run([*command, "--format", "x"], capture_output=True, text=True, check=False).stderr  # fmt: skip
