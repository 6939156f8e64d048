"""A student's folder or notebook: which of its files or cells answers which exercise.

A file is found by its name, where `learn init` puts it, in the folder or in its `workspace/`; or
beside all others, for a repository of a few exercises. In the same places lie notebooks, and what
they answer is found by what their cells define. Only for an exercise that was asked for, and has
nothing but its stub there, are the folders below looked at.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from exercises.catalog import Catalog, Exercise, catalog_in
from grader.errors import SubmissionError
from grader.homes import below, homes, named, notebooks
from grader.notebooks.cells import read_cells
from grader.notebooks.selection import Notebook
from grader.report import Report
from grader.source_files import Module, as_text, beside, lines, read_file, with_imports
from grader.submission import MAX_SOURCE_BYTES, Submission


@dataclass(frozen=True)
class Answer:
    """One exercise of a folder; `refusal` says why there is nothing in it that can be graded."""

    submission: Submission
    file: Path | None = None
    refusal: str = ""

    def told(self, report: Report) -> Report:
        """The report on an answer that cannot be graded, in words that tell why."""
        if not self.refusal or not report.problem:
            return report
        return replace(report, problem=replace(report.problem, message=self.refusal))


def answers(
    folder: Path, catalog: Catalog, wanted: Collection[str], seed: int | None, device: str
) -> list[Answer]:
    """The answers in `folder`, in the order of the course: to the exercises of the ids `wanted`,
    there or not, or to all that are there.

    A file that is missing, is there twice or may not be read is an answer that fails: a student
    must not raise a grade by taking a file away. Raises `SubmissionError` for a folder that has
    none at all, or too many notebooks.
    """
    found = _Folder(folder, catalog)
    found.look_below(catalog.exercise(id) for id in wanted)
    chosen = [one for one in catalog.exercises if one.id in (wanted or found.answered)]
    if not chosen:
        example = catalog.exercises[0]
        raise SubmissionError(
            f"{folder} holds no answer. A file is found by its name,"
            f" such as {example.chapter}/{example.stub.name}."
            + "".join(f" {problem}" for problem in found.problems)
        )
    nothing = Submission("", {}, seed, device, course=catalog.course.folder)
    return [found.answer(one, replace(nothing, exercise=one.id)) for one in chosen]


def notebook_answers(
    file: Path, catalog: Catalog, wanted: Collection[str], seed: int | None, device: str
) -> list[Answer]:
    """As `answers`, of the cells of a notebook. Raises `SubmissionError` for what is none.

    Without `wanted`, an exercise whose cell is there and defines nothing now is an answer, too.
    """
    notebook = Notebook(read_cells(file, file.parent), catalog)
    answered = {exercise.id for exercise in notebook.answered} | notebook.tagged
    chosen = [one for one in catalog.exercises if one.id in (wanted or answered)]
    if not chosen:
        names = catalog.exercises[0].entry[0]
        raise SubmissionError(
            f"{file.name} holds no answer. An answer is found by the function or class that a"
            f" cell defines, such as {names}."
        )
    nothing = Submission("", {}, seed, device, course=catalog.course.folder)
    return [of_notebook(file, notebook, one, replace(nothing, exercise=one.id)) for one in chosen]


def of_notebook(file: Path, notebook: Notebook, exercise: Exercise, nothing: Submission) -> Answer:
    """What answers the exercise in the cells; `nothing` is handed in where no cell does.

    What it imports may lie beside `file`, which itself is not read.
    """
    hidden = _suites(catalog_in(nothing.course))
    return _answer(_Place(exercise, file, file.parent, hidden, notebook), nothing)


@dataclass(frozen=True)
class _Place:
    """A file, or a notebook, that answers an exercise.

    Links are followed `within`, and into none of the folders `hidden`.
    """

    exercise: Exercise
    file: Path
    within: Path
    hidden: Sequence[Path]
    notebook: Notebook | None = None

    def source(self) -> bytes:
        """Raises `SubmissionError` where it may not be read, or the notebook has no whole one."""
        if self.notebook:
            return self.notebook.source(self.exercise)
        return read_file(self.file, self.within, MAX_SOURCE_BYTES, self.hidden)

    def is_begun(self) -> bool:
        """Whether it is more than the stub as it was; so is what cannot be read."""
        if self.notebook:
            return self.notebook.is_begun(self.exercise)
        try:
            return lines(self.source()) != lines(self.exercise.stub.read_bytes())
        except SubmissionError:
            return True


def _answer(place: _Place, nothing: Submission, elsewhere: Module = lambda module: None) -> Answer:
    others = [beside(place.file, place.within, MAX_SOURCE_BYTES, place.hidden), elsewhere]
    if place.notebook:
        others.insert(0, place.notebook.module)
    try:
        files = with_imports(f"{place.exercise.id}.py", place.source(), MAX_SOURCE_BYTES, *others)
    except SubmissionError as error:
        return Answer(nothing, place.file, str(error))
    return Answer(replace(nothing, source=dict(files)), place.file)


class _Folder:
    """All that answers something in a folder. `problems` are those of notebooks that none reads."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder, self._hidden, self._catalog = folder, _suites(catalog), catalog
        self.problems: list[str] = []
        self._notebooks: dict[Path, Notebook] = {}
        self._read: set[Path] = set()  # notebooks, and what is none
        self._places: dict[str, list[_Place]] = {}  # of those that somebody asked about
        everywhere = {home for one in catalog.chapters for home in homes(folder, one.id)}
        self._add_notebooks(notebooks(folder, everywhere), catalog.exercises)

    def look_below(self, asked: Iterable[Exercise]) -> None:
        """Anywhere in the folder, for those of which at most the stub is in its place."""
        missing = [one for one in asked if not any(map(_Place.is_begun, self._of(one)))]
        if not missing:
            return
        folders = below(self._folder)
        for exercise in missing:
            self._add_files(exercise, folders)
        try:
            self._add_notebooks(notebooks(self._folder, folders), missing)
        except SubmissionError as error:  # too many; what is in its place counts all the same
            self.problems.append(str(error))

    def _of(self, exercise: Exercise) -> list[_Place]:
        """What answers it, as far as was looked: a course has many, and few count at a time."""
        if exercise.id not in self._places:
            self._places[exercise.id] = []
            self._add_files(exercise, homes(self._folder, exercise.chapter))
        return self._places[exercise.id]

    def _add_files(self, exercise: Exercise, folders: Iterable[Path]) -> None:
        places = self._places[exercise.id]
        known = {place.file for place in places}
        for file in named(exercise.stub.name, folders):
            if file not in known:
                places.append(_Place(exercise, file, self._folder, self._hidden))

    def _add_notebooks(self, files: Iterable[Path], exercises: Collection[Exercise]) -> None:
        for file in files:
            if file in self._read:
                continue
            self._read.add(file)
            try:
                notebook = Notebook(read_cells(file, self._folder), self._catalog)
            except SubmissionError as error:
                self.problems.append(as_text(str(error)))
                continue
            self._notebooks[file] = notebook
            for exercise in notebook.answered:
                if exercise in exercises:
                    place = _Place(exercise, file, self._folder, self._hidden, notebook)
                    self._of(exercise).append(place)

    @property
    def answered(self) -> set[str]:
        return {one.id for one in self._catalog.exercises if self._of(one)}

    def answer(self, exercise: Exercise, nothing: Submission) -> Answer:
        """What answers the exercise; `nothing` is handed in where nothing does."""
        places = self._that_count(exercise)
        if len(places) == 1:
            return self._named(_answer(places[0], nothing, self._of_another_chapter))
        if not places:
            return Answer(nothing, refusal=self._missing(exercise))
        names = " and ".join(self._name(place.file) for place in places)
        says = f"There are several answers: {names}. Keep one of them."
        return Answer(nothing, places[0].file, says)

    def _that_count(self, exercise: Exercise) -> Sequence[_Place]:
        """One, where it can be told: no stub counts beside an answer, and one that is there twice
        is there once."""
        places = self._of(exercise)
        if len(places) < 2:
            return places
        begun = [place for place in places if place.is_begun()] or places[:1]
        try:
            different = {tuple(lines(place.source())) for place in begun}
        except SubmissionError:
            return begun
        return begun[:1] if len(different) == 1 else begun

    def _of_another_chapter(self, module: str) -> bytes | None:
        """What `learn check --mine` allows: an answer may import those of other chapters."""
        named = (one for one in self._catalog.exercises if one.id == module)
        places = [place for one in named for place in self._that_count(one)]
        return places[0].source() if len(places) == 1 else None

    def _named(self, answer: Answer) -> Answer:
        """With the name of the notebook whose cells are told of."""
        if not answer.refusal or not answer.file or answer.file not in self._notebooks:
            return answer
        return replace(answer, refusal=f"{self._name(answer.file)}: {answer.refusal}")

    def _missing(self, exercise: Exercise) -> str:
        says = f"There is no file {exercise.stub.name} in what you hand in."
        reasons = list(self.problems)
        for file, notebook in self._notebooks.items():
            try:
                notebook.source(exercise)
            except SubmissionError as error:
                reasons.append(f"{self._name(file)}: {error}")
        return " ".join([says, *reasons])

    def _name(self, file: Path) -> str:
        return as_text(file.relative_to(self._folder).as_posix())


def _suites(catalog: Catalog) -> list[Path]:
    return [part.suites for part in catalog.course.parts]
