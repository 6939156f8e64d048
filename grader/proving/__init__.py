"""What proves the rest: suites (audit), the sandbox (doctor), speed (bench)."""
