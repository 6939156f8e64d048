"""What is kept of a person: theirs to take along and to delete, and so for a teacher."""

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from exercises import strict_json
from exercises.words import plural
from grader.errors import UsageError
from grader.server.members import member_named
from grader.server.privacy import days_after_deletion, exported, forget
from grader.server.roles import Action
from grader.server.schema import Class, Membership
from grader.server.web.student_pages import of_member
from grader.server.web.teacher_pages import whole_class
from grader.server.web.visits import Call, Visit, client, page, text_of


def own_data(visit: Visit | Call) -> Response:
    return _data(visit, visit.member)


def data_of(visit: Visit) -> Response:
    with visit.site.database.reading() as session:
        whom = member_named(session, visit.member.class_, visit.text("student"))
    return _data(visit, whom)


def _data(visit: Visit | Call, member: Membership) -> Response:
    with visit.site.database.reading() as session:
        told = exported(session, session.get_one(Membership, member.id).person)
    name = {"Content-Disposition": 'attachment; filename="data.json"'}
    # ASCII: a file of a learner's may hold halves of characters
    text = strict_json.dumps(told, indent=1)
    return Response(text, headers=name, media_type="application/json")


def delete_own(visit: Visit) -> Response:
    try:
        kept = _forget_own(visit, visit.text("confirm"))
    except UsageError as error:
        return of_member(visit, visit.member, str(error), 400)
    return visit.site.page("message.html", visit.request, title="You are deleted", says=kept)


def delete_own_facts(call: Call) -> Response:
    return JSONResponse({"kept": _forget_own(call, text_of(call.data, "confirm"))})


def _forget_own(visit: Visit | Call, confirm: str) -> str:
    """What stays, in words. Raises `UsageError` where the own id was not written once more."""
    member = visit.member
    if confirm != member.student:
        raise UsageError(f"Nothing is deleted: your id is {member.student}. Write it once more.")
    with visit.site.database.writing() as session:
        drawn = forget(session, session.get_one(Membership, member.id).person)
    return (
        "You are deleted here, and signed out. What was graded stays as bare numbers under"
        f" {drawn}, for {plural(days_after_deletion(member.class_), 'day')}."
    )


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
    Route("/own/data.json", page(Action.OWN_DATA, own_data)),
    Route("/own/delete", page(Action.OWN_DATA, delete_own), methods=["POST"]),
    Route("/api/own", client(Action.OWN_DATA, own_data)),
    Route("/api/own/delete", client(Action.OWN_DATA, delete_own_facts), methods=["POST"]),
    Route("/class/person/data.json", page(Action.MANAGE_PERSON, data_of), methods=["POST"]),
    Route("/class/person/delete", page(Action.MANAGE_PERSON, delete), methods=["POST"]),
]
