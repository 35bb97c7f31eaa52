"""Generates members, posts, images, follows and blocks, to look at and to measure with; never in production."""

from moderation.ranks import MODERATOR, OPERATOR, SENIOR_MODERATOR

DEMO_MEMBER = "mina@heart.example"
DEMO_READER = "jun@heart.example"
DEMO_SUPERUSER = "sora@heart.example"
# Beside the superuser one member of the staff for each role that decides: address, name, nickname, role.
DEMO_STAFF = [
    ("hana@heart.example", "최하나", "Hana", MODERATOR),
    ("yuna@heart.example", "윤유나", "Yuna", SENIOR_MODERATOR),
    ("dora@heart.example", "정도라", "Dora", OPERATOR),
]
# Accounts by which a database is known to be filled by `manage.py seed`: these, and the first of the others, which
# have the same password and are left when somebody deletes these.
DEMO_EMAILS = [
    *(DEMO_MEMBER, DEMO_READER, DEMO_SUPERUSER),
    *(email for email, *_ in DEMO_STAFF),
    *(f"member{number}@heart.example" for number in range(4, 14)),
]
DEMO_PASSWORD = "a-small-town-by-the-sea"
