"""The list of words and the rules in the admin."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from moderation.models import Decision, ListedWord, Rules

pytestmark = pytest.mark.django_db
LIST = "/admin/moderation/listedword/"
WORD = {"word": "cheap watches", "reaction": "refuse", "violation": "spam", "reason": "policy"}


@pytest.fixture
def browser(yuna: Member, client: Client) -> Client:
    """The browser of Yuna, a senior moderator."""
    client.force_login(yuna)
    return client


def test_a_word_is_added_tried_on_a_text_and_removed_by_decisions(browser: Client) -> None:
    browser.post(f"{LIST}add-word/", WORD)
    word = ListedWord.objects.get()
    assert "cheap watches" in browser.get(LIST).content.decode()
    tried = [browser.post(f"{LIST}test/", {"text": text}).content.decode() for text in ("Cheap  WATCHES here", "Hello")]
    assert ["The text has these words:" in page for page in tried] == [True, False]
    removal = f"/admin/moderation/decision/act/remove_word/{word.pk}/"
    assert removal in browser.get(f"{LIST}{word.pk}/change/").content.decode()
    browser.post(removal, {"reason": "policy"})
    assert not ListedWord.objects.exists()
    assert Decision.objects.count() == 2


@pytest.mark.parametrize("change", [{"word": "a"}, {"word": ""}, {"reaction": "x"}, {"reason": ""}])
def test_a_word_that_is_none_is_not_added(browser: Client, change: dict[str, str]) -> None:
    assert b"error" in browser.post(f"{LIST}add-word/", WORD | change).content
    assert not ListedWord.objects.exists()


@pytest.mark.parametrize("number", ["5", "1", "x"])
def test_rules_are_changed_within_their_bounds(browser: Client, number: str) -> None:
    form: dict[str, Any] = {"hides_reported_posts": "on", "reporters_to_hide": number, "reason": "policy"}
    browser.post(f"{LIST}rules/", form)
    assert Rules.objects.current().hides_reported_posts == (number == "5")


def test_the_pages_say_whether_the_rule_is_on(browser: Client) -> None:
    for number, words in ((None, "The rule is off. No post"), (3, "The rule is on. A post is hidden until")):
        if number:
            form: dict[str, Any] = {"hides_reported_posts": "on", "reporters_to_hide": number, "reason": "policy"}
            browser.post(f"{LIST}rules/", form)
        assert words in browser.get(LIST).content.decode()
        assert words.partition(".")[0] in browser.get(f"{LIST}rules/").content.decode()


def test_moderators_read_the_list_and_change_nothing(hana: Member, client: Client) -> None:
    client.force_login(hana)
    assert client.get(f"{LIST}test/").status_code == 200
    for path in ("add-word/", "rules/"):
        assert client.post(f"{LIST}{path}", WORD).status_code == 403


def test_what_a_moderator_may_not_change_is_not_offered_and_refused_in_the_frame(hana: Member, client: Client) -> None:
    client.force_login(hana)
    page = client.get(LIST).content.decode()
    assert [f"{LIST}{name}/" in page for name in ("add-word", "rules", "test")] == [False, False, True]
    refused, missing = client.get(f"{LIST}rules/"), client.get("/admin/moderation/decision/1/undo/")
    assert (refused.status_code, missing.status_code) == (403, 404)
    assert "Your role does not let you" in refused.content.decode()
    for response in (refused, missing):
        assert 'id="nav-global"' in response.content.decode()


def test_actions_with_pages_of_their_own_have_no_other_page(browser: Client) -> None:
    for name in ("add_word", "change_rules"):
        assert browser.get(f"/admin/moderation/decision/act/{name}/1/").status_code == 404
