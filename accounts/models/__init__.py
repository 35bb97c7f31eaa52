"""The models of accounts, one a file."""

from accounts.models.avatar import Avatar
from accounts.models.block import Block
from accounts.models.export import Export
from accounts.models.follow import Follow
from accounts.models.login_session import LoginSession
from accounts.models.member import Member
from accounts.models.mute import Mute
from accounts.models.password_guess import PasswordGuess
from accounts.models.security_event import SecurityEvent
from accounts.models.verification_code import VerificationCode

__all__ = [
    "Avatar",
    "Block",
    "Export",
    "Follow",
    "LoginSession",
    "Member",
    "Mute",
    "PasswordGuess",
    "SecurityEvent",
    "VerificationCode",
]
