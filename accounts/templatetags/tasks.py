"""Tasks in templates."""

from django import template

from accounts.models import Task
from accounts.services.task_words import rule_in_words

register = template.Library()


@register.filter
def repeats(task: Task) -> str:
    """How a task repeats, in words."""
    return rule_in_words(task.rule, task.due)
