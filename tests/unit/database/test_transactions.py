"""Which of the database's errors are waited out, which are the record's own, and which are ours."""

from __future__ import annotations

import asyncpg
import pytest

from libs.contracts.errors import DependencyUnavailable, RecordRejected
from libs.database.transactions import translated_errors

pytestmark = pytest.mark.unit

WAITED_OUT = [
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.AdminShutdownError("terminating connection due to administrator command"),
    asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    asyncpg.DeadlockDetectedError("deadlock detected"),
    asyncpg.SerializationError("could not serialize access"),
    asyncpg.DiskFullError("could not extend file"),
    asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    asyncpg.InvalidPasswordError("password authentication failed"),
    asyncpg.InvalidCatalogNameError('database "shortlist" does not exist'),
    asyncpg.UndefinedTableError('relation "matching.documents" does not exist'),
    asyncpg.InsufficientPrivilegeError("permission denied for table documents"),
    asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction"),
    asyncpg.InterfaceError("connection is closed"),
    ConnectionRefusedError("refused"),
    TimeoutError(),
]
OF_THE_RECORD = [
    asyncpg.CharacterNotInRepertoireError('invalid byte sequence for encoding "UTF8": 0x00'),
    asyncpg.UntranslatableCharacterError("unsupported Unicode escape sequence"),
    asyncpg.DataError("invalid input for query argument $5: value out of int64 range"),
    asyncpg.CheckViolationError("violates check constraint"),
    asyncpg.ProgramLimitExceededError("index row size exceeds maximum"),
]
OUR_OWN = [
    asyncpg.PostgresSyntaxError("syntax error"),
    asyncpg.UndefinedColumnError("column does not exist"),
    asyncpg.InternalServerError("unexpected"),
    asyncpg.InsufficientPrivilegeError('new row violates row-level security policy for table "documents"'),
    asyncpg.InterfaceError("the server expects 3 arguments for this query, 2 were passed"),
    KeyError("column"),
]


def _name(error: BaseException) -> str:
    return type(error).__name__


@pytest.mark.parametrize("error", WAITED_OUT, ids=_name)
def test_a_database_that_is_away_or_not_set_up_is_waited_for(error: Exception) -> None:
    with pytest.raises(DependencyUnavailable), translated_errors():
        raise error


@pytest.mark.parametrize("error", OF_THE_RECORD, ids=_name)
def test_data_that_the_database_refuses_is_the_records_fault(error: Exception) -> None:
    with pytest.raises(RecordRejected), translated_errors():
        raise error


@pytest.mark.parametrize("error", OUR_OWN, ids=_name)
def test_a_fault_of_our_own_passes_so_that_no_record_is_tried_for_ever(error: Exception) -> None:
    with pytest.raises(type(error)), translated_errors():
        raise error
