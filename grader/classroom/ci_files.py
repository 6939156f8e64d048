"""The texts of a student's repository: what CI systems run there, and what the student reads.

Sources: docs.github.com, "Workflow syntax for GitHub Actions"; docs.gitlab.com, "CI/CD YAML syntax
reference".
"""

# Torch for the processor alone is a tenth as large. pip takes it, since `2.9.0+cpu` is newer than
# `2.9.0` by the rules of versions.
REQUIREMENTS = """\
--extra-index-url https://download.pytorch.org/whl/cpu
{package}
"""

GITHUB = """\
# Feedback for whoever pushes, and no grade: who can push can change this file.
name: grade
on: [push, workflow_dispatch]
permissions:
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v5
        with:
          persist-credentials: false
      - uses: actions/setup-python@v6
        with:
          python-version: "3.12"
          cache: pip
          cache-dependency-path: requirements.txt
      - name: Install the course
        run: pip install --quiet --requirement requirements.txt
      - name: Grade
        run: grader run . --classroom assignment.yaml --format github
"""

GITLAB = """\
# Feedback for whoever pushes, and no grade: who can push can change this file.
grade:
  image: python:3.12-slim
  timeout: 15 minutes
  variables:
    PIP_CACHE_DIR: $CI_PROJECT_DIR/.cache/pip
  cache:
    key:
      files: [requirements.txt]
    paths: [.cache/pip]
  script:
    - pip install --quiet --requirement requirements.txt
    - grader run . --classroom assignment.yaml --also junit report.xml
  artifacts:
    when: always
    reports:
      junit: report.xml
"""

IGNORED = """\
.cache/
.venv/
__pycache__/
report.xml
"""

README = """\
# {title}

Fill in these files. The docstring in each says what to build. Keep their names and places: by
these they are found.

| file | points |
|---|---|
{files}{due}
A file may import the others by their names, as in `from {first} import …`. What is not in this
table does not count.
"""

CHECKS = """
## Check yourself

```console
$ pip install --requirement requirements.txt
$ grader run . --classroom assignment.yaml                       # all of it
$ grader run . --classroom assignment.yaml --exercise {first}
```

Each push is graded in the same way: on GitHub under *Actions*, on GitLab under *Build*,
*Pipelines*. That is feedback. What counts is graded by your teacher.
"""
