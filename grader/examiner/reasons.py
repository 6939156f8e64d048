"""Why a submission failed: a known mistake, what the numbers say, or the smallest failing call."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import partial

from exercises.catalog import Limits
from grader.examiner.answer_key import AnswerKey
from grader.examiner.diagnosis import Hearing, diagnosis_of
from grader.examiner.odds import with_the_same_odds
from grader.examiner.paired_calls import Callee
from grader.examiner.submission_process import LOST, SubmissionProcess
from grader.examiner.suite_run import SuiteRun
from grader.examiner.symptoms.evidence import argument_names
from grader.examiner.symptoms.finder import SymptomFinder
from grader.examiner.symptoms.gradients import by_results
from grader.examiner.symptoms.inquiry import Inquiry
from grader.report import Diagnosis, FailingCall, Symptom
from grader.worker.calls import Raised

COSTS = "costs"
INQUIRY_SECONDS = 1.0  # that may be spent on asking again, to find out what is wrong


@dataclass(frozen=True)
class Reasons:
    """What is known of each failed test, and of all of them; empty where nothing failed."""

    diagnoses: dict[str, Diagnosis] = field(default_factory=dict)
    symptoms: dict[str, Symptom] = field(default_factory=dict)
    symptom: Symptom | None = None
    smallest: FailingCall | None = None

    @property
    def diagnosis(self) -> Diagnosis | None:
        """That of the most tests; the first of them among equals."""
        found = list(self.diagnoses.values())
        return max(found, key=found.count, default=None)


def find_reasons(
    run: SuiteRun,
    answer_key: AnswerKey,
    candidate: SubmissionProcess,
    limits: Limits,
    sections: dict[str, tuple[str, int]],
) -> Reasons:
    """The reasons for what failed in `run`; `sections` names the lesson's section by its anchor."""
    if not run.failed:
        return Reasons()
    diagnostician = answer_key.diagnostician

    beside = partial(_beside, run, answer_key)
    hearing = hearing_of(run, answer_key)
    found = diagnostician.diagnose(hearing)
    candidate.hurry(0.0 if was_lost(run) else INQUIRY_SECONDS)
    if not found:
        to_the_end = partial(beside, to_the_end=True)
        mistake = with_the_same_odds(run, candidate, diagnostician.suspects, to_the_end)
        failed = [name for name, record in run.records.items() if record.failed]
        found = dict.fromkeys(failed, diagnosis_of(mistake)) if mistake else {}
    diagnoses = _placed(found, sections)
    # A test that a name explains needs no second statement, and is no evidence for another one.
    unexplained = {
        name: by_results(record) for name, record in run.records.items() if name not in diagnoses
    }
    if not any(record.failed for record in unexplained.values()):
        return Reasons(diagnoses)
    inquiry = Inquiry(candidate, answer_key.solution, unexplained)
    finder = SymptomFinder(unexplained, inquiry, argument_names(diagnostician.module), limits)
    costly = {name: Symptom(COSTS, says) for name, says in run.costly.items()}
    symptoms = finder.find() | costly
    headline = None if diagnoses else finder.headline(symptoms)
    if not diagnoses and not headline:
        diagnoses = _placed(diagnostician.diagnose_together(hearing), sections)
        symptoms = {test: symptoms[test] for test in symptoms if test not in diagnoses}
    smallest = None if diagnoses or headline else finder.smallest()
    return Reasons(diagnoses, symptoms, headline, smallest)


def hearing_of(run: SuiteRun, answer_key: AnswerKey) -> Hearing:
    """What is to be explained of `run`."""
    return Hearing(
        run.records, lambda callee, test: _beside(run, answer_key, callee, [test]).failed
    )


def _beside(
    run: SuiteRun,
    answer_key: AnswerKey,
    callee: Callee,
    tests: Collection[str],
    to_the_end: bool = False,
) -> SuiteRun:
    """Another one's way through these tests."""
    other = run.beside(callee, to_the_end)
    answer_key.suite.run(other, tests)
    return other


def was_lost(run: SuiteRun) -> bool:
    """Whether the learner's code hung or died, and would again where it is asked again."""
    return any(
        isinstance(exchange.got, Raised) and exchange.got.kind in LOST
        for record in run.records.values()
        for exchange in record.exchanges
    )


def _placed(
    found: dict[str, Diagnosis], sections: dict[str, tuple[str, int]]
) -> dict[str, Diagnosis]:
    """The diagnoses with the section of the lesson that explains each."""
    placed = {}
    for test, diagnosis in found.items():
        section, chapter = sections.get(diagnosis.see, ("", 0))
        placed[test] = replace(diagnosis, section=section, chapter=chapter)
    return placed
