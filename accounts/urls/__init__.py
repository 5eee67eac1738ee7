"""The routes of accounts, in one module per noun; a route needs a row in :mod:`kam.policy`."""

from itertools import chain

from . import (
    agreements,
    bulk,
    clients,
    contacts,
    efforts,
    feedback,
    goals,
    handovers,
    history,
    kams,
    letters,
    lists,
    meetings,
    needs,
    personal_data,
    plans,
    problems,
    processes,
    promises,
    receivables,
    removals,
    search,
    talks,
    tasks,
)

MODULES = (
    lists,
    clients,
    contacts,
    agreements,
    goals,
    promises,
    receivables,
    problems,
    processes,
    meetings,
    needs,
    feedback,
    plans,
    kams,
    handovers,
    history,
    search,
    personal_data,
    bulk,
    removals,
    letters,
    talks,
    tasks,
    efforts,
)

urlpatterns = list(chain.from_iterable(getattr(module, "urlpatterns", ()) for module in MODULES))
api_urlpatterns = list(
    chain.from_iterable(getattr(module, "api_urlpatterns", ()) for module in MODULES)
)
