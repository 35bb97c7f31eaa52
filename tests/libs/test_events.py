"""Events: handlers run in the transaction of what happens, and nowhere else."""

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from accounts.models import Member
from libs.events import Event

pytestmark = pytest.mark.django_db


def test_all_handlers_get_what_happened_in_their_order() -> None:
    happened, handled = Event[[int]](), list[tuple[str, int]]()
    happened.add_handler(lambda number: handled.append(("one", number)))
    happened.add_handler(lambda number: handled.append(("another", number)))
    happened.send(7)
    assert handled == [("one", 7), ("another", 7)]


def test_a_handler_that_fails_undoes_what_happened(mina: Member) -> None:
    happened = Event[[]]()

    @happened.add_handler
    def fail() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        rename(mina, happened)
    mina.refresh_from_db()
    assert mina.nickname == "Mina"


@transaction.atomic
def rename(member: Member, happened: Event[[]]) -> None:
    member.update(nickname="Somebody else")
    happened.send()


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        Event[[]]().send()
