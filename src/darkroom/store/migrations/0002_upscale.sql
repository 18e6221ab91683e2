-- A second built-in workflow: a picture made larger. A name that somebody gave to a workflow of their own stays theirs.
INSERT INTO workflows (id, name, mode, description, is_default, document)
SELECT 'upscale',
       CASE WHEN EXISTS (SELECT 1 FROM workflows WHERE name = 'upscale' COLLATE NOCASE)
            THEN 'upscale (built in ' || lower(hex(randomblob(2))) || ')' ELSE 'upscale' END,
       'upscale', 'A picture made larger', 0, x'';
