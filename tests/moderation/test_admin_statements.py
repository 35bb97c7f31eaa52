"""Every page of the admin needs fewer than ten statements, whatever is filtered or searched, never a whole table."""

import html
import re
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Member
from libs.outbox.models import Job
from media.models import Image
from moderation.actions import get_action
from moderation.models import Appeal, Decision, ListedWord, Report
from moderation.reporting import report_member, report_post
from posts.models import Post
from tests.factories import MemberFactory, PostFactory, put

pytestmark = pytest.mark.django_db
MOST = 9
MODELS = pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label_lower)


@pytest.fixture
def browser(sora: Member, hana: Member, mina: Member, jun: Member, post: Post, client: Client) -> Client:
    """The browser of Sora, who sees every page; there are rows of every kind."""
    reports = report_post(jun, post.pk, reason="spam", text=""), report_member(jun, mina.pk, reason="hate", text="")
    removal = get_action("remove_post").run(post, by=hana, reason="spam", report=reports[0][0])
    Appeal.objects.create(member=mina, decision_id=removal.pk, text="It is my garden.")
    ListedWord.objects.create(text="cheap watches", reaction="refuse")
    client.force_login(sora)
    return client


def address(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def statements(browser: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url).status_code == 200, url
    return [query["sql"] for query in queries]


@MODELS
def test_a_list_needs_few_statements_with_every_filter_and_search(browser: Client, model: type[models.Model]) -> None:
    path = address(model, "changelist")
    filters = re.findall(r'href="(\?[\w=&;%-]+)"', browser.get(path).content.decode())
    searches = ["?q=7", "?q=Mina", "?q=garden", "?q=mina@example.com", "?p=2"]
    costs = {query: len(statements(browser, path + html.unescape(query))) for query in ["", *filters, *searches]}
    assert {query: cost for query, cost in costs.items() if cost > MOST} == {}


@pytest.mark.parametrize("model", [Report, Decision, Post, Member, Image, Appeal, ListedWord, Job])
def test_a_page_of_one_row_needs_few_statements(browser: Client, model: Any) -> None:
    pages = [address(model, "change", pk) for pk in model.objects.values_list("pk", flat=True)]
    assert pages
    assert [page for page in pages if len(statements(browser, page)) > MOST] == []


def test_a_page_that_asks_for_a_reason_needs_few_statements(browser: Client, mina: Member) -> None:
    report, post = Report.objects.open().get(), PostFactory.create()
    acts = [("dismiss_report", report), ("remove_post", post), ("warn_member", mina), ("set_role", mina)]
    paths = [reverse("admin:moderation_decision_act", args=[name, subject.pk]) for name, subject in acts]
    paths[-1] += "?role=moderator"
    paths += [reverse("admin:moderation_decision_undo", args=[Decision.objects.get().pk]), "/admin/?mine=1"]
    paths += [f"{reverse('admin:moderation_report_many')}?action=dismiss_report&report={report.pk}"]
    paths += [reverse(f"admin:moderation_words_{page}") for page in ("add_word", "rules", "test")]
    assert [path for path in paths if len(statements(browser, path)) > MOST] == []


@pytest.mark.parametrize("model", [Report, Decision, Post, Member, Image, Appeal, ListedWord, Job])
def test_no_list_is_sorted_by_a_column_that_no_index_has(browser: Client, model: type[models.Model]) -> None:
    path = address(model, "changelist")
    assert "?o=" not in browser.get(path).content.decode()
    for column in range(1, len(admin.site._registry[model].list_display) + 1):
        assert _orders(browser, f"{path}?o={column}") == _orders(browser, path)


def _orders(browser: Client, url: str) -> list[str]:
    return [sql.rpartition("ORDER BY")[2] for sql in statements(browser, url) if "ORDER BY" in sql]


def test_a_search_for_frequent_words_finds_the_newest_posts_and_neither_counts_nor_sorts_all(
    browser: Client, mina: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.admin.posts.POSTS_FOUND", 2)
    snow = put(Post(author=mina, text=f"Snow, day {day}") for day in range(4))
    url = f"{address(Post, 'changelist')}?q=snow"
    page = browser.get(url).content.decode()
    assert [address(Post, "change", each.pk) in page for each in snow] == [False, False, True, True]
    compared = [sql for sql in statements(browser, url) if "LIKE" in sql.upper() and "posts_post" in sql]
    assert [sql.rpartition("LIMIT")[2].strip() for sql in compared] == ["2"]


def test_the_list_of_members_does_not_count_beyond_its_bound(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.admin.BoundedPaginator.max_count", 3)
    MemberFactory.create_batch(5)
    page = browser.get(address(Member, "changelist")).content.decode()
    assert re.search(r"\b3 members", page)
