"""Bulk imports: a file is stored, looked at, mapped, and taken in by a job that can be killed at any row."""
