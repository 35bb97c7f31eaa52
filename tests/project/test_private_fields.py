"""What answers tell of a member, to others and to themselves: lists of fields that grow on purpose only."""

from rest_framework.test import APIClient

from accounts.models import Member
from tests.factories import PostFactory

SUMMARY = {"id", "nickname", "avatar", "viewer"}
PROFILE = SUMMARY | {"about", "created_at", "counts"}
OWN = PROFILE - {"viewer"} | {"email", "name", "terms_version", "terms_accepted_at"}


def test_nobody_but_the_member_reads_an_address_or_a_name(mina: Member, jun: Member, jun_api: APIClient) -> None:
    jun.follow(mina)
    mina.follow(jun)
    post = PostFactory.create(author=mina)
    profile = jun_api.get(f"/api/v1/members/{mina.pk}")
    assert set(profile.json()) == PROFILE
    assert set(jun_api.get(f"/api/v1/posts/{post.pk}").json()["author"]) == SUMMARY
    lists = ["posts", f"members/{mina.pk}/followers", f"members/{mina.pk}/following"]
    for answer in (profile, *(jun_api.get(f"/api/v1/{address}") for address in lists)):
        assert b"@" not in answer.content
        assert b"Kim" not in answer.content
        assert b"is_staff" not in answer.content


def test_the_member_reads_their_own(mina_api: APIClient) -> None:
    assert set(mina_api.get("/api/v1/me").json()) == OWN
