"""The words that tell whose clause one is, and where it goes over into another."""

from __future__ import annotations

SUBJECTS = frozenset("i we he she they ich wir er je nous il elle yo nosotros io noi eu nos ik wij ja 我".split())
# Between a subject and a cue they change nothing of who it is: "I still have never used".
BESIDE_SUBJECT = frozenset(
    "have has had do does did am m ve d is are was be been would ll to currently also still now presently just "
    "recently yet really very actively personally unfortunately so far however and or but "
    "habe hatte bin wurde bisher bislang noch leider derzeit aktuell zurzeit auch und oder aber "
    "ai suis n ne j encore actuellement aussi et ou mais he estoy aun actualmente tambien y pero "
    "ho sono ancora attualmente anche e ma tenho estou ainda atualmente tambem "
    "heb ben nog momenteel ook en maar mam jestem jeszcze obecnie tez i ale у меня еще сейчас также и а 也 还 目 前 并 而 且".split()
)
VERBS = frozenset(
    "is are was were has have had do does did can could will would may might must should "
    "ran led built made kept held took wrote began became got went gave sold taught won drove grew cut set spent "
    "work works run runs lead leads manage manages use uses speak speaks know knows hold holds own owns "
    "ist sind war habe hat hatte kann est sont suis ai es son soy tengo e sono ho sou tenho ben heb jest mam".split()
)
AND = frozenset("and und et y e ed en i oraz и 和 与 及 但".split())
OR = frozenset("or nor oder noch ou ni o od of lub ani albo или ни 或 或者".split())
DENYING = frozenset("no never not nor neither kein keine keinen nie nicht jamais aucun aucune nunca mai nooit geen nigdy".split())
# With these a clause of its own begins that says when, why or though.
OPENERS = frozenset(
    "because since so until unless before after while when if though although whereas yet then thanks having being "
    "despite "
    "weil da obwohl waehrend wahrend bis bevor als wenn dass parce car puisque lorsque quand porque cuando hasta aunque "
    "mientras perche quando mentre enquanto omdat terwijl toen zodat poniewaz bo gdy kiedy потому когда пока хотя".split()
)
# What another person is ends where it is told what was done with them.
AFTER_PERSON = frozenset("to on for in at with during from through across by about over into".split())
# Of wishes: no thing of its own is named.
UNNAMED = frozenset(
    "new more something anything everything things quickly fast and from continuously constantly every it that "
    "additional different other others further skills as while within on under at together your about".split()
)
# What somebody looks for, and what is no wish to have what they have not.
AIMS = frozenset("position positions role roles job jobs opportunity opportunities employment career internship".split())
RELATIVES = frozenset("who whom whose that which those people anyone someone der die das qui que quien che chi die dat".split())
MY = frozenset("my our mein meine meinen unser unsere mon ma mes notre mi mis nuestro il mio mia meu minha mijn moj moja мой моя".split())
# Behind a name that is denied by a bare "no": what is denied is the name itself.
BEHIND_NAME = (
    AND | OR | OPENERS | VERBS | AFTER_PERSON
    | frozenset("experience knowledge skills certification certificate license degree training background yet".split())
    | frozenset("erfahrung kenntnisse required needed necessary vorhanden".split())
)
# What is not required and still counts for something.
WELCOME = frozenset("desired preferred preferably helpful optional plus nice welcome bonus desirable ideally".split())
