//! Integration tests through the library and the command, in one binary (each links the engine).
//!
//! What the library computes is held against three other opinions: expected
//! rows worked out by hand (`cases`), plain loops and a second engine over the
//! same orders (`oracle`), and what must not matter (`properties`,
//! `simulation`). `year` holds the default year to its figures, `verify` and
//! `late_facts` the batch to its own verification, `command` and `worker` the command
//! to what it prints, `export` what it writes to what the file holds, `query` what a user asks to what
//! may be answered. `left_overs` kills what writes files. `writers` has several commands work on one simulation, `special_files`, `words` and
//! `output` name what is no file, is damaged or cannot be written to.

mod ahead;
mod architecture;
mod articles;
mod broken_files;
mod calendars;
mod cases;
mod cdnow;
mod cdnow_routes;
mod command;
mod existing_customers;
mod export;
mod formats;
mod grade_runs;
mod instant;
mod lake;
mod late_facts;
mod ledger;
#[cfg(unix)]
mod left_overs;
mod migrate;
mod oracle;
mod outlook;
mod output;
mod page;
mod predict;
mod properties;
mod query;
mod segments;
mod shell;
mod shop;
mod shop_systems;
mod simulation;
mod special_files;
mod story;
mod table;
mod terminal;
mod verify;
mod whole_shop;
mod words;
mod worker;
mod writers;
mod year;
