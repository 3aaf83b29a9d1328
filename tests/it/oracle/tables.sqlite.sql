-- what: the facts, in SQLite: money in whole hundredths, instants as text with microseconds
-- grain: none (definitions)
-- parameters: none
CREATE TABLE users (user_id INTEGER PRIMARY KEY, signed_up_at TEXT NOT NULL);
CREATE TABLE activities (
    activity_id INTEGER PRIMARY KEY, channel TEXT NOT NULL, budget INTEGER, start_at TEXT NOT NULL, end_at TEXT,
    cohort TEXT NOT NULL
);
CREATE TABLE orders (
    order_id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, activity_id INTEGER,
    amount INTEGER NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE lists (activity_id INTEGER NOT NULL, user_id INTEGER NOT NULL);
CREATE TABLE members (activity_id INTEGER, user_id INTEGER, order_id INTEGER, created_at TEXT);
CREATE INDEX orders_by_user ON orders (user_id, created_at);
