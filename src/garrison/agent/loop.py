"""The agent's life: ask what to do, scan when it is time, report, rest. A server that is away changes nothing of that but the reporting."""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from garrison.agent import files, identity, jobs, limits, reporting, scanning
from garrison.agent.calls import Connection, now
from garrison.agent.failures import AgentError, Refused, Unreachable

STATE = "agent.json"
_FIRST_REST, _LONGEST_REST = 30.0, 3600.0
_JITTER = 0.2


class Agent:
    """One host's agent, with what it remembers in its folder."""

    def __init__(self, folder: Path, root: str = "/") -> None:
        self.folder, self.root = folder, root
        self.connection = Connection(identity.load(folder))
        self.state: dict[str, Any] = files.read_json(folder / STATE)
        self.orders = jobs.remembered(self.state.get("orders") or {})
        self.failures = 0

    def once(self) -> bool:
        """One round; gives whether the server was there and took what there was."""
        is_asked = self._ask()
        if self._is_due():
            self._scan()
        is_sent = is_asked and self._send()
        files.write_json(self.folder / STATE, self.state)
        self.failures = 0 if is_sent else self.failures + 1
        return is_sent

    def run(self) -> None:
        """Rounds for ever."""
        while True:
            self.once()
            time.sleep(self.rest_seconds())

    def rest_seconds(self) -> float:
        """Until the next round: what the server said, or longer and longer while it is away; never as all others do."""
        if not self.failures:
            return self.orders.poll_seconds * random.uniform(1 - _JITTER, 1 + _JITTER)
        return random.uniform(_FIRST_REST / 2, min(_FIRST_REST * 2.0 ** min(self.failures, 20), _LONGEST_REST))

    def _ask(self) -> bool:
        try:
            self.connection.renew_if_due()
        except AgentError as problem:
            self._note(f"The certificate was not renewed: {problem}")
        try:
            self.orders = jobs.read(self.connection.call("GetHostJobs", {}))
        except Unreachable as problem:
            return self._note(str(problem))
        except AgentError as problem:
            if isinstance(problem, Refused):
                self.connection.forget_session()
            return self._note(str(problem))
        self.state["orders"] = self.orders.kept()
        self.state["asked_at"] = now().isoformat()
        return True

    def _is_due(self) -> bool:
        """Whether to scan: the first time, when it is time, or when the server asks for one that it has not got yet."""
        scanned_at = self.state.get("scanned", 0.0)
        since = time.time() - scanned_at
        is_time = not 0 <= since < self.orders.job.scan_seconds
        return is_time or (self.orders.scan_now and since >= timedelta(minutes=1).total_seconds())

    def _scan(self) -> None:
        self.state["scanned"] = time.time()
        try:
            scanning.scan_apart(self.folder, self.orders.job, self.root)
            self.state.pop("scan_failure", None)
        except AgentError as problem:
            self.state["scan_failure"] = str(problem)
            self._note(str(problem))
        self.state["most_memory_bytes"] = limits.most_resident_bytes()

    def _send(self) -> bool:
        try:
            answer = reporting.send(self.folder, self.connection, self.orders)
        except Refused as problem:
            if problem.code == "ConflictException":  # somebody else has reported about this host since it asked
                self.orders = replace(self.orders, last_digest="")
            self.connection.forget_session()
            return self._note(str(problem))
        except AgentError as problem:
            return self._note(str(problem))
        if answer is not None:
            self.state["reported"] = answer.get("LastReport")
            self.state["reported_at"] = now().isoformat()
        self.state.pop("failure", None)
        return True

    def _note(self, text: str) -> bool:
        self.state["failure"] = text
        sys.stderr.write(f"garrison-agent: {text}\n")
        return False
