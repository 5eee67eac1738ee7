"""Registers them, in the processes that a drill starts."""

from kam.jobs import registry

from .work import KINDS

registry._kinds.update({kind.name: kind for kind in KINDS})
