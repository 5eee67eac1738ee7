"""How sign-in behaves: accounts are made by the administrator, never by the visitor."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter

from kam.lib import secret_box
from kam.lib.company import company

PURPOSE = "second step"


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False


class SecondStep(DefaultMFAAdapter):
    """Secrets are sealed; apps and devices show the name of the company."""

    def encrypt(self, text):
        return secret_box.seal(text, PURPOSE)

    def decrypt(self, encrypted_text):
        return secret_box.unseal(encrypted_text, PURPOSE)

    def get_totp_issuer(self):
        name = company().name
        return f"KAM · {name}" if name else "KAM"

    def get_public_key_credential_rp_entity(self):
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": self.get_totp_issuer()}
