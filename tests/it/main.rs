//! Integration tests through the library and the command, in one binary (each links the engine).
//!
//! What the library computes is checked against expected rows worked out by hand (`cases`), plain
//! loops and a second engine over the same orders (`oracle`), and properties: what must not matter
//! (`properties`, `simulation`). `year` checks the default year against its calibration, `verify`
//! and `late_facts` the batch against its verification, `command` and `worker` what the command
//! prints, `export` the files it writes, `query` which SQL is allowed. `left_overs` kills commands
//! that write files, `writers` runs several commands on one simulation, and `special_files`, `words`
//! and `output` try paths that are not files, damaged files, and output that cannot be written.

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
