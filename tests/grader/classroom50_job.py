"""What Classroom 50 tells a job in its environment."""

JOB = {
    "CLASSROOM": "ml-101",
    "ASSIGNMENT": "attention",
    "SUBMISSION_TAG": "submit/20261128T120000Z-abc1234",
    "COMMIT_URL": "https://github.com/o/r/commit/abc1234",
    "RELEASE_URL": "https://github.com/o/r/releases/tag/x",
    "REVIEW_URL": "",
}
