"""Examples for OpenAPI."""

from media.openapi_examples import IMAGE

VIEWER = {"following": True, "followed_by": False}
MINA = {"id": "7420158263148609536", "nickname": "Mina", "avatar": IMAGE, "viewer": VIEWER}
JUN = {"id": "7420158301902045184", "nickname": "Jun", "avatar": None, "viewer": VIEWER}
COUNTS = {"followers": 12, "following": 7, "posts": 31}
PROFILE = MINA | {
    "viewer": VIEWER | {"muted": False},
    "about": "Two children, one garden.",
    "created_at": "2026-11-02T08:15:30Z",
    "counts": COUNTS,
}
OWN_PROFILE = {name: value for name, value in PROFILE.items() if name != "viewer"} | {
    "email": "mina@example.com",
    "name": "Kim Mina",
    "terms_version": "2026-11-01",
    "terms_accepted_at": "2026-11-02T08:15:30Z",
}
PAIR = {
    "access": "eyJhbGciOiJIUzI1NiIsImtpZCI6IjIwMjYifQ.eyJ0eXAiOiJhY2Nlc3MifQ.c2lnbmF0dXJl",
    "access_expires_at": "2026-11-24T09:10:00Z",
    "refresh": "eyJhbGciOiJIUzI1NiIsImtpZCI6IjIwMjYifQ.eyJ0eXAiOiJyZWZyZXNoIn0.c2lnbmF0dXJl",
    "refresh_expires_at": "2026-12-08T09:00:00Z",
    "session_id": "7420160002147483648",
    "member_id": MINA["id"],
}
TICKET = {"ticket": "Zb0m2c1kQv4nXw8s:1wAbCd:c2lnbmF0dXJl"}
DEVICE_SECRET = "7420158263148609536.5f2c7d9e01ab34cd:1wAbCd:c2lnbmF0dXJl"
SESSION = {
    "id": PAIR["session_id"],
    "device": "Mina's phone",
    "network": "203.0.113.0/24",
    "created_at": "2026-11-24T09:00:00Z",
    "used_at": "2026-11-24T09:00:00Z",
    "expires_at": "2027-02-22T09:00:00Z",
    "is_current": True,
}
RELATION = {"member": JUN, "since": "2026-11-20T10:00:00Z"}
EXPORT = {
    "id": "7420161001232564224",
    "state": "ready",
    "progress": {"done": 31, "total": 31},
    "created_at": "2026-11-24T09:00:00Z",
    "ready_at": "2026-11-24T09:00:12Z",
    "expires_at": "2026-12-01T09:00:12Z",
    "bytes": 18734021,
}
NEW_EXPORT = (
    EXPORT
    | {"state": "queued", "progress": {"done": 0, "total": 0}}
    | dict.fromkeys(("ready_at", "expires_at", "bytes"))
)
