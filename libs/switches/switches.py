"""The switch of everything that changes something."""

from libs.switches.errors import ReadOnly
from libs.switches.registry import declare_switch

WRITES = declare_switch(
    "writes",
    "every change by members; login, token renewal and logout go on, and so do the admin, commands and jobs",
    error=ReadOnly,
)
