"""Kinds of jobs whose every start and every effect can be counted afterwards."""
