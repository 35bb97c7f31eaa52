"""`manage.py stats` counts each day, and `manage.py send_test_email` shows whether e-mails arrive."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from moderation.actions import get_action
from moderation.actors import SYSTEM
from moderation.models import Report
from tests.accounts.phone import Phone
from tests.factories import MemberFactory, PostFactory
from tests.operations.commands import Operator
from tests.services import free_port

pytestmark = pytest.mark.django_db


def test_each_day_has_its_figures(operator: Operator) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        author, reader = MemberFactory.create(), MemberFactory.create()
        post = PostFactory.create(author=author)
        Phone.of(reader).post("reports", post_id=str(post.pk), reason="spam")
        get_action("dismiss_report").run(Report.objects.get(), by=SYSTEM, reason="no_violation")
    PostFactory.create(author=author)
    before_yesterday, yesterday, today = operator.run("stats", "--days", "3")["days"]
    day = (timezone.now() - timedelta(days=2)).date().isoformat()
    figures = {"sign_ups": 2, "active": 1, "posts": 1, "reports": 1, "decided_in_time": 1}
    assert before_yesterday == {"day": day} | figures
    assert (yesterday["posts"], today["posts"], today["sign_ups"]) == (0, 1, 0)


def test_without_a_number_there_are_seven_days(operator: Operator) -> None:
    assert len(operator.run("stats")["days"]) == 7


@pytest.mark.parametrize("days", ["0", "93", "-1", "week"])
def test_a_number_of_days_out_of_range_is_refused_in_one_line(operator: Operator, days: str) -> None:
    with pytest.raises(CommandError, match=rf"--days: {days} is not a number of days from 1 to 92\.$"):
        operator.run("stats", f"--days={days}")


def test_figures_cost_the_same_for_many_rows(
    operator: Operator, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (1, 50):
        for _ in range(number):
            PostFactory.create()
        with django_assert_num_queries(1 + 2 * 4):
            operator.run("stats", "--days", "2")


def test_a_test_email_arrives_at_once(operator: Operator, mailoutbox: list[Any], mina: Member) -> None:
    assert operator.run("send_test_email", "Ops@Example.com") == {"sent": True}
    assert [message.to for message in mailoutbox] == [["ops@example.com"]]
    with pytest.raises(CommandError, match="no e-mail address"):
        operator.run("send_test_email", "ops")


def test_a_mail_server_that_is_away_is_named(operator: Operator, settings: Any) -> None:
    settings.EMAIL_BACKEND = "libs.email_delivery.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with pytest.raises(CommandError, match="Not accepted: ConnectionRefusedError"):
        operator.run("send_test_email", "ops@example.com")
