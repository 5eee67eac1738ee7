"""Passwords that somebody who knows the company would try first."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from kam.lib import company

PERSON = User(name="Анна Орлова", email="anna.orlova@stol.example")


@pytest.fixture(autouse=True)
def the_company():
    company.keep(company.Company(name="ООО «Чистый стол»"))
    yield
    company.keep(None)


@pytest.mark.parametrize(
    "password",
    ["Чистый-стол2026", "anna.orlova1988", "password2026!!", "Орлова-Анна-77", "пароль пароль 1"],
)
def test_words_of_the_company_and_of_the_person_are_refused(password):
    with pytest.raises(ValidationError) as caught:
        validate_password(password, PERSON)
    assert "password_of_the_company" in {each.code for each in caught.value.error_list}


@pytest.mark.parametrize(
    "password",
    [
        "eighty-by-twenty",
        "correct horse battery",
        "за чистый стол не сажусь без друзей",  # a sentence may hold the name
        "Zx9-qwvm-71lk",
    ],
)
def test_others_are_taken(password):
    validate_password(password, PERSON)
