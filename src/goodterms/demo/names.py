"""Words from which people are made up: no combination is meant to be anybody."""

NAMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("Amelia", "Oliver", "Grace", "Henry", "Ruby", "Walter", "Nora", "Desmond", "Ivy", "Clifford"),
        ("Ashdown", "Brackley", "Copperfield", "Dunmore", "Fairweather", "Halloway", "Kettering", "Marlowe"),
    ),
    (
        ("Ayodele", "Ngozi", "Kwame", "Thandiwe", "Sipho", "Abena", "Chinedu", "Wanjiru"),
        ("Okafor", "Mensah", "Dlamini", "Kamau", "Adeyemi", "Boateng", "Nkosi", "Mwangi"),
    ),
    (
        ("Jürgen", "Käthe", "Anneliese", "Björn", "Sören", "Françoise", "Gaëlle", "Loïc"),
        (
            "Müller-Brandt",
            "Großmann",
            "Østergård",
            "Lefèvre",
            "D'Aubigny",
            "van der Meer",
            "Ångström",
            "Böhm",
        ),
    ),
    (
        ("José", "Inés", "João", "Conceição", "Martín", "Lucía", "Ângela", "Íñigo"),
        ("Muñoz", "Peña Ibáñez", "Gonçalves", "Núñez", "Araújo", "De la Cruz", "Simões", "Güell"),
    ),
    (
        ("Łukasz", "Małgorzata", "Žofie", "Jiří", "Ştefan", "İpek", "Çağla", "Nguyễn"),
        ("Wiśniewski", "Dvořáček", "Ionescu", "Yıldız", "Szőke", "Kovačević", "Trần", "Šimůnek"),
    ),
    (
        ("Анна", "Дмитро", "Ольга", "Сергей", "Зорица"),
        ("Коваленко", "Орлова", "Петровић", "Лебедев", "Шевчук"),
    ),
    (("Ελένη", "Νίκος", "Μαρία"), ("Παπαδάκη", "Αντωνίου", "Καραγιάννης")),
    (("محمد", "ليلى", "یاسمین"), ("الهاشمي", "رحیمی", "منصور")),
    (("נועה", "איתן", "תמר"), ("ברק", "לוינסון", "שפירא")),
    (("अनन्या", "विक्रम", "Priyanka", "Arjun"), ("शर्मा", "Raghunathan", "Iyer", "पटेल")),
    (("伟", "美玲", "Xiaoyu", "志明"), ("张", "陈", "Huang", "欧阳")),
    (("さくら", "健太", "Haruka"), ("田中", "Watanabe", "小林")),
    (("지민", "Seo-yeon", "현우"), ("김", "Park", "이")),
    (("สมชาย", "Kanya"), ("วงศ์สุวรรณ", "Srisai")),
)
"""First and last names of one region each; the first five are met three times as often as the rest."""

COMPANIES = (
    "Harbour Analytics",
    "Müller & Söhne Werkzeugbau",
    "Northwind Tea Traders",
    "Larkspur Health",
    "Studio Fünf, Architekten",
    "Copper Kettle Foods",
    "Tidewater Logistics",
    "Fable & Finch Publishing",
    "青空ソフトウェア",
    "Grupo Almendra",
    "Quiet Engines",
    "Self-employed",
    "Фабрика идей",
    "Juniper Lane Schools",
    'The "Good Enough" Company',
    "- independent -",
    "",
)

POSITIONS = (
    "Head of Operations",
    "Software Engineer",
    "Senior Product Manager",
    "Owner",
    "Teacher",
    "Consultant, Board Member",
    "Regional Sales Director (DACH)",
    "Data Scientist",
    "Nurse Educator",
    "Founder & CEO 🚀",
    "Journalist",
    "Leiterin Einkauf",
    "Chargée de mission",
    "Project Manager ",
    "",
)

FORMULA_LIKE = ("=Growth", "+1 for open source", "@freelance", "-> between jobs")
"""Positions people really write, which a spreadsheet would take for formulas."""

TITLES = (", PhD", ", MBA, PMP", ", MD", ", CFA")
NICKNAMES = ("(Bo)", '"Sunny"', "(she/her)", "[Max]")
EMOJI = ("🌱", "⭐", "🦊", "👩‍💻")
INVISIBLE = ("\u200b", "\u200d", "\u2060")
MAIL_HOSTS = ("mail.example", "post.example", "inbox.test", "briefe.example", "correo.test")

CHAT = (
    "Good to see you at the fair yesterday. Shall we talk next week?",
    "Thanks for the article, I passed it on to my team.",
    "Congratulations on the new role!",
    "Do you still know somebody who repairs old looms?",
    '<p>Happy to help.&nbsp; The slides are <a href="https://files.example/42">here</a>.</p>',
    "Tuesday at ten suits me.  Bring the drawings, please.",
    "Das klingt gut, ich melde mich nach dem Urlaub.",
    "Gracias, hablamos el lunes 🙂",
    "What a year! How are the children?",
    "I <3 this idea & so does the board.",
)

INCOMING_NOTES = (
    "We met at the book fair in spring and I would like to stay in touch.",
    "I read your piece on supply chains with pleasure.",
    "Wir haben gemeinsame Bekannte, ich freue mich auf den Austausch.",
)

STOP_WORDS = (
    "Thanks for connecting! Please no updates for me, though.",
    "Nice to be connected, but I'd rather not get the monthly mail.",
    "Bitte keine Updates, danke.",
)
THANKS = ("Thank you, looking forward to it.", "Sounds good!", "Merci, avec plaisir.", "👍")
