"""What occupation, and which field, a title names."""

import pytest

from services.matching.scoring.roles.role import role_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("title", "groups"),
    [
        ("Electrician", {"electrician"}),
        ("Electricians", {"electrician"}),
        ("Backend Engineer (Java)", {"software developer"}),
        ("Data Engineer", {"data engineer"}),
        ("Business Banking Relationship Manager", {"bank relationship manager"}),
        ("Waiter / Cashier", {"waiter", "cashier"}),
        ("Owner/Attorney and Mediator", {"lawyer", "judge"}),
        ("HR & Safety Manager", {"human resources manager", "health and safety officer"}),
        ("In-house counsel", {"lawyer"}),
        ("CDL-A Driver", {"truck driver"}),
        ("Marketing Intern", {"marketing specialist"}),
        ("Electrician apprentice", {"electrician"}),
        ("Software Engineering", {"software developer"}),
        ("Sous chef", {"chef"}),
        ("Kestrel Valley Bank - Teller", {"bank teller"}),
        ("Patient Access Rep", {"medical secretary"}),
    ],
)
def test_a_title_names_its_occupation(title, groups):
    assert role_of(title).groups == groups


@pytest.mark.parametrize(
    ("title", "is_", "is_not"),
    [
        ("Technical recruiter for engineers", "recruiter", "software developer"),
        ("Legal Secretary", "legal secretary", "lawyer"),
        ("Kitchen porter", "kitchen assistant", "cook"),
        ("Medical receptionist", "medical secretary", "nurse"),
        ("Bank guard", "security guard", "bank teller"),
        ("Veterinary receptionist", "medical secretary", "veterinary nurse"),
        ("Welding inspector", "quality inspector", "welder"),
        ("Translation project manager", "project manager", "translator"),
        ("Electrician's mate", "general labourer", "ship officer"),
        ("Data centre technician", "system administrator", "data entry clerk"),
        ("Teacher of accounting", "secondary teacher", "accountant"),
        ("Pharmaceutical Sales Representative", "medical sales representative", "pharmacist"),
    ],
)
def test_whom_somebody_works_for_or_with_is_not_what_they_are(title, is_, is_not):
    assert is_ in role_of(title).groups
    assert is_not not in role_of(title).groups


def test_what_stands_behind_with_is_nobodys_own_occupation():
    assert "pilot" not in role_of("2,900 flight hours; works with captain and first officer").groups


@pytest.mark.parametrize("title", ["Director of Finance", "Director, Finance", "Finance Director", "Director Finance"])
def test_the_field_of_a_director_may_stand_anywhere(title):
    assert role_of(title).groups == {"finance manager"}


@pytest.mark.parametrize("title", ["Assistant to the Head of HR", "CEO's assistant", "The director's assistant"])
def test_whoever_assists_somebody_is_an_assistant(title):
    assert role_of(title).groups == {"executive assistant"}


@pytest.mark.parametrize(
    ("title", "group"),
    [
        ("Softwareentwicklerin (m/w/d)", "software developer"),
        ("Vertriebsleiter*in", "sales manager"),
        ("Krankenschwester", "nurse"),
        ("Infirmière", "nurse"),
        ("Assistante de direction H/F", "executive assistant"),
        ("Chef de projet", "project manager"),
        ("Enfermera", "nurse"),
        ("Jefe de cocina", "chef"),
    ],
)
def test_german_french_and_spanish_titles_for_women_and_men(title, group):
    assert group in role_of(title).groups


@pytest.mark.parametrize(
    "title", ["Buchhalter (m/w/d)", "Buchhalter m/w/d", "Buchhalter*in", "Buchhalter/-in", "Buchhalter:innen"]
)
def test_that_all_sexes_are_meant_is_no_field(title):
    assert role_of(title) == role_of("Buchhalter")


@pytest.mark.parametrize("title", ["", "-", "Manager", "Zyxwv", "2019 - 2021"])
def test_what_names_no_occupation_has_no_group(title):
    assert role_of(title).groups == frozenset()


def test_a_group_that_is_only_concluded_is_not_sure():
    assert role_of("HR Generalist").sure
    assert not role_of("Consultant").sure
    assert not role_of("Manager").sure


def test_the_field_is_all_but_head_and_rank():
    role = role_of("Senior Electrician, Marine Installations")
    assert role.field == ("marin", "instal")
    assert role.words == ("electrician", "marin", "instal")
