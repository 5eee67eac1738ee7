"""What every template may use."""

from django.conf import settings


def frame(request):
    return {"company_currency": settings.COMPANY_CURRENCY}
