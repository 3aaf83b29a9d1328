//! Integration tests through the library, in one binary (each links the engine).

mod late_facts;
mod ledger;
mod verify;
