"""/oembed: what other sites show in place of a link to a shared post."""

from collections.abc import Callable
from html import unescape

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Member
from media.models import Image
from posts.models import Post
from tests.accounts.phone import Phone
from tests.factories import PostFactory
from tests.posts.sharing import embed, share, visit
from tests.project.problems import is_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's, who shares."""
    return Phone.of(mina)


@pytest.fixture
def url(phone: Phone, mina: Member, store_image: Callable[..., Image], run_jobs: Callable[[], None]) -> str:
    """The link of a post with a large image."""
    image = store_image(mina, size=(1_600, 1_200))
    post = Post.objects.publish(author=mina, text="First snow", image_ids=[image.pk])
    run_jobs()
    return share(phone, post)


def test_the_page_leads_to_its_embed(url: str) -> None:
    page = visit(url).content.decode()
    address = unescape(page.partition('type="application/json+oembed" href="')[2].partition('"')[0])
    response = Client().get(address.removeprefix(settings.PUBLIC_URL))
    assert (response.status_code, response.json()["title"]) == (200, "First snow")


def test_the_embed_of_a_post_with_an_image_is_a_photo(url: str) -> None:
    found = embed(url=url, format="json")
    photo = found.json()
    assert photo.pop("url").endswith(".full.jpg")
    assert photo == {
        "type": "photo", "version": "1.0", "title": "First snow", "author_name": "Mina",
        "width": 1_600, "height": 1_200, "provider_name": "Heart to Heart", "cache_age": 60,
        "provider_url": settings.PUBLIC_URL,
    }  # fmt: skip
    assert (found["Cache-Control"], found["Content-Type"]) == ("no-cache", "application/json")


@pytest.mark.parametrize(
    ("limits", "variant", "size"),
    [
        ({"maxwidth": 1_000}, "feed.webp", (1_000, 750)),
        ({"maxheight": 240}, "thumb.webp", (320, 240)),
        ({"maxwidth": 900, "maxheight": 90}, "thumb.webp", (120, 90)),
        ({"maxwidth": 1}, "thumb.webp", (1, 1)),
        ({"maxwidth": 5_000}, "full.jpg", (1_600, 1_200)),
    ],
)
def test_the_photo_is_no_larger_than_the_site_asks_for(
    url: str, limits: dict[str, int], variant: str, size: tuple[int, int]
) -> None:
    photo = embed(url=url, **limits).json()
    assert photo["url"].endswith(variant)
    assert (photo["width"], photo["height"]) == size


def test_the_embed_of_a_text_is_a_link_with_the_avatar(
    phone: Phone, mina: Member, store_image: Callable[..., Image]
) -> None:
    url = share(phone, PostFactory.create(author=mina, text="Only words"))
    link = embed(url=url).json()
    assert (link["type"], link["title"], "thumbnail_url" in link) == ("link", "Only words", False)
    mina.set_avatar(store_image(mina).pk)
    link = embed(url=url, maxwidth=32).json()
    assert link["thumbnail_url"].startswith("http")
    assert (link["thumbnail_width"], link["thumbnail_height"]) == (32, 24)


def test_parameters_that_sites_add_are_ignored(url: str) -> None:
    assert embed(url=f"{url}?utm_source=news&fbclid=1#top", dnt="1", referrer="x").status_code == 200


@pytest.mark.parametrize(
    "other",
    [
        "https://example.com/", "http://[x", "x", f"{settings.PUBLIC_URL}/p/", f"{settings.PUBLIC_URL}/p/{'a' * 22}",
        f"{settings.PUBLIC_URL}.example.com/p/{'a' * 22}", f"{settings.PUBLIC_URL}/withdraw/", "한" * 3_000,
    ],
)  # fmt: skip
def test_other_urls_have_no_embed(other: str) -> None:
    assert is_problem(embed(url=other), 404, "not_found")


@pytest.mark.parametrize("form", ["xml", "JSON", "php"])
def test_an_unknown_format_is_not_implemented(url: str, form: str) -> None:
    assert is_problem(embed(url=url, format=form), 501, "format_not_supported")


@pytest.mark.parametrize("wrong", [{"maxwidth": "wide"}, {"maxheight": "0"}, {"maxwidth": "-5"}, {"url": "\0"}])
def test_parameters_that_cannot_be_read_are_named(url: str, wrong: dict[str, str]) -> None:
    refused = embed(**{"url": url} | wrong)
    assert is_problem(refused, 400, "invalid")
    assert [fault["field"] for fault in refused.json()["errors"]] == list(wrong)
    assert is_problem(Client().get("/oembed"), 400, "invalid")


def test_embeds_and_pages_share_a_limit_and_need_one_statement(url: str, settings: Settings) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert embed(url=url).status_code == 200
    assert len(captured) == 1
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"share-address": "2/minute"}
    assert [visit(url).status_code, embed(url=url).status_code] == [200, 200]
    assert is_problem(embed(url=url), 429, "too_many_requests")


def test_the_embed_answers_reads_only(url: str) -> None:
    assert Client().head("/oembed", {"url": url}).status_code == 200
    assert is_problem(Client().post("/oembed", {"url": url}), 405, "method_not_allowed")
