"""What operators change by commands is among the decisions, with their names."""

import pytest
from django.core.management import call_command

from moderation.models import Decision

pytestmark = pytest.mark.django_db


def test_a_switch_that_an_operator_turns_is_a_decision() -> None:
    call_command("switch", "set", "posting", "off", "--as", "sora")
    decision = Decision.objects.get()
    assert (decision.action, decision.actor_kind, decision.actor_name) == ("switch_set", "operator", "sora")
    assert (decision.subject_kind, decision.subject_name, decision.after) == ("server", "posting", {"state": "off"})


def test_what_changes_nothing_is_no_decision() -> None:
    with pytest.raises(SystemExit):
        call_command("switch", "set", "posting", "on")
    with pytest.raises(SystemExit):
        call_command("outbox", "retry", "--yes")
    assert not Decision.objects.exists()
