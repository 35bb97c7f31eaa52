"""The base classes of operators' commands."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from libs.commands.operators import OperatorAction, current_operator, record_action
from libs.commands.progress_bar import ProgressBar
from libs.commands.results import ExitCode, Result

Method = TypeVar("Method", bound=Callable[..., Result])


@dataclass(frozen=True)
class Argument:
    """One argument, as argparse's `add_argument` takes it."""

    names: tuple[str, ...]
    options: dict[str, Any]


def argument(*names: str, **options: Any) -> Argument:
    """Return an argument of a subcommand."""
    return Argument(names, options)


@dataclass(frozen=True)
class Subcommand:
    """What `subcommand` declares about a method."""

    help: str
    arguments: tuple[Argument, ...]
    needs_yes: bool
    is_recorded: bool
    default_batch: int | None


def subcommand(
    help: str,  # noqa: A002 - argparse's name for it
    *arguments: Argument,
    needs_yes: bool = False,
    is_recorded: bool = False,
    default_batch: int | None = None,
) -> Callable[[Method], Method]:
    """Make a method the subcommand of its name; it gets the options as keyword arguments.

    With `needs_yes` it only shows what it would do until --yes is given, as everything does by which data is lost. What
    is recorded has --as for the name of the operator, which must be given where the system's user names nobody. With a
    `default_batch` there is --batch, the largest number of records that one run deals with.
    """

    def declare(method: Method) -> Method:
        method.subcommand = Subcommand(help, arguments, needs_yes, is_recorded, default_batch)  # type: ignore[attr-defined]
        return method

    return declare


class OperatorCommand(BaseCommand):
    """A command whose `run` returns a Result, which is printed as text or, with --json, as one JSON object."""

    # `manage.py check` and `doctor` run the checks; here they would cost a second of every start.
    requires_system_checks = []
    # The words after manage.py, and the operator's name.
    words = ""
    operator = ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --json."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, print the result, and exit with its code."""
        self.words = self.words or type(self).__module__.rpartition(".")[2]
        self.operator = current_operator(options.get("as_operator"))
        as_json = options.pop("json")
        result = self.run(**options)
        self.stdout.write(json.dumps(result.data, ensure_ascii=False, default=str) if as_json else result.text)
        if result.exit_code is not ExitCode.DONE:
            sys.exit(result.exit_code)

    # Does the work with the options as keyword arguments. Raises CommandError, which ends it with exit code 1.
    run: Callable[..., Result]

    @property
    def progress(self) -> ProgressBar:
        """The bar on standard error."""
        return ProgressBar(sys.stderr)

    def record(self, subject: str, **details: Any) -> None:
        """Record what was changed and by whom, in the transaction of the change."""
        record_action(OperatorAction(self.operator, self.words, subject, details))


class OperatorCommandGroup(OperatorCommand):
    """A command whose methods with `@subcommand` are its subcommands."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add a parser for each subcommand."""
        parsers = parser.add_subparsers(dest="subcommand", required=True, metavar="SUBCOMMAND")
        for name, declared in self.subcommands().items():
            _add_arguments(parsers.add_parser(name, help=declared.help, description=declared.help), declared)

    @classmethod
    def subcommands(cls) -> dict[str, Subcommand]:
        """Return what is declared, by name, in the order of the methods."""
        methods = {name: method for each in reversed(cls.__mro__) for name, method in vars(each).items()}
        return {
            name.replace("_", "-"): method.subcommand
            for name, method in methods.items()
            if hasattr(method, "subcommand")
        }

    def run(self, **options: Any) -> Result:
        """Run the chosen subcommand."""
        name = options.pop("subcommand")
        self.words = f"{type(self).__module__.rpartition('.')[2]} {name}"
        declared = self.subcommands()[name]
        # A dry run, without --yes, changes nothing that would be recorded.
        if declared.is_recorded and options.get("yes", True) and not self.operator:
            raise CommandError("This account names nobody. Say who you are: --as NAME")
        names = {"yes": declared.needs_yes, "batch": declared.default_batch is not None}
        chosen = {name for name, is_known in names.items() if is_known} | set(_destinations(declared))
        result: Result = getattr(self, name.replace("-", "_"))(**{each: options[each] for each in chosen})
        return result


def _add_arguments(parser: CommandParser, declared: Subcommand) -> None:
    for each in declared.arguments:
        parser.add_argument(*each.names, **each.options)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    if declared.needs_yes:
        parser.add_argument("--yes", action="store_true", help="do it, instead of showing what would be done")
    if declared.is_recorded:
        parser.add_argument("--as", dest="as_operator", metavar="NAME", help="who does it (default: the system's user)")
    if declared.default_batch is not None:
        default = declared.default_batch
        explanation = f"deal with so many at most (default: {default}); exit code 3 says that there are more"
        parser.add_argument("--batch", type=_positive, default=default, metavar="N", help=explanation)


def _destinations(declared: Subcommand) -> list[str]:
    return [each.options.get("dest") or each.names[-1].lstrip("-").replace("-", "_") for each in declared.arguments]


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


__all__ = ["CommandError", "OperatorCommand", "OperatorCommandGroup", "argument", "subcommand"]
