"""The room of members."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who someone is, and whom they see."""

    name = "accounts"
