"""What a full stop may belong to, as tables: abbreviations by what may follow them, and words that open a sentence.

The tables of all languages are one, because an abbreviation of one language is hardly ever a word of another that ends
a sentence; those few that are (Italian "set.", Spanish "mar.") are left out. Words stand here without their last full
stop and, where they are written with spaces inside ("z. B."), without these.
"""

from __future__ import annotations

from typing import Literal

from .words import words

# What the stop belongs to, and what that means for what follows.
Stop = Literal[
    "title",  # a name follows, always
    "inner",  # the sentence goes on, always
    "number",  # a number goes on
    "final",  # a capital begins a sentence, unless it is that of a time zone or a day
    "opening",  # a time of day that opens the sentence: "At 7 a.m. Bob came"; only "Then", "But" … begin another
    "unsure",  # only a word that opens sentences begins one
    "unit",  # behind a number; a capital begins a sentence, a number does not
    "day",  # a number that may be an ordinal: "1. Mai"; a month goes on
    "ordinal",  # a number that must be one: "das 19. Jahrhundert"
    "list",  # the number or letter of an item
    "ellipsis",  # a small letter goes on, and so does "I", which is never small
    "plain",  # an ordinary word: a small letter goes on
    "sure",  # an ordinary word that is no abbreviation in any language
]

_TITLES = words(
    # English
    "Mr Mrs Ms Mx Dr Drs Prof Gen Sen Rep Gov Capt Cmdr Lt Col Maj Sgt Cpl Pvt Adm Rev Hon Pres Supt Msgr Mt Ft Messrs "
    "Fr Amb Atty Insp Det Asst Cdr Brig Pfc Spc Ens Profs Gens Sens Reps Govs Bp Abp Ald Cllr "
    # French, Spanish, Portuguese, Italian, German
    "MM Mme Mmes Mlle Mgr Sra Srta Dra Profa Lic Arq Gral Tte Ing Exmo Exma Eng Sig Sigg Sig.ra Dott Dott.ssa Prof.ssa "
    "Avv Geom Rag Dña Fa Hr Frl Hl Dipl Mag "
    "prof profa pr dr eng arq mons ing dña sig sig.ra dott dott.ssa prof.ssa avv geom rag sr sra srta dra "
    "डॉ प्रो पं श्री श्रीमती सुश्री कु मि स्व"
)
_INNER = words(
    "e.g i.e eg ie cf viz vs approx resp incl excl w.r.t a.k.a aka "
    "ca bzgl bzw evtl ggf ggfs inkl zzgl exkl vgl sog sogen insb bspw einschl lt ehem geb gest gegr "
    "z.B d.h u.a o.ä v.a z.T i.d.R u.U s.o s.u h.c "
    "p.ex p.es p.ej c.-à-d env aprox EE v.Chr av"
)
_NUMBERED = words(
    "no nos nr para paras "
    "fig figs vol vols ch chap sec sect eq eqs art p pp pg par ref refs ver est max min tel ext op "
    "jan feb apr jun jul aug sep sept oct nov "
    "pag pagg pág págs núm núms cap n.º nº n° éd janv févr avr juil ene abr ago dic gen lug ott abs abb kap tab "
    "रु सं पृ"
)
_NUMBERED_CAPITALS = words(
    "Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun Dec Mar Mär Okt Dez Giu Set Out Fev Mai "
    "Bd N° Nº № Rs Rm Rte Rt Reg Ex Ser Para Div Pt Cláus Aufl Jg"
)
_UNSURE = words(
    "Inc Ltd Corp Co co Bros Jr Sr Esq St Ste Ave Blvd Rd Ln Hwy Pkwy Pl Sq Ph.D B.Sc M.Sc Dept dept Univ univ Assn "
    "Assoc assoc Bldg Apt al ed eds misc orig prob temp govt intl natl mgmt Govt Intl Natl ibid suppl equiv "
    "Nat'l Int'l Mio Mrd Tsd Std Jh Jhdt Str str n.Chr Ud Uds Vd UU Av Avda avda Cía S.A S.p.A S.r.l a.C d.C bd"
)
_FINAL = words("etc usw ecc a.m p.m A.M P.M A.D B.C B.C.E C.E uvm")
_LETTERS_OF_HINDI = words("ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई जेड")

ABBREVIATIONS: dict[str, Stop] = {
    **dict.fromkeys(_LETTERS_OF_HINDI, "title"),
    **dict.fromkeys(_UNSURE, "unsure"),
    **dict.fromkeys(_NUMBERED | {word.capitalize() for word in _NUMBERED - {"p"}} | _NUMBERED_CAPITALS, "number"),
    **dict.fromkeys(_INNER | {word[0].upper() + word[1:] for word in _INNER}, "inner"),
    **dict.fromkeys(_TITLES, "title"),
    **dict.fromkeys(_FINAL, "final"),
}
# Abbreviations only after a number: "6 ft. 2 in. tall".
UNITS = words("ft in lb lbs oz min sec hr hrs mi sq cu gal yd yds pt qt km kg cm mm mph tsp tbsp Min Sek Std mins secs")
EXCLAIMING_NAMES = words("Yahoo Jeopardy Yum Joomla Oklahoma Panic Airplane")

# Before a single letter that is a label and no initial: "Plan B. Then …"
LABELS = words(
    "plan option vitamin type grade class section part exhibit team group room gate hepatitis appendix level block "
    "point line version model variable schedule form phase step answer choice case unit zone figure table side column "
    "row building terminal drive"
)

# Words that open a sentence; after an abbreviation that may or may not end one, they decide.
STARTERS = words(
    "A An The This That These Those There Here He She It We You They I His Her Its Our Your Their My "
    "And But Or So Yet If When While Although Though Because Since As After Before Until Once Unless Whether "
    "In On At By For From To With Without Under Over During However Therefore Meanwhile Then Now Next Also "
    "What Who Where Why How Which Whose Is Are Was Were Do Does Did Can Could Should Would Will May Let Please "
    "Yes No Not Some Many Most All Both Each Every Another Other Others Nobody Everybody Everyone Nothing Something "
    "Someone Somebody Anyone Today Tomorrow Yesterday Later Soon Afterwards Perhaps Maybe Sometimes Usually Often "
    "Finally First Instead Otherwise Besides Furthermore Moreover Nevertheless Still Thus Hence Only Even Just Such "
    "Thanks Sorry Have Has Had Ask Call Check Click Try Use Make Take See Turn Go Come "
    "Keep Stop Add Put Get Give Tell Read Write Look Wait Start Continue Follow Visit Remember Consider Think "
    "I'm I've I'll I'd It's It'll That's There's Here's Let's He's He'll She's She'll We're We've We'll You're You've "
    "You'll They're They've They'll Don't Doesn't Didn't Isn't Aren't Can't What's Who's Where's How's "
    # German, French, Spanish, Italian, Portuguese; no articles that also begin names (Le Pen, El Greco, De Sica)
    "Der Ein Eine Er Sie Wir Ihr Ich Aber Und Oder Dann Danach Doch Auch Dort Jetzt Heute Wenn Weil Als Dies Diese "
    "Dieser Dieses Nach Vor Bei Mit Für Kein Keine Elle Ils Elles Nous Vous Je Ce Cette C'est Mais Puis Ensuite Après "
    "Avant Dans Pour Pendant Ella Él Ellos Nosotros Pero Luego Después Entonces Poi Dopo Quindi Ele Ela Eles Depois "
    "Então Estava Está Hay Era Ha È Oui Non Ja Nein Sì Sí"
)
CONTRASTING = words("Then But And So Or However Yet")
TIME_ZONES = words("Eastern Pacific Central Mountain Atlantic Greenwich Zulu")
DAYS = words(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun January February March April "
    "June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
)
GERMAN_MONTHS = words(
    "Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember Jan Feb Mär Apr "
    "Jun Jul Aug Sep Sept Okt Nov Dez"
)
# Before a number with a full stop that can only be an ordinal.
_DETERMINERS = words(
    "der die das den dem des im am vom zum zur beim bis ein eine einen einem einer jeder jede jedes jeden ihr ihrem "
    "ihren sein seinem seinen mein unser seit und"
)
GERMAN_DETERMINERS = _DETERMINERS | {word.capitalize() for word in _DETERMINERS}

# After a quotation that ends with a mark of its own, these make the sentence go on: “Go!” John said.
SAID = words(
    "said says asked asks replied replies answered added cried yelled shouted whispered exclaimed muttered murmured "
    "called continued screamed insisted explained agreed admitted began sighed laughed snapped repeated demanded "
    "declared remarked warned wondered told thought responded observed noted announced growled gasped joked wrote "
    "shot barked hissed sobbed groaned moaned chuckled giggled roared bellowed protested objected countered "
    "interrupted pleaded begged urged suggested offered promised confirmed corrected quipped mused stammered croaked "
    "breathed yells shouts cries whispers mutters adds answers explains insists continues wonders thinks goes went"
)
SAID_IN_CHINESE = "说說道问問喊叫答"

# Words of up to four letters that often end a sentence. Longer ones in lower case need no list: abbreviations that long
# are in the table above.
ENDINGS = words(
    "it me you him her them us this that here too so up on out off in down back over now then well yes ok okay one two "
    "six ten day days way ways time year week hour home work job life name end more less most all both each none any "
    "some else ever away soon late long ago far near much many few done gone seen been be is are was were am do does "
    "did has have had can will may not for to of at by with from about into good bad fine nice cool warm cold hot new "
    "old big easy hard safe sure true fun free full fast slow best last next same only also even yet just very food "
    "dog cat bed car cars bus boat road room door desk book page list line file code data text word game team plan "
    "part side step type size kind mind case fact idea help love hope need want know see say said go went come came "
    "get got make made take took give gave tell told ask find run ran eat ate sit stay wait stop try use used left "
    "call talk walk play read show look turn move open shut put set keep kept let met won lost sent paid cost pay buy "
    "sell sold own man men boy girl kids baby mom dad son wife king rain snow wind sun sea sky lake tree land city "
    "town east west zone gate bank shop deal sale rule law war news test year milk meat fish eggs rice salt oil cup "
    "tea wine beer fire ice air gas hair hand hands head eyes eye face foot feet arm arms leg legs skin body mass blue "
    "red pink dark dead rich poor sad mad real rare weak busy lazy tall wide deep low high flat oven pan bag box key "
    "keys bill fee tax rent loan cash debt risk hit cut log bug app apps web link site user role goal form view edit "
    "save copy tool loop null true item unit zero four five nine half once ways why who what how yeah nope wow lol"
)
