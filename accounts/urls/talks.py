"""Talks: their page, files, what comes of them, and the quick note."""

from django.urls import path

from accounts.views import talks

urlpatterns = [
    path("interactions/<int:pk>/talk/", talks.interaction_detail, name="interaction_detail"),
    path("interactions/<int:pk>/piece/", talks.interaction_piece, name="interaction_piece"),
    path("talk-files/<int:pk>/", talks.talk_file, name="talk_file"),
    path("talk-files/<int:pk>/removal/", talks.talk_file_removal, name="talk_file_removal"),
    path("note/", talks.quick_note, name="quick_note"),
]
