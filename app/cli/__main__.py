"""`python -m app.cli` is `concerne`."""

from app.cli.main import run

run()
