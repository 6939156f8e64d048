"""What a certificate says, and the metadata of SVG and PDF that hold it for programs.

Both have a place for RDF (in a PDF it is called XMP, and stands there as plain text), so one rule
writes the facts, and one reads them.
"""

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import date
from xml.sax.saxutils import escape, unescape

from grader.errors import UsageError
from grader.report import printable

MAX_NAME = 80
OPEN, CLOSE = "<learn:facts>", "</learn:facts>"
RDF = """\
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
<rdf:Description rdf:about="" xmlns:learn="urn:learn-transformer:certificate:v1">\
{open}{facts}{close}</rdf:Description></rdf:RDF>"""


class BadFacts(UsageError):
    """A file that should be a certificate is none of this course."""


@dataclass(frozen=True)
class Signer:
    """Who answers for the facts: a name, perhaps empty, the id of the key, and the day."""

    by: str
    key: str
    on: date


@dataclass(frozen=True)
class Facts:
    """Of one exam that was passed. Raises `BadFacts` for what cannot be.

    `passed_on` is the learner's day, as 2026-11-28. `correct` of `asked` questions were right;
    `exercises_passed` of `exercises` that the exam had; `course_passed` of `course_exercises` in
    the whole course. `suite_version` is a digest of all hidden suites, `seed` that of the exam.
    """

    name: str
    passed_on: str
    correct: int
    asked: int
    exercises_passed: int
    exercises: int
    course_passed: int
    course_exercises: int
    course_version: str
    suite_version: str
    seed: int

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not field.type:
                raise BadFacts(f"{field.name} is {value!r}, which is no {field.type}.")
            if isinstance(value, int) and not 0 <= value < 2**53:
                raise BadFacts(f"{field.name} is {value}, which cannot be.")
        check_name(self.name)
        try:
            date.fromisoformat(self.passed_on)
        except ValueError:
            raise BadFacts(f"{self.passed_on!r} is no date like 2026-11-28.") from None
        shares = (
            (self.correct, self.asked),
            (self.exercises_passed, self.exercises),
            (self.course_passed, self.course_exercises),
        )
        if any(part > whole for part, whole in shares):
            raise BadFacts("More was right than was asked.")
        if not re.fullmatch(r"[0-9a-f]{0,64}", self.suite_version):
            raise BadFacts(f"{self.suite_version!r} is no version of a suite.")
        if not re.fullmatch(r"[0-9A-Za-z.+-]{1,40}", self.course_version):
            raise BadFacts(f"{self.course_version!r} is no version of the course.")

    @property
    def day(self) -> date:
        return date.fromisoformat(self.passed_on)


def check_name(name: str) -> None:
    """Raises `BadFacts` for what is no name of a person: empty, endless, or with control signs."""
    if not name.strip():
        raise BadFacts("There is no name. Give yours with --name.")
    if len(name) > MAX_NAME:
        raise BadFacts(f"A name has at most {MAX_NAME} letters here.")
    # Letters that are written from right to left are fine on paper, unlike on a terminal.
    if not all(char.isprintable() for char in name):
        raise BadFacts(f"The name {printable(name)!r} has a sign in it that cannot be printed.")


def metadata(facts: Facts) -> str:
    """The facts as RDF, to be put into a file."""
    text = json.dumps(asdict(facts), ensure_ascii=False)
    return RDF.format(open=OPEN, facts=escape(text), close=CLOSE)


def read_facts(content: bytes) -> Facts:
    """The facts in a certificate; it is not parsed for that, whoever wrote it.

    Raises `BadFacts` where there are none, or two.
    """
    found = re.findall(re.escape(OPEN).encode() + rb"(.*?)" + re.escape(CLOSE).encode(), content)
    if len(found) != 1:
        raise BadFacts("This is no certificate as `learn certificate` writes it.")
    try:
        data = json.loads(unescape(found[0].decode()))
        return Facts(**data)
    except (ValueError, TypeError, RecursionError):
        raise BadFacts("The facts in this certificate are damaged.") from None
