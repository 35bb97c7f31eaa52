"""Registry of what each app holds of a member: what to erase, to export, to count, and which addresses to refuse.

An app contributes by calling the `add_...` functions in its `member_data.py`. `AccountsConfig.ready` imports these
modules in the order of INSTALLED_APPS, which is from lower packages to upper ones.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum, auto
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.db import models

from accounts.models import Member

ExportRow = Mapping[str, Any]
# One object, or rows that are written as they come, so that a long list is never in memory as a whole.
ExportContent = ExportRow | Iterable[ExportRow]

# Deletes at most so many records of the member, and says whether there may be more.
EraseStep = Callable[[Member, int], bool]
ExportFunction = Callable[[Member], ExportContent]
EmailCheck = Callable[[str], bool]
# Deletes at most so many records between the two members of a block, and says whether there may be more.
BlockStep = Callable[[int, int, int], bool]
FormerEmailHandler = Callable[[Member, str], None]


class ErasureStage(IntEnum):
    """When an erasure step runs. Records of one stage point at records of later stages, so these go first."""

    REPORTS = auto()
    CONTENT = auto()
    ACCOUNT = auto()
    IMAGES = auto()


class ProfileCount(NamedTuple):
    """What one count on profiles is made of: all rows of a member, and those that a viewer may see."""

    rows: Callable[[Member], models.QuerySet[Any]]
    visible_rows: Callable[[Member, Member], models.QuerySet[Any]]


_erasure_steps: list[tuple[ErasureStage, EraseStep]] = []
_export_functions: dict[str, ExportFunction] = {}
_profile_counts: dict[str, ProfileCount] = {}
_email_checks: list[EmailCheck] = []
_block_steps: list[BlockStep] = []
_former_email_handlers: list[FormerEmailHandler] = []


def add_erasure_step(stage: ErasureStage, step: EraseStep) -> None:
    """Have a step run for each member who is erased, again and again until it says that nothing is left.

    A step runs in a transaction that other steps share, after all steps of earlier stages and those of its own stage
    that were added before have nothing left. It may run twice, and must not rely on the member's e-mail address.
    """
    _erasure_steps.append((stage, step))


def erasure_steps() -> list[EraseStep]:
    """All erasure steps in the order in which they run."""
    return [step for _, step in sorted(_erasure_steps, key=lambda pair: pair[0])]


def add_export_file(name: str, export: ExportFunction) -> None:
    """Have `<name>.json` in each data export. Raises ImproperlyConfigured when the name is taken."""
    if name in _export_functions:
        raise ImproperlyConfigured(f"Two export files are named {name!r}.")
    _export_functions[name] = export


def export_functions() -> dict[str, ExportFunction]:
    """What fills each JSON file of an export, by the file's name without its ending."""
    return dict(_export_functions)


def add_profile_count(name: str, count: ProfileCount) -> None:
    """Have profiles count rows of a member; `accounts.profiles.counts` says how."""
    _profile_counts[name] = count


def profile_count_registry() -> dict[str, ProfileCount]:
    """Everything that profiles count, by name."""
    return dict(_profile_counts)


def add_block_step(step: BlockStep) -> None:
    """Have a step run after each block, again and again until it says that nothing is left between the two members."""
    _block_steps.append(step)


def block_steps() -> list[BlockStep]:
    """All steps that run after a block."""
    return list(_block_steps)


def add_email_check(is_refused: EmailCheck) -> None:
    """Have sign-up refuse the addresses for which the check is true, as if a member had them."""
    _email_checks.append(is_refused)


def is_email_refused(email: str) -> bool:
    """Whether some app keeps this address from joining."""
    return any(is_refused(email) for is_refused in _email_checks)


def add_former_email_handler(handler: FormerEmailHandler) -> None:
    """Have the handler called with a member and an address that they give up, in the same transaction."""
    _former_email_handlers.append(handler)


def handle_former_email(member: Member, email: str) -> None:
    """Tell all apps, in the caller's transaction, that a member gives up an address: by a change or by erasure."""
    for handler in _former_email_handlers:
        handler(member, email)
