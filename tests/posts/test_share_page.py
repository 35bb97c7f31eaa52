"""The page of a shared post, for people and for what makes previews of links."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.conf import settings as server_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Member
from media.models import Image
from posts.models import Post
from posts.representations import compiled_shared_post
from tests.accounts.phone import Phone
from tests.factories import PostFactory, put
from tests.posts.sharing import share, visit
from tests.posts.test_query_counts import indexes, write

pytestmark = pytest.mark.django_db
Illustrated = Callable[..., Post]


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's, who shares."""
    return Phone.of(mina)


def meta(page: Any, name: str) -> list[str]:
    """What the page says under the name, of OpenGraph or another one."""
    pattern = rf'<meta (?:property|name)="{re.escape(name)}" content="([^"]*)">'
    return [unescape(found) for found in re.findall(pattern, page.content.decode())]


def test_the_page_shows_text_images_and_author_and_nothing_else_of_them(
    phone: Phone, mina: Member, illustrated: Illustrated, store_image: Callable[..., Image]
) -> None:
    mina.update(about="By the sea", name="Kim Mina")
    mina.set_avatar(store_image(mina).pk)
    page = visit(share(phone, illustrated(mina, "First snow\n눈이 왔어요", images=2))).content.decode()
    assert "First snow\n눈이 왔어요" in page
    assert page.count('<img class="photo"') == 2
    assert page.count("<img ") == 3
    for private in (mina.email, "Kim Mina", "By the sea", str(mina.pk)):
        assert private not in page


def test_what_people_write_is_text_and_never_markup(phone: Phone, mina: Member) -> None:
    mina.update(nickname='"><script>')
    page = visit(share(phone, PostFactory.create(author=mina, text='</p><script>alert("hi")</script>')))
    assert "<script" not in page.content.decode()
    assert meta(page, "og:description") == ['</p><script>alert("hi")</script>']


def test_previews_have_each_image_with_its_size_and_description(
    phone: Phone, mina: Member, illustrated: Illustrated
) -> None:
    post = illustrated(mina, "Look.", images=2)
    Image.objects.get(pk=post.image_ids()[0]).set_alt("A blue wall")
    url = share(phone, post)
    page = visit(url)
    assert [meta(page, f"og:{name}") for name in ("type", "url", "title", "description")] == [
        ["article"], [url], ["Mina"], ["Look."]
    ]  # fmt: skip
    assert all(re.fullmatch(r"http.*\.full\.jpg", image) for image in meta(page, "og:image"))
    assert (meta(page, "og:image:width"), meta(page, "og:image:height")) == (["64"] * 2, ["48"] * 2)
    assert meta(page, "og:image:alt") == ["A blue wall", "Photo without a description"]
    assert meta(page, "twitter:card") == ["summary_large_image"]
    assert meta(page, "twitter:image") == meta(page, "og:image")[:1]


def test_a_post_without_images_is_previewed_with_the_avatar(
    phone: Phone, mina: Member, store_image: Callable[..., Image]
) -> None:
    url = share(phone, PostFactory.create(author=mina))
    assert meta(visit(url), "og:image") == []
    mina.set_avatar(store_image(mina).pk)
    page = visit(url)
    assert (len(meta(page, "og:image")), meta(page, "twitter:card")) == (1, ["summary"])


def test_a_long_text_is_cut_between_characters_in_previews_only(phone: Phone, mina: Member) -> None:
    family = "👩‍👩‍👧‍👦"
    page = visit(share(phone, PostFactory.create(author=mina, text=f"눈이\n{family * 300}")))
    assert meta(page, "og:description") == [f"눈이 {family * 196}…"]
    assert family * 300 in page.content.decode()


def test_a_post_without_a_text_says_how_many_photos_there_are(
    phone: Phone, mina: Member, illustrated: Illustrated
) -> None:
    url = share(phone, illustrated(mina, "", images=2))
    described = [meta(visit(url, language), "og:description")[0] for language in ("en", "ko")]
    assert described == ["2 photos", "사진 2장"]


@pytest.mark.parametrize(("language", "locale"), [("en", "en_US"), ("ko", "ko_KR")])
def test_the_page_is_in_the_language_of_the_reader(phone: Phone, mina: Member, language: str, locale: str) -> None:
    url = share(phone, PostFactory.create(author=mina))
    for page in (visit(url, language), visit(f"{url}x", language)):
        assert f'<html lang="{language}">' in page.content.decode()
        assert "Accept-Language" in page["Vary"]
    assert meta(visit(url, language), "og:locale") == [locale]


def test_search_engines_caches_and_other_sites_learn_nothing_lasting(phone: Phone, mina: Member) -> None:
    url = share(phone, PostFactory.create(author=mina))
    for page in (visit(url), visit(url, if_none_match=visit(url)["ETag"]), visit(f"{url}x")):
        assert page["Cache-Control"] == "no-cache"
        assert page["Referrer-Policy"] == "no-referrer"
        assert "noindex" in page["X-Robots-Tag"]
        assert not page.cookies
    assert meta(visit(url), "robots") == ["noindex"]
    assert "default-src 'self'" in visit(url)["Content-Security-Policy"]


def test_a_page_that_a_browser_has_is_not_sent_again_until_it_changes(phone: Phone, mina: Member) -> None:
    post = PostFactory.create(author=mina, text="Frist snow")
    url = share(phone, post)
    known = {"if-none-match": visit(url)["ETag"]}
    unchanged = visit(url, **known)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert visit(url, "ko", **known).status_code == 200
    post.edit("First snow")
    assert "First snow" in visit(url, **known).content.decode()


def test_a_deleted_link_looks_like_one_that_never_was(phone: Phone, mina: Member) -> None:
    post = PostFactory.create(author=mina)
    url = share(phone, post)
    known = {"if-none-match": visit(url)["ETag"]}
    phone.delete(f"posts/{post.pk}/share")
    gone, never = visit(url, **known), visit(f"{server_settings.PUBLIC_URL}/p/{'a' * 22}")
    assert (gone.status_code, gone.content) == (404, never.content)
    assert {name for name in gone.headers if gone[name] != never[name]} <= {"X-Request-ID", "RateLimit"}


ODD = [
    "", "x", "a" * 21, "a" * 23, "a" * 5_000, "a" * 22 + "/", "a" * 22 + "%0A", "%00" * 22, "%0A", "한" * 22,
    "%FF" * 22, "../admin/", "'; DROP TABLE posts_post; --", "a" * 11 + "/" + "b" * 10,
]  # fmt: skip


@pytest.mark.parametrize("token", ODD)
def test_an_odd_token_is_not_found(token: str) -> None:
    page = Client().get(f"/p/{token}")
    assert page.status_code == 404
    assert page.content.startswith(b"<!doctype html>")


def test_a_token_is_read_in_the_case_that_it_has(phone: Phone, mina: Member) -> None:
    url = share(phone, PostFactory.create(author=mina))
    start, _, token = url.rpartition("/")
    assert visit(f"{start}/{token.swapcase()}").status_code == 404


def test_head_and_options_answer_and_nothing_is_written(phone: Phone, mina: Member) -> None:
    url = share(phone, PostFactory.create(author=mina)).removeprefix(server_settings.PUBLIC_URL)
    head, get = Client().head(url), Client().get(url)
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", str(len(get.content)))
    assert Client().options(url)["Allow"] == "GET, HEAD, OPTIONS"
    assert Client().post(url).status_code == 405


def test_the_page_is_on_the_public_host_only(phone: Phone, mina: Member, settings: Settings) -> None:
    url = share(phone, PostFactory.create(author=mina))
    settings.ADMIN_HOST, settings.ALLOWED_HOSTS = "admin.heart.example", ["admin.heart.example", "heart.example"]
    assert [visit(url, host=host).status_code for host in ("heart.example", "admin.heart.example")] == [200, 404]


def test_one_address_opens_only_so_many_pages_a_minute(phone: Phone, mina: Member, settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"share-address": "2/minute"}
    url = share(phone, PostFactory.create(author=mina))
    pages = [visit(each) for each in (url, f"{url}x", url)]
    assert [page.status_code for page in pages] == [200, 404, 429]
    assert 0 < int(pages[2]["Retry-After"]) <= 60
    assert "Wait a little" in pages[2].content.decode()
    assert all("share-address" in page["RateLimit"] for page in pages)


@pytest.mark.parametrize("image_count", [0, 10])
def test_the_page_takes_one_statement_whatever_the_number_of_images(
    phone: Phone, mina: Member, image_count: int
) -> None:
    (post,) = write(mina, 1, image_count=image_count)
    url = share(phone, post)
    for token, status in ((url, 200), (f"{url[:-22]}{'a' * 22}", 404)):
        with CaptureQueriesContext(connection) as captured:
            assert visit(token).status_code == status
        assert len(captured) == 1
    with CaptureQueriesContext(connection) as captured:
        assert visit(f"{url}x").status_code == 404
    assert len(captured) == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="plans are those of PostgreSQL, which production uses")
def test_a_token_is_looked_up_in_an_index(mina: Member) -> None:
    put(Post(author=mina, text="x") for _ in range(3_000))
    shares = "INSERT INTO posts_postshare SELECT id, md5(id::text)::varchar(22), now() FROM posts_post"
    with connection.cursor() as cursor:
        cursor.execute(shares)
        cursor.execute("ANALYZE")
    plan = compiled_shared_post.build(token="a" * 22).explain(format="json")
    assert {"post_share_token", "posts_post_pkey"} <= indexes(json.loads(plan)[0]["Plan"])
