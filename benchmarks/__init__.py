"""How fast, how soon, how well: ``python -m benchmarks.NAME [--json]``, one file per question."""
