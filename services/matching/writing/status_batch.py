"""Writing the reports of one tenant that came in one batch."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.database.transactions import Writing
from libs.telemetry.tracing import TRACEPARENT, traced
from services.matching.writing.arrivals import Identity, StatusArrival
from services.matching.writing.erasures import erase
from services.matching.writing.repairs import after_failure, end_replay, superseded_record
from services.matching.writing.replays import find_replays
from services.matching.writing.sequences.judging import late_events
from services.matching.writing.statuses import apply_statuses
from services.matching.writing.written import Written


async def write_statuses(connection: Writing, arrivals: Sequence[StatusArrival]) -> Written:
    """Applies reports, erases what they say is erased, and repairs the topics' ends after failures.

    Raises RecordRejected, DependencyUnavailable.
    """
    written = Written()
    late = await late_events(connection, [arrival.identity for arrival in arrivals])
    in_order = [arrival.report for arrival in arrivals if (arrival.key, arrival.identity.revision) not in late]
    replays = await find_replays(connection, in_order)
    await apply_statuses(connection, replays.others)
    ended = {(each.key, each.revision) for each in replays.ended}
    told = {
        (arrival.key, arrival.identity.revision)
        for arrival in arrivals
        if arrival.origin.is_replay and arrival.report.status is Status.FAILED
    }
    for each in sorted(replays.ended, key=lambda each: each.key):
        await erase(connection, each.key, each.revision)
        if (each.key, each.revision) not in told:
            await end_replay(connection, Identity(each.key, each.revision, each.source_event), written)
    for arrival in arrivals:
        report, identity = arrival.report, arrival.identity
        by = late.get((identity.key, identity.revision))
        if by is not None:
            await _late(connection, arrival, by, written)
        elif report.status is Status.ERASED:
            await erase(connection, identity.key, identity.revision, identity.source_event)
        elif (
            report.status is Status.FAILED
            and not arrival.origin.is_replay
            and (identity.key, identity.revision) not in ended
        ):
            with traced(arrival.origin.record.header(TRACEPARENT)):
                await after_failure(connection, identity, published=report.published, written=written)
    return written


async def _late(connection: Writing, arrival: StatusArrival, by: Revision, written: Written) -> None:
    """Ends a late event that failed as superseded: what is shown of its document is not its failure."""
    identity = arrival.identity
    if arrival.report.status is not Status.FAILED or arrival.origin.is_replay:
        return
    with traced(arrival.origin.record.header(TRACEPARENT)):
        written.outgoing.append(superseded_record(identity, by))
        await after_failure(connection, identity, published=arrival.report.published, written=written, is_late=True)
