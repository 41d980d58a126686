"""Tells the kinds of work that matching does apart, so that trouble with one kind keeps nobody from the others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, get_args

import httpx

from libs.contracts.identifiers import DEFAULT_TENANT
from libs.contracts.inner.paths import TENANT_HEADER
from services.gateway.clients.matching import HttpClient
from services.gateway.limits.fair_shares import FairShares
from services.gateway.problems import RETRY_SECONDS, Problem

Work = Literal["reads", "answers", "writes", "admin"]
"""Reads: documents, lists, receipts. Answers: searches, matches and scores, which take longest."""
KINDS_OF_WORK: tuple[Work, ...] = get_args(Work)

# Whole paths, never a part of one: a document's id may be `matches` too.
_ANSWERS = re.compile(r"/search|/calculate|/documents/[^/]+/[^/]+/(matches|similar)")
_WRITES = re.compile(r"/statuses|/erasures")
_ADMIN = re.compile(r"/reembed|/storage|/spaces/[^/]+")


def work_of(method: str, path: str) -> Work:
    """The kind of work that a call of matching asks for."""
    if _ANSWERS.fullmatch(path):
        return "answers"
    if _ADMIN.fullmatch(path):
        return "admin"
    return "writes" if method != "GET" and _WRITES.fullmatch(path) else "reads"


class ClientPerWork:
    """An HttpClient that sends each call through the client of its kind of work: breaker and connections of its own.

    At most `answers_at_once` searches, matches and scores are on their way at a time, so that slow ones cannot take
    up all that the gateway works on, and of one tenant no more than its fair share; further ones raise Problem
    (`overloaded`) at once.
    """

    def __init__(self, clients: Mapping[Work, HttpClient], *, answers_at_once: int) -> None:
        self._clients = clients
        self._answers_at_once = answers_at_once
        self._answers = FairShares("answers", answers_at_once)

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        """As HttpClient; raises Problem (`overloaded`) besides."""
        work = work_of(method, path)
        if work != "answers":
            return await self._clients[work].request(method, path, headers=headers, **options)
        tenant = (headers or {}).get(TENANT_HEADER, DEFAULT_TENANT)
        if not self._answers.take(tenant):
            raise Problem(
                "overloaded",
                f"of the {self._answers_at_once} searches, matches and scores that are worked on at a time, all are "
                "taken, or as many of yours as leave room for others; try again shortly",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
        try:
            return await self._clients[work].request(method, path, headers=headers, **options)
        finally:
            self._answers.give_back(tenant)
