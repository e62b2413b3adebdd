-- The tables of schema version 3. ID is INTEGER in SQLite and BIGINT in PostgreSQL, which has no WITHOUT ROWID.
CREATE TABLE schema_version (version INTEGER NOT NULL, PRIMARY KEY (version));

CREATE TABLE users (id ID NOT NULL, name TEXT NOT NULL, PRIMARY KEY (id));

CREATE TABLE account_rights (
    user_id ID NOT NULL,
    account_id ID NOT NULL,
    rights INTEGER NOT NULL,
    PRIMARY KEY (user_id, account_id)
) WITHOUT ROWID;

CREATE TABLE course_rights (
    user_id ID NOT NULL,
    course_id ID NOT NULL,
    rights INTEGER NOT NULL,
    PRIMARY KEY (user_id, course_id)
) WITHOUT ROWID;

CREATE TABLE tokens (
    digest TEXT NOT NULL,
    user_id ID NOT NULL,
    rights INTEGER NOT NULL,
    terms TEXT,
    PRIMARY KEY (digest)
) WITHOUT ROWID;

CREATE TABLE courses (id ID NOT NULL, account_id ID NOT NULL, name TEXT NOT NULL, PRIMARY KEY (id));

CREATE TABLE enrollments (
    id ID NOT NULL,
    course_id ID NOT NULL,
    user_id ID NOT NULL,
    role TEXT NOT NULL,
    observed_user_id ID,
    PRIMARY KEY (id)
);
CREATE INDEX enrollments_of_a_user_in_a_course ON enrollments (course_id, user_id, role, observed_user_id);

CREATE TABLE outcomes (
    id ID NOT NULL,
    context_type TEXT,
    context_id ID,
    account_id ID,
    state TEXT NOT NULL,
    content TEXT NOT NULL,
    marks INTEGER NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE assignments (id ID NOT NULL, course_id ID NOT NULL, PRIMARY KEY (id));

CREATE TABLE alignments (
    id ID NOT NULL,
    course_id ID NOT NULL,
    outcome_id ID NOT NULL,
    title TEXT NOT NULL,
    submission_types TEXT NOT NULL,
    assignment_id ID,
    quiz_id ID,
    live_assessment_id ID,
    published BOOLEAN NOT NULL,
    for_everyone BOOLEAN NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX alignments_of_everyone_in_a_course ON alignments (course_id, for_everyone);
CREATE INDEX alignments_of_an_assignment ON alignments (assignment_id);

CREATE TABLE submissions (
    course_id ID NOT NULL,
    user_id ID NOT NULL,
    alignment_id ID NOT NULL,
    PRIMARY KEY (course_id, user_id, alignment_id)
) WITHOUT ROWID;
