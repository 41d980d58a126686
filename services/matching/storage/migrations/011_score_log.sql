-- Which scores of pairs were shown, to whom, of which texts: appended to, never changed, but where a document is erased.
-- In partitions by month (UTC), which are made ahead and dropped whole by the owner (storage/score_log_months.py). No
-- primary key: an answer that may have been written already is looked for, which costs nothing the other times.
CREATE TABLE matching.score_log (
    at timestamptz NOT NULL,
    -- One number for all scores of an answer, and the place of each in it.
    answer bigint NOT NULL,
    -- Of an erased document its id is a keyed hash; revision and hash of its text are null.
    job_stamp bigint,
    job_offset bigint,
    resume_stamp bigint,
    resume_offset bigint,
    -- Null: insufficient_data.
    score real,
    place smallint NOT NULL,
    reading_version smallint NOT NULL,
    job_structure smallint,
    resume_structure smallint,
    tenant text COLLATE "C" NOT NULL,
    job_id text COLLATE "C" NOT NULL,
    resume_id text COLLATE "C" NOT NULL,
    operation text NOT NULL,
    scoring_version text NOT NULL,
    space text COLLATE "C" NOT NULL,
    asked_by text,
    actor text,
    job_hash bytea,
    resume_hash bytea
) PARTITION BY RANGE (at);
CREATE INDEX score_log_by_resume ON matching.score_log (tenant, resume_id, at);
CREATE INDEX score_log_by_job ON matching.score_log (tenant, job_id, at);

ALTER TABLE matching.score_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE matching.score_log FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON matching.score_log USING (tenant = current_setting('shortlist.tenant', true));

-- What is logged stays: beside appending, only what tells which document it was can be replaced.
GRANT SELECT, INSERT ON matching.score_log TO {service};
GRANT UPDATE (job_id, job_stamp, job_offset, job_hash, resume_id, resume_stamp, resume_offset, resume_hash)
    ON matching.score_log TO {service};
