"""The one decision before every send: ten gates, the same at accept and at send."""
