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
    (
        """CREATE TABLE answers (
            id INTEGER PRIMARY KEY,
            question TEXT NOT NULL,
            seed INTEGER NOT NULL,
            answer TEXT NOT NULL,
            is_right INTEGER NOT NULL CHECK (is_right IN (0, 1)),
            context TEXT NOT NULL CHECK (context IN ('quiz', 'testout', 'lesson', 'prerequisites')),
            at TEXT NOT NULL
        )""",
        "CREATE INDEX answers_by_question ON answers (question)",
        """CREATE TABLE testouts (
            id INTEGER PRIMARY KEY,
            chapter TEXT NOT NULL,
            correct INTEGER NOT NULL,
            asked INTEGER NOT NULL,
            passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
            at TEXT NOT NULL
        )""",
        """CREATE TABLE schedules (
            card TEXT PRIMARY KEY,
            state TEXT NOT NULL CHECK (state IN ('learning', 'review', 'relearning')),
            step INTEGER,
            stability REAL NOT NULL,
            difficulty REAL NOT NULL,
            due TEXT NOT NULL,
            last_review TEXT NOT NULL,
            reviews INTEGER NOT NULL,
            lapses INTEGER NOT NULL
        ) WITHOUT ROWID""",
        # `state` and `before` are of the time before the review; NULL for a new card
        """CREATE TABLE reviews (
            id INTEGER PRIMARY KEY,
            card TEXT NOT NULL,
            rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 4),
            at TEXT NOT NULL,
            milliseconds INTEGER NOT NULL,
            state TEXT,
            before TEXT,
            UNIQUE (card, at)
        )""",
        "CREATE INDEX reviews_by_time ON reviews (at)",
        "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    ),
    (
        # where the learner stopped reading; `step` is an id of tui/text/lesson_pages.py
        """CREATE TABLE bookmarks (
            chapter TEXT PRIMARY KEY,
            step TEXT NOT NULL,
            at TEXT NOT NULL
        ) WITHOUT ROWID""",
    ),
    (
        # a topic's id, or that of a chapter which was read before topics were counted
        "ALTER TABLE chapters_read RENAME TO sections_read",
        "ALTER TABLE sections_read RENAME COLUMN chapter TO section",
        "ALTER TABLE testouts RENAME COLUMN chapter TO section",
        # what of a lesson was on the screen, so that a detour neither loses nor gains anything
        """CREATE TABLE steps_seen (
            chapter TEXT NOT NULL,
            step TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (chapter, step)
        ) WITHOUT ROWID""",
    ),
    (
        # what a verdict named, and the section of a lesson that explains it
        """CREATE TABLE mistakes (
            id INTEGER PRIMARY KEY,
            exercise TEXT NOT NULL,
            name TEXT NOT NULL,
            says TEXT NOT NULL,
            see TEXT NOT NULL,
            at TEXT NOT NULL
        )""",
        # how it went when a mistake came back
        """CREATE TABLE encounters (
            id INTEGER PRIMARY KEY,
            exercise TEXT NOT NULL,
            name TEXT NOT NULL,
            avoided INTEGER NOT NULL CHECK (avoided IN (0, 1)),
            at TEXT NOT NULL
        )""",
    ),
    (
        # since when the learner has been in which time zone
        "CREATE TABLE stays (at TEXT PRIMARY KEY, zone TEXT NOT NULL) WITHOUT ROWID",
    ),
    (
        # code that comes back: each verdict on it, and the schedule of each exercise as of a card
        """CREATE TABLE rewrites (
            id INTEGER PRIMARY KEY,
            exercise TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('passed', 'failed', 'error')),
            at TEXT NOT NULL,
            source_sha256 TEXT NOT NULL REFERENCES sources,
            report TEXT NOT NULL
        )""",
        """CREATE TABLE code_schedules (
            card TEXT PRIMARY KEY,
            state TEXT NOT NULL CHECK (state IN ('learning', 'review', 'relearning')),
            step INTEGER,
            stability REAL NOT NULL,
            difficulty REAL NOT NULL,
            due TEXT NOT NULL,
            last_review TEXT NOT NULL,
            reviews INTEGER NOT NULL,
            lapses INTEGER NOT NULL
        ) WITHOUT ROWID""",
        """CREATE TABLE code_reviews (
            id INTEGER PRIMARY KEY,
            card TEXT NOT NULL,
            rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 4),
            at TEXT NOT NULL,
            milliseconds INTEGER NOT NULL,
            state TEXT,
            before TEXT,
            UNIQUE (card, at)
        )""",
    ),
    (
        # SQLite cannot change what a column may hold; `context` may be an exam now
        """CREATE TABLE answers_with_exams (
            id INTEGER PRIMARY KEY,
            question TEXT NOT NULL,
            seed INTEGER NOT NULL,
            answer TEXT NOT NULL,
            is_right INTEGER NOT NULL CHECK (is_right IN (0, 1)),
            context TEXT NOT NULL
                CHECK (context IN ('quiz', 'testout', 'lesson', 'prerequisites', 'exam')),
            at TEXT NOT NULL
        )""",
        "INSERT INTO answers_with_exams SELECT * FROM answers",
        "DROP TABLE answers",
        "ALTER TABLE answers_with_exams RENAME TO answers",
        "CREATE INDEX answers_by_question ON answers (question)",
        # a final exam: its ids as JSON, so that one of an older course is recognised; its answers
        # are those with its seed since it began. `finished` is empty until it is handed in
        """CREATE TABLE exams (
            started TEXT PRIMARY KEY,
            seed INTEGER NOT NULL,
            questions TEXT NOT NULL,
            exercises TEXT NOT NULL,
            finished TEXT NOT NULL DEFAULT '',
            correct INTEGER NOT NULL DEFAULT 0,
            passed INTEGER NOT NULL DEFAULT 0 CHECK (passed IN (0, 1)),
            course_version TEXT NOT NULL DEFAULT '',
            suite_version TEXT NOT NULL DEFAULT ''
        ) WITHOUT ROWID""",
        # what was handed in for it
        """CREATE TABLE exam_exercises (
            exam TEXT NOT NULL REFERENCES exams,
            exercise TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('passed', 'failed')),
            at TEXT NOT NULL,
            source_sha256 TEXT NOT NULL REFERENCES sources,
            report TEXT NOT NULL,
            PRIMARY KEY (exam, exercise)
        ) WITHOUT ROWID""",
    ),
    (
        # how the Lab was left: a figure's parameters as JSON, and when it was on the screen
        """CREATE TABLE figures (
            figure TEXT PRIMARY KEY,
            settings TEXT NOT NULL,
            at TEXT NOT NULL
        ) WITHOUT ROWID""",
    ),
)
