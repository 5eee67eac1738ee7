"""Mail that people hand on."""

from django.urls import path

from accounts.api import letters as api
from accounts.views import letters

urlpatterns = [
    path("mail/", letters.letter_list, name="letter_list"),
    path("mail/upload/", letters.letter_upload, name="letter_upload"),
    path("mail/address/", letters.letter_renewal, name="letter_renewal"),
    path("mail/<int:pk>/placing/", letters.letter_placing, name="letter_placing"),
    path("mail/<int:pk>/dismissal/", letters.letter_dismissal, name="letter_dismissal"),
]

api_urlpatterns = [
    path("letters/", api.LetterList.as_view(), name="letter-list"),
    path("letters/<int:pk>/placing/", api.LetterPlacing.as_view(), name="letter-placing"),
    path("letters/<int:pk>/dismissal/", api.LetterDismissal.as_view(), name="letter-dismissal"),
]
