"""Checks that README's two commands are the ones that CI has run: what README says is what works."""

from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text()
COMMANDS = (
    "pip install -r requirements.txt && python app.py",
    "pip install -r tests/requirements.txt && python -m pytest -q tests",
)

for command in COMMANDS:
    if command not in README:
        raise SystemExit(f"README.md no longer shows `{command}`: bring .ci/run and README.md together again.")
