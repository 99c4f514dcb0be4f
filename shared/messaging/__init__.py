"""Events between services: outbox, relay, consumer, parking. The only place that knows Kafka."""
