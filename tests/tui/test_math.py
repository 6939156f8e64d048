"""Formulas as text say what the LaTeX says: in pinned cases, in random ones, and in the course."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.catalog import load_catalog
from quizzes.bank import load_bank
from tui.latex.boxes import width_of
from tui.latex.latex import FORMULA, UnknownMacro, display, formulas, render, render_text

ROOT = Path(__file__).parents[2]
# What legitimately draws a brace.
BRACES = re.compile(r"\\\{|cases|Bmatrix")

# LaTeX, and the line that means the same.
ON_ONE_LINE = {
    # A slash divides what it divides on paper, and nothing else.
    r"\frac{a + b}{c + d}": "(a + b)/(c + d)",
    r"\frac{a}{bc}": "a/(bc)",
    r"\frac{ab}{c}": "ab/c",
    r"\frac{a \cdot b}{c}": "(a · b)/c",
    r"\frac12x": "(1/2)x",
    r"\frac{1}{2} \, x": "(1/2) x",
    r"\frac{a}{b} \cdot c": "(a/b) · c",
    r"a \cdot \frac{b}{c}": "a · b/c",
    r"a - \frac{b}{c} - d": "a − b/c − d",
    r"\frac{a}{b}\frac{c}{d}": "(a/b)(c/d)",
    r"\frac{\frac{a}{b}}{c}": "(a/b)/c",
    r"\frac{a}{\frac{b}{c}}": "a/(b/c)",
    r"-\frac{a}{b}": "−a/b",
    r"\left(\frac{a}{b}\right)^2": "(a/b)²",
    r"\frac{a}{b}^2": "(a/b)²",
    r"\log \frac{a}{b}": "log (a/b)",
    r"\frac{\ln p}{q}": "(ln p)/q",
    r"\frac{QK^\top}{\sqrt{d_k}}": "QKᵀ/√dₖ",
    r"\frac{f(x)}{g(x)}": "f(x)/(g(x))",
    r"\frac{1}{\exp(x)}": "1/exp(x)",
    r"\frac{1}{1 + e^{-x}}": "1/(1 + e⁻ˣ)",
    r"\frac{\partial L}{\partial x}": "∂L/∂x",
    r"\frac{n!}{k!}": "n!/k!",
    r"\exp -x": "exp −x",
    r"f \odot \mathrm{cell}_{t-1} + g": "f ⊙ cellₜ₋₁ + g",
    r"\binom{n}{k}": "C(n, k)",
    # Roots end where they end.
    r"\sqrt{a + b}": "√(a + b)",
    r"\sqrt{ab}": "√(ab)",
    r"\sqrt{2}x": "√2 x",
    r"\sqrt{\frac{a}{b}}": "√(a/b)",
    r"\sqrt[3]{x}": "∛x",
    # Scripts, and scripts of scripts.
    r"e^{-x^2/2}": "e^(−x²/2)",
    r"e^{i\pi}": "e^(iπ)",
    r"x^{y^z}": "x^(yᶻ)",
    r"e^{x_i}": "e^(xᵢ)",
    r"2^{n+1}": "2ⁿ⁺¹",
    r"x_{ij}^2": "xᵢⱼ²",
    r"h_{t-1}^{(l)}": "hₜ₋₁⁽ˡ⁾",
    r"a_{b_c}": "a_(b_c)",
    r"d_{\text{model}}": "d_model",
    r"d_{\text{model}} x": "d_model x",
    r"W_q q": "W_q q",
    r"\sum_{i=1}^{S} x_i": "∑ᵢ₌₁^S xᵢ",
    r"10^{-4}": "10⁻⁴",
    r"10000^{2i/d}": "10000^(2i/d)",
    r"\lVert W \rVert^{T-t}": "‖W‖ᵀ⁻ᵗ",
    r"A^{-\top}": "A⁻ᵀ",
    r"f'(x) + f''_i": "f′(x) + f′′ᵢ",
    r"(a+b)^2": "(a + b)²",
    r"\mathrm{MHA}_l + \mathrm{FFN}_l": "MHAₗ + FFNₗ",
    r"{(a+b)}^2": "(a + b)²",
    # Accents.
    r"\hat{y}": "ŷ",
    r"\hat{f}(x)": "f̂(x)",
    r"\bar{k}_j": "k̄ⱼ",
    r"\widehat{xy}": "hat(xy)",
    # Words, names and signs.
    r"\mathrm{softmax}(s)_i": "softmax(s)ᵢ",
    r"\operatorname{softmax}(x)": "softmax(x)",
    r"p \ln p": "p ln p",
    r"-\max_j s_j": "−maxⱼ sⱼ",
    r"a - \log p": "a − log p",
    r"\exp(s_i) / \sum_j \exp(s_j)": "exp(sᵢ)/∑ⱼ exp(sⱼ)",
    r"x \text{ if } y": "x if y",
    r"8{,}000": "8,000",
    r"0.5\,\%": "0.5 %",
    r"x_1, \dots, x_n": "x₁, …, xₙ",
    r"A_1 \cdots A_n": "A₁ ⋯ Aₙ",
    r"p(x \mid y)": "p(x | y)",
    r"x \in \mathbb{R}^{n}": "x ∈ ℝⁿ",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}": "(a, b; c, d)",
    r"\begin{cases} a & x > 0 \\ b & \text{otherwise} \end{cases}": "{a, x > 0; b, otherwise}",
}

OVER_LINES = {
    r"\frac{a + b}{c}": """
 a + b
───────
   c
""",
    r"x = \sum_{i=1}^{n} x_i": """
     n
x =  ∑  xᵢ
    i=1
""",
    r"\begin{pmatrix} 1 & 22 \\ 333 & 4 \end{pmatrix}": """
⎛  1   22 ⎞
⎝ 333  4  ⎠
""",
    r"f = \begin{cases} p & \text{if } i = j \\ -q & \text{otherwise} \end{cases}": """
    ⎧ p    if i = j
f = ⎨
    ⎩ −q   otherwise
""",
    r"\left(\frac{a}{b}\right)^{\!2}": """
     2
⎛ a ⎞
⎜───⎟
⎝ b ⎠
""",
    r"\sqrt{\frac{a}{b}}": """
┌────
│  a
│ ───
√  b
""",
}


@pytest.mark.parametrize("latex", ON_ONE_LINE)
def test_a_line_means_what_the_formula_means(latex: str) -> None:
    assert render(latex) == ON_ONE_LINE[latex]


@pytest.mark.parametrize("latex", OVER_LINES)
def test_a_formula_over_several_lines(latex: str) -> None:
    assert display(latex) == OVER_LINES[latex].removeprefix("\n").removesuffix("\n")


def test_a_formula_that_is_too_wide_goes_on_in_a_new_row() -> None:
    latex = r"\frac{a}{b} = " + " + ".join("cdefghij") + " = " + " + ".join("klmnopqr")
    rows = display(latex, 40).splitlines()
    assert rows[0].startswith("a/b = c + d")
    assert rows[1] == "    = k + l + m + n + o + p + q + r"


def test_a_statement_has_a_row_of_its_own_before_it_is_torn_at_a_relation() -> None:
    latex = r"a = b + c, \qquad d = e + f, \quad g = h + i + j \quad \text{for all } k"
    assert display(latex, 40).splitlines() == [
        "a = b + c,   d = e + f,",
        "g = h + i + j  for all k",
    ]
    assert display(latex, 22).splitlines() == [
        "a = b + c,",
        "d = e + f,",
        "g",
        "    = h + i + j  for all k",
    ]


def test_an_unknown_macro_is_named() -> None:
    with pytest.raises(UnknownMacro, match=r"\\nonsense"):
        render(r"a + \nonsense{b}")


def test_a_text_shows_the_source_of_what_it_cannot_render() -> None:
    assert render_text(r"Let $a_i$ and $\nonsense{b}$ be.") == r"Let aᵢ and \nonsense{b} be."


def test_in_a_text_code_and_money_stay_as_they_are() -> None:
    text = "`$x_1$` costs $5 and $6:\n```python\ncost = '$y_2$'\n```\nbut $x_1$ is free"
    assert render_text(text) == text.replace("but $x_1$", "but x₁")


def test_a_displayed_formula_stands_apart() -> None:
    assert render_text(r"So $$\frac{a}{b}$$ holds.").splitlines() == [
        *("So ", "     a", "    ───", "     b", " holds.")
    ]


# Random expressions: LaTeX with \frac, \cdot and parentheses where the tree needs them.

NAMES = {"a": 2, "b": 3, "c": 5, "d": 7, "x": 11}
Tree = str | tuple[str, "Tree", "Tree"]
TREES: st.SearchStrategy[Tree] = st.recursive(
    st.sampled_from(sorted(NAMES)),
    lambda part: st.tuples(st.sampled_from("+-*/"), part, part),
    max_leaves=10,
)


def latex_of(tree: Tree) -> str:
    if isinstance(tree, str):
        return tree
    sign, left, right = tree
    if sign == "/":
        return rf"\frac{{{latex_of(left)}}}{{{latex_of(right)}}}"
    if sign == "*":
        return rf"{factor(left)} \cdot {factor(right)}"
    return f"{latex_of(left)} {sign} {factor(right) if sign == '-' else latex_of(right)}"


def factor(tree: Tree) -> str:
    """A sum inside a product, or behind a minus, has parentheses in LaTeX, too."""
    is_sum = not isinstance(tree, str) and tree[0] in "+-"
    return rf"\left({latex_of(tree)}\right)" if is_sum else latex_of(tree)


def value_of(tree: Tree) -> Fraction:
    if isinstance(tree, str):
        return Fraction(NAMES[tree])
    sign, left, right = tree[0], value_of(tree[1]), value_of(tree[2])
    return {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
    }[sign]()


@given(TREES)
def test_a_random_formula_has_the_value_of_its_line(tree: Tree) -> None:
    line = render(latex_of(tree)).replace("·", "*").replace("−", "-")
    values = {name: Fraction(number) for name, number in NAMES.items()}
    try:
        expected = value_of(tree)
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            eval(line, {}, values)
        return
    assert eval(line, {}, values) == expected


@given(TREES)
def test_a_random_formula_keeps_all_its_letters_over_lines(tree: Tree) -> None:
    drawn = re.findall("[a-dx]", display(latex_of(tree), 10_000))
    assert sorted(drawn) == sorted(leaves(tree))


def leaves(tree: Tree) -> list[str]:
    return [tree] if isinstance(tree, str) else leaves(tree[1]) + leaves(tree[2])


# Every formula of the course.


def texts_of_the_course() -> dict[str, str]:
    """Where each text stands, and the text. Of a question, one draw: its numbers are filled in."""
    bank = load_bank()
    lessons = [chapter.lesson for chapter in load_catalog().chapters]
    files = [file for file in (*lessons, bank.cheat_sheet) if file.exists()]
    texts = {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in files}
    for question in (*bank.questions, *bank.prerequisites):
        asked = question.draw(0)
        texts[f"question {question.id}"] = "\n\n".join([asked.ask, *strings_in(asked.body)])
    for card in bank.cards:
        texts[f"card {card.id}"] = f"{card.front}\n\n{card.back}"
    for entry in (*bank.faq, *bank.glossary, *bank.timeline, *bank.resources):
        texts[f"{type(entry).__name__} {entry.id}"] = "\n\n".join(strings_in(entry))
    return texts


def strings_in(value: object) -> Iterator[str]:
    """Every text in a dataclass and in what it holds."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from strings_in(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from strings_in(getattr(value, field.name))


def test_every_formula_of_the_course_renders() -> None:
    wrong: list[str] = []
    for place, text in texts_of_the_course().items():
        for latex in formulas(text):
            try:
                drawn = render(latex) + display(latex, 72)
            except UnknownMacro as error:
                wrong.append(f"{place}: {error} in {latex}")
                continue
            stray_brace = "{" in drawn and not BRACES.search(latex)
            if "\\" in drawn or stray_brace:
                wrong.append(f"{place}: {latex} gives {drawn}")
    assert not wrong, "\n".join(wrong)


def test_every_displayed_formula_of_a_lesson_fits_into_a_narrow_terminal() -> None:
    for chapter in load_catalog().chapters:
        for match in FORMULA.finditer(chapter.lesson.read_text("utf-8")):
            if match["display"]:
                rows = display(match["display"], 72).splitlines()
                assert max(map(width_of, rows)) <= 72, match["display"]
