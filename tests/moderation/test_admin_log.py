"""The log of forms in the admin: what superusers changed there, for those who oversee."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from moderation.ranks import AUDITOR, MODERATOR, OPERATOR
from tests.factories import MemberFactory
from tests.moderation.staff import restore_roles, staff_member

pytestmark = pytest.mark.django_db
LOG = "/admin/admin/logentry/"


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_who_oversees_reads_which_permissions_a_superuser_changed(sora: Member) -> None:
    restore_roles()
    group = Group.objects.get(name=MODERATOR)
    browser_of(sora).post(f"/admin/auth/group/{group.pk}/change/", {"name": MODERATOR, "permissions": []})
    assert not group.permissions.exists()
    for role in (AUDITOR, OPERATOR):
        browser = browser_of(staff_member(role))
        assert LOG in browser.get("/admin/").content.decode()
        page = browser.get(LOG).content.decode()
        assert sora.nickname in page
        assert "Changed “moderator” — Changed Permissions." in page


def test_a_moderator_does_not_read_the_log(hana: Member) -> None:
    assert browser_of(hana).get(LOG).status_code == 403


def test_the_log_takes_as_many_statements_for_many_lines(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    browser = browser_of(staff_member(AUDITOR))
    for member in MemberFactory.create_batch(20):
        LogEntry.objects.log_actions(member.pk, [member], CHANGE, change_message="", single_object=True)
    with django_assert_num_queries(7):
        assert browser.get(LOG).status_code == 200
