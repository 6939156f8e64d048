"""A certificate of the final exam: the facts, one layout, and a form of it for each kind of file.

    facts.py    what is certified, and how it lies in the file as metadata
    layout.py   what stands where on the page
    svg.py      pdf.py      the page in a kind of file

To add a kind, write its module with `render(page, facts) -> bytes` and its line in `FORMS`.
"""

from importlib import import_module

from grader.certificates.facts import Facts, Signer
from grader.certificates.layout import page

FORMS = {".svg": "grader.certificates.svg", ".pdf": "grader.certificates.pdf"}


def draw(facts: Facts, suffix: str, signer: Signer | None = None) -> bytes:
    """The certificate as a file with this suffix; without a signer, it says that it has none.

    Raises `UsageError` where the file cannot hold the name, or a package is missing.
    """
    content: bytes = import_module(FORMS[suffix]).render(page(facts, signer), facts)
    return content
