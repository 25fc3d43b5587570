-- The tables of a service of your own, with made-up people in them: sqlite3 service.sqlite < examples/tables.sql
-- Ids are text, dates are ISO 8601, and an academic year is the year in which it begins.

CREATE TABLE users (
    id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, suspended BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE TABLE partners (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE memberships (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users, partner_id TEXT NOT NULL REFERENCES partners,
    since DATE NOT NULL, ended_on DATE, given_by TEXT NOT NULL, why TEXT NOT NULL
);
CREATE TABLE data_sharing_agreements (
    id TEXT PRIMARY KEY, lead_provider_id TEXT NOT NULL, partner_id TEXT NOT NULL REFERENCES partners,
    starts_on DATE NOT NULL, ends_on DATE, first_year INTEGER, last_year INTEGER
);
CREATE TABLE trainees (
    trn TEXT PRIMARY KEY, name TEXT NOT NULL, partner_id TEXT, lead_provider_id TEXT, academic_year INTEGER
);
CREATE INDEX trainees_by_partner ON trainees (partner_id, lead_provider_id, academic_year);

INSERT INTO partners VALUES ('dp-north', 'North Hub'), ('dp-south', 'South Hub');
INSERT INTO users VALUES
    ('u1', 'ann@north.example', 'Ann Lee', FALSE),
    ('u2', 'bo@south.example', 'Bo Day', FALSE),
    ('u3', 'cy@north.example', 'Cy Orr', TRUE);
INSERT INTO memberships VALUES
    ('m1', 'u1', 'dp-north', '2024-01-08', NULL, 'sam', 'Ticket 12'),
    ('m2', 'u2', 'dp-south', '2024-01-08', NULL, 'sam', 'Ticket 13'),
    ('m3', 'u3', 'dp-north', '2024-01-08', NULL, 'sam', 'Ticket 14');
INSERT INTO data_sharing_agreements VALUES
    ('a1', 'lp-1', 'dp-north', '2023-09-01', NULL, 2023, NULL),
    ('a2', 'lp-2', 'dp-south', '2021-09-01', '2022-08-31', NULL, NULL);
INSERT INTO trainees VALUES
    ('0012345', 'Ada Bold', 'dp-north', 'lp-1', 2024),
    ('0023456', 'Zoë Ünal', 'dp-north', NULL, 2023),
    ('1034567', 'Max Früh', 'dp-north', 'lp-1', 2022),
    ('1045678', 'Ivy Else', 'dp-north', 'lp-2', 2024),
    ('1056789', 'Sid South', 'dp-south', 'lp-2', 2024);
