"""Names of members and texts of posts, in Korean and English: mostly a line, sometimes a page."""

import random
import re
from collections.abc import Iterator

from operations.demo_data import DEMO_MEMBER, DEMO_READER, DEMO_SUPERUSER
from operations.demo_data.generate import DemoData

FIRST_MEMBERS = [(DEMO_MEMBER, "김미나", "Mina"), (DEMO_READER, "이준", "Jun"), (DEMO_SUPERUSER, "박소라", "Sora")]
SURNAMES = "김이박최정강조윤장임한오서신권황"
GIVEN_NAMES = ["민준", "서연", "도윤", "하은", "지호", "수아", "예준", "지우", "다은", "현우", "보라", "한결"]
MOODS = ["졸린", "배고픈", "수줍은", "느긋한", "씩씩한", "다정한", "엉뚱한", "행복한", "포근한", "조용한", "반짝이는"]
ANIMALS = ["고양이", "수달", "고래", "다람쥐", "펭귄", "여우", "두더지", "참새", "거북이", "토끼", "너구리", "곰"]
ABOUTS = ["", "고양이 두 마리와 살아요 🐈🐈", "느리게 읽고 천천히 씁니다.", "주말엔 산에 가요 ⛰️", "Tea person."]
ALTS = ["", "언덕 위로 지는 해를 그린 그림", "A drawing of hills under a low sun"]
EMOJI = ["😊", "😂", "🥲", "❤️", "🔥", "👏", "🌸", "☕", "🍜", "🐶", "✨", "👨‍👩‍👧", "🙏🏽", "🏃‍♀️", "ㅎㅎ", "ㅠㅠ", "!!"]
# For the placeholders in sentences; Korean ones stand only before particles that suit every word.
WORDS = {
    "장소": ["한강", "동네 공원", "학교 앞", "시장 골목", "바닷가", "도서관", "옥상", "버스 정류장", "제주"],
    "누구": ["엄마", "동생", "옆집 할머니", "오랜 친구", "우리 강아지", "회사 선배", "룸메이트", "처음 본 사람"],
    "언제": ["오늘 아침", "어젯밤", "퇴근길", "점심시간", "주말 내내", "새벽 두 시", "비 그친 뒤", "일 년 전 오늘"],
    "place": ["the river", "the corner shop", "platform 4", "the library", "the rooftop", "Jeju", "the old bridge"],
    "who": ["my mother", "a stranger", "my brother", "an old friend", "the neighbours", "my daughter", "our dog"],
    "when": ["this morning", "last night", "after work", "at three a.m.", "all weekend", "a year ago today"],
}
KOREAN = [
    "{언제}에 {장소}에서 {누구}하고 한참 걸었어요.",
    "{언제}, {장소}에서 본 하늘이 오래 남네요.",
    "{장소}에 새로 생긴 빵집, 줄 설 만합니다.",
    "{누구}에게서 온 메시지 한 줄에 마음이 풀렸다.",
    "{누구}에게 처음으로 요리를 해 줬어요.",
    "혹시 {언제}에 {장소}에서 우산 잃어버리신 분?",
    "{언제}에 첫눈이 왔어요.",
]
ENGLISH = [
    "I walked to {place} with {who} {when}.",
    "Saw {who} at {place} {when}, and we both pretended to be in a hurry.",
    "{when}, for no reason at all, I was happy.",
    "I made dinner for {who}; only one pan was lost.",
    "Did anyone lose an umbrella at {place}?",
    "Note to self: call {who}.",
    "The light at {place} was worth the cold.",
]
# The first ones are used most.
KOREAN_TAGS = ["일상", "오늘의하늘", "산책", "카페", "첫눈", "집밥", "제주여행", "강아지"]
ENGLISH_TAGS = ["snow", "Seoul", "ordinary_days", "coffee", "goldenhour", "FoundThings"]
TAGGED_SHARE = 0.15
# Sentences in a post, each number as often as it is listed.
POST_LENGTHS = [1] * 46 + [2] * 24 + [3] * 14 + [4] * 7 + [6] * 5 + [12] * 3 + [30]


def generate_identities(data: DemoData) -> Iterator[tuple[str, str, str, str]]:
    """Generate e-mail address, name, nickname and profile text of each member."""
    rng = data.random("identities")
    yield from ((*first, rng.choice(ABOUTS)) for first in FIRST_MEMBERS)
    for number in range(len(FIRST_MEMBERS) + 1, data.members + 1):
        name, nickname = rng.choice(SURNAMES) + rng.choice(GIVEN_NAMES), f"{rng.choice(MOODS)} {rng.choice(ANIMALS)}"
        yield f"member{number}@heart.example", name, nickname, rng.choice(ABOUTS)


def generate_texts(data: DemoData) -> Iterator[str]:
    """Generate the text of each post; two of three authors write Korean, the others English."""
    rng, tag_rng = data.random("texts"), data.random("tags")
    languages = [[_sentence(rng, templates) for _ in range(2_000)] for templates in (KOREAN, ENGLISH)]
    for author in data.authors:
        sentences = [*dict.fromkeys(rng.choices(languages[author % 3 == 2], k=rng.choice(POST_LENGTHS)))]
        if rng.random() < 0.4:
            sentences[-1] += f" {rng.choice(EMOJI)}"
        if tag_rng.random() < TAGGED_SHARE:
            tags = ENGLISH_TAGS if author % 3 == 2 else KOREAN_TAGS
            chosen = (tags[int(len(tags) * tag_rng.random() ** 2)] for _ in range(tag_rng.choice([1, 1, 2, 3])))
            sentences[-1] += "".join(f" #{tag}" for tag in dict.fromkeys(chosen))
        yield "\n\n".join(" ".join(sentences[start : start + 5]) for start in range(0, len(sentences), 5))


def _sentence(rng: random.Random, templates: list[str]) -> str:
    filled = re.sub(r"{(\w+)}", lambda placeholder: rng.choice(WORDS[placeholder[1]]), rng.choice(templates))
    return filled[0].upper() + filled[1:]
