"""Periodic reports: asked for by schedules, made with the rights of their reader, kept as made."""
