"""Passwords that somebody who knows the company would try first."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .company import company

# Words of the product and of its work; those of the company and of the person come beside.
WORDS = ("password", "пароль", "account", "kam", "keyaccount", "клиент")
SHORTEST = 4  # letters of a word of the company that counts
LEFT = 8  # so many characters have to remain when such words are taken out


class WordsOfTheCompany:
    """Refuses a password that is little more than such words.

    A long sentence may hold the company's name; "ChistyStol2026" may not be a password.
    """

    def validate(self, password: str, user=None) -> None:
        rest = password.lower()
        for word in sorted(self._words(user), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest.strip()) < min(LEFT, len(password)) and rest != password.lower():
            raise ValidationError(self.get_help_text(), code="password_of_the_company")

    def get_help_text(self) -> str:
        return _("Not the name of the company, the product or the person with a number behind it.")

    @staticmethod
    def _words(user) -> set[str]:
        said = [company().name]
        if user is not None:
            said += [getattr(user, "name", ""), getattr(user, "email", "").partition("@")[0]]
        found = {word for each in said for word in re.findall(r"\w+", each.lower())}
        return {word for word in found if len(word) >= SHORTEST} | set(WORDS)
