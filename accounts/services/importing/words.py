"""What people write in cells for countries, kinds of interaction and roles of contacts."""

from __future__ import annotations

from functools import cache

from babel import Locale

from accounts.models import Contact, Interaction

# Short names and spellings that the locale data does not have.
_COUNTRIES = {
    "россия": "RU",
    "рф": "RU",
    "российская федерация": "RU",
    "russian federation": "RU",
    "белоруссия": "BY",
    "республика беларусь": "BY",
    "республика казахстан": "KZ",
    "киргизия": "KG",
    "молдавия": "MD",
    "сша": "US",
    "usa": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "англия": "GB",
    "оаэ": "AE",
    "uae": "AE",
    "кнр": "CN",
    "holland": "NL",
    "czech republic": "CZ",
    "чешская республика": "CZ",
    "turkey": "TR",
}

_KINDS = {
    Interaction.Kind.CALL: "call, phone, phone call, звонок, телефонный звонок, разговор, созвон",
    Interaction.Kind.MEETING: "meeting, online meeting, business review, встреча, совещание, "
    "переговоры, видеовстреча, обзор",
    Interaction.Kind.EMAIL: "email, e-mail, mail, letter, message, письмо, электронное письмо, "
    "почта, сообщение, переписка",
    Interaction.Kind.VISIT: "visit, визит, выезд, посещение, выезд к клиенту",
    Interaction.Kind.COMPLAINT: "complaint, claim, жалоба, рекламация, претензия",
    Interaction.Kind.SURVEY: "survey, nps, feedback, опрос, анкета, отзыв, оценка",
    Interaction.Kind.NOTE: "note, comment, заметка, комментарий, примечание",
}

_ROLES = {
    Contact.Role.DECIDES: "decides, decision maker, decision-maker, approver, решает, лпр, "
    "принимает решение, принимает решения",
    Contact.Role.INFLUENCES: "influences, influencer, champion, влияет, лвр, влияет на решение",
    Contact.Role.USES: "uses, user, end user, пользуется, пользователь",
    Contact.Role.BUYS: "buys, buyer, purchaser, purchasing, закупает, закупщик, покупает, снабженец",
    Contact.Role.PAYS: "pays, payer, accountant, finance, платит, плательщик, бухгалтер",
}


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().replace("ё", "е")


def _by_word(words: dict) -> dict[str, str]:
    return {
        _folded(word): str(value) for value, listed in words.items() for word in listed.split(", ")
    }


_KIND_OF = _by_word(_KINDS) | {value: value for value in Interaction.Kind.values}
_ROLE_OF = _by_word(_ROLES) | {value: value for value in Contact.Role.values if value}


@cache
def _country_of() -> dict[str, str]:
    names = {}
    for language in ("en", "ru"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names[_folded(name)] = code
                names[code.casefold()] = code
    return names | _COUNTRIES


def country(text: str) -> str | None:
    """ISO 3166 code of two letters for a name in Russian or English, or a code; else None."""
    return _country_of().get(_folded(text))


def interaction_kind(text: str) -> str | None:
    return _KIND_OF.get(_folded(text))


def contact_role(text: str) -> str | None:
    return _ROLE_OF.get(_folded(text))
