//! A whole shop, imported with the command: users, products, activities and orders.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use tempfile::TempDir;

use lifecycle::store::{Access, OpenOptions, Store};

use crate::shell::run;
use crate::shop::test_query;

/// The command's output, stdout before stderr, and its exit code unless that is 0.
fn said(folder: &Path, arguments: &[&str]) -> String {
    let (code, out, err) = run(folder, arguments);
    let ended = if code == 0 { String::new() } else { format!("exit code {code}\n") };
    format!("{out}{err}{ended}")
}

/// Runs a command that must succeed.
fn done(folder: &Path, arguments: &[&str]) -> String {
    let said = said(folder, arguments);
    assert!(!said.contains("exit code"), "{arguments:?}: {said}");
    said
}

fn shop() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "members.csv",
        "회원번호,이름,성별,생년월일,지역,마케팅동의,가입일\n\
         kim,김하나,여,1990-02-03,서울,동의,2024-01-20\n\
         lee,이두리,남,1985,부산,거부,2023-12-01\n\
         park,박세미,,,,,2024-02-05\n",
    );
    write("catalogue.csv", "sku,name,category,price\nP1,Green tea,Tea,4500\nP2,Pot,Ware,\"32,000\"\n");
    write(
        "campaigns.csv",
        "activity_id,campaign,title,channel,cost,start_date,end_date\n\
         jan-mail,New year,Greetings,mail,30000,2024-01-01,2024-02-01\n\
         feb-ad,New year,Late snow,display,,2024-02-01,\n",
    );
    write(
        "orders.csv",
        "order_id,customer_id,order_date,total,sku,activity\n\
         1,kim,2024-01-10 12:00,9000,P1,jan-mail\n\
         2,lee,2024-01-25 09:30,32000,P2,jan-mail\n\
         3,kim,2024-02-11 20:00,4500,P1,\n\
         4,choi,2024-02-14 20:00,4500,P3,feb-ad\n\
         5,lee,2024-04-02 08:00,4500,P1,\n",
    );
    folder
}

#[test]
fn a_shop_comes_in_and_again() {
    let folder = shop();
    let path = folder.path();
    assert_snapshot!("import_users_preview", done(path, &["import", "users", "members.csv", "--dry-run"]));
    assert!(!path.join("lifecycle.duckdb").exists(), "a preview made a file");
    done(path, &["import", "activities", "campaigns.csv", "-q"]);
    done(path, &["import", "orders", "orders.csv", "-q"]);
    assert_snapshot!("import_users", done(path, &["import", "users", "members.csv"]));
    assert_snapshot!(
        "import_products_preview",
        done(path, &["import", "products", "catalogue.csv", "--dry-run"])
    );
    assert_snapshot!("import_products", done(path, &["import", "products", "catalogue.csv"]));
    assert_snapshot!("import_users_again", said(path, &["import", "users", "members.csv"]));

    done(path, &["cohort", "run", "-q"]);
    assert_snapshot!(
        "import_activities_preview",
        done(path, &["import", "activities", "campaigns.csv", "--dry-run"])
    );
    let changed = fs::read_to_string(path.join("campaigns.csv")).unwrap();
    let changed = changed.replace("30000,2024-01-01,2024-02-01", "45000,2024-01-01,2024-01-20");
    fs::write(path.join("campaigns.csv"), changed).unwrap();
    assert_snapshot!(
        "import_activities_replaced",
        done(path, &["import", "activities", "campaigns.csv", "--on-conflict", "replace", "--lang", "ko"])
    );
    // The command that it names repairs it.
    let found = said(path, &["cohort", "verify"]);
    assert!(found.contains("exit code 3"), "{found}");
    done(path, &["cohort", "rebuild", "--refreeze", "-q"]);
    done(path, &["cohort", "verify", "-q"]);

    let json =
        done(path, &["import", "users", "members.csv", "--on-conflict", "skip", "--format", "json", "-q"]);
    let record: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&record["lines"], &record["skipped"]), (&3.into(), &3.into()), "{json}");
}

#[test]
fn what_cannot_be_used_is_said() {
    let folder = shop();
    let path = folder.path();
    let write = |name: &str, text: &str| fs::write(path.join(name), text).unwrap();
    write(
        "users.csv",
        "user_id,sex,birthday,status,grade,newsletter,joined\n\
         1,F,1890-01-01,ACTIVE,VIP,yes,2024-01-01\n2,femme,,,,,2024-01-01\n3,,,gone,,,2024-01-01\n\
         4,,,,PLATINUM,,2024-01-01\n5,,,,,perhaps,2024-01-01\n6,,,,,,soon\n7,,,,,,2024-01-01\n7,,,,,,2024-01-01\n",
    );
    assert_snapshot!("import_users_refused", said(path, &["import", "users", "users.csv"]));
    assert!(!path.join("lifecycle.duckdb").exists(), "a refused import left a file");
    assert_snapshot!(
        "import_users_without_times",
        said(path, &["import", "users", "users.csv", "--map", "joined=NULL", "--skip-bad"])
    );
    assert_snapshot!(
        "import_users_undated",
        said(path, &["import", "users", "users.csv", "--map", "signed_up_at=NULL", "--skip-bad"])
    );
    write("products.csv", "category,price\nTea,1\n");
    assert_snapshot!("import_products_refused", said(path, &["import", "products", "products.csv"]));
    write(
        "activities.csv",
        "id,start,end,cost\na,2024-01-05,2024-01-05,\nb,,,\nc,2024-01-01,,-5\nd,2024-01-01,,free\ne,2024-01-01,,1\n",
    );
    assert_snapshot!("import_activities_refused", said(path, &["import", "activities", "activities.csv"]));
    assert_snapshot!(
        "import_activities_skipped",
        said(
            path,
            &[
                "import",
                "activities",
                "activities.csv",
                "--skip-bad",
                "--rejects",
                "bad.csv",
                "--map",
                "channel='organic'"
            ]
        )
    );
    let rejects = fs::read_to_string(path.join("bad.csv")).unwrap();
    assert_eq!(rejects.lines().count(), 5, "{rejects}");
}

/// The rows of a table, without what is specific to one file.
fn table(store: &Store, sql: &'static str) -> Vec<String> {
    store.rows(test_query(sql), &[], |row| row.get(0)).unwrap()
}

const USERS: &str =
    "SELECT CAST(u AS VARCHAR) FROM (SELECT * EXCLUDE (external_id) FROM users) AS u ORDER BY user_id";
const PRODUCTS: &str =
    "SELECT CAST(p AS VARCHAR) FROM (SELECT * EXCLUDE (external_id) FROM products) AS p ORDER BY product_id";
const ACTIVITIES: &str = "SELECT CAST(a AS VARCHAR) FROM (SELECT * EXCLUDE (external_id) FROM campaign_activities) AS a \
    ORDER BY activity_id";
const ORDERS: &str = "SELECT CAST(o AS VARCHAR) FROM orders AS o ORDER BY o.created_at, o.order_id";
const MEMBERS: &str = "SELECT CAST(m AS VARCHAR) FROM cohort_members AS m ORDER BY activity_id, user_id";
const ROWS: &str = "SELECT CAST(l AS VARCHAR) FROM (SELECT * EXCLUDE (collected_at) FROM ltv_batch) AS l \
    ORDER BY activity_id, month_offset";

#[test]
fn a_simulated_shop_written_out_comes_in_as_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let settings = "[simulation]\nusers = 1500\nactivities = 24\n[cache]\nusers = 150\nproducts = 200\ncandidates = 40\n";
    fs::write(path.join("lifecycle.toml"), settings).unwrap();
    done(path, &["generate", "--days", "150", "--db", "made.duckdb", "-q"]);
    done(path, &["grades", "--db", "made.duckdb", "-q"]);
    let open = |name: &str| Store::open(&path.join(name), Access::Read, OpenOptions::default()).unwrap();
    let tables = |name: &str| {
        let store = open(name);
        [USERS, PRODUCTS, ACTIVITIES, ORDERS, MEMBERS, ROWS].map(|sql| table(&store, sql))
    };
    let made = tables("made.duckdb");
    assert!(made.iter().all(|rows| !rows.is_empty()), "nothing to compare");
    for format in ["csv", "parquet", "jsonl", "sqlite"] {
        let to = if format == "sqlite" { "shop.sqlite".to_owned() } else { format!("shop-{format}") };
        done(path, &["export", "all", "--to", &to, "--as", format, "--db", "made.duckdb", "-q"]);
        let file = |table: &str| match format {
            "sqlite" => to.clone(),
            _ => format!("{to}/{table}.{format}"),
        };
        let db = format!("{format}.duckdb");
        for (rows, table) in [
            ("users", "users"),
            ("products", "products"),
            ("activities", "campaign_activities"),
            ("orders", "orders"),
        ] {
            done(path, &["import", rows, &file(table), "--db", &db, "-q"]);
        }
        done(path, &["grades", "--db", &db, "-q"]);
        done(path, &["cohort", "run", "--db", &db, "-q"]);
        done(path, &["cohort", "verify", "--db", &db, "-q"]);
        let brought = tables(&db);
        for (made, brought) in made.iter().zip(&brought) {
            assert!(made == brought, "{format}: {:?} is not {:?}", brought.first(), made.first());
        }
    }
}
