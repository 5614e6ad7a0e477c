"""Headlines made up by a grammar, from a seed: nothing is shipped, and any number can be had.

Names are put together of syllables. Now and then a new one turns up and old ones return, the old and well
known more often, so that the vocabulary grows with the corpus as that of news does and many names differ by
a letter or two.
"""

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

PLACES = (
    "Aleppo Algiers Amman Ankara Athens Baku Bamako Bangkok Basel Belfast Bergen Bogota Bristol Busan Calgary"
    " Caracas Casablanca Colombo Dakar Darwin Dhaka Dublin Durban Geneva Glasgow Hanoi Harare Havana Hobart"
    " Istanbul Jakarta Johannesburg Kabul Kampala Karachi Kigali Lahore Leipzig Lima Lisbon London Luanda Lusaka"
    " Madrid Manila Marseille Melbourne Mombasa Montreal Mumbai Munich Nairobi Naples Odesa Osaka Oslo Ottawa"
    " Prague Quito Reykjavik Riga Rotterdam Santiago Sarajevo Seoul Seville Sofia Sydney Syria Taipei Tallinn"
    " Tbilisi Tehran Tripoli Tunis Turin Valencia Vienna Vilnius Warsaw Wellington Windhoek Yangon Zagreb Zurich"
).split()
PEOPLE = (
    "ambassadors anglers archaeologists astronomers bakers bankers beekeepers biologists builders campaigners"
    " carpenters climbers coaches commuters conductors councillors cyclists dancers dentists designers divers"
    " economists electricians engineers farmers ferry fishermen geologists governors growers guards historians"
    " hikers hospitals inspectors investors journalists judges landlords lawmakers lawyers librarians lifeguards"
    " magistrates mayors merchants midwives miners ministers musicians neighbours nurses officers painters parents"
    " pensioners pharmacists physicists pilots plumbers police postmen prosecutors publishers pupils rangers refugees"
    " regulators rescuers residents retailers sailors scientists shareholders shepherds students surgeons teachers"
    " tenants tourists traders translators truckers unions veterans villagers volunteers voters waiters weavers"
).split()
ACTS = (
    "abandon accept adopt agree applaud approve attack back ban bless block boycott build buy call cancel celebrate"
    " challenge cheer clear close condemn confirm consider criticise cut debate defend defy delay demand demolish"
    " deny discover dispute doubt drop embrace end examine expect expand explain extend face fear fight find finish"
    " flee forbid fund guard halt hail hide inspect join launch lead limit lose mark measure mend miss mourn move"
    " need oppose order pause plan postpone praise prepare protest question raise reject repair replace rescue resist"
    " restore reveal review revive save search seek sell shun sign slow split start stop strike study sue support"
    " suspect suspend test threaten trace unveil urge veto visit warn weigh welcome win withdraw"
).split()
THINGS = (
    "airport alliance amnesty aqueduct archive asylum avalanche bakery ballot bank barrage beach blackout bonus border"
    " bridge budget bypass cable canal carnival casino castle cathedral ceasefire census century charter checkpoint"
    " choir cinema climate clinic coal coast colony comet compensation concert contract corridor coup court crane crash"
    " cricket crisis crossing cup curfew currency cyclone dairy dam data debt deficit depot desert dialogue dispute dock"
    " drought dunes earthquake eclipse election embargo embassy emission epidemic estate evidence exam exhibition exports"
    " factory famine farm festival fever film fire fleet flood fog forest fortune fossil freight frost fuel funding"
    " gallery garden gas glacier grain grant harbour harvest heatwave highway holiday homes hospital hostel housing"
    " hydrogen ice immigration inflation inquiry insurance internet island jail jobs jury kitchen laboratory lake landslide"
    " language law lawsuit league lease library licence lighthouse lithium loan lottery magazine mall manuscript marathon"
    " market marsh mast meadow medal medicine memorial merger metro milk mine mission monastery money monument moon mosque"
    " motorway mountain museum nursery ocean oil opera orchard orchestra outbreak palace pandemic parade park parliament"
    " passport patent peace pension pier pipeline plague plant playground police poll pollution port power prison privacy"
    " probe protest pylon quarantine quarry radio railway rainfall ransom reactor recession record reef referendum refinery"
    " reform refuge rent reservoir resort rice river road rocket ruins runway salary sanctions satellite school sculpture"
    " seabed seat sewage shelter ship shortage shrine siege signal silver skyline smog snow soil solar stadium station"
    " steel storm strait strike submarine subsidy suburb subway sugar summit swamp synagogue tariff tax telescope temple"
    " terminal theatre theft tide timber toll tomb tourism tower trade tram treaty trial truce tunnel turbine university"
    " uranium vaccine valley verdict vessel village vineyard virus volcano vote wages warning water weather wetland whale"
    " wheat wildfire wine winter witness wolf worker wreck yacht zoo"
).split()
TURNS = "after amid as before despite during following over under without".split()
SHAPES = (
    "{place} {people} {act} {thing} {thing} {turn} {thing} {thing}",
    "{name} to {act} {place} {thing} {turn} {thing} {thing}",
    "{people} in {place} {act} {thing} {turn} {name} {thing}",
    "{name} and {name} {act} {thing} in {place}",
    "Why {people} {act} the {thing} of {place}",
    "{thing} {thing}: {place} {people} {act} {name}",
    "{place} {thing} {turn} {people} {act} {thing} {thing}",
    "{name}, {number}, to {act} {thing} {thing} {turn} {place} {thing}",
    "{number} {people} {act} {name} {thing} near {place}",
    "'{thing} {turn} {thing}': {name} on the {place} {thing}",
)
_LISTS = {"people": PEOPLE, "act": ACTS, "thing": THINGS, "turn": TURNS}

_BEGINNINGS = "b br c ch d f fl g gr h j k kr l m n p pr r s sch st t tr v w z".split()
_MIDDLES = "a e i o u au ei ia".split()
_ENDS = "l ll m n nd ng nt r rd rs s ss t tz ck v".split()

NEW_NAME = 0.25
"""Share of names that nobody has read before."""
RENOWN = 3
"""How strongly the first names are preferred when one returns: the exponent of a uniform random number."""

_FIRST_DAY = datetime(2016, 1, 1, tzinfo=UTC)
_APART = timedelta(minutes=3)


class _Writer:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._names = [self._new_name() for _ in range(200)]

    def headline(self) -> str:
        shape = self._rng.choice(SHAPES)
        while "{" in shape:
            start, end = shape.index("{"), shape.index("}")
            shape = shape[:start] + self._word(shape[start + 1 : end]) + shape[end + 1 :]
        return shape[0].upper() + shape[1:]

    def _word(self, kind: str) -> str:
        rng = self._rng
        match kind:
            case "place":
                return _preferred(PLACES, rng)
            case "name":
                return self._name()
            case "number":
                return str(rng.randint(2, 99))
            case _:
                return rng.choice(_LISTS[kind])

    def _name(self) -> str:
        if self._rng.random() < NEW_NAME:
            self._names.append(self._new_name())
            return self._names[-1]
        return _preferred(self._names, self._rng)

    def _new_name(self) -> str:
        rng = self._rng
        syllables = [rng.choice(_BEGINNINGS) + rng.choice(_MIDDLES) for _ in range(rng.choice((1, 2, 2, 3)))]
        return ("".join(syllables) + rng.choice(_ENDS)).capitalize()


def _preferred(words: list[str], rng: random.Random) -> str:
    return words[int(len(words) * rng.random() ** RENOWN)]


def headlines(n: int, seed: int) -> list[str]:
    """Make up `n` headlines, no two alike."""
    writer = _Writer(random.Random(seed))
    made: dict[str, None] = {}
    while len(made) < n:
        made[writer.headline()] = None
    return list(made)


def published(at: int) -> datetime:
    """Return when the headline at a place of the corpus was published."""
    return _FIRST_DAY + at * _APART


def read(path: Path) -> list[str]:
    """Read the headlines of a file of articles, one a line: {"headline": ...}."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["headline"] for line in lines]


def write(path: Path, lines: Iterable[str]) -> None:
    """Write headlines as a file that `newsdesk ingest` takes in."""
    with path.open("w", encoding="utf-8") as file:
        for at, headline in enumerate(lines):
            article = {
                "headline": headline,
                "url": f"https://news.example/{at}",
                "published": published(at).isoformat(),
            }
            file.write(json.dumps(article, ensure_ascii=False) + "\n")
