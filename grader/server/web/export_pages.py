"""Grades and reports on their way to other platforms. What is uploaded here is not kept."""

import base64
import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Route

from exercises import strict_json
from grader.classroom import canvas, moodle
from grader.classroom.gradebook import Filling, Gradebook, content, fill
from grader.classroom.gradebook_text import described
from grader.classroom.results import Result
from grader.classroom.sheet import Sheet
from grader.errors import UsageError
from grader.formats import render
from grader.report import printable
from grader.server.gradebook import class_grades, counted_reports
from grader.server.members import classroom
from grader.server.roles import Action
from grader.server.schema import Class
from grader.server.web.visits import Visit, page

MOST_BYTES = 1_000_000  # of a gradebook: the page links to the filled one as a whole
Read = Callable[[Sheet, str, str | None], Gradebook]
PLATFORMS: Mapping[str, Read] = {"canvas": canvas.read, "moodle": moodle.read}


def results(visit: Visit) -> Response:
    """JSON lines, as `grader gradebook` takes them."""
    lines = (f"{strict_json.dumps(one, ensure_ascii=False)}\n" for one in _results(visit))
    return _file("results.jsonl", "".join(lines), "application/x-ndjson")


def gradescope(visit: Visit) -> Response:
    """Of each student a `results.json` of the hand-ins that count, named by the student's id."""
    packed = io.BytesIO()
    with visit.site.database.reading() as session, zipfile.ZipFile(packed, "w") as archive:
        here = session.get_one(Class, visit.member.class_id)
        for student, reports in counted_reports(session, here, classroom(here.settings)):
            # An id may hold anything that can be shown, so also what leads out of a folder.
            name = f"{quote(student, safe='')}.results.json"
            text = render(reports, "gradescope")
            archive.writestr(name, text, compress_type=zipfile.ZIP_DEFLATED)
    return _file("gradescope.zip", packed.getvalue(), "application/zip")


def form(visit: Visit) -> Response:
    title = classroom(visit.member.class_.settings).title
    return _page(visit, {"platform": "", "column": title, "by": ""})


def filled(visit: Visit) -> Response:
    """What would change, and with it the file as it then is: what was seen is what is imported."""
    asked = {name: visit.text(name) for name in ("platform", "column", "by")}
    try:
        book, filling = _filled(visit, **asked)
    except UsageError as error:
        return _page(visit, asked, says=str(error), status=400)
    text = base64.b64encode(content(book, filling).encode()).decode()
    link = f"data:text/csv;base64,{text}" if filling.changes else ""
    told = described(book, filling)
    return _page(visit, asked, told=told, link=link, file=printable(book.sheet.name))


def _filled(visit: Visit, platform: str, column: str, by: str) -> tuple[Gradebook, Filling]:
    part = visit.form.get("file")
    if not isinstance(part, UploadFile) or not part.filename:
        raise UsageError("Choose the file that you exported first.")
    if platform not in PLATFORMS:
        raise UsageError(f"The file must be of one of {', '.join(PLATFORMS)}.")
    file = part.file.read(MOST_BYTES + 1)
    if len(file) > MOST_BYTES:
        raise UsageError(
            f"The file has more than {MOST_BYTES // 1_000_000} MB. Fill it by `grader gradebook`."
        )
    found = _results(visit)
    if not found:
        raise UsageError("Nobody has handed in anything yet, so there is nothing to fill in.")
    book = PLATFORMS[platform](Sheet.read(part.filename, file), column, by or None)
    return book, fill(book, {one["id"]: _result(line, one) for line, one in enumerate(found, 1)})


def _results(visit: Visit) -> list[dict[str, Any]]:
    """As in `grader results`, who handed in nothing is not there: nobody gets a 0 before the due
    date.
    """
    with visit.site.database.reading() as session:
        here = session.get_one(Class, visit.member.class_id)
        settings = classroom(here.settings)
        found = class_grades(session, here, settings)
        return [one.result(settings) for one in found if one.has_tried]


def _result(line: int, one: Mapping[str, Any]) -> Result:
    return Result(one["id"], one["score"], one["max_score"], one, line)


def _page(
    visit: Visit, asked: Mapping[str, str], status: int = 200, says: str = "", **found: str
) -> Response:
    facts = {"told": "", "link": "", "file": "", **asked, **found}
    return visit.page("gradebook.html", status=status, platforms=PLATFORMS, says=says, **facts)


def _file(name: str, content: str | bytes, kind: str) -> Response:
    told = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=told, media_type=kind)


ROUTES = [
    Route("/class/results.jsonl", page(Action.EXPORT, results)),
    Route("/class/gradescope.zip", page(Action.EXPORT, gradescope)),
    Route("/class/gradebook", page(Action.EXPORT, form)),
    Route("/class/gradebook", page(Action.EXPORT, filled), methods=["POST"]),
]
