"""Faults that are really caused: processes killed, servers frozen, disks full.

Each drill starts the commands of the product (those of ``kam.supervise`` and docker-compose.yml)
as processes of this machine, breaks something, and looks at what is in the database afterwards.
``make drill`` runs all of them and prints one table; those that take less than 5 s run with every
test run.
"""
