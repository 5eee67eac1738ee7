"""The lists of facts that can be taken as files: each page that shows a list has one here."""

from . import (  # noqa: F401
    agreements,
    benefits,
    clients,
    consents,
    data,
    directory,
    documents,
    goals,
    incidents,
    kams,
    needs,
    offers,
    onboarding,
    people,
    processes,
    promises,
    removals,
    retention,
    surveys,
    year_closes,
)
