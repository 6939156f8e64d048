"""The schema of `.learn/progress.db`, as the steps that made it."""

# Entry n brings a database from version n to n + 1. What has been released is never edited.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sources (
            sha256 TEXT PRIMARY KEY,
            source BLOB NOT NULL
        ) WITHOUT ROWID""",
        """CREATE TABLE attempts (
            id INTEGER PRIMARY KEY,
            exercise TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('check', 'submit')),
            outcome TEXT NOT NULL CHECK (outcome IN ('passed', 'failed', 'error')),
            points REAL NOT NULL,
            max_points REAL NOT NULL,
            seed INTEGER NOT NULL,
            at TEXT NOT NULL,
            source_sha256 TEXT NOT NULL REFERENCES sources,
            report TEXT NOT NULL
        )""",
        "CREATE INDEX attempts_by_exercise ON attempts (exercise, kind, outcome)",
        """CREATE TABLE visits (
            id INTEGER PRIMARY KEY,
            exercise TEXT NOT NULL,
            at TEXT NOT NULL
        )""",
        """CREATE TABLE hints (
            exercise TEXT NOT NULL,
            number INTEGER NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (exercise, number)
        ) WITHOUT ROWID""",
        """CREATE TABLE chapters_read (
            chapter TEXT PRIMARY KEY,
            at TEXT NOT NULL
        ) WITHOUT ROWID""",
    ),
)
