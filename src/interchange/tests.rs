//! Imports of small files into stores in memory.

use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::config::Config;
use crate::store::{OpenOptions, Origin, Store};

struct Shop {
    store: Store,
    folder: TempDir,
}

impl Shop {
    fn new() -> Self {
        let store = Store::in_memory(OpenOptions { threads: Some(2) }).unwrap();
        Shop { store, folder: TempDir::new().unwrap() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn request(&self, text: &str) -> OrderImport {
        OrderImport { files: vec![self.file("orders.csv", text)], ..OrderImport::default() }
    }

    fn import(&self, request: &OrderImport) -> Result<ImportOutcome, ImportError> {
        import_orders(&self.store, &config(), request)
    }

    fn import_text(&self, text: &str) -> ImportOutcome {
        self.import(&self.request(text)).unwrap()
    }

    fn failure(&self, text: &str) -> ImportError {
        self.import(&self.request(text)).unwrap_err()
    }

    /// The rows of a query, as text with `|` between the columns.
    fn rows(&self, columns: &str, rest: &str) -> Vec<String> {
        let sql = format!("SELECT concat_ws('|', {columns}) {rest}");
        self.store.rows_text("test", &sql, |row| row.get(0)).unwrap()
    }
}

fn config() -> Config {
    Config::from_layers(&[]).unwrap()
}

#[test]
fn try_it() {
    let shop = Shop::new();
    let outcome = shop
        .import_text("order_id,customer,date,amount\nA-1,kim,2024-01-02,10\nA-2,7,2024-01-01 10:00,5.005\n");
    println!("{outcome:#?}");
    println!("{:?}", shop.rows("order_id, external_id, user_id, amount, status, created_at", "FROM orders"));
    println!(
        "{}",
        shop.failure("order_id,customer,date,amount\nA-1,kim,2024-01-02,10\nA-2,7,2024-01-01 10:00,x\n")
    );
}

#[test]
fn cdnow() {
    let Some(folder) = std::env::var_os("LIFECYCLE_TEST_DATA") else {
        eprintln!("skipped: LIFECYCLE_TEST_DATA names no folder");
        return;
    };
    let shop = Shop::new();
    let request =
        OrderImport { files: vec![PathBuf::from(folder).join("cdnow_master.txt")], ..OrderImport::default() };
    let outcome = shop.import(&request).unwrap();
    println!("{outcome:#?}");
    assert_eq!(shop.store.meta().origin().unwrap(), Some(Origin::Imported));
}
