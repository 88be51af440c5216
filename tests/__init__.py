"""The tests, and where the code lies that they are about."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
