"""Decisions are append-only, in Python and in the database."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Member
from moderation.actions import get_action
from moderation.decision_triggers import TABLE, TRUNCATE_TRIGGER
from moderation.models import Decision
from moderation.models.decision import DecisionsAreAppendOnly
from moderation.pseudonyms import pseudonym
from posts.models import Post
from tests.erasing import erase

pytestmark = pytest.mark.django_db
COLUMNS = [
    "action", "actor_kind", "actor_name", "subject_kind", "subject_name", "reason", "text", "request_id",
    "member_digest", "actor_digest", "before", "after",
]  # fmt: skip


@pytest.fixture
def decision(hana: Member, post: Post) -> Decision:
    """Hana's, who has removed Mina's post."""
    return get_action("remove_post").run(post, by=hana, reason="spam", text="An advertisement.")


def execute(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("column", COLUMNS)
def test_the_database_refuses_another_value_in_a_decision(decision: Decision, column: str) -> None:
    value = '{"removed": 1}' if column in ("before", "after") else "else"
    with pytest.raises(IntegrityError, match="append-only"):
        execute(f"UPDATE moderation_decision SET {column} = %s", value)  # noqa: S608 - a name from above


@pytest.mark.parametrize("column", ["member_id", "actor_id", "subject_id", "created_at"])
def test_the_database_does_not_let_one_column_of_a_decision_be_cleared(decision: Decision, column: str) -> None:
    with pytest.raises(IntegrityError):
        execute(f"UPDATE moderation_decision SET {column} = NULL")  # noqa: S608 - a name from above


@pytest.mark.skipif(connection.vendor != "postgresql", reason="Django empties tables of SQLite by deleting rows")
def test_postgresql_refuses_the_deletion_of_a_decision(decision: Decision) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        execute("DELETE FROM moderation_decision")
    assert Decision.objects.get() == decision


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_postgresql_refuses_to_empty_the_table_of_decisions(decision: Decision) -> None:
    execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER {TRUNCATE_TRIGGER}")
    with pytest.raises(IntegrityError, match="append-only"):
        execute(f"TRUNCATE {TABLE}")
    assert Decision.objects.get() == decision


def test_no_method_of_django_changes_or_deletes_a_decision(decision: Decision) -> None:
    decision.text = "Nothing."
    for attempt in (decision.save, decision.delete, Decision.objects.all().delete, Decision.objects.update):
        with pytest.raises(DecisionsAreAppendOnly):
            attempt()


def test_the_erasure_of_the_member_clears_what_names_them_once(decision: Decision, mina: Member) -> None:
    member_id = mina.pk
    erase(mina)
    cleared = Decision.objects.get()
    assert (cleared.member_id, cleared.member_digest) == (None, pseudonym(member_id))
    assert (cleared.subject_id, cleared.subject_name, cleared.text, cleared.before, cleared.after) == (
        None, "", "", {}, {},
    )  # fmt: skip
    assert (cleared.action, cleared.reason, cleared.actor_name) == ("remove_post", "spam", "Hana")
    with pytest.raises(IntegrityError):
        Decision.objects.clear_member(7, [cleared.pk])


def test_the_erasure_of_a_moderator_leaves_what_was_decided(decision: Decision, hana: Member) -> None:
    hana_id = hana.pk
    erase(hana)
    cleared = Decision.objects.get()
    assert (cleared.actor_id, cleared.actor_name, cleared.actor_digest) == (None, "", pseudonym(hana_id))
    assert (cleared.text, cleared.subject_name, cleared.after) == (
        "An advertisement.",
        "Look at this.",
        {"removed": True},
    )
