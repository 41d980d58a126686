"""How far the topics are in the database, whose vectors a topic holds, and heartbeats on quiet partitions."""
