"""What customers may book a time for: consultations, trials, trainings."""
