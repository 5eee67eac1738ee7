"""The policy table: for every route, which roles may read and which may write.

The table itself is :mod:`kam.policy`.  A route without a row is refused, so a forgotten row
shows at once and fails the walking tests.  The table answers "may this role use this route at
all"; which rows the route then shows is the access rule's business (:mod:`kam.lib.scoping`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

ADMINISTRATOR, MANAGER, KAM, COLLEAGUE, AUDITOR = ROLES = (
    "administrator",
    "manager",
    "kam",
    "colleague",
    "auditor",
)
EVERYONE = frozenset(ROLES)
NOBODY: frozenset[str] = frozenset()
NOTHING = "-"
# What a key may be allowed: each cuts the rights of its person, none adds to them.
READ_SCOPE, WRITE_SCOPE, IMPORT_SCOPE, ADMIN_SCOPE, PRIVACY_SCOPE = SCOPES = (
    "read",
    "write",
    "import",
    "admin",
    "privacy",
)


@dataclass(frozen=True)
class Row:
    """Who may read (GET, HEAD, OPTIONS) and write a route; ``subject`` is the model whose id
    stands in the URL, as ``app.Model``, or empty; ``public`` routes need no sign-in.

    ``scope``: what a key needs instead of ``write`` to write; ``admin`` and ``privacy`` also to
    read.  ``shows``: how contact data comes before the eyes of who opens it, a way of
    :class:`kam.audit.models.DataAccess`, or ``NOTHING`` where contacts are only worked with; by
    that the access log is written."""

    read: frozenset[str] = NOBODY
    write: frozenset[str] = NOBODY
    subject: str = ""
    public: bool = False
    scope: str = ""
    shows: str = ""

    def allows(self, role: str, method: str) -> bool:
        return role in (self.read if method in SAFE_METHODS else self.write)

    def scope_for(self, method: str) -> str:
        """The scope that a key needs for this verb."""
        if self.scope in (ADMIN_SCOPE, PRIVACY_SCOPE):
            return self.scope
        return READ_SCOPE if method in SAFE_METHODS else self.scope or WRITE_SCOPE


def row_for(view_name: str) -> Row | None:
    from django.utils.module_loading import import_string

    return import_string(getattr(settings, "POLICY_TABLE", "kam.policy.POLICY")).get(view_name)


def check(view_name: str, user, method: str) -> None:
    """Raise PermissionDenied where the table does not let this person use the route."""
    row = row_for(view_name)
    if row is None:
        raise PermissionDenied(f"no policy for {view_name}")
    if row.public:
        return
    if not user.is_authenticated or not row.allows(user.role, method):
        raise PermissionDenied
    token = getattr(user, "token", None)
    if token is not None and row.scope_for(method) not in token.scopes:
        raise PermissionDenied(f"the key lacks {row.scope_for(method)}")
