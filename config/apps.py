"""Django's admin app, with our site."""

from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    """Makes `admin.site` our site."""

    default_site = "config.admin_site.AdminSite"
