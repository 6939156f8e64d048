"""The sentences for what can go wrong with a learner's code. Every failure text is written here."""

import re
from collections.abc import Iterable

from exercises.catalog import Limits
from grader.examiner.submission_process import seconds_after_timeout
from grader.lockdown.libraries import familiar_libraries
from grader.worker.calls import LIBRARY_WITHOUT, Raised
from grader.worker.inspection import Finding

SIGNALS = {
    "SIGSEGV": "It crashed Python itself (segmentation fault), as endless recursion can.",
    "SIGKILL": "It was killed by the system, which happens when memory runs out.",
    "SIGXCPU": "It used up its processor time.",
    "SIGABRT": "It aborted Python itself.",
    "SIGBUS": "It crashed Python itself (bus error).",
}

# How lines begin that a notebook or Markdown takes, and that in Python begin nothing.
NOTEBOOK_LINE = re.compile(r"\s*(%%?[a-zA-Z]|!(?!=))")
MARKDOWN_LINE = re.compile(r"\s*(```|~~~)")


def describe(raised: Raised, name: str, limits: Limits) -> str:
    """One or two sentences on what the learner's code did, and what to do where that is not plain.

    `name` is what was called. The lines of the learner's code are shown apart from this.
    """
    match raised.kind:
        case "unwritten":
            return _unwritten(raised, name)
        case "signature":
            return (
                f"`{name}` cannot be called this way: {raised.message}. Keep the stub's signature."
            )
        case "detached":
            return (
                f"The result of `{name}` carries no gradient. Something in it leaves autograd:"
                " `.detach()`, `.item()`, `.data`, `torch.tensor(...)`, numpy or `torch.no_grad()`."
            )
        case "marked":
            return (
                f"`{name}` switches `requires_grad` on in {raised.message}, which its caller still"
                " holds. Switch it on in a tensor of your own: `x.detach().requires_grad_()`."
            )
        case "exit":
            return (
                "Your code called `sys.exit` (or `exit`, or `parse_args` with an argument missing)."
                " Return the result instead."
            )
        case "input":
            return (
                "Your code waits for something to be typed (`input`), and nobody can type here."
                ' Take it as a parameter, or ask for it below `if __name__ == "__main__":`.'
            )
        case "prompt":
            return (
                "Your code opens a prompt of IPython's (`embed`, `set_trace`), and nobody can type"
                ' here. Delete that line, or put it below `if __name__ == "__main__":`.'
            )
        case "notebook":
            return (
                "`get_ipython` is there in a notebook alone, and your code is run as a file. Delete"
                " that line."
            )
        case "no_file":
            return (
                f"Your code looks for a file that is not here ({raised.message}). An exercise"
                " computes in memory: only files that it imports come along."
            )
        case "relative_import":
            return f"Import a file of yours by its name alone{_example(raised)}, without a dot."
        case "no_module":
            return (
                f"{raised.message}.{_without_its_folder(raised)} What can be imported here: the"
                f" standard library, {', '.join(familiar_libraries())} and what else is installed"
                " beside them, and files of your own that lie in the same folder. `learn check"
                " --mine` also brings what you have passed in other chapters."
            )
        case "namesake":
            return f"{raised.type}: {raised.message}. {_namesake(raised)}"
        case "recursion":
            return "Your code calls itself without end (RecursionError)."
        case "memory":
            limit = limits.memory_mb
            return f"Your code asked for more memory than the {limit:,} MB it may use."
        case "too_large":
            return f"`{name}` returned {raised.message}. That is more than can be taken back."
        case "time":
            return (
                f"Your code did not finish within {limits.seconds:g} s and was stopped. Look for a"
                " loop that never ends, or that does the same work over and over."
            )
        case "hurried":
            return (
                "Not finished: a test before this one ran out of time, so the others have"
                f" {seconds_after_timeout(limits):g} s together."
            )
        case "budget":
            return (
                f"Not finished: the {limits.total_seconds:g} s for the whole exercise are used up,"
                " most of them by the tests before."
            )
        case "died":
            if raised.message in SIGNALS:
                return f"Your code ended the Python process. {SIGNALS[raised.message]}"
            return (
                "Your code ended the Python process, or closed what it answers through"
                " (`os._exit`, `os.close`, `os.closerange`)."
            )
        case "garbage":
            return "Your code wrote into the channel that only results may go through."
        case "lost":
            return "Not run: your code was stopped earlier in this test."
        case "forbidden_action":
            return (
                f"Your code tried something that is not allowed here ({raised.message}). An"
                " exercise computes in memory: no files, no network, no other programs."
            )
        case _:
            text = f": {raised.message}" if raised.message else ""
            return f"{raised.type}{text}"


def _unwritten(raised: Raised, name: str) -> str:
    """It may be another file of the learner's that is still a stub."""
    files = [file for file, *_ in raised.frames]
    if files and files[-1] != files[0]:
        function = raised.frames[-1][2]
        return (
            f"`{function}` in {files[-1]} is not written yet: it still raises NotImplementedError."
            f" {files[0]} imports it, so write it first, or do without it here."
        )
    return f"`{name}` is not written yet: it still raises NotImplementedError."


def _namesake(raised: Raised) -> str:
    """Why a file of the learner's is not what they get. At home Python takes it where it has not
    loaded the library yet, and then torch finds it, too."""
    found = LIBRARY_WITHOUT.match(raised.message)
    name = found[1] if found else "it"
    return (
        f"There is a file {name}.py of yours, but `{name}` is also a library that Python and torch"
        " use themselves, and that is what is imported here. Give your file another name."
    )


def _example(raised: Raised) -> str:
    """How the import with a dot is written without one, where its line shows what it is after."""
    found = re.search(r"from\s+\.+\s*(?:\w+\.)*(\w*)\s*import\s*\(?\s*(\w*)", _last_line(raised))
    if found is None:
        return ""
    module, name = found.groups()
    return f": `from {module} import`" if module else f": `import {name}`"


def _without_its_folder(raised: Raised) -> str:
    """What to do about `from ch01_attention.softmax import`: an answer has no folders."""
    missing = re.fullmatch(r"No module named '(\w+)'", raised.message)
    if missing is None:
        return ""
    dotted = rf"\b(?:from|import)\s+{missing[1]}\.(?:\w+\.)*(\w+)"
    found = re.search(dotted, _last_line(raised))
    if found is None:
        return ""
    name = found[1]
    return f" If `{name}` is a file of yours, import it by its name alone: `from {name} import`."


def _last_line(raised: Raised) -> str:
    """The innermost line of the learner's own that raised it."""
    return raised.frames[-1][-1] if raised.frames else ""


def describe_finding(finding: Finding, main: str, instead: dict[str, str]) -> str:
    """Why a file is not run at all."""
    where = f"Line {finding.line}" if finding.line else "The file"
    if finding.kind == "syntax":
        where = f"{where} of {finding.file}" if finding.line else finding.file
        return f"{where} is not valid Python: {finding.message}.{_what_it_is(finding)}"
    if finding.file != main:
        where = f"{where} of {finding.file}"
    return (
        f"{where} uses `{finding.call}`. {instead[finding.name]} (What was seen is the name"
        f" `{finding.name}`; nothing was run. If it is one of your own, give it another name."
        ' What you only compare with may stay below `if __name__ == "__main__":`.)'
    )


def _what_it_is(finding: Finding) -> str:
    """What came into the file with a cell of a notebook, an answer in Markdown, or its copying."""
    if NOTEBOOK_LINE.match(finding.code):
        return " It is a command to a notebook: delete it, since your code is run as a file."
    if MARKDOWN_LINE.match(finding.code):
        return " It is a fence of Markdown's, around code: delete it, and the other one, too."
    if "null bytes" in finding.message:
        return " It holds null characters, which no text has: save it once more, as UTF-8."
    return ""


def missing_entry(name: str, found: object, defined: Iterable[object]) -> str:
    """The file does not define what is graded; `found` is the type of what has its name."""
    if found is not None:
        return f"`{name}` should be a function or a class; in your file it is a {found}."
    others = ", ".join(f"`{other}`" for other in defined) or "no function and no class"
    return f"Your file does not define `{name}`. It defines {others}."
