"""Words of the town: names, and what people say, in Korean and English.

Korean sentences hold a gap only before particles that are the same after every word.
"""

SURNAMES = ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황"]
GIVEN_NAMES = [
    *["민준", "서연", "도윤", "하은", "지호", "수아", "예준", "지우", "시우", "서윤", "주원", "하윤", "건우", "다은"],
    *["현우", "채원", "유진", "은서", "태현", "나윤", "승민", "가은", "재원", "소율", "동하", "보라", "한결", "아름"],
]
FOREIGN_NAMES = [
    *[
        "Emma Larsen",
        "Noah Fischer",
        "Olivia Brown",
        "Lucas Martin",
        "Sofía García",
        "Hana Suzuki",
        "Liam O\u2019Brien",
    ],
    *["Chloé Dubois", "Mateo Rossi", "Ngọc Anh Trần", "Zoë de Vries", "Amara Okafor", "Ivan Petrović", "Mei Lin"],
]
MOODS = ["졸린", "배고픈", "수줍은", "느긋한", "씩씩한", "다정한", "엉뚱한", "행복한", "포근한", "조용한", "반짝이는"]
ANIMALS = [
    "고양이",
    "수달",
    "고래",
    "다람쥐",
    "펭귄",
    "여우",
    "두더지",
    "참새",
    "거북이",
    "토끼",
    "판다",
    "너구리",
    "곰",
]
ABOUTS = [
    *[
        "",
        "",
        "",
        "고양이 두 마리와 살아요 🐈🐈",
        "사진은 폰으로만 찍습니다.",
        "느리게 읽고 천천히 씁니다.",
        "주말엔 산에 가요 ⛰️",
    ],
    *["커피, 책, 바다.", "제주에서 서울로 왔어요.", "Two children, one garden.", "I answer late, but I answer."],
    *["Night shift nurse. Tea person.", "Learning Korean, one menu at a time 🍜", "초보 아빠의 기록"],
]
EMOJI = [
    "😊",
    "😂",
    "🥲",
    "❤️",
    "🔥",
    "👏",
    "🌸",
    "☕",
    "🌧️",
    "🍜",
    "🐶",
    "✨",
    "👨‍👩‍👧",
    "🙏🏽",
    "🏃‍♀️",
    "ㅎㅎ",
    "ㅠㅠ",
    "!!",
]
ALTS = ["", "언덕 위로 지는 해를 그린 그림", "A drawing of hills under a low sun"]

KOREAN_GAPS = {
    "place": [
        "한강",
        "동네 공원",
        "학교 앞",
        "시장 골목",
        "바닷가",
        "도서관",
        "옥상",
        "버스 정류장",
        "성수동",
        "제주",
        "뒷산",
    ],
    "who": ["엄마", "동생", "옆집 할머니", "오랜 친구", "우리 강아지", "회사 선배", "아이", "룸메이트", "처음 본 사람"],
    "when": ["오늘 아침", "어젯밤", "퇴근길", "점심시간", "주말 내내", "새벽 두 시", "비 그친 뒤", "일 년 전 오늘"],
}
KOREAN = [
    *[
        "{when}에 {place}에서 {who}하고 한참 걸었어요.",
        "{when}, {place}에서 본 하늘이 오래 남네요.",
        "{place}에서 길을 잃었는데 좋았다.",
    ],
    *[
        "{who}한테 먼저 연락해 봤어요.",
        "{who}에게서 온 메시지 한 줄에 마음이 풀렸다.",
        "{place}에 새로 생긴 빵집, 줄 설 만합니다.",
    ],
    *[
        "고맙다는 말을 너무 늦게 했어요.",
        "별일 없는 하루가 제일 좋은 하루.",
        "오늘은 그냥 쉬기로 했습니다.",
        "내일은 조금 더 다정해지고 싶다.",
    ],
    *[
        "{when}에 울다가 웃었어요.",
        "혹시 {place}에서 우산 잃어버리신 분?",
        "{who}하고 화해했어요.",
        "사진은 못 찍었지만 기억은 찍었다.",
    ],
    *[
        "떡볶이는 언제나 옳다.",
        "이 노래 아직도 듣는 사람 있나요?",
        "첫눈이 왔어요.",
        "매일 한 줄씩 쓰기로 했다.",
        "기다려 줘서 고마워요.",
    ],
    *[
        "{place}에서 만난 고양이가 따라왔다.",
        "괜찮다고 말하면 정말 괜찮아질까요?",
        "{who}에게 처음으로 요리를 해 줬어요.",
    ],
]
ENGLISH_GAPS = {
    "place": ["the river", "the corner shop", "platform 4", "the library", "the rooftop", "Jeju", "the old bridge"],
    "who": ["my mother", "a stranger", "my brother", "an old friend", "the neighbours", "my daughter", "our dog"],
    "when": ["this morning", "last night", "after work", "at three a.m.", "all weekend", "a year ago today"],
}
ENGLISH = [
    *["I walked to {place} with {who} {when}.", "Saw {who} at {place} {when}, and we both pretended to be in a hurry."],
    *[
        "Nobody tells you how quiet {place} gets {when}.",
        "I finally said thank you to {who}.",
        "An ordinary day. The best kind.",
    ],
    *[
        "Did anyone lose an umbrella at {place}?",
        "Learning to rest is harder than learning to run.",
        "It is all right to start over.",
    ],
    *[
        "{when}, for no reason at all, I was happy.",
        "Tell me something good that happened to you.",
        "First snow!",
        "Soup helps.",
    ],
    *[
        "I made dinner for {who}; only one pan was lost.",
        "Some letters take a year to write.",
        "Still listening to that song.",
    ],
    *[
        "Today {who} made me laugh until it hurt.",
        "Note to self: call {who}.",
        "The light at {place} was worth the cold.",
    ],
]
