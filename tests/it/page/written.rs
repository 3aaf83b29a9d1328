//! The page without a browser: its tables, its escaping, its policy, its place.

use serde_json::{Value, json};

use super::{arguments, element, tables};
use crate::shell::Shell;

fn page(shell: &Shell, flags: &[&str]) -> String {
    shell.done(&[&["report", "--out", "-"], flags].concat())
}

/// A table's rows as the command prints them in JSON.
fn rows(table: &Value) -> Vec<Value> {
    let keys: Vec<&str> =
        table["columns"].as_array().unwrap().iter().map(|column| column["key"].as_str().unwrap()).collect();
    let object = |row: &Value| {
        keys.iter()
            .zip(row.as_array().unwrap())
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect()
    };
    table["rows"].as_array().unwrap().iter().map(|row| Value::Object(object(row))).collect()
}

/// Every table of the page against the command that it names.
fn check_tables(shell: &Shell, page: &str) -> usize {
    let tables = tables(page);
    for (name, table) in &tables {
        let command = arguments(table["command"].as_str().unwrap());
        let mut command: Vec<&str> = command.iter().map(String::as_str).collect();
        command.extend(["--format", "json"]);
        let printed: Vec<Value> = serde_json::from_str(&shell.done(&command)).unwrap();
        assert!(!printed.is_empty(), "{name}");
        assert_eq!(rows(table), printed, "{name}: {command:?}");
    }
    tables.len()
}

#[test]
fn every_table_is_what_its_command_prints() {
    let shell = Shell::with_shop("120");
    shell.done(&["predict", "run", "--as-of", "2024-05-01", "-q"]);
    assert_eq!(check_tables(&shell, &page(&shell, &[])), 11);
    let flags =
        ["--from", "2024-02-20", "--to", "2024-04-20", "--as-of", "2024-05-01", "--cohorts", "acquired"];
    assert_eq!(check_tables(&shell, &page(&shell, &flags)), 11);
    // A page as of an earlier day does not include the prediction.
    let earlier = page(&shell, &["--as-of", "2024-04-30"]);
    assert_eq!(tables(&earlier).keys().filter(|name| *name == "checks").count(), 0);
}

#[test]
fn the_mix_by_origin_adds_up_to_the_recorded_updates() {
    let shell = Shell::with_shop("120");
    let recorded: Vec<Value> =
        serde_json::from_str(&shell.done(&["grades", "report", "--format", "json"])).unwrap();
    let mix: Vec<Value> =
        serde_json::from_str(&shell.done(&["overview", "--view", "grades", "--format", "json"])).unwrap();
    let grades = |row: &Value| ["as_of", "vip", "gold", "silver", "bronze"].map(|key| row[key].clone());
    assert!(recorded.len() > 10);
    assert_eq!(mix.iter().map(grades).collect::<Vec<_>>(), recorded.iter().map(grades).collect::<Vec<_>>());
}

#[test]
fn origins_part_the_customers() {
    let shell = Shell::with_shop("120");
    let json = |arguments: &[&str]| -> Vec<Value> {
        serde_json::from_str(&shell.done(&[arguments, &["--format", "json"]].concat())).unwrap()
    };
    let figures = json(&["overview"]);
    let of = |figure: &str| {
        figures.iter().find(|row| row["figure"] == figure).unwrap()["period"].as_i64().unwrap()
    };
    let spans = json(&["overview", "--by-origin"]);
    let sum = |key: &str| -> i64 {
        spans.iter().filter(|row| row["span"] == "period").map(|row| row[key].as_i64().unwrap()).sum()
    };
    for key in
        ["customers", "buyers", "first_time_buyers", "repeat_buyers", "orders", "gross_revenue", "returned"]
    {
        assert_eq!(sum(key), of(key), "{key}");
    }
    let status: Value = serde_json::from_str(&shell.done(&["status", "--format", "json"])).unwrap();
    assert_eq!(
        (of("orders"), of("customers")),
        (status["counted_orders"].as_i64().unwrap(), status["users"].as_i64().unwrap())
    );
    assert_eq!(json!(of("net_revenue")), status["revenue"]);
}

/// Texts that would escape from their context if anything let them.
const HOSTILE: [&str; 4] = [
    "<script>document.title='broken'</script>",
    "</script><img src=x onerror=alert(1)>",
    "{{data}} & \u{2028}",
    "<b>\"'`${x}",
];

#[test]
fn texts_of_the_data_stay_texts() {
    let shell = Shell::with_shop("70");
    let store = shell.store(lifecycle::store::Access::Write);
    for (at, hostile) in HOSTILE.iter().enumerate() {
        let quoted = lifecycle::store::quote_literal(hostile);
        let renamed = format!(
            "UPDATE campaign_activities SET name = {quoted}, channel = {quoted} WHERE activity_id % 4 = {at}"
        );
        store.execute_text("test", &renamed).unwrap();
    }
    store.close().unwrap();
    let page = page(&shell, &[]);
    // Three ends of scripts and three of data: none of the data's texts added one.
    assert_eq!(page.matches("</script>").count(), 4);
    assert_eq!(page.matches("<script").count(), 4);
    let data: Value = serde_json::from_str(element(&page, "data")).unwrap();
    assert!(data["facts"]["as_of"].is_string(), "{data}");
    let names: Vec<Value> =
        rows(&tables(&page)["cohort_months"]).iter().map(|row| row["name"].clone()).collect();
    for hostile in HOSTILE {
        assert!(names.contains(&json!(hostile)), "{hostile}");
    }
    check_tables(&shell, &page);
}

#[test]
fn the_policy_lets_nothing_in() {
    let shell = Shell::with_shop("40");
    let page = page(&shell, &[]);
    let (_, policy) = page.split_once("http-equiv=\"Content-Security-Policy\" content=\"").unwrap();
    let policy = policy.split('"').next().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    for forbidden in ["unsafe", "http", "*", "'self'"] {
        assert!(!policy.contains(forbidden), "{forbidden}: {policy}");
    }
    // Nothing is loaded by an address, either.
    assert!(!page.contains(" src=") && !page.contains("url(") && !page.contains("@import"));
}

#[test]
fn the_same_file_gives_the_same_page() {
    let shell = Shell::with_shop("40");
    assert_eq!(page(&shell, &["--threads", "1"]), page(&shell, &["--threads", "2"]));
}

#[test]
fn a_page_replaces_a_page_and_nothing_else() {
    let shell = Shell::with_shop("40");
    shell.done(&["report", "-q"]);
    shell.done(&["report", "-q", "--lang", "ko"]);
    assert!(std::fs::read_to_string(shell.path("report.html")).unwrap().contains("<html lang=\"ko\">"));
    std::fs::write(shell.path("notes.html"), "<p>mine</p>").unwrap();
    let said = shell.fails(1, &["report", "--out", "notes.html"]);
    assert!(said.contains("notes.html exists already, and is no page of this command"), "{said}");
    shell.fails(1, &["report", "--out", "lifecycle.duckdb"]);
    shell.fails(2, &["report", "--out", "-", "--open"]);
    shell.fails(2, &["report", "--out", "x.html", "--from", "2025-01-01", "--to", "2024-12-01"]);
    assert_eq!(shell.names("."), ["lifecycle.duckdb", "lifecycle.toml", "notes.html", "report.html"]);
}

#[test]
fn what_is_unknown_is_left_out_and_said() {
    let shell = Shell::new();
    std::fs::write(
        shell.path("orders.csv"),
        "order_id,customer_id,date,amount\n1,7,2024-03-05,10\n2,7,2024-03-09,5\n",
    )
    .unwrap();
    shell.done(&["import", "orders", "orders.csv", "-q"]);
    let page = page(&shell, &[]);
    let data: Value = serde_json::from_str(element(&page, "data")).unwrap();
    let left_out = data["left_out"].as_array().unwrap();
    // Grades, cohorts, hours of the day, predictions.
    assert_eq!(left_out.len(), 4, "{left_out:?}");
    let named = tables(&page);
    let names: Vec<&str> = named.keys().map(String::as_str).collect();
    assert_eq!(names, ["spans", "days", "concentration"]);
    check_tables(&shell, &page);
}
