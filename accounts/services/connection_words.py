"""What keeps a connected system from being read, in words that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

WORDS = {
    "address.malformed": _("This is no address of a system. Copy it again as the system shows it."),
    "address.not_https": _("The address must begin with https://."),
    "address.unknown": _("Nothing is known under the name %(host)s. Check the address."),
    "address.private": _(
        "%(host)s stands in a private network. The operator can allow it by CONNECTION_NETWORKS."
    ),
    "busy": _("The system asks for fewer requests. The next run goes on where this one stopped."),
    "unreachable": _("The system does not answer. The next run goes on where this one stopped."),
    "server": _(
        "The system answers with an error of its own (%(status)s). The next run goes on where "
        "this one stopped."
    ),
    "cut": _("The connection broke off. The next run goes on where this one stopped."),
    "no_json": _(
        "Instead of data the system sends a page. It may be under repair, or the address is wrong."
    ),
    "certificate": _("The certificate of the system is not valid, so nothing was sent to it."),
    "moved": _(
        "The system sends us to another address, which we do not follow. Enter the present one."
    ),
    "too_large": _("An answer is larger than %(limit)s MB and was not read."),
    "repeats": _(
        "The system gives the same page again and again, so reading was stopped. If this stays, "
        "tell the support of the system."
    ),
    "unexpected": _("The answer of the system is not what its interface describes."),
    "refused.credentials": _(
        "The system does not accept the key. It may have been withdrawn or have run out: enter a "
        "new one."
    ),
    "refused.renewal": _(
        "The key has run out and could not be renewed. Allow the access again in amoCRM and enter "
        "the new refresh token."
    ),
    "refused.rights": _(
        "The key does not open what is wanted: give it the right to read CRM, and look whether "
        "the system has blocked our address."
    ),
    "refused.method": _("There is no such interface at this address. Copy the address again."),
    "refused.payment": _("The system says that its plan has been paid for no longer."),
    "said": _("The system answers: %(said)s"),
    "secret.lost": _(
        "The key cannot be opened, since the key of the installation has changed. Enter it again."
    ),
    "secret.none": _("No key has been entered."),
    "failed": _("The run failed. The log says why."),
}


def words(problem: Mapping[str, Any] | None) -> str:
    """The sentence for a kept problem ({"code", "params"}); empty for none."""
    if not problem:
        return ""
    text = WORDS.get(problem["code"])
    if text is None:
        return gettext("The run failed. The log says why.")
    return str(text) % dict(problem.get("params") or {})
