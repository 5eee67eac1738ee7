"""What every endpoint answers to whoever comes second."""

from rest_framework import status
from rest_framework.exceptions import APIException


class ChangedMeanwhile(APIException):
    """409: somebody saved the row since the version that the caller has."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"

    def __init__(self, version: int):
        super().__init__(f"The row is now version {version}. Read it again.", "conflict")
