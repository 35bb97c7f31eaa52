"""Nicknames that pass for another one, for the service or for its staff."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Member
from tests.accounts.conftest import CodeFor
from tests.accounts.test_signup import NEW, join


def rename(client: APIClient, nickname: str) -> Any:
    return client.patch("/api/v1/me", {"nickname": nickname}, format="json")


def refusal(response: Any) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in response.json().get("errors", [])]


INVISIBLE = ["Mi\u200bna", "Mina\u3164", "Mina\u200d", "Mi\u00adna", "\u2060Mina", "Mi\u034fna", "Mina\ufe0f",
             "Mina\U000e0041", "Mi\u2800na", "Mina\u2064", "미\u115f나", "🐰\u200d"]  # fmt: skip


@pytest.mark.parametrize("nickname", INVISIBLE, ids=ascii)
def test_a_nickname_with_invisible_characters_is_refused(mina_api: APIClient, nickname: str) -> None:
    assert refusal(rename(mina_api, nickname)) == [("nickname", "invisible")]


@pytest.mark.parametrize(
    "nickname",
    ["Heart to Heart", "HEART-TO-HEART", "Неаrt to Heart", "heart2heart_kr", "하트투하트", "하트 투 하트 운영팀",
     "𝓗𝓮𝓪𝓻𝓽𝓽𝓸𝓗𝓮𝓪𝓻𝓽",
     "admin", "Admin1", "аdmin", "adm1n", "Ａｄｍｉｎ", "á.d.m.i.n", "Moderator ✓", "offìcial", "운영자",
     "♥관리자♥", "고객 센터", "Admin Team", "Official Mina", "the Moderators", "admins", "ᴀᴅᴍɪɴ", "Μoderator", "Ꭺdmin",
     "Ηeart to Heart",
     "Sora", "S0RA", "Ѕоrа", "So ra", "ⓢⓞⓡⓐ", "Sóra", "Park Sora", "Sora77"],
)  # fmt: skip
def test_a_nickname_that_looks_like_the_service_or_its_staff_is_refused(
    sora: Member, mina_api: APIClient, nickname: str
) -> None:
    assert refusal(rename(mina_api, nickname)) == [("nickname", "reserved")]


@pytest.mark.parametrize(
    "nickname",
    ["Mina", "badminton", "Team Mina", "Root Beer", "Officially Mina",
     "Soran", "소라", "하트", "토끼엄마", "👨\u200d👩\u200d👧\u200d👦", "❤️", "1️⃣",
     "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
     "می\u200cخواهم", "क्\u200dष", "Олена", "Ελένη", "007", "!!", "ㅋㅋ"],
)  # fmt: skip
def test_other_nicknames_are_taken(sora: Member, mina_api: APIClient, nickname: str) -> None:
    assert rename(mina_api, nickname).json()["nickname"] == nickname


def test_staff_may_have_names_of_staff_and_members_keep_theirs(sora: Member, mina: Member, mina_api: APIClient) -> None:
    mina.update(nickname="Sora\u200b")
    assert rename(mina_api, "Sora\u200b").status_code == 200
    mina.update(is_staff=True)
    assert rename(mina_api, "Moderator").status_code == 200


def test_a_signup_follows_the_same_rule(sora: Member, proof_for: CodeFor) -> None:
    proof = proof_for(NEW)
    assert refusal(join(proof, nickname="S0ra")) == [("nickname", "reserved")]
    assert refusal(join(proof, nickname="Na\u200bri")) == [("nickname", "invisible")]
    assert join(proof).status_code == 201
