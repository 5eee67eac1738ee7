"""The lists of facts that can be taken as files: each page that shows a list has one here."""

from . import agreements, clients, data, directory, documents, people, processes  # noqa: F401
