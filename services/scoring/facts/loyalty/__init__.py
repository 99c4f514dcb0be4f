"""How customers take part: points, referrals, activities, benefits."""
