"""Meetings and reviews."""

from django.urls import path

from accounts.api import meetings as api
from accounts.views import calendar_feed, meetings

urlpatterns = [
    path(
        "calendar/<int:person>-<slug:secret>.ics", calendar_feed.calendar_feed, name="calendar_feed"
    ),
    path("me/calendar/", calendar_feed.calendar_renewal, name="calendar_renewal"),
    path("meetings/", meetings.meeting_list, name="meeting_list"),
    path("meetings/review/", meetings.review_create, name="review_create"),
    path("meetings/<int:pk>/", meetings.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/minutes/", meetings.meeting_minutes, name="meeting_minutes"),
    path("meetings/<int:pk>/sheet/", meetings.meeting_sheet, name="meeting_sheet"),
    path("minutes/<int:pk>/", meetings.minutes_version, name="minutes_version"),
    path("clients/<int:pk>/meetings/", meetings.client_meetings, name="client_meetings"),
    path("clients/<int:pk>/meetings/new/", meetings.meeting_create, name="meeting_create"),
]

api_urlpatterns = [
    path("meetings/", api.MeetingList.as_view(), name="meeting-list"),
    path("meetings/<int:pk>/", api.MeetingDetail.as_view(), name="meeting-detail"),
    path("meetings/<int:pk>/minutes/", api.MeetingMinutes.as_view(), name="meeting-minutes"),
    path("meetings/<int:pk>/mail/", api.MeetingMail.as_view(), name="meeting-mail"),
    path("meetings/<int:pk>/approval/", api.MeetingApproval.as_view(), name="meeting-approval"),
]
