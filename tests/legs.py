"""What a run stands on, one after the other: SQLite, then PostgreSQL and Redis where both are installed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests import services


@contextmanager
def legs() -> Iterator[dict[str, dict[str, str]]]:
    """The environment of each leg by the leg's name; the servers in them live as long as this block."""
    with ExitStack() as stack:
        given = _given(stack)
        found = {"SQLite": given}
        if len(given) == 2:
            also = {"DATABASE_URL": given["TEST_POSTGRES_URL"], "REDIS_URL": given["TEST_REDIS_URL"]}
            found["PostgreSQL and Redis"] = given | also
        yield found


def _given(stack: ExitStack) -> dict[str, str]:
    """The URLs of the servers, started for this run; says what is missing and so left out."""
    given = {}
    if services.has_postgres():
        given["TEST_POSTGRES_URL"] = stack.enter_context(services.postgres_server())
    if services.has_redis():
        given["TEST_REDIS_URL"] = stack.enter_context(services.redis_server())
    if len(given) < 2:
        print("Left out: the second leg, on PostgreSQL and Redis, because not both are installed.")
    return given
