"""What a person sees: the command line, the page, views and exports.

The three names of a first script are here: `load` a model, `explain` a text, `save` the report.
"""

from sidelight.explain import explain
from sidelight.models import load

from .exports import save

__all__ = ["explain", "load", "save"]
