"""CloudTrail on the console: who did what and why it was refused, a question in SQL, and a changed log file found out by the browser."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account

from .person import PASSWORD, Person

BUCKET = "audit-logs"


def logged(account: Account) -> None:
    """A trail that writes into a bucket."""
    s3, trail = account.client("s3"), account.client("cloudtrail")
    s3.create_bucket(Bucket=BUCKET)
    service = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    statements = [
        service | {"Action": "s3:GetBucketAcl", "Resource": f"arn:aws:s3:::{BUCKET}"},
        service | {"Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"},
    ]
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    trail.create_trail(Name="main", S3BucketName=BUCKET, EnableLogFileValidation=True)
    trail.start_logging(Name="main")


def keys(s3: Any, kind: str) -> list[str]:
    """The log files or digests that were delivered."""
    listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return [one["Key"] for one in listed if f"/{kind}/" in one["Key"] and one["Key"].endswith(".gz")]


def inflated(s3: Any, key: str) -> bytes:
    """A file's bytes."""
    return gzip.decompress(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())


def until(done: Callable[[], Any]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_an_event_tells_why_it_was_refused_and_the_lake_is_asked(
    console: Callable[..., Person], account: Account
) -> None:
    with pytest.raises(ClientError):
        account.user("Trudy").client("iam").create_user(UserName="mallory")
    account.client("cloudtrail").create_event_data_store(Name="everything")
    person = console("/cloudtrail?by=Username&value=Trudy")
    page = person.page
    refused = page.get_by_role("row", name="AccessDenied").get_by_role("link", name="CreateUser")
    refused.wait_for()
    person.check_axe()
    person.screenshot("cloudtrail")
    refused.click()
    person.see("CreateUser")
    page.get_by_text("Not allowed by any policy").wait_for()
    page.get_by_text('"eventName": "CreateUser"').wait_for()
    person.check_axe()
    person.screenshot("cloudtrail-event")

    person.open("/cloudtrail/lake")
    page.get_by_role("textbox", name="Question").click()
    page.keyboard.type("-- mine\n")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("link", name="Trails").click()
    person.see("Lake")
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_label("Questions to begin with").click()
    page.get_by_role("option", name="Who was refused, and what").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("row", name="user/Trudy").get_by_role("cell", name="CreateUser").wait_for(timeout=120_000)
    assert len(asked) == 2
    person.check_axe()
    person.screenshot("cloudtrail-lake")
    person.open("/cloudtrail/detections")
    page.get_by_role("heading", name="Detections", level=1).wait_for()
    person.check_axe()


@pytest.mark.garrison(trail_delivery_seconds=1)
def test_a_changed_log_file_is_found_out_by_the_browser(garrison: Account, open_console: Callable[..., Person]) -> None:
    s3 = garrison.client("s3")
    garrison.clock.shift(timedelta(hours=-1))  # the browser signs by the machine's clock: it comes when that is reached
    logged(garrison)
    garrison.client("iam").create_login_profile(UserName="administrator", Password=PASSWORD)
    until(lambda: keys(s3, "CloudTrail"))
    garrison.clock.shift(timedelta(hours=1))
    until(lambda: keys(s3, "CloudTrail-Digest"))
    person = open_console(account=garrison)
    person.sign_in("administrator")
    person.open("/cloudtrail/trails")
    page = person.page
    page.get_by_role("link", name="main", exact=True).click()
    page.get_by_role("button", name="Verify").click()
    page.get_by_text("As they were written:").wait_for(timeout=30_000)
    person.check_axe()

    changed = json.loads(inflated(s3, keys(s3, "CloudTrail-Digest")[0]))["logFiles"][0]["s3Object"]
    s3.put_object(Bucket=BUCKET, Key=changed, Body=gzip.compress(inflated(s3, changed) + b" "))
    page.get_by_role("button", name="Verify").click()
    page.get_by_text("Changed:").wait_for(timeout=30_000)
    person.check_axe()
    person.screenshot("cloudtrail-changed")
