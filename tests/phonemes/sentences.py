"""Sentences of the languages beside English, put together from parts: what matters is that every sound occurs."""

from __future__ import annotations

from itertools import product

_PARTS = {
    "es": (
        ("El niño", "Mi abuela", "Nuestro perro", "La bruja", "Un señor joven", "El pingüino"),
        ("quiere", "ha roto", "guardó", "está buscando", "llevará", "hizo"),
        ("la llave.", "un queso añejo.", "las zapatillas rojas.", "el examen de química.", "ayer su guitarra.",
         "¿o no?", "¡ya mismo!"),
    ),
    "fr-fr": (
        ("Le garçon", "Ma grand-mère", "Les enfants", "Un vieil homme", "Notre voisine", "Quelqu'un"),
        ("a trouvé", "veut vendre", "cherche toujours", "avait oublié", "peint", "n'aime pas"),
        ("un œuf.", "les champignons.", "son vélo bleu.", "l'horloge à huit heures.", "du pain et du vin.",
         "la montagne, hein ?", "juin !"),
    ),
    "it": (
        ("Il ragazzo", "Mia zia", "Gli gnomi", "Lo scienziato", "Una vecchia amica", "L'oste"),
        ("ha rotto", "vuole", "cercava", "dipinge", "sceglierà", "aveva già"),
        ("la chiave.", "un bicchiere d'acqua.", "gli spaghetti.", "la famiglia.", "il quaderno giallo.",
         "perché?", "mezz'ora fa!"),
    ),
    "pt-br": (
        ("O menino", "Minha irmã", "Os cachorros", "A professora", "Um velho amigo", "Ninguém"),
        ("quer", "quebrou", "está procurando", "vendeu", "não achou", "pintou"),
        ("a chave.", "o pão de queijo.", "as lições de inglês.", "um violão marrom.", "o coração.",
         "hoje à noite?", "que tranquilo!"),
    ),
    "hi": (
        ("लड़का", "मेरी माँ", "वह बूढ़ा आदमी", "हमारे दोस्त", "छोटी चिड़िया", "डॉक्टर साहब"),
        ("आज", "धीरे-धीरे", "फिर से", "बाज़ार में", "ख़ुशी से", "बिना सोचे"),
        ("खाना खाता है।", "घर जा रहा है।", "किताब पढ़ती हैं।", "गाना गाएगा।", "पानी पीते थे।",
         "क्या सच में?", "झूठ बोला!"),
    ),
    "ja": (
        ("私は", "先生が", "その猫も", "東京の友達は", "おばあちゃんが", "写真家は"),
        ("ゆっくり", "毎朝", "きっと", "ちょっと", "パーティーで", "札幌から"),
        ("本を読みます。", "コーヒーを飲んだ。", "牛乳を買って来ました。", "「行こう」と言った。", "走っている。",
         "帰りますか？", "すごい！"),
    ),
    "zh": (
        ("我的朋友", "那位老师", "小猫", "北京的学生", "奶奶", "他们俩"),
        ("昨天", "慢慢地", "一定", "经常", "在公园里", "又"),
        ("吃了苹果。", "喝热水，很舒服。", "写了一封信。", "说：“你好！”",
         "去上班了。", "会来吗？", "女儿唱绿色的歌。"),
    ),
}  # fmt: skip

SENTENCES = {language: tuple(" ".join(words) for words in product(*parts)) for language, parts in _PARTS.items()}
