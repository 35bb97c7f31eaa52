"""The two legs of a test run: the same tests on SQLite, and on PostgreSQL and Redis."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests import services

# What `--leg` takes, and what each leg runs on.
LEGS = {"sqlite": "SQLite", "postgresql": "PostgreSQL and Redis"}
# In the environment of a leg that follows another one, which has run the tests that are marked `one_leg`.
SECOND_LEG = "TESTS_SECOND_LEG"


@contextmanager
def running_legs(only: str | None = None) -> Iterator[dict[str, dict[str, str]]]:
    """Start PostgreSQL and Redis where they are installed; give the environment of each leg by its name.

    The leg on SQLite gets their URLs too, for tests that need one of the two by itself.
    """
    with ExitStack() as stack:
        shared = _start_services(stack)
        legs = {"sqlite": shared}
        if len(shared) == 2:
            main = {"DATABASE_URL": shared["TEST_POSTGRES_URL"], "REDIS_URL": shared["TEST_REDIS_URL"]}
            legs["postgresql"] = shared | main | ({} if only else {SECOND_LEG: "1"})
        elif only != "sqlite":
            print("Left out: the leg on PostgreSQL and Redis, because not both are installed.")
        yield {name: settings for name, settings in legs.items() if only in (None, name)}


def _start_services(stack: ExitStack) -> dict[str, str]:
    urls = {}
    if services.has_postgres():
        urls["TEST_POSTGRES_URL"] = stack.enter_context(services.postgres_server())
    if services.has_redis():
        urls["TEST_REDIS_URL"] = stack.enter_context(services.redis_server())
    return urls
