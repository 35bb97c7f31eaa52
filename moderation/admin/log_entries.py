"""The log that Django keeps of forms in the admin, such as a superuser's change of a role's permissions."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from libs.admin import ReadOnlyAdmin


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """Shows who changed what by a form; decisions are not among them, as they have a list of their own."""

    list_display = ("action_time", "user", "__str__")
    list_display_links = None
    list_select_related = ("user",)
    list_per_page = 50
    ordering = ("-id",)
