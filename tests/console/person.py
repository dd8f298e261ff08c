"""Somebody with a browser: opens pages of the console, signs in, and looks for what is wrong with a page."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from garrison.testing import Account

PASSWORD = "Correct-horse-battery-1"
_GRAVE = ("serious", "critical")
_SEEN = re.compile(r"(?i)content.security.policy|refused to|pageerror|trusted(html|script)")
_GO = "address => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate')); }"


@dataclass(frozen=True)
class Profile:
    """How a browser is set up."""

    width: int = 1440
    height: int = 900
    language: str = "en-US"
    dark: bool = False
    zone: str = "Europe/Berlin"
    memory: dict[str, Any] | None = None
    """Cookies and storage of an earlier sign-in."""


class Person:
    """One profile of the browser with one page."""

    def __init__(self, browser: Any, account: Account, profile: Profile) -> None:
        assert account.console is not None
        self.account = account
        self.address: str = account.console.rstrip("/")
        self.context = browser.new_context(
            viewport={"width": profile.width, "height": profile.height},
            locale=profile.language,
            timezone_id=profile.zone,
            color_scheme="dark" if profile.dark else "light",
            storage_state=profile.memory,
            reduced_motion="reduce",
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)  # a machine under load is slow
        self.wrong: list[str] = []
        """Errors of scripts, and what the Content-Security-Policy refused."""
        self.page.on("pageerror", lambda error: self.wrong.append(f"pageerror: {error}"))
        self.page.on("console", lambda said: self.wrong.append(said.text) if _SEEN.search(said.text) else None)

    def open(self, address: str) -> None:
        """Open a page by its address below the console's: `/sns`, `/iam/users/alice`; as a link does where the console is open already."""
        path = f"{self.address}{address}".partition("?")[0]
        is_within = self.page.url.startswith(self.address) and self.page.get_by_role("main").count() > 0
        if is_within and self.page.url.partition("?")[0] != path and "#" not in address:
            self.page.evaluate(_GO, self.address + address)
        else:
            self.page.goto(self.address + address)

    def sign_in(self, user: str | None, password: str = PASSWORD, mfa_code: str = "", *, chinese: bool = False) -> None:
        """Fill in the sign-in page and wait for the console; root is None."""
        page = self.page
        if page.url == "about:blank":
            self.open("/")
        words = (
            ("登录", "用户名", "密码", "MFA 代码", "已登录")
            if chinese
            else ("Sign in", "User name", "Password", "MFA code", "Signed in")
        )
        button, user_name, secret, code, signed_in = words
        if user is None:
            page.get_by_role("radio", name="根用户" if chinese else "Root user").check()
        else:
            page.get_by_label(user_name).fill(user)
        page.get_by_label(secret, exact=True).fill(password)
        page.get_by_label(code).fill(mfa_code)
        page.get_by_role("button", name=button, exact=True).click()
        page.get_by_role("button", name=signed_in).wait_for()

    def see(self, heading: str) -> None:
        """Wait for a page's heading."""
        self.page.get_by_role("heading", name=heading, level=1, exact=True).wait_for()

    def check_axe(self) -> None:
        """There is no serious violation of WCAG 2 A and AA on the page, by axe-core."""
        script = files("axe_playwright_python").joinpath("axe.min.js").read_text()
        self.page.evaluate(f"() => {{ {script} }}")
        found = self.page.evaluate(
            "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'], resultTypes: ['violations'], preload: false})"
        )
        grave = [
            f"{one['id']}: {one['help']}\n  " + "\n  ".join(node["html"][:200] for node in one["nodes"][:5])
            for one in found["violations"]
            if one["impact"] in _GRAVE
        ]
        assert not grave, "\n".join(grave)

    def screenshot(self, name: str) -> None:
        """Keep a picture of the page in the folder that `CONSOLE_SCREENSHOTS` names; without it none is taken."""
        folder = os.environ.get("CONSOLE_SCREENSHOTS")
        if folder:
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def leave(self) -> None:
        """Close the browser's profile. Nothing may have gone wrong in its pages."""
        self.context.close()
        assert not self.wrong, self.wrong
