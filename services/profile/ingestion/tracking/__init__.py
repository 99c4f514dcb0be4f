"""The doors of the Segment and RudderStack libraries, unmodified."""
