"""Nicknames that people have, in many scripts; none is one of the service, of a role or of its staff."""

NAMES = """
민지 서연 지우 하윤 도윤 은우 시우 하준 지호 예준 수아 지유 채원 하은 윤서 유나 소연 미나 준호 현우 태양 보라
가을 아라 나래 별님 햇살 토끼엄마 하트뿅뿅 하트 사랑해 운영 운영이네 관리 관리의신 고객님 공식 영자씨
운동하는자 관악산 ㅋㅋㅋ ㅎㅎ ㅇㅈ ㅁㄴㅇㄹ 뷁 갓생 엄마는외계인 서울사람 커피한잔 책읽는밤 고양이집사 멍멍이
봄날의곰 그린티 으뜸 스즈키 크림 드림 모드 어드민턴 배드민턴 스태프가아님 팀플싫어 mina미나 민수97 jun_준
love사랑 K팝러버 BTS아미 서울ソウル 미카ミカ 小민지 Миша민지 さくら 花子 太郎 ゆうき 結衣 翔太 陽菜 蓮
みゆき こころ ハルカ アキラ サポーター ー丸 一郎 二郎 龍之介 すずめ スズメ ポケモン カフェ 王伟 李娜 张敏 刘洋
陈静 杨帆 赵雷 黄晓明 周杰伦 吴亦凡 徐静蕾 孙悟空 一 丁一 卜工 口口 日月 林 森 陳大文 黃小琥 張學友 鄧麗君
Александр Мария Иван Анна Дмитрий Ольга Сергей Наталья
Андрей Елена Алексей Татьяна Максим Светлана Миша Саша Оля
Вова Роман Тимур Вера Нора Тома Мама Рома Мод Сова Олександр
Оксана Тарас Богдан Соломія Ярослав Зоряна Ігор Їжак Ґудзик
Єва Адам Адмирал Модест Модница Ротор Соррел Стас Тема Топор
Ивана Георги Димитър Стефан Мила Ђорђе Љубица Његош Ћирило Џон
Ђина Жана Цветан Адриан Гүлнар Әсел Нұрлан Бекзат Өмүр Чыңгыз
Батбаяр Сүхээ Оюунаа Энхтуяа Γιώργος Μαρία Ελένη Κωνσταντίνος
Δημήτρης Σοφία Νίκος Άννα Αθηνά Ορέστης Ρόδη Ζωή Χρήστος Ιωάννα
Θεοδώρα Ξένια Μόνα Τίνα Νόρα Ρότα Αδαμ Արամ Անի Հայկ Նարե Տիգրան Լիլիթ Սոնա Գոռ
Մարիամ Դավիթ Օհան Սուսաննա Տաթև გიორგი ნინო ლევანი თამარ დავით ანა სალომე ირაკლი שרה דוד משה רחל נועה יוסף תמר
איתי עדי סיון אור טל محمد فاطمة علي نور أحمد ليلى يوسف مريم عمر هدى سارة زينب خالد ياسمين می‌خواهم نرگس پریسا
شیرین کوروش مهسا عائشہ بلال राम सीता अर्जुन प्रिया आदित्य नेहा रोहन काव्या मोहन लक्ष्मी क्‍ष रवि অর্ণব মৌমিতা
রবীন্দ্র সুচিত্রা আনিকা তানিয়া ਗੁਰਪ੍ਰੀਤ ਹਰਮਨ ਜਸਲੀਨ ગીતા હેતલ જીગર கார்த்திக் மீனா முருகன் தமிழ் అనిత రాజు
లక్ష్మి ಅನಿತಾ ರವಿ മീര അനു രാജൻ සුනිල් නිමල් สมชาย มาลี นภา ก้อง ปลา น้ำ ສົມສັກ ບຸນມີ សុខា ចន្ទ្រា မောင်မောင်
သီတာ བསྟན་འཛིན ኣበበ አልማዝ ሰላም ተስፋዬ ᏣᎳᎩ ᏎᏉᏯ ᐃᓄᒃ ꆈꌠ ꓡꓲ ⵜⴰⵏⵉⵔⵜ ᠮᠣᠩᠭᠣᠯ ߒߞߏ ދިވެހި Emma Liam Olivia Noah Ava Ethan
Sophia Mason Isabella Logan Mia Lucas Amelia Jackson Harper Aiden Evelyn Elijah Ella Grace Ruth Scott Lee Kim
Park Choi Jung Han Yoon Lim Shin Seo Minji Jihoon Seoyeon Haneul Bora Hana Nana Yuna Juno Dana Sol Min Modern
Modest Moody Mood Modi Adam Admiral Adminton badminton Rooter Rootbeer Steam Teamo Steffi Staffan Supporter
Systema Offic Officer Operation Opera Secure José María Nuño Íñigo Begoña Ángel Núria João Inês Gonçalo
Luís Antônio Conceição François Hélène Zoë Chloé Noël Maël Anaïs Gaël Jürgen Günther Björn Åsa Søren
Ærø Øystein Þórdís Guðrún Sævar Jóna Änne Käthe Groß Weiß Łukasz Małgorzata Żaneta Źdźbło
Śnieżka Ćma Jiří Žofie Řehoř Šárka Ľubica Ňuška Čeněk Dvořák Đorđe Ćosić Željko Miloš Ayşe Gökçe Çağla
Şükrü Iğdır İpek Ömer Büşra Zeynəb Əli Ümid Nguyễn Trần Phạm Đặng Hoàng Thị Ngọc Ánh Dương Quỳnh Linh Đức
Thảo Hạnh Bình Phượng Ơn Ưu Kalani Leilani Keʻala Hōkū Māui ʻIolani Tāne Aroha Wairua Zsófia Őrs Ádám
Réka Ştefan Ioană Ģirts Ķekava Ņina Ūla Žygimantas Ąžuolas Ėglė Kristīne Jānis Ülle Õie Mõnus Siobhán Áine
Tadhg Ŵyn Llŷr Ceridwen Ċetta Ġorġ Ħamrun 007 1004 42 3000 k8s r2d2 a1 8282 486 1004천사 ㅠㅠ !! ^^ *^^* :) <3
♥ ♡ ★미나★ ☆ ♪노래♪ ✿ 🐰 👨‍👩‍👧‍👦 ❤️ 🇰🇷 1️⃣ (´・ω・`) (*´Д`*) ʕ•ᴥ•ʔ ಠ_ಠ ლ(╹◡╹ლ) ٩(◕‿◕)۶
ᕙ(⇀‸↼)ᕗ
"""
