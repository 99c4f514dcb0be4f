"""What shop platforms push to us: signed, told once or many times, in any order."""
