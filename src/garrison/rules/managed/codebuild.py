"""Rules about CodeBuild's projects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from garrison.items import Item
from garrison.rules.reading import Unseen, flag, listed, objects, text, value
from garrison.rules.registry import Parameters, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant, not_applicable

PROJECT = "AWS::CodeBuild::Project"
KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
REPOSITORIES = ("GITHUB", "GITHUB_ENTERPRISE", "BITBUCKET")


class ExemptedProjects(Parameters, frozen=True, rename="camel"):
    """Projects, by name, that are not looked at."""

    exempted_projects: str = ""


class LogTargets(Parameters, frozen=True, rename="camel"):
    """The buckets and log groups that logs may go to; any where none is given."""

    s3_bucket_names: str = ""
    cloud_watch_group_names: str = ""


@rule(
    "CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK", on=PROJECT, severity=Severity.CRITICAL,
    fix="Take the keys out of the environment; give the project's role what it needs.",
)  # fmt: skip
def envvar_awscred(project: Item) -> Verdict:
    """A project has no access key in a plain variable of its environment.

    Source: AWS Config Developer Guide, "codebuild-project-envvar-awscred-check".
    """
    plain = [
        text(one, "name") or ""
        for one in objects(_of(project, "environment"), "environmentVariables")
        if (text(one, "type") or "PLAINTEXT") == "PLAINTEXT"
    ]
    found = [name for name in plain if name in KEY_VARIABLES]
    return expect(not found, "environment.environmentVariables", found)


@rule(
    "CODEBUILD_PROJECT_SOURCE_REPO_URL_CHECK", on=PROJECT, severity=Severity.CRITICAL,
    fix="Take the user name and token out of the address and connect the repository by OAuth or a connection.",
)  # fmt: skip
def source_repo_url(project: Item) -> Verdict:
    """The addresses of a project's repositories at GitHub and Bitbucket have nothing to sign in with in them.

    Source: AWS Config Developer Guide, "codebuild-project-source-repo-url-check".
    """
    sources = [one for one in _both(project, "source", "secondarySources") if text(one, "type") in REPOSITORIES]
    if not sources:
        return not_applicable("No source is a repository at GitHub or Bitbucket")
    for source in sources:
        try:
            address = urlsplit(text(source, "location") or "")
        except ValueError:
            return non_compliant("source.location is no address")
        if "@" in address.netloc:  # what stands before it is not repeated here
            return non_compliant(f"source.location has something to sign in with before @{address.hostname}")
    return COMPLIANT


@rule(
    "CODEBUILD_PROJECT_ARTIFACT_ENCRYPTION", on=PROJECT, severity=Severity.MEDIUM,
    fix="Turn encryption of the artifacts on again (UpdateProject with encryptionDisabled=false).",
)  # fmt: skip
def artifact_encryption(project: Item) -> Verdict:
    """No artifact of a project has its encryption turned off.

    Source: AWS Config Developer Guide, "codebuild-project-artifact-encryption".
    """
    found = [flag(one, "encryptionDisabled") for one in _both(project, "artifacts", "secondaryArtifacts")]
    return expect(True not in found, "artifacts.encryptionDisabled", found)


@rule(
    "CODEBUILD_PROJECT_S3_LOGS_ENCRYPTED", on=PROJECT, severity=Severity.LOW,
    fix="Turn encryption of the logs in S3 on again (UpdateProject).",
)  # fmt: skip
def s3_logs_encrypted(project: Item, parameters: ExemptedProjects) -> Verdict:
    """A project that writes logs to S3 has them encrypted.

    Source: AWS Config Developer Guide, "codebuild-project-s3-logs-encrypted".
    """
    if text(project, "name") in listed(parameters.exempted_projects):
        return not_applicable("The project is exempted")
    if text(project, "logsConfig", "s3Logs", "status") != "ENABLED":
        return not_applicable("The project writes no logs to S3")
    found = flag(project, "logsConfig", "s3Logs", "encryptionDisabled")
    return expect(not found, "logsConfig.s3Logs.encryptionDisabled", found)


@rule(
    "CODEBUILD_PROJECT_LOGGING_ENABLED", on=PROJECT, severity=Severity.MEDIUM,
    fix="Turn on logs in CloudWatch Logs or S3 (UpdateProject).",
)  # fmt: skip
def logging_enabled(project: Item, parameters: LogTargets) -> Verdict:
    """A project writes logs somewhere, to one of the given places where any is; without settings it does so to CloudWatch Logs.

    Source: AWS Config Developer Guide, "codebuild-project-logging-enabled".
    """
    _of(project, "source")
    watch, store = (
        text(project, "logsConfig", "cloudWatchLogs", "status"),
        text(project, "logsConfig", "s3Logs", "status"),
    )
    groups, buckets = listed(parameters.cloud_watch_group_names), listed(parameters.s3_bucket_names)
    group = text(project, "logsConfig", "cloudWatchLogs", "groupName")
    bucket = (text(project, "logsConfig", "s3Logs", "location") or "").removeprefix("arn:aws:s3:::").split("/")[0]
    if watch in (None, "ENABLED") and (group in groups if groups else not (buckets and store == "ENABLED")):
        return COMPLIANT
    if store == "ENABLED" and (not buckets or bucket in buckets):
        return COMPLIANT
    return expect(False, "logsConfig", value(project, "logsConfig"))


@rule(
    "CODEBUILD_PROJECT_ENVIRONMENT_PRIVILEGED_CHECK", on=PROJECT, severity=Severity.MEDIUM,
    fix="Turn privileged mode off (UpdateProject).",
)  # fmt: skip
def environment_privileged(project: Item, parameters: ExemptedProjects) -> Verdict:
    """A project that is not exempted does not build in privileged mode.

    Source: AWS Config Developer Guide, "codebuild-project-environment-privileged-check".
    """
    if text(project, "name") in listed(parameters.exempted_projects):
        return not_applicable("The project is exempted")
    found = flag(_of(project, "environment"), "privilegedMode")
    return expect(not found, "environment.privilegedMode", found)


def _of(project: Item, place: str) -> Mapping[str, Any]:
    """An object that every project has."""
    found = value(project, place)
    if not isinstance(found, Mapping):
        raise Unseen(f"{place}: not in the configuration")
    return found


def _both(project: Item, first: str, more: str) -> Iterator[Mapping[str, Any]]:
    yield _of(project, first)
    yield from objects(project, more)
