"""The calendar of promotions: a scheme of named periods, by which orders count as bought in one."""
