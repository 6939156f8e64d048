"""What LaTeX's names mean as Unicode characters, and how each behaves beside its neighbours."""

# Classes of symbols, after The TeXbook, chapter 17: they decide where spaces go.
ORDINARY, OPERATOR, BINARY, RELATION, OPEN, CLOSE, FENCED, PUNCTUATION, INNER, SPACE = (
    *("ordinary", "operator", "binary", "relation", "open", "close", "fenced"),
    *("punctuation", "inner", "space"),
)

GREEK_NAMES = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi
    pi rho sigma tau upsilon phi varphi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
"""
GREEK = dict(zip(GREEK_NAMES.split(), "αβγδεεζηθϑικλμνξπρστυφφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True))

SYMBOLS: dict[str, tuple[str, str]] = {
    **{name: (letter, ORDINARY) for name, letter in GREEK.items()},
    **dict.fromkeys(("top", "intercal"), ("⊤", ORDINARY)),
    "partial": ("∂", ORDINARY),
    "nabla": ("∇", ORDINARY),
    "infty": ("∞", ORDINARY),
    "ell": ("ℓ", ORDINARY),
    "prime": ("′", ORDINARY),
    "emptyset": ("∅", ORDINARY),
    "forall": ("∀", ORDINARY),
    "exists": ("∃", ORDINARY),
    "neg": ("¬", ORDINARY),
    "bot": ("⊥", ORDINARY),
    **dict.fromkeys(("ldots", "dots", "dotsc"), ("…", INNER)),
    **dict.fromkeys(("cdots", "dotsb"), ("⋯", INNER)),
    "vdots": ("⋮", ORDINARY),
    "ddots": ("⋱", ORDINARY),
    "%": ("%", ORDINARY),
    "_": ("_", ORDINARY),
    "#": ("#", ORDINARY),
    "&": ("&", ORDINARY),
    "$": ("$", ORDINARY),
    "cdot": ("·", BINARY),
    "times": ("×", BINARY),
    "div": ("÷", BINARY),
    "pm": ("±", BINARY),
    "mp": ("∓", BINARY),
    "odot": ("⊙", BINARY),
    "otimes": ("⊗", BINARY),
    "oplus": ("⊕", BINARY),
    "circ": ("∘", BINARY),
    "star": ("⋆", BINARY),
    "ast": ("∗", BINARY),
    "cup": ("∪", BINARY),
    "cap": ("∩", BINARY),
    "setminus": ("∖", BINARY),
    "wedge": ("∧", BINARY),
    "land": ("∧", BINARY),
    "vee": ("∨", BINARY),
    "lor": ("∨", BINARY),
    **dict.fromkeys(("bmod", "mod"), ("mod", BINARY)),
    **dict.fromkeys(("le", "leq", "leqslant"), ("≤", RELATION)),
    **dict.fromkeys(("ge", "geq", "geqslant"), ("≥", RELATION)),
    **dict.fromkeys(("ne", "neq"), ("≠", RELATION)),
    "ll": ("≪", RELATION),
    "gg": ("≫", RELATION),
    "approx": ("≈", RELATION),
    "equiv": ("≡", RELATION),
    "sim": ("∼", RELATION),
    "simeq": ("≃", RELATION),
    "propto": ("∝", RELATION),
    "in": ("∈", RELATION),
    "notin": ("∉", RELATION),
    "subset": ("⊂", RELATION),
    "subseteq": ("⊆", RELATION),
    **dict.fromkeys(("to", "rightarrow"), ("→", RELATION)),
    **dict.fromkeys(("gets", "leftarrow"), ("←", RELATION)),
    "leftrightarrow": ("↔", RELATION),
    **dict.fromkeys(("Rightarrow", "implies"), ("⇒", RELATION)),
    **dict.fromkeys(("Leftrightarrow", "iff"), ("⇔", RELATION)),
    "mapsto": ("↦", RELATION),
    "mid": ("|", RELATION),
    "parallel": ("∥", RELATION),
    "perp": ("⊥", RELATION),
    "coloneqq": ("≔", RELATION),
    "lVert": ("‖", OPEN),
    "lvert": ("|", OPEN),
    "rVert": ("‖", CLOSE),
    "rvert": ("|", CLOSE),
    "|": ("‖", ORDINARY),
    "Vert": ("‖", ORDINARY),
    "vert": ("|", ORDINARY),
    "{": ("{", OPEN),
    "}": ("}", CLOSE),
    "lbrace": ("{", OPEN),
    "rbrace": ("}", CLOSE),
    "langle": ("⟨", OPEN),
    "rangle": ("⟩", CLOSE),
    "lfloor": ("⌊", OPEN),
    "rfloor": ("⌋", CLOSE),
    "lceil": ("⌈", OPEN),
    "rceil": ("⌉", CLOSE),
    "colon": (":", PUNCTUATION),
}

CHARACTERS: dict[str, tuple[str, str]] = {
    "+": ("+", BINARY),
    "-": ("−", BINARY),
    "*": ("∗", BINARY),
    "/": ("/", ORDINARY),
    "=": ("=", RELATION),
    "<": ("<", RELATION),
    ">": (">", RELATION),
    ":": (":", RELATION),
    "(": ("(", OPEN),
    "[": ("[", OPEN),
    ")": (")", CLOSE),
    "]": ("]", CLOSE),
    ",": (",", PUNCTUATION),
    ";": (";", PUNCTUATION),
    "'": ("′", ORDINARY),
}

LARGE_OPERATORS = {
    "sum": "∑",
    "prod": "∏",
    "int": "∫",
    "bigcup": "⋃",
    "bigcap": "⋂",
    "bigoplus": "⨁",
}
LIMIT_OPERATORS = {"max", "min", "sup", "inf", "lim", "argmax", "argmin"}
TAKES_LIMITS = LIMIT_OPERATORS | set(LARGE_OPERATORS.values())
NAMED = """
    exp log ln sin cos tan sinh cosh tanh det dim arg gcd Pr sign softmax
"""
FUNCTIONS = LIMIT_OPERATORS | set(NAMED.split())
FRACTIONS = {"frac", "tfrac", "dfrac"}
SIGNS = {"−", "+"}
FACTORS = {"·", "×", "÷", "∗", "⊙", "⊗", "∘", "⋆"}  # what binds a fraction as a factor does
SPACES = {",": " ", ":": " ", ";": " ", " ": " ", "quad": "  ", "qquad": "   ", "enspace": " "}
SIZES = {f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", *"lrm")}
DRAWS_NOTHING = SIZES | {"!", "displaystyle", "textstyle", "limits", "nolimits", "middle"}
PROSE = {"text", "textrm"}
UPRIGHT = PROSE | {"mathrm", "operatorname", "mathsf", "mathtt", "texttt", "mathit"}
BOLD = {"mathbf", "boldsymbol", "bm", "textbf"}

ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "bar": "\u0304",
    "overline": "\u0304",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "vec": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
    "check": "\u030c",
}

# Over more than one letter an accent becomes a name: hat(xy).
LONG_ACCENTS = {"widehat": "hat", "widetilde": "tilde", "overline": "bar"}

BLACKBOARD = dict(zip("CEHNPQRZ1", "ℂ𝔼ℍℕℙℚℝℤ𝟙", strict=True))
SCRIPT = dict(zip("BEFHILMRDNO", "ℬℰℱℋℐℒℳℛ𝒟𝒩𝒪", strict=True))

ALPHABETS = {"mathbb": BLACKBOARD, "mathcal": SCRIPT}

SUPERSCRIPTS = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW⊤βγδθφχ′ ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵀᵝᵞᵟᶿᵠᵡ′ ",
        strict=True,
    )
)
SUBSCRIPTS = dict(
    zip(
        "0123456789+−=()aehijklmnoprstuvxβγρφχ ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ ",
        strict=True,
    )
)
ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}

MATRICES = {
    "matrix": ("", ""),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "cases": ("{", ""),
}
ALIGNED = {"aligned", "align", "align*", "gathered", "split"}

# Upper, middle and lower part of a tall delimiter, and its centre where that differs.
TALL = {
    "(": "⎛⎜⎝⎜",
    ")": "⎞⎟⎠⎟",
    "[": "⎡⎢⎣⎢",
    "]": "⎤⎥⎦⎥",
    "{": "⎧⎪⎩⎨",
    "}": "⎫⎪⎭⎬",
    "|": "││││",
    "‖": "‖‖‖‖",
    "⌊": "⎢⎢⎣⎢",
    "⌋": "⎥⎥⎦⎥",
    "⌈": "⎡⎢⎢⎢",
    "⌉": "⎤⎥⎥⎥",
}
