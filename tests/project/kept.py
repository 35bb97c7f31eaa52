"""Everything the server keeps: what a refusal must leave as it was."""

from pathlib import Path

from django.apps import apps
from django.conf import settings

# What is in every table, all rooms and the framework's included, as text; and every file.
Kept = tuple[dict[str, list[str]], list[str]]


def kept() -> Kept:
    """All rows as they are, so that a changed one shows too, and the names of all files."""
    models = apps.get_models(include_auto_created=True)
    rows = {model._meta.label: sorted(map(str, model._base_manager.values_list())) for model in models}
    return rows, sorted(str(at) for at in Path(settings.VAR_DIR).rglob("*") if at.is_file())
