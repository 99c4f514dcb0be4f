"""What complaints are about and what caused them: two trees of codes that the merchant keeps."""
