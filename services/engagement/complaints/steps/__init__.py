"""The one way in which anything happens to complaints: a step that is kept, told, and shown to the clocks."""
