-- The tables of spaces, each with the number of the last migration of `spaces/` that it has had. A space whose table
-- was dropped, some time after the space retired, keeps its row in `spaces`: an erasure still empties its topic.
CREATE TABLE matching.space_tables (
    space text COLLATE "C" PRIMARY KEY,
    version integer NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO matching.space_tables (space, version)
SELECT substr(relname::text, 9), 1 FROM pg_class
WHERE relnamespace = 'matching'::regnamespace AND relkind = 'r' AND relname ~ '^vectors_[0-9a-f]{{8}}$';
GRANT SELECT ON matching.space_tables TO {service};

ALTER TABLE matching.spaces ADD COLUMN retired_at timestamptz;
UPDATE matching.spaces SET retired_at = now() WHERE state = 'retired';
