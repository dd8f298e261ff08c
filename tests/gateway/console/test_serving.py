"""The console's port serves its assets and nothing else; the API's lets the console's page read its answers, and no other."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from garrison.gateway.console.assets import BUILT, load
from garrison.testing import Account

from .browser import Browser

HOME = "/_garrison/console/"
IDENTITY = b"Action=GetCallerIdentity&Version=2011-06-15"


@pytest.fixture
def browser(garrison_session: Account) -> Browser:
    """A browser at the shared account's console."""
    return Browser(garrison_session)


@pytest.fixture
def api(garrison_session: Account) -> Browser:
    """The same browser's page, calling the API."""
    browser = Browser(garrison_session)
    browser.place = urlsplit(garrison_session.endpoint).netloc
    return browser


@pytest.fixture
def built() -> None:
    """The console, built."""
    if not (BUILT / "index.html").is_file():
        pytest.skip("the console is not built: make console")


@pytest.mark.usefixtures("built")
def test_a_page_comes_with_a_strict_policy_and_its_script_for_good(browser: Browser) -> None:
    page = browser.send("GET", HOME, origin=None, Accept_Encoding="identity")
    assert page.status == 200
    assert page.headers["cache-control"] == "no-store"
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy and "http:" not in policy.replace(browser.account.endpoint, "")
    assert f"connect-src 'self' {browser.account.endpoint}" in policy
    assert "default-src 'none'; script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert page.headers["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" not in page.headers
    assert not re.search(rb"<script(?![^>]* src=)|<style|\son\w+=", page.body)

    (script,) = re.findall(r'<script[^>]* src="([^"]+)"', page.body.decode())
    packed = browser.send("GET", script, origin=None, Accept_Encoding="gzip, br;q=0")
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert packed.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert browser.send("GET", script, Accept_Encoding="br").headers["content-encoding"] == "br"
    plain = browser.send("GET", script, Accept_Encoding="identity")
    assert plain.body == gzip.decompress(packed.body) and "content-encoding" not in plain.headers
    again = browser.send("GET", script, Accept_Encoding="gzip", If_None_Match=packed.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    # Any address of a page shows it, also those that end in a user's name.
    for address in ("iam/users/alice", "iam/users/alice.smith@example.com", "s/..%2f..%2fetc%2fpasswd"):
        assert browser.send("GET", HOME + address, Accept="text/html,*/*").body == page.body


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/_garrison/health",
        "/_garrison/metrics",
        "/_garrison/signin",
        "/_garrison/console/assets/../../app.py",
        "/_garrison/console/../console/app.py",
        "/_garrison/console/assets/%2e%2e/%2e%2e/app.py",
        "/_garrison/console/assets/nothing.js",
        "/_garrison/console/missing.js",
        "/_garrison/console//etc/pass.wd",
        "//_garrison/console/x.js",
        "/bucket/key",
    ],
)
def test_nothing_but_the_console_answers_at_its_port(browser: Browser, path: str) -> None:
    answer = browser.send("GET", path)
    assert (answer.status, answer.body) == (404, b"There is no such page.")


def test_the_consoles_port_leads_home_and_refuses_calls_uploads_and_foreign_names(browser: Browser) -> None:
    assert browser.send("GET", "/").headers["location"] == HOME
    assert browser.send("POST", "/", IDENTITY).status == 405
    assert browser.send("PUT", HOME, b"x" * 200_000).status == 413
    upload = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    assert browser.send("PUT", "/b/k", b"x" * 200_000, Authorization=upload).status == 413
    for host in ("evil.example", "s3.amazonaws.com", "x.localhost;script-src *"):
        assert browser.send("GET", HOME, Host=host).status == 421


def test_settings_tell_what_anybody_may_know(browser: Browser) -> None:
    told = browser.send("GET", f"{HOME}settings.json").json
    account = browser.account
    assert told["endpoint"] == account.endpoint
    assert (told["account"], told["region"], told["providers"]) == (account.account_id, account.region, [])
    assert told["regions"][0] == account.region and "eu-central-1" in told["regions"]
    port = browser.place.rpartition(":")[2]
    local = browser.send("GET", f"{HOME}settings.json", Host=f"localhost:{port}").json["endpoint"]
    assert local == account.endpoint.replace("127.0.0.1", "localhost")


def test_the_api_lets_the_consoles_page_read_its_answers(api: Browser) -> None:
    asked = "authorization,content-type,x-amz-date,x-amz-security-token"
    leave = api.send(
        "OPTIONS", "/", Access_Control_Request_Method="POST", Access_Control_Request_Headers=asked, Content_Type=None
    )
    assert leave.status == 204
    assert leave.headers["access-control-allow-origin"] == api.origin
    assert leave.headers["access-control-allow-headers"] == asked
    assert "PUT" in leave.headers["access-control-allow-methods"]
    answer = api.send("POST", "/", IDENTITY, Content_Type="application/x-www-form-urlencoded")
    assert answer.status == 403 and answer.headers["access-control-allow-origin"] == api.origin
    assert answer.headers["access-control-expose-headers"] == "*"
    assert answer.headers["content-security-policy"] == "sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://127.0.0.1", "http://localhost:{port}"]
)
def test_the_api_lets_nobody_elses_page_read_them(api: Browser, origin: str | None) -> None:
    origin = origin.format(port=api.origin.rpartition(":")[2]) if origin is not None else None
    answers = [
        api.send("OPTIONS", "/", origin=origin, Access_Control_Request_Method="POST"),
        api.send("POST", "/", IDENTITY, origin=origin, Content_Type="application/x-www-form-urlencoded"),
    ]
    for answer in answers:
        assert not {name for name in answer.headers if name.startswith("access-control-")}
        assert answer.headers["vary"] == "Origin"
    evil = api.send("OPTIONS", "/", Access_Control_Request_Method="POST", Access_Control_Request_Headers="a\tb")
    assert "access-control-allow-headers" not in evil.headers


def test_an_object_in_html_runs_nothing_and_is_not_of_the_consoles_origin(
    garrison_session: Account, api: Browser
) -> None:
    s3 = garrison_session.client("s3")
    s3.create_bucket(Bucket="pages")
    s3.delete_public_access_block(Bucket="pages")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::pages/*"}
    s3.put_bucket_policy(Bucket="pages", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    s3.put_object(Bucket="pages", Key="_garrison/console/", Body=b"<script>1</script>", ContentType="text/html")
    page = api.send("GET", "/pages/_garrison/console/", origin=None)
    assert (page.status, page.headers["content-security-policy"]) == (200, "sandbox")
    assert page.headers["x-content-type-options"] == "nosniff"


def test_files_are_found_by_name_and_links_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<p>")
    (folder / "assets" / "x-1.js").write_text("1")
    (folder / "assets" / "x-1.map").write_text("{}")
    (folder / "secret.json").symlink_to("/etc/passwd")
    assert set(load(folder)) == {"index.html", "assets/x-1.js"}
    assert load(tmp_path / "nothing") == {}
