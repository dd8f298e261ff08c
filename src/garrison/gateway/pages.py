"""Garrison's own pages, under a path that no AWS service uses: health, metrics, signing certificates, reports, the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison import __version__, codec
from garrison.gateway.metrics import exposition
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.gateway.worker import Worker

OWN_PATH = "/_garrison/"
_CERTIFICATES = "sns/"
_REPORTS = "inspector/reports/"
_CIS_REPORTS = "inspector2/cis/"


def own_page(request: HttpRequest, worker: Worker) -> HttpResponse:
    """The page of a path under `/_garrison/`, or 404."""
    page = request.path.removeprefix(OWN_PATH)
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(405, [("allow", "GET, HEAD")])
    if page in ("health", "ready"):
        cause = worker.unready_cause()
        body = {
            "status": "ready" if cause is None else "unready",
            "cause": cause,
            "version": __version__,
        }
        return HttpResponse(
            200 if cause is None else 503,
            [("content-type", "application/json")],
            codec.encode(body),
        )
    if page.startswith(_CERTIFICATES) and (certificate := _certificate(page.removeprefix(_CERTIFICATES), worker)):
        return HttpResponse(200, [("content-type", "application/x-pem-file")], certificate)
    if page.startswith(_REPORTS) and (report := _report(page.removeprefix(_REPORTS), worker)):
        return report
    if page.startswith(_CIS_REPORTS) and (report := _cis_report(page.removeprefix(_CIS_REPORTS), worker)):
        return report
    if page == "metrics":
        worker.metrics.write()
        return HttpResponse(
            200,
            [("content-type", "text/plain; version=0.0.4; charset=utf-8")],
            exposition(worker.opened.home.metrics),
        )
    if page == "agent.pyz":
        return HttpResponse(200, [("content-type", "application/zip")], _agent())
    return HttpResponse(404, [("content-type", "text/plain; charset=utf-8")], b"There is no such page.")


def _certificate(name: str, worker: Worker) -> bytes | None:
    """The certificate of a file's name, by which receivers check what SNS sends them."""
    from garrison.services.sns.signing import certificate_pem  # loads all of SNS

    with worker.opened.parts.store.reading(worker.settings.account_id, "global") as unit:
        return certificate_pem(unit, name)


def _report(name: str, worker: Worker) -> HttpResponse | None:
    """The report of an assessment run that a signed link names."""
    from garrison.services.inspector.reports.links import fetched

    return _shown(fetched(worker.opened.parts, name, worker.opened.clock.now()))


def _cis_report(name: str, worker: Worker) -> HttpResponse | None:
    """The report of a CIS scan that a signed link names."""
    from garrison.services.inspector2.cis.reports import fetched

    return _shown(fetched(worker.opened.parts, name, worker.opened.clock.now()))


def _shown(found: tuple[str, bytes] | None) -> HttpResponse | None:
    """A report that is for whoever has the link, and runs and loads nothing."""
    from garrison.services.inspector.reports.page import POLICY

    if found is None:
        return None
    content_type, body = found
    headers = [
        ("content-type", content_type),
        ("content-security-policy", POLICY),
        ("cache-control", "private, no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ]
    return HttpResponse(200, headers, body)


def _agent() -> bytes:
    """The file that hosts run; recipes know its digest."""
    from garrison.agent.building import build

    return build()
