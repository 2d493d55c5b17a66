-- A journal as version 0.1 wrote it (schema version 1): accepted, refused, uncertain and forgotten
-- attempts, one whose process was killed, a job taken over by its id, one that the service lost, real
-- and sandbox accounts, kept clips with a poster, marks, notes and hostile texts. Never change it.
PRAGMA application_id = 1280202839;
PRAGMA user_version = 1;
CREATE TABLE realms (
    realm   INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    account TEXT NOT NULL,
    sandbox INTEGER NOT NULL,
    UNIQUE (service, account, sandbox)
);
CREATE TABLE entries (
    entry      INTEGER PRIMARY KEY,
    realm      INTEGER NOT NULL REFERENCES realms (realm),
    state      TEXT NOT NULL,
    session    TEXT NOT NULL DEFAULT '',
    attempt_id TEXT UNIQUE,
    endpoint   TEXT NOT NULL DEFAULT '',
    sent_at    REAL,
    job_id     TEXT,
    kind       TEXT NOT NULL DEFAULT '',
    status     TEXT NOT NULL DEFAULT '',
    final      INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    duration   REAL,
    points     INTEGER,
    videos     INTEGER NOT NULL DEFAULT 0,
    clips_due  INTEGER NOT NULL DEFAULT 0,
    reason     TEXT,
    favourite  INTEGER NOT NULL DEFAULT 0,
    note       TEXT NOT NULL DEFAULT '',
    searchable TEXT NOT NULL DEFAULT '',
    indexed    INTEGER NOT NULL DEFAULT 0,
    payload    TEXT,
    task       TEXT
);
CREATE INDEX entries_by_age ON entries (created_at DESC, entry DESC);
CREATE INDEX entries_by_job ON entries (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX entries_by_kind ON entries (kind, created_at DESC);
CREATE INDEX entries_running ON entries (created_at) WHERE state = 'accepted' AND final = 0;
CREATE INDEX entries_open ON entries (created_at) WHERE state IN ('intended', 'uncertain');
CREATE INDEX entries_clips_due ON entries (created_at) WHERE clips_due = 1;
CREATE INDEX entries_favourite ON entries (created_at) WHERE favourite = 1;
CREATE INDEX entries_unindexed ON entries (entry) WHERE indexed = 0;
CREATE TABLE clips (
    entry       INTEGER NOT NULL REFERENCES entries (entry) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    file        TEXT NOT NULL,
    bytes       INTEGER NOT NULL,
    kept_at     REAL NOT NULL,
    poster      TEXT,
    poster_bytes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (entry, number)
) WITHOUT ROWID;
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(searchable, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO realms VALUES (1, 'https://api.legnext.ai', 'fingerprint-a', 0);
INSERT INTO realms VALUES (2, 'https://api.legnext.ai', 'fingerprint-b', 0);
INSERT INTO realms VALUES (3, 'sandbox', '', 1);
INSERT INTO realms VALUES (4, 'http://127.0.0.1:8123', 'fingerprint-a', 1);
INSERT INTO entries VALUES
    (1, 1, 'accepted', 'lock-d7ce7332e4ea46c7b5c959936b323ea6', '7d86cfdf-95f2-5bea-bc85-8c36c4acea4d', 'video-diffusion', 1760961600.0, '0f10a5d6-cf42-537a-b6c7-3dff33dff070', 'video_diffusion', 'completed', 1, 1760961600.0, 200.0,
    480, 4, 1, NULL, 1, 'for Ann''s birthday', 'a cat in the rain --motion high for ann''s birthday', 1,
    '{"prompt":"https://example.com/a.png?width=640 A cat in the rain --motion high","videoType":1}',
    '{"job_id":"0f10a5d6-cf42-537a-b6c7-3dff33dff070","model":"midjourney","task_type":"video_diffusion","status":"completed","config":{"service_mode":"public","webhook_config":{"endpoint":"https://example.com/hook","secret":""}},"input":null,"output":{"video_urls":["https://image.legnext.ai/x/0f10a5d6-cf42-537a-b6c7-3dff33dff070_0.mp4","https://image.legnext.ai/x/0f10a5d6-cf42-537a-b6c7-3dff33dff070_1.mp4","https://image.legnext.ai/x/0f10a5d6-cf42-537a-b6c7-3dff33dff070_2.mp4","https://image.legnext.ai/x/0f10a5d6-cf42-537a-b6c7-3dff33dff070_3.mp4"]},"meta":{"created_at":"2025-10-20T12:00:00+00:00","started_at":"2025-10-20T12:00:20+00:00","ended_at":"2025-10-20T12:03:40+00:00","usage":{"type":"point","frozen":480,"consume":480}},"detail":null,"logs":[],"error":{"code":0,"raw_message":"","message":"","detail":null}}');
INSERT INTO entries VALUES
    (2, 1, 'accepted', 'lock-d7ce7332e4ea46c7b5c959936b323ea6', 'e54be493-5e69-5318-98d7-bbae93fc147d', 'video-diffusion', 1761048000.0, 'dfe52221-c2a7-5d37-8569-221317ee54d3', '"><script>alert(1)</script> ''); drop table entries;__ 🎬 雨', 'completed', 1, 1761048000.0, 200.0,
    480, 3, 1, NULL, 0, '"><script>alert(1)</script> ''); DROP TABLE entries;-- 🎬 雨', '"><script>alert(1)</script> ''); drop table entries;-- 🎬 雨 "><script>alert(1)</script> ''); drop table entries;-- 🎬 雨', 1,
    '{"prompt":"\"><script>alert(1)</script> ''); DROP TABLE entries;-- 🎬 雨"}',
    '{"job_id":"dfe52221-c2a7-5d37-8569-221317ee54d3","model":"midjourney","task_type":"\"><script>alert(1)</script> ''); DROP TABLE entries;-- \ud83c\udfac \u96e8","status":"completed","config":{"service_mode":"public","webhook_config":{"endpoint":"https://example.com/hook","secret":""}},"input":{"prompt":"\ud800 half"},"output":{"video_urls":["javascript:alert(1)",null,7]},"meta":{"created_at":"2025-10-21T12:00:00+00:00","started_at":"2025-10-21T12:00:20+00:00","ended_at":"2025-10-21T12:03:40+00:00","usage":{"type":"point","frozen":480,"consume":480}},"detail":null,"logs":[],"error":{"code":0,"raw_message":"","message":"","detail":null}}');
INSERT INTO entries VALUES
    (3, 1, 'accepted', 'lock-d7ce7332e4ea46c7b5c959936b323ea6', 'c1f2c04f-2257-53fd-af49-74c37441fc87', 'video-diffusion', 1761134400.0, 'f90816e6-8d87-53e4-840e-a2f81c7337e6', 'video_diffusion', 'failed', 1, 1761134400.0, 200.0,
    0, 0, 0, NULL, 0, '', 'a dog', 1,
    '{"prompt":"a dog"}',
    '{"job_id":"f90816e6-8d87-53e4-840e-a2f81c7337e6","model":"midjourney","task_type":"video_diffusion","status":"failed","config":{"service_mode":"public","webhook_config":{"endpoint":"https://example.com/hook","secret":""}},"input":null,"output":{"video_urls":null},"meta":{"created_at":"2025-10-22T12:00:00+00:00","started_at":"2025-10-22T12:00:20+00:00","ended_at":"2025-10-22T12:03:40+00:00","usage":{"type":"point","frozen":0,"consume":0}},"detail":null,"logs":[],"error":{"code":0,"raw_message":"","message":"","detail":null}}');
INSERT INTO entries VALUES
    (4, 1, 'accepted', 'lock-d7ce7332e4ea46c7b5c959936b323ea6', 'cd2805ed-dda0-5ea2-9c62-af2ce5634885', 'video-diffusion', 1761220800.0, '2a7e2978-6ffa-5384-ae14-af02e5419f1e', 'video_diffusion', 'processing', 0, 1761220800.0, NULL,
    480, 0, 0, NULL, 0, '', 'a lighthouse in a storm', 1,
    '{"prompt":"a lighthouse in a storm"}',
    '{"job_id":"2a7e2978-6ffa-5384-ae14-af02e5419f1e","model":"midjourney","task_type":"video_diffusion","status":"processing","config":{"service_mode":"public","webhook_config":{"endpoint":"https://example.com/hook","secret":""}},"input":null,"output":{"video_urls":null},"meta":{"created_at":"2025-10-23T12:00:00+00:00","started_at":"2025-10-23T12:00:20+00:00","ended_at":"0001-01-01T00:00:00Z","usage":{"type":"point","frozen":480,"consume":0}},"detail":null,"logs":[],"error":{"code":0,"raw_message":"","message":"","detail":null}}');
INSERT INTO entries VALUES
    (5, 1, 'accepted', 'lock-d7ce7332e4ea46c7b5c959936b323ea6', '86ebf349-4855-50b5-b6f3-edf40d52350e', 'diffusion', 1761048000.0, '6d79dd52-1f8f-517c-a63a-d56d4414195d', 'diffusion', 'completed', 1, 1761048000.0, 200.0,
    80, 0, 0, NULL, 0, '', '四 只 猫', 1,
    '{"prompt":"四只猫"}',
    '{"job_id":"6d79dd52-1f8f-517c-a63a-d56d4414195d","model":"midjourney","task_type":"diffusion","status":"completed","config":{"service_mode":"public","webhook_config":{"endpoint":"https://example.com/hook","secret":""}},"input":null,"output":{"video_urls":[]},"meta":{"created_at":"2025-10-21T12:00:00+00:00","started_at":"2025-10-21T12:00:20+00:00","ended_at":"2025-10-21T12:03:40+00:00","usage":{"type":"point","frozen":80,"consume":80}},"detail":null,"logs":[],"error":{"code":0,"raw_message":"","message":"","detail":null}}');
INSERT INTO entries VALUES
    (6, 2, 'accepted', 'lock-d7ce7332e4ea46c7b5c959936b323ea6', 'e7234361-86a2-57ca-a573-d844e2a275e1', 'video-diffusion', 1761307200.0, '79935824-0251-5a0f-89ec-5fefe0aec06c', 'video_diffusion', 'completed', 1, 1761307200.0, 200.0,
    480, 4, 1, NULL, 0, '', 'a cat of another account', 1,
    '{"prompt":"a cat of another account"}',
    '{"job_id":"79935824-0251-5a0f-89ec-5fefe0aec06c","model":"midjourney","task_type":"video_diffusion","status":"completed","config":{"service_mode":"public","webhook_config":{"endpoint":"https://example.com/hook","secret":""}},"input":null,"output":{"video_urls":["https://image.legnext.ai/x/79935824-0251-5a0f-89ec-5fefe0aec06c_0.mp4","https://image.legnext.ai/x/79935824-0251-5a0f-89ec-5fefe0aec06c_1.mp4","https://image.legnext.ai/x/79935824-0251-5a0f-89ec-5fefe0aec06c_2.mp4","https://image.legnext.ai/x/79935824-0251-5a0f-89ec-5fefe0aec06c_3.mp4"]},"meta":{"created_at":"2025-10-24T12:00:00+00:00","started_at":"2025-10-24T12:00:20+00:00","ended_at":"2025-10-24T12:03:40+00:00","usage":{"type":"point","frozen":480,"consume":480}},"detail":null,"logs":[],"error":{"code":0,"raw_message":"","message":"","detail":null}}');
INSERT INTO entries VALUES
    (7, 3, 'accepted', 'lock-d7ce7332e4ea46c7b5c959936b323ea6', 'a7b32b9b-75f4-55db-9843-490dd0fe910b', 'video-diffusion', 1761307200.0, 'd456c4d7-3a68-57a2-ba52-a3da205d9139', 'video_diffusion', 'completed', 1, 1761307200.0, 4.0,
    480, 4, 1, NULL, 0, '', 'a cat of the sandbox', 1,
    '{"prompt":"a cat of the sandbox"}',
    '{"job_id":"d456c4d7-3a68-57a2-ba52-a3da205d9139","model":"midjourney","task_type":"video_diffusion","status":"completed","config":{"service_mode":"public","webhook_config":{"endpoint":"https://example.com/hook","secret":""}},"input":null,"output":{"video_urls":["https://image.legnext.ai/x/d456c4d7-3a68-57a2-ba52-a3da205d9139_0.mp4","https://image.legnext.ai/x/d456c4d7-3a68-57a2-ba52-a3da205d9139_1.mp4","https://image.legnext.ai/x/d456c4d7-3a68-57a2-ba52-a3da205d9139_2.mp4","https://image.legnext.ai/x/d456c4d7-3a68-57a2-ba52-a3da205d9139_3.mp4"]},"meta":{"created_at":"2025-10-24T12:00:00+00:00","started_at":"2025-10-24T12:00:20+00:00","ended_at":"2025-10-24T12:00:24+00:00","usage":{"type":"point","frozen":480,"consume":480}},"detail":null,"logs":[],"error":{"code":0,"raw_message":"","message":"","detail":null}}');
INSERT INTO entries VALUES
    (8, 4, 'accepted', 'lock-d7ce7332e4ea46c7b5c959936b323ea6', 'a35b5431-6aba-5acd-a7bb-cb9bbd54eb0e', 'video-diffusion', 1761307200.0, '7dd36f37-9957-5aed-b6c8-63c0e519a4f7', 'video_diffusion', 'completed', 1, 1761307200.0, 4.0,
    480, 4, 1, NULL, 0, '', 'a cat of the served sandbox', 1,
    '{"prompt":"a cat of the served sandbox"}',
    '{"job_id":"7dd36f37-9957-5aed-b6c8-63c0e519a4f7","model":"midjourney","task_type":"video_diffusion","status":"completed","config":{"service_mode":"public","webhook_config":{"endpoint":"https://example.com/hook","secret":""}},"input":null,"output":{"video_urls":["https://image.legnext.ai/x/7dd36f37-9957-5aed-b6c8-63c0e519a4f7_0.mp4","https://image.legnext.ai/x/7dd36f37-9957-5aed-b6c8-63c0e519a4f7_1.mp4","https://image.legnext.ai/x/7dd36f37-9957-5aed-b6c8-63c0e519a4f7_2.mp4","https://image.legnext.ai/x/7dd36f37-9957-5aed-b6c8-63c0e519a4f7_3.mp4"]},"meta":{"created_at":"2025-10-24T12:00:00+00:00","started_at":"2025-10-24T12:00:20+00:00","ended_at":"2025-10-24T12:00:24+00:00","usage":{"type":"point","frozen":480,"consume":480}},"detail":null,"logs":[],"error":{"code":0,"raw_message":"","message":"","detail":null}}');
INSERT INTO entries VALUES
    (9, 1, 'refused', 'lock-d7ce7332e4ea46c7b5c959936b323ea6', '25dcde66-2928-50c8-bb06-436c074349ae', 'video-diffusion', 1761393600.0, NULL, 'video_diffusion', '', 0, 1761393600.0, NULL,
    NULL, 0, 0, '402: not enough credits', 0, '', 'a refused whale', 1,
    '{"prompt":"a refused whale"}',
    NULL);
INSERT INTO entries VALUES
    (10, 1, 'uncertain', 'lock-d7ce7332e4ea46c7b5c959936b323ea6', 'ffc3ea9a-b677-559d-9f26-06bbaea046ed', 'video-diffusion', 1761393600.0, NULL, 'video_diffusion', '', 0, 1761393600.0, NULL,
    NULL, 0, 0, 'the connection broke', 0, '', 'an uncertain whale', 1,
    '{"prompt":"an uncertain whale"}',
    NULL);
INSERT INTO entries VALUES
    (11, 1, 'accepted', '', NULL, '', NULL, '4ab075b2-fcd6-58be-8df5-6971b571f219', 'video_diffusion', 'completed', 1, 1761480000.0, 200.0,
    480, 4, 1, NULL, 0, '', '', 0,
    NULL,
    '{"job_id":"4ab075b2-fcd6-58be-8df5-6971b571f219","model":"midjourney","task_type":"video_diffusion","status":"completed","config":{"service_mode":"public","webhook_config":{"endpoint":"https://example.com/hook","secret":""}},"input":null,"output":{"video_urls":["https://image.legnext.ai/x/4ab075b2-fcd6-58be-8df5-6971b571f219_0.mp4","https://image.legnext.ai/x/4ab075b2-fcd6-58be-8df5-6971b571f219_1.mp4","https://image.legnext.ai/x/4ab075b2-fcd6-58be-8df5-6971b571f219_2.mp4","https://image.legnext.ai/x/4ab075b2-fcd6-58be-8df5-6971b571f219_3.mp4"]},"meta":{"created_at":"2025-10-26T12:00:00+00:00","started_at":"2025-10-26T12:00:20+00:00","ended_at":"2025-10-26T12:03:40+00:00","usage":{"type":"point","frozen":480,"consume":480}},"detail":null,"logs":[],"error":{"code":0,"raw_message":"","message":"","detail":null}}');
INSERT INTO entries VALUES
    (12, 1, 'accepted', 'lock-d7ce7332e4ea46c7b5c959936b323ea6', '2d2649f6-7ad5-5d3c-a342-9a8c9e336b66', 'video-diffusion', 1761480000.0, 'c75a1c12-9c30-59fe-a15e-a279063ab8ae', 'video_diffusion', 'processing', 1, 1761480000.0, NULL,
    480, 0, 0, '404: no such job', 0, '', 'a lost whale', 1,
    '{"prompt":"a lost whale"}',
    '{"job_id":"c75a1c12-9c30-59fe-a15e-a279063ab8ae","model":"midjourney","task_type":"video_diffusion","status":"processing","config":{"service_mode":"public","webhook_config":{"endpoint":"https://example.com/hook","secret":""}},"input":null,"output":{"video_urls":null},"meta":{"created_at":"2025-10-26T12:00:00+00:00","started_at":"2025-10-26T12:00:20+00:00","ended_at":"0001-01-01T00:00:00Z","usage":{"type":"point","frozen":480,"consume":0}},"detail":null,"logs":[],"error":{"code":0,"raw_message":"","message":"","detail":null}}');
INSERT INTO entries VALUES
    (13, 1, 'intended', 'lock-48ef700857504240811e8672543e4a5b', 'e70b2c7d-76b2-5c61-a821-93924fff5bd9', 'video-diffusion', 1761566400.0, NULL, 'video_diffusion', '', 0, 1761566400.0, NULL,
    NULL, 0, 0, NULL, 0, '', 'an intended whale', 1,
    '{"prompt":"an intended whale"}',
    NULL);
INSERT INTO clips VALUES (1, 0, 'clips/2305d389ab83/0f10a5d6-cf42-537a-b6c7-3dff33dff070/0.mp4', 17, 1.79568935827960157389e+09, 'clips/2305d389ab83/0f10a5d6-cf42-537a-b6c7-3dff33dff070/0.png', 70);
INSERT INTO clips VALUES (1, 1, 'clips/2305d389ab83/0f10a5d6-cf42-537a-b6c7-3dff33dff070/1.mp4', 17, 1.79568935846249175076e+09, NULL, 0);
INSERT INTO clips VALUES (2, 0, 'clips/2305d389ab83/dfe52221-c2a7-5d37-8569-221317ee54d3/0.mp4', 12, 1.79568935846911191932e+09, NULL, 0);
INSERT INTO clips VALUES (7, 0, 'clips/422f7425b988/d456c4d7-3a68-57a2-ba52-a3da205d9139/0.mp4', 12, 1.79568935848369789121e+09, NULL, 0);
INSERT INTO settings VALUES ('max_bytes', '5368709120');
INSERT INTO words (rowid, searchable) VALUES (1, 'a cat in the rain --motion high for ann''s birthday');
INSERT INTO words (rowid, searchable) VALUES (2, '"><script>alert(1)</script> ''); drop table entries;-- 🎬 雨 "><script>alert(1)</script> ''); drop table entries;-- 🎬 雨');
INSERT INTO words (rowid, searchable) VALUES (3, 'a dog');
INSERT INTO words (rowid, searchable) VALUES (4, 'a lighthouse in a storm');
INSERT INTO words (rowid, searchable) VALUES (5, '四 只 猫');
INSERT INTO words (rowid, searchable) VALUES (6, 'a cat of another account');
INSERT INTO words (rowid, searchable) VALUES (7, 'a cat of the sandbox');
INSERT INTO words (rowid, searchable) VALUES (8, 'a cat of the served sandbox');
INSERT INTO words (rowid, searchable) VALUES (9, 'a refused whale');
INSERT INTO words (rowid, searchable) VALUES (10, 'an uncertain whale');
INSERT INTO words (rowid, searchable) VALUES (12, 'a lost whale');
INSERT INTO words (rowid, searchable) VALUES (13, 'an intended whale');
