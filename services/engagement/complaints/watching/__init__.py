"""What happens to complaints by the clock: it runs out, somebody is told, a wait is over, a holiday is added."""
