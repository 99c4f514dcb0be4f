"""What care needs of the catalogue: how long a unit lasts."""
