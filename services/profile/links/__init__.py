"""Which customer ids are one person: merges, automatic links, and undoing them."""
