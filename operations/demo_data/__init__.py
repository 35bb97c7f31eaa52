"""Generates members, posts, images, follows and blocks, to look at and to measure with; never in production."""

DEMO_MEMBER = "mina@heart.example"
DEMO_READER = "jun@heart.example"
DEMO_MODERATOR = "sora@heart.example"
# Accounts by which a database is known to be filled by `manage.py seed`: the three, and the first of the others, which
# have the same password and are left when somebody deletes the three.
DEMO_EMAILS = [DEMO_MEMBER, DEMO_READER, DEMO_MODERATOR, *(f"member{number}@heart.example" for number in range(4, 14))]
DEMO_PASSWORD = "a-small-town-by-the-sea"
