"""Avatar, nickname and text about oneself are reset, and an undo brings back exactly what was."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Member
from media.models import Image
from moderation.actions import available_actions, get_action
from moderation.actions.undo import undo
from moderation.appeals import appeal
from moderation.errors import AlreadyDecided, CannotUndo
from moderation.models import WithheldAvatar
from moderation.models.appeal import APPEAL_DAYS
from tests.accounts.phone import Phone
from tests.accounts.test_avatar import files_of
from tests.erasing import erase
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]


@pytest.fixture
def avatar(mina: Member, store_image: Callable[..., Image], run_jobs: RunJobs) -> Image:
    """Mina's, with all its files."""
    image = store_image(mina)
    mina.set_avatar(image.pk)
    run_jobs()
    return image


def profile(member: Member) -> Any:
    return Phone.of(MemberFactory.create()).get(f"members/{member.pk}").json()


def test_a_reset_avatar_is_gone_with_its_files_and_the_undo_brings_both_back(
    hana: Member, mina: Member, avatar: Image, run_jobs: RunJobs
) -> None:
    before = profile(mina)
    decision = get_action("reset_avatar").run(mina, by=hana, reason="nudity")
    run_jobs()
    assert (profile(mina)["avatar"], files_of(avatar)) == (None, [])
    undo(decision, by=hana, reason="mistake")
    run_jobs()
    assert profile(mina) == before
    assert len(files_of(avatar)) == 3


def test_a_reset_avatar_is_not_restored_over_a_newer_one(
    hana: Member, mina: Member, avatar: Image, store_image: Callable[..., Image]
) -> None:
    decision = get_action("reset_avatar").run(mina, by=hana, reason="nudity")
    newer = store_image(mina)
    mina.set_avatar(newer.pk)
    with pytest.raises(CannotUndo):
        undo(decision, by=hana, reason="mistake")
    assert profile(mina)["avatar"]["id"] == str(newer.pk)


def test_the_image_of_a_reset_avatar_is_deleted_when_its_time_is_over(
    hana: Member, mina: Member, avatar: Image, run_jobs: RunJobs
) -> None:
    decision = get_action("reset_avatar").run(mina, by=hana, reason="nudity")
    for days, is_there in ((APPEAL_DAYS - 1, True), (APPEAL_DAYS + 1, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            call_command("cleanup")
            run_jobs()
        assert Image.objects.filter(pk=avatar.pk).exists() == is_there
    with pytest.raises(CannotUndo):
        undo(decision, by=hana, reason="mistake")


def test_an_appeal_on_the_last_day_can_still_bring_the_avatar_back(
    hana: Member, yuna: Member, mina: Member, avatar: Image, run_jobs: RunJobs
) -> None:
    decision = get_action("reset_avatar").run(mina, by=hana, reason="nudity")
    with time_machine.travel(timezone.now() + timedelta(days=APPEAL_DAYS - 1)):
        appealed = appeal(mina, decision.pk, "It is a statue.")
    with time_machine.travel(timezone.now() + timedelta(days=APPEAL_DAYS + 20)):
        call_command("cleanup")
        run_jobs()
        get_action("uphold_appeal").run(appealed, by=yuna, reason="mistake")
    assert profile(mina)["avatar"]["id"] == str(avatar.pk)


def test_nothing_is_left_of_a_reset_avatar_when_its_member_is_erased(
    hana: Member, mina: Member, avatar: Image, run_jobs: RunJobs
) -> None:
    get_action("reset_avatar").run(mina, by=hana, reason="nudity")
    run_jobs()
    erase(mina)
    run_jobs()
    assert not WithheldAvatar.objects.exists()
    assert not Image.objects.exists()


@pytest.mark.parametrize(("action", "field"), [("reset_nickname", "nickname"), ("reset_about", "about")])
def test_a_text_of_the_profile_is_reset_and_comes_back_with_the_undo(
    hana: Member, mina: Member, action: str, field: str
) -> None:
    mina.update(about="Buy at mina dot example.")
    before = profile(mina)
    decision = get_action(action).run(mina, by=hana, reason="spam")
    assert profile(mina)[field] == decision.after[field] != before[field]
    assert get_action(action) not in available_actions(Member.objects.get(pk=mina.pk), by=hana)
    undo(decision, by=hana, reason="mistake")
    assert profile(mina) == before


def test_a_nickname_that_was_changed_since_is_not_overwritten(hana: Member, mina: Member) -> None:
    decision = get_action("reset_nickname").run(mina, by=hana, reason="impersonation")
    Phone.of(mina).patch("me", nickname="Garden")
    with pytest.raises(CannotUndo):
        undo(decision, by=hana, reason="mistake")
    assert profile(mina)["nickname"] == "Garden"


def test_a_new_nickname_is_in_the_language_of_its_member(hana: Member, mina: Member) -> None:
    mina.set_language("ko")
    get_action("reset_nickname").run(mina, by=hana, reason="hate")
    assert profile(mina)["nickname"].startswith("회원 ")


def test_what_is_not_there_is_not_reset(hana: Member, mina: Member) -> None:
    for action in ("reset_avatar", "reset_about"):
        with pytest.raises(AlreadyDecided):
            get_action(action).run(mina, by=hana, reason="spam")
