-- How many remarks there are on an outcome: lists mark such generations, and the remarks themselves are in `recipes`.
ALTER TABLE generations ADD COLUMN remarks INTEGER NOT NULL DEFAULT 0;

UPDATE generations SET remarks = (SELECT json_array_length(notes) FROM recipes WHERE number = generations.number)
WHERE number IN (SELECT number FROM recipes WHERE notes <> '[]');
