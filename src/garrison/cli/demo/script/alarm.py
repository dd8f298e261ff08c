"""Chapter 2: eleven alarms over the account's calls, and a mail that says who stopped the trail."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from garrison.cli.demo.guard import guard
from garrison.cli.demo.script.scene import Scene, awaited

_ALARM = "secured-account-CloudTrailChanges"
WHOM = "security@example.com"
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def alarm(scene: Scene) -> dict[str, Any]:
    """Bob stops the trail."""
    stage, narrator, mails = scene.stage, scene.narrator, scene.mails
    narrator.say("One command secures the account: a trail, alarms over its events, Config. Somebody is told by mail.")
    narrator.does(f"garrison init --email {WHOM}")
    narrator.shows(guard(stage, email=WHOM))
    _confirm(scene)
    _calm_down(scene)
    stage.call("iam", "AttachUserPolicy", UserName="bob", PolicyArn=_ADMINISTRATOR)
    trail = stage.notes["trail"]
    narrator.say("An hour later all is quiet. Bob may do everything. He, or whoever has his key, stops the trail:")
    narrator.does("aws cloudtrail stop-logging --name secured-account")
    stage.people["bob"].call("cloudtrail", "StopLogging", Name=trail)
    mail = mails.wait_for(_ALARM, "StopLogging")
    text = str(mail.get_content())
    who = [line for line in text.splitlines() if "StopLogging" in line]
    narrator.shows([f"Mail to {mail['To']}: {mail['Subject']}", *who])
    narrator.say("The trail is started again; stopping it was the last thing that it recorded before.")
    stage.call("cloudtrail", "StartLogging", Name=trail)
    return {"mail_to": str(mail["To"]), "subject": str(mail["Subject"]), "who": who}


def _confirm(scene: Scene) -> None:
    """Security confirms, by the link in a mail, that it wants to be told."""
    mail = scene.mails.wait_for("Subscription Confirmation")
    token = re.search(r"Token=([0-9A-Za-z]+)", str(mail.get_content()))
    assert token is not None
    topic = scene.stage.notes["topic"]
    scene.stage.call("sns", "ConfirmSubscription", TopicArn=topic, Token=token[1])
    scene.narrator.shows(f"{WHOM} has confirmed by the link in a mail.")


def _calm_down(scene: Scene) -> None:
    """Let the alarm that the new trail itself may have set off be over."""
    trail = scene.stage.notes["trail"]

    def is_delivered() -> bool:
        return "LatestCloudWatchLogsDeliveryTime" in scene.stage.call("cloudtrail", "GetTrailStatus", Name=trail)

    def is_quiet() -> bool:
        told = scene.stage.call("cloudwatch", "DescribeAlarms", AlarmNames=[_ALARM])["MetricAlarms"]
        return bool(told[0]["StateValue"] == "OK")

    awaited("What the trail delivers first", is_delivered)
    scene.clock.shift(timedelta(hours=1))
    awaited("Calm", is_quiet)
