"""What staff wrote about customers elsewhere: tags and notes, as files bring them."""
