"""The models of moderation, one a file."""

from moderation.models.appeal import Appeal
from moderation.models.banned_address import BannedAddress
from moderation.models.decision import Decision
from moderation.models.listed_word import ListedWord
from moderation.models.muted_reporter import MutedReporter
from moderation.models.report import Report
from moderation.models.reported_image import ReportedImage
from moderation.models.rules import Rules
from moderation.models.withheld_avatar import WithheldAvatar

__all__ = [
    "Appeal",
    "BannedAddress",
    "Decision",
    "ListedWord",
    "MutedReporter",
    "Report",
    "ReportedImage",
    "Rules",
    "WithheldAvatar",
]
