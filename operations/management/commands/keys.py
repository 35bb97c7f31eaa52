"""Show the names of the keys, and prepare the replacement of the token key."""

import os

from django.conf import settings
from django.utils import timezone

from accounts.sessions.key_rotation import add_key, key_name, retire_old_keys, use_newest_key
from libs.commands.base import CommandError, OperatorCommandGroup, argument, subcommand
from libs.commands.results import Result

NEXT = {
    "add": "Deploy it everywhere. Then run: manage.py keys rotate use",
    "use": "Deploy it everywhere. Nobody is logged out. After {days} days run: manage.py keys rotate retire",
    "retire": "Deploy it only if the last step was deployed {days} days ago: older tokens are refused from then on.",
}


class Command(OperatorCommandGroup):
    help = "Show which keys there are, and prepare the three steps that replace the key of tokens. No key is printed."

    @subcommand("show the names of the keys")
    def list(self) -> Result:
        """Show names and uses."""
        names = [key_name(key) for key in settings.JWT_KEYS]
        data = {"algorithm": settings.JWT_ALGORITHM, "signs": names[0], "verify": names}
        data["secret_key_fallbacks"] = len(settings.SECRET_KEY_FALLBACKS)
        text = f"{settings.JWT_ALGORITHM}: {names[0]} signs, {', '.join(names)} verify.\n"
        return Result(data, f"{text}SECRET_KEY has {len(settings.SECRET_KEY_FALLBACKS)} older ones that still verify.")

    @subcommand(
        "write the next value of JWT_KEYS to a file that only you can read: `add` a key, `use` it, `retire` the others",
        argument("step", choices=[*NEXT]),
        argument("--file", required=True, help="a new file for the line JWT_KEYS=..., to be put into the environment"),
        is_recorded=True,
    )
    def rotate(self, *, step: str, file: str) -> Result:
        """Write the value of one step; the environment is not changed."""
        keys = settings.JWT_KEYS
        if step != "add" and len(keys) < 2:
            raise CommandError("There is one key. Begin with: manage.py keys rotate add")
        steps = {"add": lambda: add_key(keys, settings.JWT_ALGORITHM, timezone.now().date())}
        steps |= {"use": lambda: use_newest_key(keys), "retire": lambda: retire_old_keys(keys)}
        new = steps[step]()
        _write_privately(file, f"JWT_KEYS={','.join(new)}\n")
        names = [key_name(key) for key in new]
        self.record("JWT_KEYS", step=step, names=names)
        then = NEXT[step].format(days=settings.REFRESH_TOKEN_IDLE_DAYS)
        text = f"Wrote JWT_KEYS with {', '.join(names)} to {file}; {names[0]} signs. {then}\nThen delete the file."
        return Result({"file": file, "names": names, "then": then}, text)


def _write_privately(path: str, text: str) -> None:
    """Write a new file that nobody else can read. Raises CommandError if there is one, or it cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
