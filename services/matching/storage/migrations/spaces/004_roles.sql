-- The positions that a resume holds, or the one that a job names, for the first step of ranking: four bytes for each
-- group of occupations, in the form of the card's `reading_version`. Nothing where an older version wrote the card.
ALTER TABLE matching.cards_{space} ADD COLUMN roles bytea NOT NULL DEFAULT ''::bytea;
ALTER TABLE matching.cards_{space} ALTER COLUMN roles SET STORAGE MAIN;
