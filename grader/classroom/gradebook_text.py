"""What filling a gradebook comes to, as text: the same for the command and the class server."""

from exercises.words import plural
from grader.classroom.gradebook import Filling, Gradebook
from grader.report import printable


def described(book: Gradebook, filling: Filling) -> str:
    """What would change, cell by cell, and what is to be known before."""
    lines = [f"{book.sheet.name}, column {book.title}"]
    width = max((len(change.id) for change in filling.changes), default=0)
    for change in filling.changes:
        name = change.row.text(book.name_column)
        lines.append(f"  {change.id:<{width}}  {change.old or '(empty)'} → {change.new}  {name}")
    changed = plural(len(filling.changes), "cell changes", "cells change")
    same = plural(filling.same, "holds", "hold")
    lines.append(f"{changed}, {same} the score already.")
    lines += filling.notes
    return "".join(f"{printable(line)}\n" for line in lines)
