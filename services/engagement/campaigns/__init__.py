"""Campaigns: whom, with which words, when, how fast; drafted, scheduled, running, paused, stopped."""
