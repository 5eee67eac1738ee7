"""How sign-in behaves: accounts are made by the administrator, never by the visitor."""

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False
