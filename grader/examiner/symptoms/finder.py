"""Which symptom says most of a failed submission."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from exercises.catalog import Limits
from grader.examiner.exchange import Record
from grader.examiner.symptoms import (
    arithmetic,
    contrast,
    dependence,
    errors,
    forms,
    gradients,
    identity,
    normalisation,
    norms,
    order,
    precision,
    regions,
    roles,
    rows,
    shapes,
    tendency,
)
from grader.examiner.symptoms.evidence import (
    UNREADABLE,
    UNTELLING,
    ArgumentNames,
    Evidence,
    Judged,
    Kind,
    kind_of_test,
    some_calls,
)
from grader.examiner.symptoms.inquiry import Inquiry
from grader.examiner.symptoms.smallest_call import smallest_failing_call
from grader.report import ENDED, UNWRITTEN, FailingCall, Symptom


def holds_for(evidence: Evidence) -> str:
    """What a statement was found to hold for, and where it does not arise."""
    return f"Holds for {_extent(evidence)}.{_where(evidence)}"


def _extent(evidence: Evidence) -> str:
    calls, numbers = len(evidence.wrong), evidence.numbers
    text = f"{calls} call{'s' * (calls != 1)}"
    return f"all {numbers:,} numbers that differ, in {text}" if numbers > 1 else text


def holds_for_so_many(evidence: Evidence) -> str:
    """The same for a statement that tells already where it arises."""
    return f"Holds for {_extent(evidence)}."


def as_told(_: Evidence) -> str:
    """Nothing, for what is no finding of ours: the sandbox has seen it happen."""
    return ""


def was_tried(evidence: Evidence) -> str:
    """For what was found by asking again."""
    return f"Found by calling your code again with one thing changed.{_where(evidence)}"


def was_repeated(_: Evidence) -> str:
    return "Found by making the same call twice."


def was_alone(_: Evidence) -> str:
    return "Found by making the call again without those before it."


def _where(evidence: Evidence) -> str:
    where = contrast.which_calls(evidence)
    return f" It goes wrong {where}." if where else ""


@dataclass(frozen=True)
class Detector:
    """`says` gives one sentence that holds for every difference, or None.

    One that is `modest` also speaks for a single test where others fail in the same way and it does
    not hold for them: what it says is about places or forms, and never a coincidence of numbers.
    One that is `of_calls` speaks of single calls anyhow, such as of an error in one, and not of
    one value of several: no other call contradicts it. One that `asks` puts questions to both
    sides, or to `ours_alone`, each of which takes time. One `of_most` is so general that by chance
    it holds for some tests; it is made for most of them, or not at all.
    """

    id: str
    says: Callable[[Evidence, Inquiry], str | None]
    modest: bool = False
    asks: bool = False
    ours_alone: bool = False
    of_most: bool = False
    of_calls: bool = False
    proof: Callable[[Evidence], str] = holds_for


def _looks(
    id: str,
    says: Callable[[Evidence], str | None],
    modest: bool = False,
    of_calls: bool = False,
) -> Detector:
    """A detector that needs no more than what the suite has seen."""
    return Detector(id, lambda evidence, inquiry: says(evidence), modest, of_calls=of_calls)


WHICH_CALLS = Detector(
    "which-calls",
    lambda evidence, _: contrast.goes_wrong(evidence),
    of_calls=True,
    proof=holds_for_so_many,
)
# From specific to general.
VALUES = (
    Detector(
        "not-repeatable",
        dependence.not_repeatable,
        modest=True,
        asks=True,
        of_calls=True,
        proof=was_repeated,
    ),
    Detector(
        "kept", dependence.kept_from_before, modest=True, asks=True, of_calls=True, proof=was_alone
    ),
    _looks("same-number", normalisation.all_alike),
    _looks("an-argument", identity.is_an_argument),
    _looks("results-order", forms.results_in_another_order),
    _looks("another-result", identity.results_exchanged),
    _looks("another-result", identity.is_another_result),
    Detector("step", identity.is_a_step, asks=True),
    _looks("fixed-width", precision.fixed_width),
    _looks("through-float", precision.through_float),
    _looks("function", arithmetic.function_of_expected),
    _looks("rounded", arithmetic.rounded),
    _looks("shift", arithmetic.shifted),
    _looks("scale", arithmetic.scaled),
    _looks("shift", arithmetic.shifted_by_a_size),
    _looks("argument-missing", identity.misses_or_adds_an_argument),
    _looks("order", order.rearranged),
    _looks("other-dimension", normalisation.sums_along_another_dimension),
    _looks("temperature", arithmetic.sharpened),
    _looks("clamped", arithmetic.clamped, modest=True),
    _looks("precision", precision.lower_precision, modest=True),
    Detector("another-norm", norms.another_norm, asks=True, ours_alone=True),
    Detector("another-place", roles.in_anothers_place, asks=True, ours_alone=True),
    Detector("off-by-one", roles.off_by_one, asks=True, ours_alone=True),
    Detector("one-mode", roles.always_in_one_mode, asks=True, ours_alone=True),
    Detector("unused-parameter", roles.unused_parameters, asks=True, proof=was_tried),
    Detector("unused-setting", roles.unused_settings, asks=True, of_calls=True, proof=was_tried),
    _looks("region", regions.wrong_in_a_region, modest=True),
    _looks("not-finite", regions.not_finite, modest=True),
    _looks("same-number", regions.constant),
    _looks("permuted", order.permuted_along_a_dimension),
    _looks("scale", arithmetic.scaled_in_each_call),
    _looks("row-scale", rows.rescaled_rows),
    _looks("row-shift", rows.shifted_rows),
    Detector(
        "dependence", dependence.depends_on_other_things, asks=True, of_calls=True, proof=was_tried
    ),
    Detector("digits", lambda evidence, _: precision.few_digits(evidence), proof=holds_for_so_many),
    replace(_looks("flatness", tendency.flatter_or_sharper), of_most=True),
    _looks("not-normalised", normalisation.not_normalised, modest=True),
    replace(WHICH_CALLS, modest=True),
    Detector("growth", tendency.grows_otherwise, asks=True, of_calls=True, proof=was_tried),
    _looks("values", tendency.some_values_are_right),
)
# It comes last: of a few numbers it holds by chance, at some seeds.
ONE_SIDED = replace(_looks("one-sided", tendency.one_sided), of_most=True)
NO_GRADIENT = _looks("no-gradient", gradients.nothing_arrives, modest=True)
DETECTORS: Mapping[Kind, tuple[Detector, ...]] = {
    "value": (*VALUES, ONE_SIDED),
    "chance": (
        Detector(
            "not-drawn",
            dependence.draws_nothing,
            modest=True,
            asks=True,
            of_calls=True,
            proof=was_repeated,
        ),
    ),
    "gradients": (
        NO_GRADIENT,
        Detector("gradient-of-sum", gradients.of_the_sum, asks=True),
        *(detector for detector in VALUES if not detector.asks),
        _looks("gradients-only", tendency.values_are_right, of_calls=True),
        ONE_SIDED,
    ),
    "form": (
        _looks("form", forms.swapped_sizes, modest=True, of_calls=True),
        _looks("form", forms.other_form, modest=True),
        _looks("form", forms.floats_for_whole_numbers, modest=True, of_calls=True),
        _looks("form", shapes.sizes_of_another_argument),
        WHICH_CALLS,
        _looks("form", forms.unexplained_form, modest=True, of_calls=True),
    ),
    "error": (
        replace(_looks(UNWRITTEN, errors.unwritten, modest=True, of_calls=True), proof=as_told),
        replace(_looks(ENDED, errors.ended, modest=True, of_calls=True), proof=as_told),
        _looks("error", errors.stops, modest=True, of_calls=True),
        WHICH_CALLS,
    ),
    "acceptance": (_looks("acceptance", errors.accepts, modest=True, of_calls=True),),
    "arguments": (_looks("arguments", errors.changes_arguments, modest=True, of_calls=True),),
}


MOST = 0.75
MAX_APART = 12  # values or gradients that are looked at one by one


class SymptomFinder:
    """Looks for what is true of all that went wrong in the tests of one submission."""

    def __init__(
        self,
        records: Mapping[str, Record],
        inquiry: Inquiry,
        names: ArgumentNames,
        limits: Limits,
    ) -> None:
        judged = {
            name: [Judged(exchange, names) for exchange in record.exchanges]
            for name, record in records.items()
        }
        self._failed = {name: judged[name] for name, record in records.items() if record.failed}
        self._passed = [
            each for name, found in judged.items() if name not in self._failed for each in found
        ]
        self._inquiry = inquiry
        self._names = names
        self._limits = limits
        self._evidence: dict[tuple[Kind, tuple[str, ...]], Evidence] = {}
        self._by_kind = self._kinds()

    def find(self) -> dict[str, Symptom]:
        """For each failed test about which something true can be said, what that is.

        Tests that fail in one way are looked at together, then as many of them as one statement
        holds for, then each by itself.
        """
        found: dict[str, Symptom] = {}
        for kind, tests in self._by_kind.items():
            detectors = DETECTORS.get(kind, ())
            if kind == "gradients" and self._main_tests():
                detectors = (NO_GRADIENT,)  # the gradients of wrong values are wrong, of course
            if symptom := self._explain(tests, kind, detectors):
                found |= dict.fromkeys(tests, symptom)
                continue
            for names, symptom in self._by_parts(tests, kind, detectors) if len(tests) > 1 else ():
                found |= dict.fromkeys(names, symptom)
        if cause := next((each for each in found.values() if each.id in (ENDED, UNWRITTEN)), None):
            # In these nothing was called any more.
            found |= dict.fromkeys((n for n, judged in self._failed.items() if not judged), cause)
        return found

    def headline(self, found: Mapping[str, Symptom]) -> Symptom | None:
        """The statement for at least half of what failed, gradients and arguments left aside."""
        tests = self._main_tests() or list(self._failed)
        said = [found[name] for name in tests if name in found]
        best = max(said, key=said.count, default=None)
        return best if best and 2 * said.count(best) >= len(tests) else None

    def _main_tests(self) -> list[str]:
        """The failed tests in which a result was wrong, and not only what hangs on it."""
        asides = ("gradients", "arguments")
        return [name for name, judged in self._failed.items() if kind_of_test(judged) not in asides]

    def _by_parts(
        self, tests: list[str], kind: Kind, detectors: Sequence[Detector]
    ) -> Iterator[tuple[list[str], Symptom]]:
        """Statements that hold for some of the tests, and for which."""
        left = list(tests)
        for detector in detectors:
            if detector.asks:  # what it is told does not depend on how many tests there are
                continue
            holding = [name for name in left if self._explain([name], kind, [detector])]
            if detector.of_most and len(holding) < MOST * len(tests):
                continue
            if len(holding) > 1 and (symptom := self._explain(holding, kind, [detector])):
                yield holding, symptom
                left = [name for name in left if name not in holding]
        modest = [detector for detector in detectors if detector.modest]
        alike: dict[str, list[str]] = {}
        for name in left:
            if symptom := self._explain([name], kind, modest):
                alike.setdefault(symptom.says, []).append(name)
        for says, names in alike.items():
            symptom = self._explain(names, kind, modest)
            if symptom and symptom.says == says:  # then its evidence is that of all of them
                yield names, symptom
                continue
            for name in names:
                if symptom := self._explain([name], kind, modest):
                    yield [name], symptom

    def smallest(self) -> FailingCall | None:
        """The smallest call that goes wrong."""
        wrong = [
            each.exchange
            for judged in self._failed.values()
            for each in judged
            if each.kind != "right"
        ]
        return smallest_failing_call(wrong, self._inquiry)

    def _kinds(self) -> Mapping[Kind, list[str]]:
        """The failed tests by the way in which they went wrong first."""
        kinds = sorted((kind_of_test(judged), name) for name, judged in self._failed.items())
        return {
            kind: [name for _, name in group]
            for kind, group in groupby(kinds, key=lambda pair: pair[0])
        }

    def _told(self, detector: Detector, evidence: Evidence) -> str | None:
        """What a detector says. Whoever answers with tensors of no numbers or numbers of a thousand
        digits gets a verdict, and no statement on their values."""
        try:
            return detector.says(evidence, self._inquiry)
        except UNREADABLE:
            return None

    def evidence(self, tests: tuple[str, ...], kind: Kind) -> Evidence:
        """What went wrong in these tests, which all went wrong in one way; gathered once."""
        key = kind, tests
        if key not in self._evidence:
            asked = [each for name in tests for each in self._failed[name]]
            self._evidence[key] = Evidence(
                [each for each in asked if each.kind == kind],
                [each for each in (*asked, *self._passed) if each.kind == "right"],
                self._names,
                self._limits,
                others=[
                    each
                    for name, judged in self._failed.items()
                    for each in judged
                    if each.kind not in UNTELLING and (name not in tests or each.kind != kind)
                ],
                is_most=len(tests) >= MOST * len(self._by_kind[kind]),
            )
        return self._evidence[key]

    def _explain(
        self, tests: Sequence[str], kind: Kind, detectors: Sequence[Detector]
    ) -> Symptom | None:
        """The first statement that holds for all that is wrong, or for one value of several."""
        evidence = self.evidence(tuple(tests), kind)
        if not evidence.failures:
            return None
        labels = evidence.labels
        apart = [evidence.about(label) for label in labels] if 1 < len(labels) <= MAX_APART else []
        for detector in detectors:  # what is special of one value comes before what is general
            for one in (evidence,) if detector.of_calls else (evidence, *apart):
                if says := self._told(detector, one):
                    if self._is_contradicted(detector, one, says):
                        says = some_calls(says)
                    return Symptom(detector.id, says, detector.proof(one))
        return None

    def _is_contradicted(self, detector: Detector, evidence: Evidence, says: str) -> bool:
        """Whether a call that is right, or wrong in another way, shows the contrary.

        Who asks the learner's side is not asked again of all calls: what differs there is taken for
        a contradiction.
        """
        everywhere = evidence.everywhere
        if detector.of_calls or len(everywhere.failures) == len(evidence.failures):
            return False
        asks_learner = detector.asks and not detector.ours_alone
        return asks_learner or self._told(detector, everywhere) != says
