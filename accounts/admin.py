"""What the admin shows of accounts to operators; members are in the moderators' admin, moderation.admin."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from libs.admin import AnyQueryMixin

# Login sessions are ended by LoginSession.objects.end; blacklisting a token by hand would end nothing.
# Second factors are set up by their owners and reset by a command; here their keys could be read.
admin.site.unregister([BlacklistedToken, OutstandingToken, Group, TOTPDevice, StaticDevice])


@admin.register(Group)
class GroupAdmin(AnyQueryMixin, DjangoGroupAdmin):
    """Groups of permissions."""
