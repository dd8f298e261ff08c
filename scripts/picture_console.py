"""Pictures of the console's pages, to look at them: an account is filled by `garrison demo`, and each page that a link leads to is opened once.

    python scripts/picture_console.py FOLDER [--page /iam …] [--width 768] [--dark] [--chinese] [--home HOME]

Without `--page` all pages are pictured, with it those below an address. `--home` takes an account that a demo has filled and whose server runs, and
leaves it so; otherwise one is made, which takes half a minute, and removed at the end.
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import boto3

from garrison.runtime.home import Home
from garrison.runtime.running import running_server

_HEIGHT = 900
_PLACES = (
    "iam",
    "kms",
    "cloudtrail",
    "cloudwatch",
    "config",
    "inspector",
    "trustedadvisor",
    "wafv2",
    "sns",
    "cloudformation",
    "settings",
)
_IDENTIFIES = re.compile(r"[%:.\d]|[A-Za-z0-9-]{24}")
_ENGLISH = ("User name", "Password", "Sign in", "Signed in")
_CHINESE = ("用户名", "密码", "登录", "已登录")
_SETTLED_MS = 1_200
_LONGEST_MS = 15_000


class Filled(NamedTuple):
    """An account with something to look at."""

    console: str
    user: str
    password: str


def garrison(home: Path, *arguments: str) -> dict[str, Any]:
    """What a command says of a home."""
    command = [sys.executable, "-m", "garrison", *arguments, "--home", str(home), "--json"]
    said: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return said


@contextmanager
def filled(home: Path | None) -> Iterator[Filled]:
    """An account that a demo has filled, and an administrator with a password made for the pictures."""
    folder = None
    if home is None:
        folder = Path(tempfile.mkdtemp(prefix="garrison-pictures-"))
        home = folder / "home"
        garrison(home, "up", "--port", "0", "--detach")
        garrison(home, "demo")
    running = running_server(Home(home))
    if running is None or running["console"] is None:
        raise SystemExit(f"No server with a console runs on {home}.")
    keys = ConfigParser(interpolation=None)
    keys.read([home / "credentials", home / "config"])
    iam = boto3.client(
        "iam",
        endpoint_url=keys["profile garrison"]["endpoint_url"],
        region_name=keys["profile garrison"]["region"],
        aws_access_key_id=keys["garrison"]["aws_access_key_id"],
        aws_secret_access_key=keys["garrison"]["aws_secret_access_key"],
    )
    user, password = "photographer", secrets.token_urlsafe(16) + "aA1!"
    iam.create_user(UserName=user)
    iam.attach_user_policy(UserName=user, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.create_login_profile(UserName=user, Password=password)
    try:
        yield Filled(running["console"].rstrip("/"), user, password)
    finally:
        iam.delete_login_profile(UserName=user)
        iam.detach_user_policy(UserName=user, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        iam.delete_user(UserName=user)
        if folder is not None:
            garrison(home, "down")
            shutil.rmtree(folder, ignore_errors=True)


def shape(address: str) -> str:
    """What pages of one kind have in common: their address without names and ids."""
    place, *rest = address.strip("/").split("/")
    return "/".join(
        [place, *("*" if _IDENTIFIES.search(part) or number % 2 else part for number, part in enumerate(rest))]
    )


def pictures(page: Any, account: Filled, folder: Path, wanted: list[str]) -> int:
    """Open each kind of page once, breadth first; gives how many there were."""
    waiting = deque(wanted or ["/overview", *(f"/{place}" for place in _PLACES)])
    seen: set[str] = set()
    while waiting:
        address = waiting.popleft()
        if shape(address) in seen:
            continue
        seen.add(shape(address))
        page.goto(account.console + address)
        page.get_by_role("heading", level=1).first.wait_for(timeout=_LONGEST_MS)
        page.wait_for_load_state("networkidle", timeout=_LONGEST_MS)
        page.wait_for_timeout(_SETTLED_MS)
        name = re.sub(r"[^a-z0-9]+", "-", shape(address).replace("*", "one").lower()).strip("-")
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        for link in page.eval_on_selector_all("nav a[href], main a[href]", "all => all.map(a => a.href)"):
            path = link.removeprefix(account.console).partition("?")[0].partition("#")[0]
            if link.startswith(account.console) and (not wanted or path.startswith(tuple(wanted))):
                waiting.append(path)
    return len(seen)


def main() -> int:
    """Take the pictures that were asked for."""
    asked = argparse.ArgumentParser(description="Pictures of the console's pages.")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--page", action="append", default=[], help="Only pages below this address; may be repeated.")
    asked.add_argument("--width", type=int, default=1440)
    asked.add_argument("--dark", action="store_true")
    asked.add_argument("--chinese", action="store_true")
    asked.add_argument("--home", type=Path)
    options = asked.parse_args()
    browser_path = shutil.which("chromium")
    if browser_path is None:
        print("chromium absent: apt-get install chromium", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    options.folder.mkdir(parents=True, exist_ok=True)
    with filled(options.home) as account, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(
            viewport={"width": options.width, "height": _HEIGHT * max(1, options.width // 1920)},
            locale="zh-CN" if options.chinese else "en-US",
            color_scheme="dark" if options.dark else "light",
            reduced_motion="reduce",
        )
        user, password, sign_in, signed_in = _CHINESE if options.chinese else _ENGLISH
        page.goto(account.console)
        page.get_by_label(user).fill(account.user)
        page.get_by_label(password, exact=True).fill(account.password)
        page.get_by_role("button", name=sign_in, exact=True).click()
        page.get_by_role("button", name=signed_in).wait_for()
        print(f"{pictures(page, account, options.folder, options.page)} pages in {options.folder}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
