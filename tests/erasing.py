"""Erase a member from beginning to end."""

from django.db import transaction

from accounts.erasure import JOB, start_erasure
from accounts.models import Member
from libs.outbox.worker import Worker


def erase(member: Member) -> None:
    """Start the erasure and run its jobs; all other jobs keep waiting."""
    with transaction.atomic():
        start_erasure(Member.objects.select_for_update().get(pk=member.pk))
    Worker([JOB]).drain()
    assert not Member.objects.filter(pk=member.pk).exists()
