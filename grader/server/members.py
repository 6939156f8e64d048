"""Classes and who is in them: made, listed, joined."""

import csv
import io
import json
import re
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import yaml
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from grader.classroom.settings import Classroom, read_classroom
from grader.errors import UsageError
from grader.server import tokens
from grader.server.database import Database
from grader.server.queue import Refused, utc_now
from grader.server.roles import Role
from grader.server.schema import CODE, DELETED, Class, Membership, Person

ROSTER = "id,name,role"
MOST_LISTED = 10_000
MOST_LETTERS = 200  # of an id or a name
SETTINGS_FILE = "classroom.yaml"
NOT_LISTED = "This name is not listed in the class. Write it as your teacher has it."
COURSE = re.compile(r"^course[ \t]*:.*$", re.MULTILINE)


@dataclass(frozen=True)
class Listed:
    student: str
    name: str
    role: Role


@dataclass(frozen=True)
class Roster:
    """What reading a list did; `missing` are in the class and not in the list, and stay."""

    added: int
    changed: int
    missing: Sequence[str]


def new_class(database: Database, name: str, settings: str) -> tuple[Class, str]:
    """A class, and a code by which its teacher comes in. Raises `UsageError`."""
    classroom(settings)
    with database.writing() as session:
        if session.scalar(select(Class).where(Class.name == name)):
            raise UsageError(f"There is a class {name!r} already.")
        made = Class(name=name, settings=settings, code=tokens.class_code(), made_at=utc_now())
        session.add(made)
        session.flush()
        teacher = _add(session, made, Listed("teacher", "Teacher", Role.TEACHER))
        return made, tokens.new_token(session, teacher, CODE, utc_now())


def class_named(session: Session, name: str) -> Class:
    if found := session.scalar(select(Class).where(Class.name == name)):
        return found
    names = ", ".join(session.scalars(select(Class.name).order_by(Class.name))) or "none yet"
    raise UsageError(f"There is no class {name!r}. There are: {names}.")


def change_settings(session: Session, of: Class, settings: str) -> None:
    """Raises `UsageError` with the line of what is wrong in them; then nothing changes."""
    classroom(settings)
    of.settings = settings
    session.add(of)


@lru_cache(maxsize=32)
def classroom(settings: str) -> Classroom:
    """What `classroom.yaml` says, from its text. Raises `UsageError`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / SETTINGS_FILE
        file.write_text(settings, encoding="utf-8")
        try:
            return read_classroom(file)
        except UsageError as error:
            raise UsageError(str(error).replace(f"{folder}/", "")) from None


def settings_of(file: Path, text: str) -> str:
    """The text of a `classroom.yaml` that lies at `file`, as it is kept: its course by the whole
    path, since what is kept lies nowhere.
    """
    named = _course(text)
    return text if named is None else _with_course(text, str((file.parent / named).resolve()))


def with_course_of(kept: str, text: str) -> str:
    """`text` for the class that has the settings `kept`, from one who is not at this machine.

    A course's suites are programs that run here with the server's rights. So only who runs the
    server says where they lie, and a page can change all but that. Raises `UsageError`.
    """
    before, after = _course(kept), _course(text)
    if before and after and Path(before).name == Path(after).name:
        text = _with_course(text, before)
    if classroom(text).catalog.course.folder != classroom(kept).catalog.course.folder:
        told = f"course: {Path(before).name}" if before else "there is no `course` in it"
        raise UsageError(
            f"A class keeps its course here: {told}, in a line of its own."
            " `grader serve class settings` can change it."
        )
    return text


def _course(text: str) -> str | None:
    """What the key `course` says, where it is a text; all else is told where settings are read."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    named = data.get("course") if isinstance(data, dict) else None
    return named if isinstance(named, str) else None


def _with_course(text: str, folder: str) -> str:
    return COURSE.sub(lambda _: f"course: {json.dumps(folder, ensure_ascii=False)}", text)


def read_roster(text: str) -> list[Listed]:
    """A table with the columns id and name, and role where one is no student.

    Raises `UsageError` with the line of what is wrong.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restval="")
    titles = [title.strip().lower() for title in rows.fieldnames or ()]
    if not {"id", "name"} <= set(titles) <= set(ROSTER.split(",")):
        raise UsageError(f"The first line of a roster is {ROSTER}; role may be left out.")
    rows.fieldnames = titles
    found = list(_listed(rows))
    if not 0 < len(found) <= MOST_LISTED:
        raise UsageError(f"A roster lists 1 to {MOST_LISTED:,} people, not {len(found):,}.")
    return found


def _listed(rows: "csv.DictReader[str]") -> Iterator[Listed]:
    seen: set[str] = set()
    try:
        for row in rows:
            where = f"Line {rows.line_num} of the roster"
            if None in row:
                raise UsageError(f"{where} has more cells than the first.")
            student, name = (" ".join(row[title].split()) for title in ("id", "name"))
            if not student or not name or max(len(student), len(name)) > MOST_LETTERS:
                raise UsageError(f"{where} needs an id and a name, at most {MOST_LETTERS} letters.")
            if not f"{student}{name}".isprintable():
                raise UsageError(f"{where} holds letters that cannot be shown.")
            if student in seen:
                raise UsageError(f"{where}: the id {student} is there twice.")
            role = row.get("role", "").strip().lower() or Role.STUDENT
            if role not in list(Role):
                raise UsageError(f"{where}: a role is one of {', '.join(Role)}, not {role!r}.")
            seen.add(student)
            yield Listed(student, name, Role(role))
    except csv.Error as error:
        raise UsageError(f"Line {rows.line_num} of the roster: {error}.") from None


def enrol(session: Session, into: Class, listed: Sequence[Listed]) -> Roster:
    """Add who is new, and bring names and roles up to date. Nobody is ever taken out."""
    here = {member.student: member for member in members(session, into)}
    added = changed = 0
    for one in listed:
        member = here.pop(one.student, None)
        if member is None:
            _add(session, into, one)
            added += 1
        elif (member.person.name, member.role) != (one.name, one.role):
            member.person.name, member.role = one.name, one.role
            changed += 1
    missing = [
        student
        for student, member in here.items()
        if member.role == Role.STUDENT and member.person.issuer != DELETED
    ]
    return Roster(added, changed, missing)


def members(session: Session, of: Class) -> Sequence[Membership]:
    wanted = select(Membership).where(Membership.class_id == of.id).order_by(Membership.student)
    return session.scalars(wanted).all()


def ids_of_members(class_id: int) -> Select[int]:
    """Of all memberships, whatever their role."""
    return select(Membership.id).where(Membership.class_id == class_id)


def students(of: Class, find: str = "") -> Select[Membership]:
    """Those whose name or id has `find` in it, by id."""
    wanted = select(Membership).join(Membership.person).order_by(Membership.student)
    wanted = wanted.where(Membership.class_id == of.id, Membership.role == Role.STUDENT)
    texts = (func.lower(Membership.student), func.lower(Person.name))
    is_found = [text.contains(find.lower(), autoescape=True) for text in texts]
    return wanted.where(or_(*is_found)) if find else wanted


def staff(session: Session, of: Class) -> Sequence[Membership]:
    wanted = select(Membership).where(Membership.class_id == of.id, Membership.role != Role.STUDENT)
    return session.scalars(wanted.order_by(Membership.student)).all()


def member_named(session: Session, of: Class, student: str) -> Membership:
    wanted = select(Membership).where(Membership.class_id == of.id, Membership.student == student)
    if found := session.scalar(wanted):
        return found
    raise UsageError(f"Nobody in {of.name} has the id {student!r}. The roster lists the ids.")


def join(session: Session, code: str, name: str, now: datetime) -> Membership:
    """Who comes with a class code, as listed by id or name, for the first time; or with a code of
    one's own.

    Raises `Refused`. That somebody came before is said without a name, and never undone here: a
    class code is known to many.
    """
    code = code.strip().upper()
    if member := tokens.take(session, code, CODE, now):
        member.joined_at = member.joined_at or now
        return member
    into = class_by_code(session, code)
    if not name.strip():
        raise Refused("Give your name or id as well, as your teacher has listed it.")
    member = listed_student(session, into, name)
    if member is None:
        raise Refused(NOT_LISTED)
    refuse_second(member)
    member.joined_at = now
    return member


def class_by_code(session: Session, code: str) -> Class:
    """Raises `Refused`."""
    if found := session.scalar(select(Class).where(Class.code == code.strip().upper())):
        return found
    raise Refused("This code is not known, or was used. Look at it again, or ask your teacher.")


def refuse_second(member: Membership) -> None:
    if member.joined_at:
        raise Refused(
            "Somebody has joined as this person. Was that you? A page where you are signed in"
            " gives you a code for a terminal; else ask your teacher for a code."
        )


def listed_student(session: Session, into: Class, name: str) -> Membership | None:
    """The student who is listed by this id or name. Raises `Refused` where several are."""
    wanted = " ".join(name.split())
    listed = (
        select(Membership)
        .with_for_update(of=Membership)
        .join(Person)
        .where(Membership.class_id == into.id, Membership.role == Role.STUDENT)
    )
    if found := session.scalar(listed.where(Membership.student == wanted)):
        return found
    named = session.scalars(listed.where(func.lower(Person.name) == wanted.lower())).all()
    if len(named) > 1:
        raise Refused("Several in this class have this name. Give your id instead.")
    return named[0] if named else None


def enrolled(session: Session, into: Class, student: str, name: str) -> Membership:
    """A student whom no roster lists. Raises `Refused` where one has this id."""
    held = select(Membership).where(Membership.class_id == into.id, Membership.student == student)
    if session.scalar(held):
        raise Refused("Somebody has this id. Give your name or id as your teacher has listed it.")
    return _add(session, into, Listed(student, name, Role.STUDENT))


def _add(session: Session, into: Class, one: Listed) -> Membership:
    """The class itself vouches for them; a login at an institution comes beside it."""
    person = Person(
        issuer=f"class {into.id}",
        subject=one.student,
        name=one.name,
        pseudonym=f"Learner {secrets.token_hex(3)}",
    )
    member = Membership(class_id=into.id, person=person, role=one.role, student=one.student)
    session.add(member)
    session.flush()
    return member
