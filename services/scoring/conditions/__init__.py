"""Conditions on customers, in the shape of segment rules, over what scoring itself knows of them (C-13)."""
