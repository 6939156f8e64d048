"""The app's colours: one accent, few greys, and text that stands out by at least 4.5 to 1."""

from textual.theme import Theme

DARK = Theme(
    name="dark",
    primary="#82aaff",
    secondary="#82aaff",
    accent="#82aaff",
    success="#8fd19e",
    warning="#e5c07b",
    error="#f28b94",
    foreground="#d9dce3",
    background="#15181e",
    surface="#1c1f25",
    panel="#262a33",
    variables={
        "text-muted": "#98a0af",
        "on-accent": "#10131a",
        "footer-background": "#15181e",
        "scrollbar": "#3a4150",
        "scrollbar-background": "#15181e",
        "scrollbar-background-hover": "#15181e",
        "scrollbar-background-active": "#15181e",
        "link-style": "none",
        "link-style-hover": "underline",
        "link-background-hover": "#262a33",
    },
)

LIGHT = Theme(
    name="light",
    dark=False,
    primary="#2456a6",
    secondary="#2456a6",
    accent="#2456a6",
    success="#1c6b3a",
    warning="#7a5200",
    error="#a8232b",
    foreground="#24272d",
    background="#fbfaf8",
    surface="#f3f1ed",
    panel="#e6e3dc",
    variables={
        "text-muted": "#5d636e",
        "on-accent": "#ffffff",
        "footer-background": "#fbfaf8",
        "scrollbar": "#c4c0b6",
        "scrollbar-background": "#fbfaf8",
        "scrollbar-background-hover": "#fbfaf8",
        "scrollbar-background-active": "#fbfaf8",
        "link-style": "none",
        "link-style-hover": "underline",
        "link-background-hover": "#e6e3dc",
    },
)

HIGH_CONTRAST = Theme(
    name="high-contrast",
    primary="#ffe600",
    secondary="#ffe600",
    accent="#ffe600",
    success="#6bff8f",
    warning="#ffc14d",
    error="#ff9d9d",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    variables={
        "text-muted": "#e4e4e4",
        "on-accent": "#000000",
        "footer-background": "#000000",
        "scrollbar": "#ffffff",
        "scrollbar-background": "#303030",
        "link-style": "none",
        "link-style-hover": "underline",
        "link-background-hover": "#303030",
    },
)

THEMES = (DARK, LIGHT, HIGH_CONTRAST)
THEME_NAMES = tuple(theme.name for theme in THEMES)
