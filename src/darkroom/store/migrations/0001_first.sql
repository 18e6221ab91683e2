-- The first schema. Times are microseconds since 1970-01-01 UTC; seeds are text, for they go to 2^64-1.
-- Columns hold text that can be read and searched; JSON columns hold what was asked for, exactly.

CREATE TABLE sessions (
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    workflow_id TEXT NOT NULL DEFAULT '',
    profile TEXT NOT NULL DEFAULT '',
    trashed_at INTEGER,
    -- Counters of its generations that are not in the trash, kept by the triggers below: the sidebar
    -- shows them for every session, and counting 100,000 rows at each repaint would be felt.
    total INTEGER NOT NULL DEFAULT 0,
    complete INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    unfinished INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE session_values (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    scope TEXT NOT NULL CHECK (scope IN ('role', 'address', 'draft')),
    workflow_id TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (session_id, scope, workflow_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX session_values_blobs ON session_values (value) WHERE value GLOB '"blob:*';

-- Graphs and imported documents are large and repeat: each is kept once, by SHA-256, compressed.
CREATE TABLE graphs (hash TEXT NOT NULL PRIMARY KEY, packed BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE originals (hash TEXT NOT NULL PRIMARY KEY, packed BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Narrow on purpose: lists and filters walk this table. What only one picture's page needs is in `recipes`.
CREATE TABLE generations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (
        status IN ('new', 'sending', 'queued', 'running', 'complete', 'failed', 'cancelled', 'lost')
    ),
    owner TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    trashed_at INTEGER,
    duration_s REAL,
    expected INTEGER,
    output_count INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    width INTEGER,
    height INTEGER,
    steps INTEGER,
    cfg_scale REAL,
    denoise REAL,
    batch_size INTEGER,
    seed TEXT NOT NULL,
    sampler TEXT NOT NULL,
    scheduler TEXT NOT NULL,
    service TEXT NOT NULL,
    profile TEXT NOT NULL,
    workflow TEXT NOT NULL,
    checkpoint TEXT NOT NULL,
    loras TEXT NOT NULL,
    reason_title TEXT,
    reason_detail TEXT NOT NULL DEFAULT '',
    reason_hint TEXT NOT NULL DEFAULT '',
    reason_kind TEXT NOT NULL DEFAULT '',
    prompt TEXT NOT NULL,
    negative TEXT NOT NULL
) STRICT;

CREATE INDEX generations_page ON generations (session_id, trashed_at);
CREATE INDEX generations_seed ON generations (seed);
CREATE INDEX generations_unfinished ON generations (owner)
    WHERE status IN ('new', 'sending', 'queued', 'running');
CREATE INDEX generations_trash ON generations (trashed_at) WHERE trashed_at IS NOT NULL;
CREATE INDEX generations_durations ON generations (profile, checkpoint, width, height, number, duration_s)
    WHERE status = 'complete' AND unchanged = 0 AND duration_s IS NOT NULL;

CREATE TABLE recipes (
    number INTEGER PRIMARY KEY REFERENCES generations (number) ON DELETE CASCADE,
    snapshot TEXT NOT NULL,
    graph_hash TEXT REFERENCES graphs (hash),
    original_hash TEXT REFERENCES originals (hash),
    request BLOB,
    handle TEXT,
    server_version TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '[]'
) STRICT;

CREATE INDEX recipes_graph ON recipes (graph_hash) WHERE graph_hash IS NOT NULL;
CREATE INDEX recipes_original ON recipes (original_hash) WHERE original_hash IS NOT NULL;

CREATE TABLE outputs (
    generation INTEGER NOT NULL REFERENCES generations (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    hash TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    node TEXT NOT NULL,
    PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX outputs_hash ON outputs (hash);

-- Pictures that a generation was fed with: references that keep a blob from being collected.
CREATE TABLE inputs (
    generation INTEGER NOT NULL REFERENCES generations (number) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    PRIMARY KEY (generation, hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX inputs_hash ON inputs (hash);

CREATE TABLE processes (
    owner TEXT NOT NULL PRIMARY KEY,
    pid INTEGER,
    host TEXT NOT NULL DEFAULT '',
    started_at INTEGER NOT NULL,
    heartbeat INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workflows (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    mode TEXT NOT NULL,
    graph BLOB,
    description TEXT NOT NULL DEFAULT '',
    defaults TEXT NOT NULL DEFAULT '{}',
    is_default INTEGER NOT NULL DEFAULT 0,
    use_count INTEGER NOT NULL DEFAULT 0,
    document BLOB NOT NULL,
    document_format TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX workflows_default ON workflows (is_default) WHERE is_default = 1;

-- A cache of what servers said; may be emptied at any time.
CREATE TABLE documents (
    profile TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    version TEXT NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (profile, kind, key)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE generations_text USING fts5 (
    prompt, negative, checkpoint, loras,
    content = 'generations', content_rowid = 'number',
    tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3'
);

-- The four text columns are written once, with the row.
CREATE TRIGGER generations_text_insert AFTER INSERT ON generations BEGIN
    INSERT INTO generations_text (rowid, prompt, negative, checkpoint, loras)
    VALUES (new.number, new.prompt, new.negative, new.checkpoint, new.loras);
END;

CREATE TRIGGER generations_text_delete AFTER DELETE ON generations BEGIN
    INSERT INTO generations_text (generations_text, rowid, prompt, negative, checkpoint, loras)
    VALUES ('delete', old.number, old.prompt, old.negative, old.checkpoint, old.loras);
END;

CREATE TRIGGER generations_text_update AFTER UPDATE OF prompt, negative, checkpoint, loras ON generations BEGIN
    INSERT INTO generations_text (generations_text, rowid, prompt, negative, checkpoint, loras)
    VALUES ('delete', old.number, old.prompt, old.negative, old.checkpoint, old.loras);
    INSERT INTO generations_text (rowid, prompt, negative, checkpoint, loras)
    VALUES (new.number, new.prompt, new.negative, new.checkpoint, new.loras);
END;

CREATE TRIGGER count_insert AFTER INSERT ON generations WHEN new.trashed_at IS NULL BEGIN
    UPDATE sessions SET
        total = total + 1,
        complete = complete + (new.status = 'complete'),
        failed = failed + (new.status IN ('failed', 'lost')),
        unfinished = unfinished + (new.status IN ('new', 'sending', 'queued', 'running'))
    WHERE id = new.session_id;
END;

CREATE TRIGGER count_delete AFTER DELETE ON generations WHEN old.trashed_at IS NULL BEGIN
    UPDATE sessions SET
        total = total - 1,
        complete = complete - (old.status = 'complete'),
        failed = failed - (old.status IN ('failed', 'lost')),
        unfinished = unfinished - (old.status IN ('new', 'sending', 'queued', 'running'))
    WHERE id = old.session_id;
END;

CREATE TRIGGER count_leave AFTER UPDATE OF status, trashed_at, session_id ON generations
WHEN old.trashed_at IS NULL BEGIN
    UPDATE sessions SET
        total = total - 1,
        complete = complete - (old.status = 'complete'),
        failed = failed - (old.status IN ('failed', 'lost')),
        unfinished = unfinished - (old.status IN ('new', 'sending', 'queued', 'running'))
    WHERE id = old.session_id;
END;

CREATE TRIGGER count_enter AFTER UPDATE OF status, trashed_at, session_id ON generations
WHEN new.trashed_at IS NULL BEGIN
    UPDATE sessions SET
        total = total + 1,
        complete = complete + (new.status = 'complete'),
        failed = failed + (new.status IN ('failed', 'lost')),
        unfinished = unfinished + (new.status IN ('new', 'sending', 'queued', 'running'))
    WHERE id = new.session_id;
END;

CREATE TRIGGER outputs_insert AFTER INSERT ON outputs BEGIN
    UPDATE generations SET output_count = output_count + 1 WHERE number = new.generation;
END;

CREATE TRIGGER outputs_delete AFTER DELETE ON outputs BEGIN
    UPDATE generations SET output_count = output_count - 1 WHERE number = old.generation;
END;

INSERT INTO workflows (id, name, mode, description, is_default, document)
VALUES ('txt2img', 'txt2img', 'txt2img', 'Text to picture, SD1.5 and SDXL', 1, x'');
