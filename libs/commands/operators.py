"""Who runs a command, and the record of what they changed."""

import getpass
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

log = structlog.get_logger("operators")
# Accounts that name nobody, in lower case: those of the system, the user as whom image and units run the service, and
# those that clouds and distributions give to everybody who logs in to a machine.
SHARED_ACCOUNTS = {
    *("root", "system", "nobody", "daemon", "heart", "postgres", "redis", "docker"),
    *("admin", "administrator", "operator", "deploy", "user", "guest"),
    *("ssm-user", "ec2-user", "ubuntu", "debian", "centos", "fedora", "rocky", "almalinux", "opc", "core", "bitnami"),
    *("azureuser", "cloud-user", "vagrant"),
}


@dataclass(frozen=True)
class OperatorAction:
    """Something that an operator changed by a command, for example "outbox retry"."""

    operator: str
    command: str
    subject: str
    details: Mapping[str, Any]


ActionListener = Callable[[OperatorAction], None]
_listeners: list[ActionListener] = []


def add_action_listener(listener: ActionListener) -> None:
    """Have a function called with each action, in the transaction of the change, for example to store it."""
    _listeners.append(listener)


def record_action(action: OperatorAction) -> None:
    """Log an action and pass it to the listeners; call it in the transaction of the change."""
    log.info(
        "operator action", operator=action.operator, command=action.command, subject=action.subject, **action.details
    )
    for listener in _listeners:
        listener(action)


def current_operator(given: str | None = None) -> str:
    """Return the name of who runs this process: the given one, or who called sudo, or else the user of the system.

    Empty where that is an account of several people or of none: root, the service's own, one without a name.
    """
    if given is not None:
        return _name_of_somebody(given)
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    # A container may run as a number without a name; KeyError before Python 3.13.
    except (KeyError, OSError):
        return ""
    return _name_of_somebody(name)


def _name_of_somebody(name: str) -> str:
    name = name.strip()
    return "" if name.casefold() in SHARED_ACCOUNTS else name
