"""The lines that docs/moderation.md gives to be typed report a comment and appeal."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from moderation.actions import get_action
from moderation.models import Appeal, Report
from tests.accounts.phone import Phone
from tests.factories import CommentFactory, PostFactory

MODERATION = Path("docs/moderation.md").read_text(encoding="utf-8")
LINES = re.findall(r"^```bash\n(.*?)^```$", MODERATION, re.MULTILINE | re.DOTALL)


@pytest.mark.django_db(transaction=True)
def test_the_lines_of_the_documentation_report_a_comment_and_appeal(
    live_server: LiveServer, phone: Phone, jun: Member, hana: Member
) -> None:
    comment = CommentFactory.create()
    decision = get_action("remove_post").run(PostFactory.create(author=jun), by=hana, reason="spam")
    values = {
        "API": f"{live_server.url}/api/v1",
        "JSON": "Content-Type: application/json",
        "ACCESS": phone.pair["access"],
        "COMMENT": str(comment.pk),
        "DECISION": str(decision.pk),
    }
    (lines,) = LINES
    subprocess.run(["bash", "-ec", lines], env=os.environ | values, check=True, capture_output=True)
    assert (Report.objects.get().comment, Report.objects.get().reporter) == (comment, jun)
    assert (Appeal.objects.get().decision_id, Appeal.objects.get().member) == (decision.pk, jun)
