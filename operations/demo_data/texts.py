"""What people in the town write: mostly a line, sometimes a letter."""

import random
import string
from collections.abc import Iterable, Iterator

from operations.demo_data.plan import Plan
from operations.demo_data.words import EMOJI, ENGLISH, ENGLISH_GAPS, KOREAN, KOREAN_GAPS

# Sentences to pick from in each language; more would be read no differently.
STOCK = 2_000
# How many sentences a post has, each as often as it stands here; the last are letters.
LENGTHS = [1] * 46 + [2] * 24 + [3] * 14 + [4] * 7 + [6] * 5 + [12] * 3 + [30]
# How many of twenty people write Korean, and how many of a hundred posts end in an emoji.
IN_KOREAN, WITH_EMOJI = 13, 40
# Sentences in a paragraph of a letter.
PARAGRAPH = 5


def texts(plan: Plan, authors: Iterable[int]) -> Iterator[str]:
    """A text for each post, given its author as a place among the people; everybody keeps to one language."""
    chance = plan.chance("texts")
    languages = [_stock(chance, KOREAN, KOREAN_GAPS), _stock(chance, ENGLISH, ENGLISH_GAPS)]
    for author in authors:
        sentences = languages[author % 20 >= IN_KOREAN]
        said = [sentences[int(chance.random() * STOCK)] for _ in range(LENGTHS[_one_of_hundred(chance)])]
        if _one_of_hundred(chance) < WITH_EMOJI:
            said.append(EMOJI[int(chance.random() * len(EMOJI))])
        yield " ".join(said) if len(said) <= PARAGRAPH else _in_paragraphs(list(dict.fromkeys(said)))


def _one_of_hundred(chance: random.Random) -> int:
    return int(chance.random() * 100)


def _stock(chance: random.Random, sentences: list[str], gaps: dict[str, list[str]]) -> list[str]:
    return [_filled(chance, chance.choice(sentences), gaps) for _ in range(STOCK)]


def _filled(chance: random.Random, sentence: str, gaps: dict[str, list[str]]) -> str:
    """The sentence with a word in each gap; it begins with a capital letter where there are any."""
    found = [name for _, name, _, _ in string.Formatter().parse(sentence) if name]
    said = sentence.format(**{name: chance.choice(gaps[name]) for name in found})
    return said[0].upper() + said[1:]


def _in_paragraphs(said: list[str]) -> str:
    return "\n\n".join(" ".join(said[at : at + PARAGRAPH]) for at in range(0, len(said), PARAGRAPH))
