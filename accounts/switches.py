"""Switches of this app."""

from accounts.errors import SignUpClosed
from libs.switches.registry import declare_switch

SIGN_UP = declare_switch("sign-up", "codes for new members, and sign-up", error=SignUpClosed)
