"""Dead letters: a record that could not be worked on, untouched, with where it was and why in headers."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.errors import RecordRejected
from libs.contracts.revision import Revision
from libs.contracts.topics import dead_letters_topic
from libs.messaging.metrics import DEAD_LETTERED
from libs.messaging.publishing import Outgoing, Publisher
from libs.messaging.records import Record
from libs.messaging.reporting import now

TOPIC = "dead_letter_topic"
PARTITION = "dead_letter_partition"
OFFSET = "dead_letter_offset"
ERROR_CODE = "dead_letter_error_code"
ERROR_MESSAGE = "dead_letter_error_message"
ATTEMPTS = "dead_letter_attempts"
TIME = "dead_letter_time"
# Of a submission: the revision it had, which it keeps when it is put back.
REVISION = "dead_letter_revision"
# Where the broker refused the dead letter as it was: the value is empty, and this says how long it was, and why.
LEFT_OUT = "dead_letter_value_left_out"
PREFIX = "dead_letter_"
# On a submission that was put back: the revision it had. It can only make a record older.
REPLAYED_REVISION = "replayed_revision"


def dead_letter(
    record: Record, service: str, fault: RecordRejected, attempts: int, revision: Revision | None = None
) -> Outgoing:
    """The dead letter of a record: key, value and headers as they came, and ours behind them.

    `revision` is a submission's; records of the inner topics carry theirs themselves.
    """
    added = {
        TOPIC: record.topic,
        PARTITION: str(record.partition),
        OFFSET: str(record.offset),
        ERROR_CODE: str(fault.code),
        ERROR_MESSAGE: fault.message[:2000],
        ATTEMPTS: str(attempts),
        TIME: now(),
        **({} if revision is None else {REVISION: str(revision)}),
    }
    headers = [*record.headers, *((name, text.encode("utf-8", "replace")) for name, text in added.items())]
    return Outgoing(dead_letters_topic(service), record.key, record.value, headers)


async def publish_counting(publisher: Publisher, service: str, outgoing: Sequence[Outgoing]) -> None:
    """Publishes records, and counts the dead letters of `service` among them once the broker has them all.

    Dead letters are counted here alone: whoever publishes one goes through here. Raises what
    `Publisher.publish_all` raises; then nothing is counted.
    """
    await publisher.publish_all(outgoing)
    topic = dead_letters_topic(service)
    for record in outgoing:
        if record.topic == topic:
            # Ours are the last headers: the record may have been a dead letter before.
            code = dict(record.headers)[ERROR_CODE] or b""
            DEAD_LETTERED.labels(service, code.decode()).inc()
