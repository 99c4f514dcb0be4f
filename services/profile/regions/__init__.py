"""The region tree of GB/T 2260: provinces, prefectures, counties."""
