"""What is kept of a person, by page: theirs to take along, and a teacher's to take or delete."""

import json

from starlette.responses import Response
from starlette.routing import Route

from grader.server.members import member_named
from grader.server.privacy import exported, forget
from grader.server.roles import Action
from grader.server.schema import Class, Membership
from grader.server.web.student_pages import of_member
from grader.server.web.teacher_pages import whole_class
from grader.server.web.visits import Visit, page


def own_data(visit: Visit) -> Response:
    return _data(visit, visit.member)


def data_of(visit: Visit) -> Response:
    with visit.site.database.reading() as session:
        whom = member_named(session, visit.member.class_, visit.text("student"))
    return _data(visit, whom)


def _data(visit: Visit, member: Membership) -> Response:
    with visit.site.database.reading() as session:
        told = exported(session, session.get_one(Membership, member.id).person)
    name = {"Content-Disposition": 'attachment; filename="data.json"'}
    text = json.dumps(told, indent=1)
    return Response(text, headers=name, media_type="application/json")


def delete(visit: Visit) -> Response:
    """Only where the id was written once more: nothing brings it back."""
    student = visit.text("student")
    with visit.site.database.writing() as session:
        here = session.get_one(Class, visit.member.class_id)
        whom = member_named(session, here, student)
        is_meant = visit.text("confirm") == student
        if is_meant:
            drawn = forget(session, whom.person)
    if not is_meant:
        return of_member(visit, whom, "Nothing is deleted: the id that you wrote is another.", 400)
    return whole_class(visit, f"{student} is deleted. What was graded stays, under {drawn}.")


ROUTES = [
    Route("/own/data.json", page(Action.HAND_IN, own_data)),
    Route("/class/person/data.json", page(Action.MANAGE_PERSON, data_of), methods=["POST"]),
    Route("/class/person/delete", page(Action.MANAGE_PERSON, delete), methods=["POST"]),
]
