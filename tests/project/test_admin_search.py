"""Whatever a moderator types into a search field of the admin, there is a page for it."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from posts.models import Post
from tests.factories import PostFactory

SEARCHED = [model for model, page in admin.site._registry.items() if page.search_fields]
TYPED = ["abc", "7", "7 abc", "9" * 25, "-1", "1.5", "\0", "%", "'", '"half', "안녕", "mina@example.com", "x" * 2_000]


@pytest.fixture
def admin_client(sora: Member, client: Client) -> Client:
    """Sora's browser, logged in."""
    client.force_login(sora)
    return client


@pytest.mark.parametrize("model", SEARCHED, ids=lambda model: model._meta.label_lower)
def test_a_search_for_anything_at_all_is_answered(admin_client: Client, model: type[Post]) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert [typed for typed in TYPED if admin_client.get(address, {"q": typed}).status_code != 200] == []


@pytest.mark.parametrize("what", ["id", "author_id"])
def test_a_post_is_found_by_its_id_and_by_its_writers(admin_client: Client, what: str) -> None:
    post, other = PostFactory.create_batch(2)
    found = admin_client.get(reverse("admin:posts_post_changelist"), {"q": getattr(post, what)}).content.decode()
    assert str(post.pk) in found
    assert str(other.pk) not in found


@pytest.mark.parametrize("typed", ["MINA@example.com", "Mi"])
def test_a_member_is_found_by_address_and_by_the_beginning_of_a_nickname(
    admin_client: Client, mina: Member, jun: Member, typed: str
) -> None:
    found = admin_client.get(reverse("admin:accounts_member_changelist"), {"q": typed}).content.decode()
    assert str(mina.pk) in found
    assert str(jun.pk) not in found
