"""Korean: every sentence of ours has its words, the compiled catalog is the written one, and clients get them."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils.translation.template import templatize
from rest_framework.test import APIClient

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "config/locale/ko/LC_MESSAGES/django.po"
WRITTEN = CATALOG.read_text(encoding="utf-8")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
MARKERS = {"_", "gettext", "gettext_lazy", "ngettext"}
HANGUL = re.compile("[가-힣]")
# A text of any kind: neither a comment or a reply, which end in it, nor a letter, which begins with it.
TEXT = re.compile("(?<![댓답])글(?!자)")
PACKAGES = ("accounts", "comments", "config", "libs", "media", "moderation", "notifications", "operations", "posts")


def _entries() -> dict[str, str]:
    """Each msgid of the .po with its translation; every text stands on one line, and Korean has one plural form."""
    found = re.findall(r'^msgid (".+")\n(?:msgid_plural ".*"\n)?msgstr(?:\[0\])? (".*")$', WRITTEN, re.MULTILINE)
    return {ast.literal_eval(msgid): ast.literal_eval(words) for msgid, words in found if msgid != '""'}


def _said_in_code() -> Iterator[str]:
    for at in (at for package in PACKAGES for at in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(at.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
                yield ast.literal_eval(node.args[0])


def _said_in_templates() -> Iterator[str]:
    for at in (at for suffix in ("html", "txt") for at in (ROOT / "templates").rglob(f"*.{suffix}")):
        for literal in re.findall(r"""gettext\(u?(".*?"|'.*?')[,)]""", templatize(at.read_text(encoding="utf-8"))):
            yield ast.literal_eval(literal)


def test_every_sentence_of_ours_is_in_the_korean_catalog() -> None:
    assert {*_said_in_code(), *_said_in_templates()} == set(_entries())


def test_the_android_api_has_no_sentences_to_translate() -> None:
    # The app shows no sentence of ours, so these are English for developers.
    assert [at.name for at in (ROOT / "android").rglob("*.py") if "gettext" in at.read_text(encoding="utf-8")] == []


def test_every_sentence_has_korean_words_that_somebody_has_read() -> None:
    assert [msgid for msgid, words in _entries().items() if not HANGUL.search(words)] == []
    assert "fuzzy" not in WRITTEN


def test_translations_have_the_placeholders_of_what_they_translate() -> None:
    wrong = [
        msgid
        for msgid, words in _entries().items()
        if sorted(PLACEHOLDER.findall(msgid)) != sorted(PLACEHOLDER.findall(words))
    ]
    assert wrong == []


def test_a_post_has_one_korean_name() -> None:
    of_posts = {msgid: words for msgid, words in _entries().items() if re.search(r"\bposts?\b", msgid, re.IGNORECASE)}
    assert {msgid: words for msgid, words in of_posts.items() if TEXT.search(words)} == {}
    assert sum("게시물" in words for words in of_posts.values()) > 40


def test_the_compiled_catalog_is_the_written_one() -> None:
    with CATALOG.with_suffix(".mo").open("rb") as compiled:
        catalog: dict[Any, str] = gettext.GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    held = {key[0] if isinstance(key, tuple) else key: words for key, words in catalog.items()}
    assert {msgid: words for msgid, words in held.items() if msgid} == _entries()


@pytest.mark.django_db
def test_a_problem_is_told_in_the_language_that_is_asked_for(api: APIClient) -> None:
    credentials = {"email": "nobody@example.com", "password": "not the right one"}
    answer = api.post("/api/v1/sessions", credentials, format="json", headers={"accept-language": "ko-KR,ko;q=0.9"})
    problem = answer.json()
    assert (problem["code"], problem["title"]) == ("credentials_wrong", "로그인 필요")
    assert problem["detail"] == "이메일 주소 또는 비밀번호가 올바르지 않습니다."
    assert answer.headers["Content-Language"] == "ko"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/sessions", {}),
        ("/api/v1/sessions", {"email": "", "password": "", "device": "\x00"}),
        ("/api/v1/sessions", {"email": "a" * 300, "password": "x", "device": "x" * 81}),
        ("/api/v1/verification-codes", {"email": "no address", "who": "me"}),
    ],
)
def test_the_errors_of_fields_are_korean_too(api: APIClient, path: str, body: dict[str, str]) -> None:
    answer = api.post(path, body, format="json", headers={"accept-language": "ko"})
    errors = answer.json()["errors"]
    assert errors
    assert [error for error in errors if not HANGUL.search(error["detail"])] == []


@pytest.mark.django_db
def test_an_email_speaks_the_language_of_who_asked_for_it(api: APIClient, run_jobs: Any) -> None:
    api.post(
        "/api/v1/verification-codes", {"email": "new@example.com"}, format="json", headers={"accept-language": "ko"}
    )
    run_jobs()
    (message,) = mail.outbox
    assert message.subject == "Heart to Heart 가입 코드"
    assert "5분 안에 입력해 주세요." in message.body
    assert "대문자와 소문자는 구별하지 않습니다." in str(message.alternatives[0].content)  # type: ignore[attr-defined]
