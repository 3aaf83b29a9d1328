//! Valid inputs, small: what the damage is done to.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use lifecycle::store::quote_literal;

use crate::shop::empty_store;

/// The kinds of records that come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    Orders,
    Users,
    Products,
    Activities,
}

impl Records {
    /// The word of the command.
    pub fn word(self) -> &'static str {
        match self {
            Records::Orders => "orders",
            Records::Users => "users",
            Records::Products => "products",
            Records::Activities => "activities",
        }
    }
}

/// A valid file, by its name among what was prepared.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub name: &'static str,
    pub records: Records,
}

/// Every sample of a data file; those of orders, and CSV, are the most.
pub const SAMPLES: &[Sample] = &[
    Sample { name: "orders.csv", records: Records::Orders },
    Sample { name: "orders.csv", records: Records::Orders },
    Sample { name: "orders.csv", records: Records::Orders },
    Sample { name: "orders.csv", records: Records::Orders },
    Sample { name: "semicolons.csv", records: Records::Orders },
    Sample { name: "quoted.csv", records: Records::Orders },
    Sample { name: "orders.tsv", records: Records::Orders },
    Sample { name: "orders.csv.gz", records: Records::Orders },
    Sample { name: "orders.jsonl", records: Records::Orders },
    Sample { name: "orders.jsonl", records: Records::Orders },
    Sample { name: "orders.json", records: Records::Orders },
    Sample { name: "orders.parquet", records: Records::Orders },
    Sample { name: "orders.sqlite", records: Records::Orders },
    Sample { name: "users.csv", records: Records::Users },
    Sample { name: "users.csv", records: Records::Users },
    Sample { name: "users.jsonl", records: Records::Users },
    Sample { name: "products.csv", records: Records::Products },
    Sample { name: "products.parquet", records: Records::Products },
    Sample { name: "activities.csv", records: Records::Activities },
    Sample { name: "activities.jsonl", records: Records::Activities },
];

/// The settings that are damaged.
pub const SETTINGS: &str = include_str!("../../../data/lifecycle.toml");

/// The database file that is damaged and imported into.
pub const DATABASE: &str = "shop.duckdb";

/// Lines of orders; every tenth customer orders twice in an instant.
const ORDERS: usize = 30;

/// Writes the samples.
pub fn prepare(folder: &Path) {
    let lines: Vec<[String; 7]> = (0..ORDERS).map(order).collect();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let header = ["order_id", "customer", "date", "amount", "status", "product", "quantity"];
    let table = |separator: &str| {
        let mut text = format!("{}\n", header.join(separator));
        lines.iter().for_each(|line| writeln!(text, "{}", line.join(separator)).unwrap());
        text
    };
    write("orders.csv", table(",").as_bytes());
    write("semicolons.csv", table(";").replace('.', ",").as_bytes());
    write("orders.tsv", table("\t").as_bytes());
    let quoted: Vec<String> = lines.iter().map(|line| format!("\"{}\"", line.join("\",\""))).collect();
    let quoted = format!("\u{feff}{}\r\n{}\r\n", header.join(","), quoted.join("\r\n"));
    write("quoted.csv", quoted.replacen("mug", "a \"\"big\"\", blue\nmug", 3).as_bytes());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(table(",").as_bytes()).unwrap();
    write("orders.csv.gz", &gzip.finish().unwrap());
    let objects: Vec<String> = lines.iter().map(|line| object(&header, line)).collect();
    write("orders.jsonl", objects.join("\n").as_bytes());
    write("orders.json", format!("[{}]", objects.join(",\n")).as_bytes());

    let users = "user_id,name,gender,birth_date,region,status,marketing_agree,grade,signed_up_at\n\
                 c1,김철수,M,1990-02-28,서울,ACTIVE,true,GOLD,2023-01-31 10:00:00\n\
                 c2,\"Kim, Jane\",F,2000-02-29,,DORMANT,false,BRONZE,2023-02-28\n\
                 c3,,,,,,,,2023-03-01 00:00:00.000001\n\
                 c40,Lee,female,1970-01-01,busan,active,Y,vip,2022-12-31\n";
    let products = "product_id,name,category,price\np1,mug,kitchen,12.50\np2,\"lamp, small\",,0\np3,,,\n";
    let activities = "activity_id,campaign,name,channel,budget,start_at,end_at\n\
                      a1,spring,push it,push,1000.50,2024-01-31,\n\
                      a2,spring,mail it,email,,2024-02-29,2024-03-10 12:00\n\
                      a3,summer,nothing,search,0,2024-03-01,2024-03-02\n";
    write("users.csv", users.as_bytes());
    write("products.csv", products.as_bytes());
    write("activities.csv", activities.as_bytes());

    let store = empty_store();
    let convert = |from: &str, to: &str, options: &str| {
        let path = |name: &str| quote_literal(folder.join(name).to_str().unwrap());
        let sql = format!("COPY (FROM read_csv({})) TO {} ({options})", path(from), path(to));
        store.execute_text("torture", &sql).unwrap();
    };
    convert("users.csv", "users.jsonl", "FORMAT json");
    convert("activities.csv", "activities.jsonl", "FORMAT json");
    convert("products.csv", "products.parquet", "FORMAT parquet");
    convert("orders.csv", "orders.parquet", "FORMAT parquet");

    let sqlite = rusqlite::Connection::open(folder.join("orders.sqlite")).unwrap();
    sqlite
        .execute_batch("CREATE TABLE orders (order_id TEXT, customer TEXT, date TEXT, amount NUMERIC, status TEXT, product TEXT, quantity INTEGER)")
        .unwrap();
    for line in &lines {
        sqlite
            .execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)", rusqlite::params_from_iter(line))
            .unwrap();
    }
    drop(sqlite);
    super::files::make_database(folder);
}

fn order(number: usize) -> [String; 7] {
    let status = ["Success", "Success", "Success", "Failed", "cancelled", "Refunded", ""][number % 7];
    [
        format!("o{}", 1_000 + number),
        format!("c{}", number % 9),
        format!("2024-{:02}-{:02} {:02}:30:00", number % 12 + 1, number % 28 + 1, number % 24),
        format!("{}.{:02}", number * 37 % 500, number * 7 % 100),
        status.to_owned(),
        ["mug", "lamp", ""][number % 3].to_owned(),
        (number % 4 + 1).to_string(),
    ]
}

fn object(header: &[&str], line: &[String]) -> String {
    let cells = header.iter().zip(line).map(|(name, cell)| match *name {
        "amount" | "quantity" => format!("\"{name}\": {cell}"),
        _ => format!("\"{name}\": \"{cell}\""),
    });
    format!("{{{}}}", cells.collect::<Vec<_>>().join(", "))
}
