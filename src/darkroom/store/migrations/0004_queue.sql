-- The queue. Every unfinished generation has exactly one row here: triggers make it with the generation, and
-- take it away with its end.
CREATE TABLE queue (
    generation INTEGER PRIMARY KEY REFERENCES generations (number) ON DELETE CASCADE,
    -- The profile or group that it was made for, and the profile that has it once it is claimed.
    target TEXT NOT NULL,
    profile TEXT NOT NULL DEFAULT '',
    checkpoint TEXT NOT NULL,
    priority INTEGER NOT NULL DEFAULT 1 CHECK (priority IN (0, 1, 2)),
    place REAL NOT NULL,
    hold TEXT NOT NULL DEFAULT '' CHECK (hold IN ('', 'paused', 'batch')),
    claimed INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX queue_places ON queue (priority, place);
CREATE INDEX queue_ready ON queue (target, priority, place, checkpoint) WHERE claimed = 0 AND hold = '';
CREATE INDEX queue_checkpoints ON queue (target, priority, checkpoint, place) WHERE claimed = 0 AND hold = '';
CREATE INDEX queue_claimed ON queue (profile) WHERE claimed = 1;

-- What stops the queue of a profile or group ('' is all of it), and which model its server was given last.
CREATE TABLE lanes (
    profile TEXT NOT NULL PRIMARY KEY,
    paused INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    hint TEXT NOT NULL DEFAULT '',
    checkpoint TEXT NOT NULL DEFAULT '',
    streak INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE batches (
    id TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    axes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    -- Who still writes it; '' once it is whole. What a crash left half written was never accepted.
    writer TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX batches_writers ON batches (writer) WHERE writer <> '';

CREATE TABLE batch_jobs (
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    generation INTEGER NOT NULL REFERENCES generations (number) ON DELETE CASCADE,
    coordinates TEXT NOT NULL,
    PRIMARY KEY (batch, position)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX batch_jobs_generation ON batch_jobs (generation);

-- What the owner of a running job heard last, for other processes; worth nothing once it is old.
CREATE TABLE progress (
    generation INTEGER PRIMARY KEY REFERENCES generations (number) ON DELETE CASCADE,
    event TEXT NOT NULL
) STRICT;

ALTER TABLE generations ADD COLUMN retry_of INTEGER;

INSERT INTO queue (generation, target, profile, checkpoint, place, claimed)
SELECT number, profile, profile, checkpoint, number, 1 FROM generations
WHERE status IN ('new', 'sending', 'queued', 'running');

CREATE TRIGGER queue_enter AFTER INSERT ON generations
WHEN new.status IN ('new', 'sending', 'queued', 'running') BEGIN
    INSERT INTO queue (generation, target, profile, checkpoint, place, claimed) VALUES (
        new.number,
        new.profile,
        CASE WHEN new.owner = '' THEN '' ELSE new.profile END,
        new.checkpoint,
        -- Behind whatever was moved to the end.
        max(new.number, coalesce((SELECT max(place) FROM queue WHERE priority = 1), 0) + 1),
        new.owner <> ''
    );
END;

CREATE TRIGGER queue_leave AFTER UPDATE OF status ON generations
WHEN new.status IN ('complete', 'failed', 'cancelled', 'lost') BEGIN
    DELETE FROM queue WHERE generation = new.number;
    DELETE FROM progress WHERE generation = new.number;
END;
