-- As in 006_order_of_names.sql of the schema. The columns of the vectors' own indexes are left as they are.
DROP POLICY tenant ON matching.vectors_{space};
ALTER TABLE matching.vectors_{space}
    ALTER COLUMN tenant TYPE text COLLATE "C",
    ALTER COLUMN id TYPE text COLLATE "C";
CREATE POLICY tenant ON matching.vectors_{space} USING (tenant = current_setting('shortlist.tenant', true));
