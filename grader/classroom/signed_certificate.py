"""A certificate that a classroom signs: drawn by us, from the facts alone.

The picture in a learner's file may say anything. So it is thrown away, and what is signed is one of
our own that says what the facts say.
"""

from datetime import datetime
from pathlib import Path

from grader.certificates import draw
from grader.certificates.facts import Facts, Signer, check_name, read_facts
from grader.certificates.layout import in_words
from grader.classroom.keys import Ed25519PublicKey, key_id
from grader.report import printable


def drawn_anew(file: Path, key: Ed25519PublicKey, by: str, at: datetime) -> tuple[bytes, str]:
    """The certificate in `file` with its signer, and what it says in words.

    Raises `UsageError` where the file holds no facts, or what cannot be.
    """
    if by:
        check_name(by)
    facts = read_facts(file.read_bytes())
    signer = Signer(by, key_id(key), at.date())
    return draw(facts, file.suffix.lower(), signer), told(facts)


def told(facts: Facts) -> str:
    """The facts for a terminal, a line each."""
    lines = (
        f"name       {facts.name}",
        f"passed on  {in_words(facts.day)}",
        f"questions  {facts.correct} of {facts.asked} right",
        f"exercises  {facts.exercises_passed} of {facts.exercises} of the exam,"
        f" {facts.course_passed} of {facts.course_exercises} of the course",
        f"made with  course {facts.course_version}, suites {facts.suite_version or 'not there'},"
        f" seed {facts.seed}",
    )
    return printable("\n".join(f"  {line}" for line in lines))
