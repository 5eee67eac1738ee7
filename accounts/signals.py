"""The one way the facts speak up to what is built on them."""

from django.dispatch import Signal

# Sent after facts changed in bulk (an import, an undo); higher floors recompute.
portfolio_changed = Signal()

# A demo workspace has been filled.  ``people``: who works in it; ``day``: its today.
workspace_made = Signal()
