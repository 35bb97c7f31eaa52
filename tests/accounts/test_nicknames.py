"""Nicknames that pass for another one, for the service or for its staff."""

from typing import Any

import pytest
from rest_framework.exceptions import ValidationError
from rest_framework.test import APIClient

from accounts.models import Member
from accounts.profiles.nicknames import NicknameField, is_reserved
from tests.accounts.conftest import CodeFor
from tests.accounts.ordinary_names import NAMES
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
     "Ηeart to Heart"],
)  # fmt: skip
def test_a_nickname_that_looks_like_the_service_or_its_team_is_refused(mina_api: APIClient, nickname: str) -> None:
    assert refusal(rename(mina_api, nickname)) == [("nickname", "reserved")]


# The same few words in letters of other kinds.
IN_OTHER_LETTERS = {
    "Cyrillic": "adмiп αdмιи яооt аdmіn АDМІN Моdеrаtоr оffісіаl ѕuрроrt ѕtаff Неаrttоhеаrt",
    "Greek": "ΑdmιΝ ΜΟDΕRΑΤΟR Οfficιαl ѕtαff Ηeart2Ηeart",
    "Armenian": "mօdeгatօr օffiᴄiaӏ ՏՍPPՕRT ՏTAFF ՕPERATՕR հeaгttօհeaгt",
    "Cherokee": "ᎪᎠᎷᎥN ᎷᎾᎠᎬᎡᎪᎢᎾᎡ ᎡᎾᎾᎢ ᏚᎢᎪff",
    "Lisu": "ꓮꓓꓟꓲꓠ ꓟꓳꓓꓰꓣꓮꓔꓳꓣ ꓢꓴꓑꓑꓳꓣꓔ ꓢꓔꓮꓝꓝ ꓧꓰꓮꓣꓔꓔꓳꓧꓰꓮꓣꓔ",
    "Coptic": "ⲅⲟⲟⲧ ⲘⲞꓓ",
    "mathematical": "𝐚𝐝𝐦𝐢𝐧 𝒜𝒹𝓂𝒾𝓃 𝔞𝔡𝔪𝔦𝔫 𝕒𝕕𝕞𝕚𝕟 𝚊𝚍𝚖𝚒𝚗 𝚨𝗱𝝡𝗜𝚴",
    "full-width": "ＡＤＭＩＮ ｓｔａｆｆ",
    "small capitals": "ᴀᴅᴍɪɴ ᴍᴏᴅᴇʀᴀᴛᴏʀ ꜱᴛᴀꜰꜰ ꜱᴜᴘᴘᴏʀᴛ ʀᴏᴏᴛ ʜᴇᴀʀᴛᴛᴏʜᴇᴀʀᴛ",
    "Latin with strokes and hooks": "ɑɗʍıƞ ąđɱįƞ Øffıçıɑł ꞨŦȺƑƑ ȿȶaƒƒ",
    "in circles and squares": "ⓐⓓⓜⓘⓝ ⒜⒟⒨⒤⒩ 🅐🅓🅜🅘🅝 🄰🄳🄼🄸🄽 🅰🅳🅼🅸🅽 ᵃᵈᵐⁱⁿ ₐdₘᵢₙ",
    "struck out": "a̶d̶m̶i̶n̶",
}


@pytest.mark.parametrize("kind", IN_OTHER_LETTERS)
def test_a_reserved_name_in_letters_that_look_alike_is_refused(kind: str) -> None:
    taken = [name for name in IN_OTHER_LETTERS[kind].split() if not is_reserved(name)]
    assert taken == []


def test_a_word_in_squares_or_struck_out_is_read_beside_others(mina_api: APIClient) -> None:
    for nickname in ("🅰🅳🅼🅸🅽 Team", "a̶d̶m̶i̶n̶ Mina"):
        assert refusal(rename(mina_api, nickname)) == [("nickname", "reserved")]


def test_no_ordinary_name_of_any_script_is_refused() -> None:
    field = NicknameField(max_graphemes=30)
    refused = []
    for name in NAMES.split():
        try:
            field.run_validation(name)
        except ValidationError as fault:
            refused.append((name, fault.get_codes()))
    assert refused == []


@pytest.mark.parametrize(
    "nickname",
    ["Mina", "badminton", "Team Mina", "Root Beer", "Officially Mina",
     "Soran", "소라", "하트", "토끼엄마", "👨\u200d👩\u200d👧\u200d👦", "❤️", "1️⃣",
     "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
     "می\u200cخواهم", "क्\u200dष", "Олена", "Ελένη", "007", "!!", "ㅋㅋ"],
)  # fmt: skip
def test_harmless_nicknames_are_taken(mina_api: APIClient, nickname: str) -> None:
    assert rename(mina_api, nickname).json()["nickname"] == nickname


def test_staff_may_have_names_of_the_team_and_members_keep_theirs(mina: Member, mina_api: APIClient) -> None:
    mina.update(nickname="Admin\u200b")
    assert rename(mina_api, "Admin\u200b").status_code == 200
    mina.update(is_staff=True)
    assert rename(mina_api, "Moderator").status_code == 200


def test_a_nickname_does_not_tell_who_belongs_to_the_staff(
    sora: Member, mina_api: APIClient, proof_for: CodeFor
) -> None:
    for nickname in ("Sora", "S0ra", "Park Sora"):
        assert rename(mina_api, nickname).status_code == 200
    assert join(proof_for(NEW), nickname=sora.nickname).status_code == 201


@pytest.mark.django_db
def test_a_signup_follows_the_same_rule(proof_for: CodeFor) -> None:
    proof = proof_for(NEW)
    assert refusal(join(proof, nickname="Adm1n")) == [("nickname", "reserved")]
    assert refusal(join(proof, nickname="Na\u200bri")) == [("nickname", "invisible")]
    assert join(proof).status_code == 201
