-- The stretches of a text that say what a person has not, or a job does not ask; ingest finds them from version 3 of the
-- structure on.
ALTER TABLE matching.documents ADD COLUMN disclaimed_spans jsonb;
