"""Appeal against a decision: by a member who is logged in, or on a web page by one who is suspended.

The web page asks for a code by e-mail, as those for withdrawals and passwords do: a link with a token in it would stand
in logs and histories, and would be of no use to a member who has lost the e-mail.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.errors import CodeIncorrect
from accounts.models import Member, VerificationCode
from moderation.actions import ACTIONS
from moderation.errors import AppealNotPossible
from moderation.models import Appeal, Decision
from moderation.models.appeal import APPEAL_DAYS


def may_be_appealed(decision: Decision) -> bool:
    """Return whether it is a decision against somebody that was told to them within the last APPEAL_DAYS."""
    action = ACTIONS.get(decision.action)
    is_recent = decision.created_at > timezone.now() - timedelta(days=APPEAL_DAYS)
    return action is not None and action.is_appealable and decision.is_notified and is_recent


@transaction.atomic
def appeal(member: Member, decision_id: int, text: str) -> Appeal:
    """Appeal against a decision about the member.

    Raises Http404 for a decision that is not about them, and AppealNotPossible for one that is too old, undone, none
    that can be appealed against, or was appealed against before.
    """
    about_member = Decision.objects.concerning(member).filter(is_notified=True)
    # Locked, so that no undo comes between.
    decision = get_object_or_404(about_member.select_for_update(), pk=decision_id)
    is_undone = Decision.objects.filter(undoes_id=decision.pk).exists()
    if is_undone or not may_be_appealed(decision):
        raise AppealNotPossible
    try:
        with transaction.atomic():
            return Appeal.objects.create(member_id=member.pk, decision_id=decision.pk, text=text)
    except IntegrityError:
        raise AppealNotPossible from None


@transaction.atomic
def appeal_with_code(code: VerificationCode, decision_id: int, text: str) -> Appeal:
    """Appeal for the member of an address, with the code that was sent to it. Raises CodeIncorrect, and as `appeal`."""
    member = Member.objects.not_erased().filter(email=code.email).first()
    if member is None:
        raise CodeIncorrect
    made = appeal(member, decision_id, text)
    VerificationCode.objects.consume(code)
    return made
