"""Which nicknames are refused: those with invisible characters, and those that pass for the service or its team."""

import unicodedata
from typing import Any

import regex
from django.utils.translation import gettext_lazy as _

from accounts.profiles.lookalikes import as_latin
from libs.api.fields import GRAPHEME, TextField

INVISIBLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}\u2800]")
# Where invisible characters have a meaning: within an emoji, and as joiners within words of scripts that need them.
EMOJI = regex.compile(r"\p{Extended_Pictographic}.*[^\u200D]|[0-9#*]\uFE0F\u20E3", flags=regex.DOTALL)
JOINER = regex.compile(r"(?<=[\p{Arabic}\p{ccc=9}])[\u200C\u200D](?=[\p{Arabic}\p{Letter}])")
# Digits, signs and letters that people write in place of others which they resemble little. I, l and 1 look alike.
AS_LETTERS = str.maketrans("@4830!|1l5$єωпия", "aabeoiiiissewnnr")
SERVICE = ("hearttoheart", "heart2heart", "하트투하트")
ROLES = (
    "admin", "administrator", "moderator", "mod", "operator", "official", "staff", "support", "system", "root",
    "team", "helpdesk", "customerservice", "security",
)  # fmt: skip
# Roles that no other word of a nickname makes harmless.
WORDS = ("admin", "administrator", "moderator", "official")
KOREAN_ROLES = ("운영자", "운영진", "운영팀", "관리자", "고객센터", "공식계정")


class NicknameField(TextField):
    """A nickname; one that the member has already stays valid."""

    default_error_messages = {
        "invisible": _("Invisible characters are not allowed here."),
        "reserved": _("This name can be taken for that of our team. Choose another one."),
    }

    def to_internal_value(self, data: Any) -> str:
        """Return the nickname; raise ValidationError."""
        nickname = super().to_internal_value(data)
        member = getattr(self.parent, "instance", None)
        if member is not None and nickname == member.nickname:
            return nickname
        if has_invisible_characters(nickname):
            self.fail("invisible")
        if not (member is not None and member.is_staff) and is_reserved(nickname):
            self.fail("reserved")
        return nickname


def has_invisible_characters(nickname: str) -> bool:
    """Return whether it contains characters that nobody sees, and that could tell it from an equal one."""
    graphemes = GRAPHEME.findall(JOINER.sub("", nickname))
    return any(INVISIBLE.search(grapheme) and not EMOJI.fullmatch(grapheme) for grapheme in graphemes)


def is_reserved(nickname: str) -> bool:
    """Return whether it looks like a name of the service or of a role in its team.

    The nicknames of staff are no such names: a refusal would tell who belongs to the staff.
    """
    looks = skeleton(nickname)
    if any(skeleton(name) in looks for name in (*SERVICE, *KOREAN_ROLES)):
        return True
    words = {skeleton(word).removesuffix("s") for word in regex.findall(r"[\p{L}\p{N}@$]+", as_latin(nickname))}
    if not words.isdisjoint(map(skeleton, WORDS)):
        return True
    return looks in {skeleton(name) for name in ROLES}


def skeleton(name: str) -> str:
    """Return what the name looks like: letters only, without accents, those of other scripts as Latin ones.

    Numbers at the ends do not count: admin1 looks like admin.
    """
    letters = regex.sub(r"[^\p{L}\p{N}@$!|]", "", as_latin(name))
    letters = letters.strip("0123456789!|") or letters
    return unicodedata.normalize("NFC", letters.translate(AS_LETTERS).replace("rn", "m").replace("vv", "w"))
