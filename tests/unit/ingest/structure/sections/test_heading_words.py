"""What a heading's words say, in twelve languages."""

import pytest

from services.ingest.structure.sections.heading_words import heads, read_title

pytestmark = pytest.mark.unit

SURE = {
    "summary": "Professional Summary; Career Objective; Kurzprofil; À propos de moi; Sobre mí; Resumo profissional;"
    " Chi sono; Profielschets; Podsumowanie zawodowe; 自我评价; نبذة عني; תקציר; О себе; Summary of Qualifications",
    "experience": "Professional & Academic Experience; Work History; Beruflicher Werdegang; Parcours professionnel;"
    " Antecedentes laborales; Histórico profissional; Esperienze lavorative; Werkervaring; Przebieg kariery; 工作经历;"
    " 实习/项目经历; الخبرات العملية; ניסיון תעסוקתי; Опыт работы; Berufliche Stationen; Experience and Education",
    "education": "Educational Background; Éducation; EDUCATION; Schule und Ausbildung; Diplômes et formations;"
    " Formación académica; Escolaridade; Titoli di studio; Opleidingen; Wykształcenie; 教育背景; المؤهلات العلمية;"
    " השכלה; Образование; Education & Training; Education (continued)",
    "skills": "Core Strengths; Skills Used; Key Skills and Tools; Highlights; Areas of Expertise; EDV-Kenntnisse;"
    " Compétences & Outils; Habilidades técnicas; Competências; Conoscenze informatiche; Vaardigheden; Umiejętności;"
    " 专业技能; المهارات والقدرات; מיומנויות; Ключевые навыки; Skills and Languages; Kenntnisse und Fähigkeiten",
    "certifications": "Certifications and Licenses; Tickets & Licences; Fort- und Weiterbildungen;"
    " Permis et habilitations;"
    " Cursos y certificaciones; Certificações; Corsi; Rijbewijs; Uprawnienia; 资格证书; الدورات التدريبية; רישיונות;"
    " Повышение квалификации; Awards and Certifications; Information Technology Certifications",
    "languages": "Language Skills; Sprachkenntnisse; Langues parlées; Idiomas; Línguas; Lingue straniere; Talenkennis;"
    " Języki obce; 语言能力; اللغات; שפות; Знание языков; Idiomas y computación",
    "projects": "Personal Projects; Projekterfahrung; Projets; Proyectos; Projetos pessoais; Progetti; Projecten;"
    " Projekty; 项目经验; المشاريع; פרויקטים; Проекты",
    "other": "Interests; Awards / Recognition; References; Publications; Personal Information; Hobbys und Interessen;"
    " Centres d’intérêt; Otros datos; Dados pessoais; Pubblicazioni; Personalia; Zainteresowania; 获奖情况; الهوايات;"
    " פרטים אישיים; Увлечения; Veröffentlichungen (Auswahl); Accomplishments",
    "military": "Military Service; Wehrdienst; Service militaire; שירות צבאי; الخدمة العسكرية; Служба в армии",
    "volunteering": "Volunteer Experience; Ehrenamt; Bénévolat; Voluntariado; التطوع; התנדבות; 志愿服务",
}


@pytest.mark.parametrize(
    ("title", "kind"), [(title.strip(), kind) for kind, titles in SURE.items() for title in titles.split(";")]
)
def test_the_words_of_a_heading_tell_its_kind(title, kind):
    reading = read_title(title, asked=False)
    assert reading is not None
    assert (reading.kind, reading.sure) == (kind, True)


@pytest.mark.parametrize(
    "title",
    [
        "HTML/CSS", "SOCIAL MEDIA MARKETING", "Technologies include", "Project Management", "Training and Development",
        "Marcus Delacroix", "Skills Trainer", "Language Arts Teacher", "Experience in Management", "Projektmanagement",
        "Chef de projet", "项目经理", "معلم لغة", "Учитель языков", "Résumé of", "School of Languages",
        "Escuela de Idiomas",
    ],
)  # fmt: skip
def test_words_that_only_contain_a_heading_s_are_not_sure(title):
    reading = read_title(title, asked=False)
    assert reading is None or not reading.sure


def test_it_is_information_technology_in_capitals_alone():
    assert read_title("IT skills", asked=False).kind == "skills"
    in_words = read_title("How I came to it", asked=False)
    assert in_words is None or in_words.kind != "skills"


def test_common_words_need_another_sign():
    assert read_title("School", asked=False).weak
    assert read_title("Leadership", asked=False).weak


@pytest.mark.parametrize(
    "title", ["Requirements", "What you’ll do", "Vos missions", "Wir bieten", "岗位职责", "דרישות"]
)
def test_a_posting_s_headings_are_none_in_a_resume(title):
    assert read_title(title, asked=True).kind == "asked"
    in_resume = read_title(title, asked=False)
    assert in_resume is None or not in_resume.sure or in_resume.kind != "asked"


HEADS = {
    "contact": "Contact; PERSONAL DETAILS; How to reach me; Persönliche Daten; Coordonnées; Datos personales;"
    " Meus contatos; Contactgegevens; Kişisel Bilgiler; Osobní údaje; Контакти; 个人信息; 연락처; البيانات الشخصية",
    "references": "References; Who can vouch for me; Referenzen; Références professionnelles; Referenser;"
    " 证明人; ממליצים",
    "document": "Resume; CURRICULUM VITAE; Tabellarischer Lebenslauf; Hoja de vida; Życiorys; Özgeçmiş; 履歴書;"
    " קורות חיים",
    "body": "Work Experience; JOBS; Berufserfahrung; Arbetslivserfarenhet; Досвід роботи; 職歴; Hobbies",
}


@pytest.mark.parametrize(
    ("line", "below"), [(line.strip(), below) for below, lines in HEADS.items() for line in lines.split(";")]
)
def test_a_heading_tells_whether_a_person_s_details_stand_below_it(line, below):
    assert heads(line) == below


@pytest.mark.parametrize("line", ["Ada Example", "Welder", "12 Harbour Road", "Contact: ada@example.org", "Berlin"])
def test_a_line_of_a_person_s_details_is_no_heading(line):
    assert heads(line) is None
