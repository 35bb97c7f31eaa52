"""The switches of all apps, and whether they are on."""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from rest_framework.exceptions import APIException

from libs.switches.states import states


@dataclass(frozen=True)
class Switch:
    """Something that operators can turn off; `error` is what is answered meanwhile."""

    name: str
    description: str
    error: type[APIException]

    @property
    def is_on(self) -> bool:
        """Whether it is on, as far as this process knows."""
        return states.is_on(self.name)

    def require(self) -> None:
        """Raise the error while it is off."""
        if not self.is_on:
            raise self.error


_switches: dict[str, Switch] = {}


def declare_switch(name: str, description: str, *, error: type[APIException]) -> Switch:
    """Declare a switch, in an app's `switches.py`. Raises ImproperlyConfigured when the name is taken."""
    if name in _switches:
        raise ImproperlyConfigured(f"Two switches are named {name!r}.")
    _switches[name] = Switch(name, description, error)
    return _switches[name]


def all_switches() -> dict[str, Switch]:
    """Return all switches by their names."""
    return dict(_switches)
