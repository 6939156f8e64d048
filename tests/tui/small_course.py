"""A course of three chapters that never changes, for screenshots and for driving the app."""

from pathlib import Path

import yaml

from exercises.catalog import Catalog, load_catalog
from exercises.course import Course

STUB = '''"""Module."""

import torch


def {id}(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Turn scores into weights along one dimension.

    Args:
        x: scores, a floating-point tensor with any number of dimensions, some of which may be
            very large or very small.
        dim: the dimension that is normalised.

    >>> {id}(torch.zeros(2))
    tensor([0.5000, 0.5000])
    """
    raise NotImplementedError
'''

# Each exercise with what it needs.
CHAPTERS = {
    "ch01_scores": (
        "The attention mechanism",
        {"costs": [], "weights": [], "lookup": ["weights"], "masks": ["weights"]},
    ),
    "ch02_inside": (
        "Self-attention",
        {"scaled": ["lookup", "masks"], "layer": ["scaled"], "entropy": ["scaled"]},
    ),
    "ch03_heads": ("Several heads at once", {"split": [], "merge": ["split", "layer"]}),
}


def small_course(course: Course) -> Catalog:
    for chapter, (title, exercises) in CHAPTERS.items():
        folder = course.exercises / chapter
        folder.mkdir(parents=True)
        (folder / "lesson.md").write_text(f"# {title}\n", "utf-8")
        topics = [{"id": f"{chapter[:4]}-{name}", "title": f"About {name}"} for name in exercises]
        entries = [_entry(chapter, name, needs) for name, needs in exercises.items()]
        data = {
            "title": title,
            "summary": "What a reader can do afterwards, in one or two short sentences.",
            "topics": topics,
            "exercises": entries,
        }
        (folder / "chapter.yaml").write_text(yaml.safe_dump(data), "utf-8")
        for name in exercises:
            (folder / f"{name}.py").write_text(STUB.format(id=name), "utf-8")
    return load_catalog(course)


def small_quiz(root: Path) -> None:
    """One question, on the topic of `weights`."""
    folder = root / "ch01_scores"
    folder.mkdir(parents=True)
    question = {
        "id": "sum-of-weights",
        "topic": "ch01-weights",
        "difficulty": 1,
        "kind": "number",
        "ask": "What do the weights of a row sum to?",
        "answer": 1,
        "tolerance": 0,
        "why": "Each is divided by their sum.",
        "wrong": [],
    }
    (folder / "quiz.yaml").write_text(yaml.safe_dump([question]), "utf-8")


def _entry(chapter: str, name: str, needs: list[str]) -> dict[str, object]:
    return {
        "id": name,
        "title": f"An exercise on {name}",
        "summary": f"Build {name} from its parts, for scores of any size.",
        "topics": [f"{chapter[:4]}-{name}"],
        "needs": needs,
        "difficulty": 2,
        "entry": [name],
        "hints": ["Look at the shapes.", "Subtract the maximum.", "Use `amax` with `keepdim`."],
        "forbidden": [{"names": ["softmax"], "instead": "Build it from exp, max and sum."}],
        "source": "Vaswani et al. 2017, section 3.2.1",
    }
