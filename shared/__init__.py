"""What every Guanxi service stands on. Knows no customer, order or message: the domain lives in services/."""
