"""What a rule names that others keep: purposes of consents, declared attributes, managers, teams, territories."""
