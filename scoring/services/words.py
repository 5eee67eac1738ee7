"""The words of a proposal, in the reader's language."""

from django.utils.translation import gettext as _


def outcome_words(outcome: str) -> str:
    return {
        "enter": _("enters"),
        "stay": _("stays"),
        "watch": _("stays under watch"),
        "leave": _("leaves"),
        "out": _("stays outside"),
    }[outcome]


def ground_words(ground: str) -> str:
    return {
        "must": _("always on the list"),
        "never": _("never on the list"),
        "dwell": _("changed a short while ago"),
        "unrated": _("not enough ratings"),
        "goal_overdue": _("the goal is overdue"),
        "candidate": _("proposed by the KAM"),
    }.get(ground, "")
