"""Where something came from."""

from django import template

from accounts.selectors.talks import source_of

register = template.Library()


@register.inclusion_tag("accounts/_source.html")
def talk_source(**made):
    """The talk that a task, promise or need was made from, if one may see it."""
    return {"piece": source_of(**made)}
