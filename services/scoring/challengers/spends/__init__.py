"""The challenger of spend: two parts, judged by what customers did spend."""
