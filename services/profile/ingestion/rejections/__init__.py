"""What was refused at a door where nobody waits for each answer: kept, shown, corrected, taken in again."""
