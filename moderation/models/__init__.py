"""The models of moderation, one a file."""

from moderation.models.banned_address import BannedAddress
from moderation.models.decision import Decision
from moderation.models.report import Report
from moderation.models.reported_image import ReportedImage

__all__ = ["BannedAddress", "Decision", "Report", "ReportedImage"]
