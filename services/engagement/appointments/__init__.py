"""Times that customers book with managers: free slots, no double booking, a reminder, and who came."""
