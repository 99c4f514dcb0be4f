"""Warnings of customers who are about to leave: raised on the active base, ranked, and judged by what came (C-18)."""
