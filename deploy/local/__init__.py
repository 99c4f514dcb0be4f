"""The stack without containers: PostgreSQL from a wheel, Kafka from jars, seven processes under one supervisor."""
