"""Names such as schools in England give: many languages, marks, apostrophes, and mishaps."""

import re
from collections.abc import Mapping
from random import Random
from typing import Final

from checkdata.domain.values import search_key
from checkdata.entrypoints.demo.random_draws import draw_one, one_in

AWKWARD_NAMES: Final = (
    "Aoife O'Neill",
    "Zoë Hartley",
    "Zoe\u0308 Whitfield",  # the same letter, spelt as two code points
    "Łukasz Wiśniewski",
    "Siân Llewellyn-Pugh",
    "Seán Ó Súilleabháin",
    "D\u2019Arcy Fitzgerald",  # the apostrophe that a phone types
    "Suharti",
    "Maria Teresa de los Ángeles Fernández-Villaverde y Gómez-Acebo Montgomery-Featherstonehaugh",
    "Sanduni Tharushika Rajapaksa Wickramasinghe Bandara",
    "محمد الأحمد",
    "שרה כהן",
    "İpek Yıldız",
    "Søren Ægidius Møller",
    "Þórunn Jónsdóttir",
    "Anneliese Groß",
    'Elizabeth "Bessie" Thwaite',
    "Smith, Jordan",
    "-Unknown",
    "Daniel Osei +",  # slipped in beside the name
    "Percy 100% Underhill",
    "Kim Le_Roux",
    "李 小红",
    "Hannah Smith",
    "Hannah Smith",
)
"""Names that have broken a search, a sort, a spreadsheet or a page; the first participants'."""

ENGLISH: Final = (
    (
        "Amelia Olivia Jack Thomas Charlotte Emily Harry George Jessica Sophie Daniel James Grace "
        "Lucy Oliver William Hannah Chloe Samuel Joseph Megan Bethany Luke Matthew Georgia Holly "
        "Ryan Adam Rebecca Laura Callum Jordan Abigail Eleanor Nathan Connor Molly Paige Lewis "
        "Toby Isabel Freya Rosie Alice Katherine Benjamin Alexander Victoria Natalie Christopher"
    ),
    (
        "Smith Smith Smith Smith Jones Jones Taylor Taylor Brown Brown Wilson Johnson Walker "
        "Wright Robinson Thompson White Hughes Edwards Green Hall Wood Harris Clarke Jackson "
        "Turner Hill Cooper Ward Morris Moore Clark Baker Harrison King Morgan Allen Scott Young "
        "Parker Bennett Cook Richardson Bailey Shaw Carter Collins Bell Marshall Holmes Fletcher "
        "Ashworth Featherstone Hargreaves Ogden Pickles Rowbotham Sugden Thistlethwaite Winterbourne"
    ),
)
WELSH: Final = (
    "Siân Rhys Angharad Gethin Carys Owain Nia Iestyn Ffion Llŷr Eirlys Bronwen",
    "Evans Davies Roberts Griffiths Llewellyn Pritchard Bevan Gwyther Ap-Gwilym Prosser",
)
IRISH: Final = (
    "Aoife Niamh Ciarán Sinéad Caoimhe Pádraig Róisín Oisín Gráinne Conor Orla Eoin",
    "O'Neill O'Brien Murphy Kelly O'Connor Byrne O'Sullivan McCarthy Ní-Dhomhnaill Doyle",
)
POLISH: Final = (
    "Łukasz Agnieszka Małgorzata Paweł Zofia Michał Katarzyna Wojciech Grażyna Kamil",
    "Kowalski Wójcik Kamińska Zieliński Szymańska Dąbrowski Król Jabłońska Piątek",
)
SOUTH_ASIAN: Final = (
    (
        "Muhammad Ayesha Fatima Imran Zainab Bilal Saima Harpreet Gurdeep Simran Manjit Priya "
        "Anjali Rohan Vikram Kavita Nikhil Sanjay Meera Tahmina Rahim Shafiqul Nusrat Yusuf"
    ),
    (
        "Khan Hussain Ahmed Ali Begum Akhtar Iqbal Singh Kaur Gill Dhillon Patel Shah Sharma "
        "Chowdhury Rahman Uddin Mehta Desai Mistry Chaudhry Malik"
    ),
)
NIGERIAN: Final = (
    "Chidinma Oluwaseun Ngozi Adébáyọ̀ Temitope Chukwuemeka Folake Ifeoma Babatunde Amara",
    "Okafor Adeyemi Nwosu Balogun Eze Okonkwo Adébọ̀wálé Obi Ogunleye Chukwu",
)
ELSEWHERE: Final = (
    "Nana Kwame Wei Mei-Ling Hoang Mehmet Ayşe João Inês Andrei Ionuț Elif Chiara Günther",
    "Asante Mensah Chan Wong Nguyễn Yılmaz Şahin Gonçalves Popescu Ionescu Rossi Müller",
)

ORIGINS: Final[Mapping[int, float]] = {0: 66, 1: 6, 2: 5, 3: 5, 4: 11, 5: 4, 6: 3}
"""How often each of `NAMES` is drawn from."""

NAMES: Final = tuple(
    (given.split(), family.split())
    for given, family in (ENGLISH, WELSH, IRISH, POLISH, SOUTH_ASIAN, NIGERIAN, ELSEWHERE)
)
"""The given and the family names of each origin; the English are the first."""

ENGLISH_FAMILY_NAMES: Final = NAMES[0][1]


def drawn_name(chance: Random) -> str:
    """Draw a full name: a given name, at times a middle initial, and a family name or two."""
    given, family = NAMES[draw_one(ORIGINS, chance)]
    words = [chance.choice(given), chance.choice(family)]
    if one_in(10, chance):
        words.insert(1, chance.choice("ABCDEFGHJKLMNPRSTW"))
    if one_in(20, chance):
        words[-1] += "-" + chance.choice(NAMES[draw_one(ORIGINS, chance)][1])
    return " ".join(words)


def words_with_dashes(text: str) -> str:
    """Return the words of the text as ASCII letters and digits, joined by dashes; may be empty."""
    return "-".join(re.findall("[a-z0-9]+", search_key(text)))
