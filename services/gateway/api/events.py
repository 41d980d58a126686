"""/events: the statuses of the tenant's documents as they come, and the tickets that open it to browsers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, get_args

from litestar import Response, Router, get, post
from litestar.params import HeaderParameter, QueryParameter
from litestar.types import ASGIApp

from libs.contracts.identifiers import Kind
from libs.contracts.statuses import Status
from services.gateway.access.scopes import READS, READS_BY_TICKET
from services.gateway.api.bodies import AnyRequest
from services.gateway.api.description import NEEDS_KEY, answer, problems, with_events
from services.gateway.api.event_answer import EVENT_STREAM, EventAnswer
from services.gateway.api.schemas import MadeTicket
from services.gateway.problems import Problem
from services.gateway.service import FromWiring
from services.gateway.streaming.frames import Reset, StreamedStatus
from services.gateway.streaming.hub import Wanted

_ID = "AZYBxAa…"
_EXAMPLE = f"""\
: this stream begins here
retry: 2000
id: {_ID}

event: status
data: {{"kind":"resume","id":"r-17","revision":"1764000000000-42","status":"indexed",\
"source_event":{{"source":"/shortlist/gateway","id":"3f0c"}},"at":"2026-12-01T09:30:00.000Z"}}
id: {_ID}

: nothing new
id: {_ID}

"""

LastEventId = Annotated[
    str | None, HeaderParameter(name="Last-Event-ID", description="the last `id` that came: goes on right behind it")
]
LastEventIdQuery = Annotated[
    str | None,
    QueryParameter(name="last_event_id", description="the same, for browsers that ask anew; the header counts first"),
]
TicketQuery = Annotated[
    str | None, QueryParameter(name="ticket", description="of `POST /events/tickets`, in place of the key; opens once")
]
Kinds = Annotated[str | None, QueryParameter(name="kind", description="only documents of this kind: `resume` or `job`")]
Statuses = Annotated[
    str | None,
    QueryParameter(name="status", description=f"only these statuses, comma-separated: {', '.join(Status)}"),
]


@get(
    "/",
    operation_id="followEvents",
    summary="Follow the statuses of your documents",
    description="Server-sent events, until the connection ends: `status` for each step of each submission, in the "
    "order of the steps of one document, and `reset` where the stream could not go on behind the id that was sent. "
    "Begins with what is published after the answer began or, with a last event id, with all that came since, at "
    "whichever gateway that id was given. A block without an event moves the id on: come back with the last id you "
    "saw. The connection ends for a reader that does not take what comes, once its key is worthless, and when the "
    "gateway stops: come back then.",
    operation_class=with_events(
        EVENT_STREAM, "Events, as they come", {"status": StreamedStatus, "reset": Reset}, _EXAMPLE
    ),
    responses=problems("invalid_kind", "invalid_status", "unauthorized", "forbidden", "not_supported", "unavailable"),
    opt=READS_BY_TICKET,
)
async def follow_events(
    request: AnyRequest,
    gateway: FromWiring,
    last_event_id: LastEventId = None,
    last_event_id_query: LastEventIdQuery = None,
    ticket: TicketQuery = None,
    kind: Kinds = None,
    status: Statuses = None,
) -> ASGIApp:
    """An answer that goes on."""
    wanted = Wanted(
        request.user.tenant,
        _named(kind, get_args(Kind), "kind"),
        _named(status, Status, "status"),
    )
    return EventAnswer(gateway.following.opened(request.user, wanted, last_event_id or last_event_id_query or None))


@post(
    "/tickets",
    status_code=201,
    operation_id="createEventTicket",
    summary="A ticket for one stream",
    description="For a browser, whose `EventSource` sends no headers: within a minute, and once, `GET /events?ticket=` "
    "is answered as if the key were sent, at any gateway. For as long as its key opens anything, the stream stays.",
    responses={
        201: answer(MadeTicket, "Made", {"ticket": "st_…", "expires_at": "2026-12-01T09:31:00+00:00"}),
        **problems("unauthorized", "forbidden", "not_supported", "unavailable"),
    },
    opt=READS,
)
async def create_ticket(request: AnyRequest, gateway: FromWiring) -> Response[MadeTicket]:
    """A new ticket."""
    made = await gateway.tickets.make(request.user)
    return Response(MadeTicket(made.ticket, made.expires_at.isoformat()), status_code=201)


def _named(text: str | None, known: Iterable[str], what: str) -> frozenset[str] | None:
    """The names in a comma-separated list; None where there is no list."""
    if text is None:
        return None
    names = frozenset(name.strip() for name in text.split(","))
    if unknown := sorted(names - set(known)):
        raise Problem(f"invalid_{what}", f"there is no {what} {unknown[0][:40]!r}: name {', '.join(known)}")
    return names


event_routes = Router("/events", route_handlers=[follow_events, create_ticket], tags=["events"], security=NEEDS_KEY)
