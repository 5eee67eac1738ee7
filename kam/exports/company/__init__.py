"""The whole company in one file, and such a file into an empty installation.

A ZIP: ``manifest.json`` says what is in it; ``tables/*.csv`` hold every table of the database that
is not left out with a reason, as COPY writes it (an empty cell is NULL, ``""`` an empty text);
``files/`` holds the files that rows name.
"""
