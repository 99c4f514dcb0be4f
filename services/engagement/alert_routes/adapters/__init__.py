"""Handing an alert over: by mail, as a signed webhook, or to the robot of a group."""
