//! Lines keep their numbers: what is accepted and what is rejected is the file, whatever is computed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::*;

/// Beyond several row groups of the engine, which threads share.
const LINES: usize = 300_000;

/// A constant list of this length becomes a join in the engine's plan, which keeps no order.
const CODES: [&str; 12] =
    ["POST", "DOT", "M", "D", "S", "BANK CHARGES", "AMAZONFEE", "CRUK", "C2", "PADS", "B", "X"];

/// Lines, and which of them cannot be used: an amount that is none, or a value too many.
fn many_lines() -> (String, BTreeSet<usize>) {
    let mut text = "order_id,user,date,amount,code\n".to_owned();
    let mut bad = BTreeSet::new();
    for n in 0..LINES {
        // Without a pattern that would fit the engine's blocks.
        let drawn = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        let (amount, more) = match drawn % 100 {
            0 => (format!("x{n}"), ""),
            1 if drawn.is_multiple_of(7) => (n.to_string(), ",more"),
            _ => (n.to_string(), ""),
        };
        if drawn.is_multiple_of(100) || !more.is_empty() {
            bad.insert(n);
        }
        let code = CODES[drawn as usize / 100 % CODES.len()];
        let month = 1 + n % 12;
        writeln!(text, "o{n},u{},2024-{month:02}-01,{amount},{code}{more}", n % 1000).unwrap();
    }
    (text, bad)
}

#[test]
fn what_is_accepted_and_what_is_rejected_is_the_file() {
    let (text, bad) = many_lines();
    let lines: Vec<&str> = text.lines().collect();
    let codes = CODES[..11].iter().map(|code| format!("'{code}'")).collect::<Vec<_>>().join(", ");
    let maps = [
        Vec::new(),
        vec![format!("amount=CASE WHEN code IN ({codes}) THEN amount ELSE amount END")],
        vec![
            format!("product=CASE WHEN code NOT IN ({codes}) THEN 'x' END"),
            "customer=lower(\"user\")".to_owned(),
        ],
    ];
    for (threads, map) in (1..=4).zip(maps.iter().cycle()) {
        let store =
            Store::in_memory(OpenOptions { threads: Some(threads), ..OpenOptions::default() }).unwrap();
        let shop = Shop { store, folder: TempDir::new().unwrap() };
        let rejects = shop.folder.path().join("rejects.csv");
        let mut request = shop.request(&text);
        request.bad_lines = BadLines::Skip { rejects: Some(rejects.clone()) };
        request.reading.map = map.iter().map(|argument| argument.parse().unwrap()).collect();
        let outcome = shop.import(&request).unwrap();
        assert_eq!(outcome.read.bad_lines, bad.len() as i64, "{threads} threads, {map:?}");

        let accepted: BTreeSet<String> =
            shop.rows("external_id", "FROM orders WHERE external_id IS NOT NULL").into_iter().collect();
        assert_eq!(accepted.len(), LINES - bad.len());
        let mut rejected = BTreeSet::new();
        for line in std::fs::read_to_string(&rejects).unwrap().lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let number: usize = cells[1].parse().unwrap();
            // The file's own line of that number, as columns or as text.
            let original = lines[number - 1];
            let is_it = line.contains(original) || cells[3..8].join(",") == original;
            assert!(is_it, "{threads} threads, {map:?}: line {number} is `{original}`, rejected `{line}`");
            rejected.insert(number - 2);
        }
        assert_eq!(rejected, bad, "{threads} threads, {map:?}");
        let lost = (0..LINES).find(|n| !accepted.contains(&format!("o{n}")) && !rejected.contains(n));
        assert_eq!(lost, None);
    }
}

#[test]
fn customers_words_move_no_line() {
    let mut text = "customer,sex,status\n".to_owned();
    for n in 0..LINES {
        let sex = if n % 1_001 == 17 { "femme" } else { ["f", "남", "woman", "other"][n % 4] };
        writeln!(text, "c{n},{sex},{}", ["active", "휴면", "lapsed"][n % 3]).unwrap();
    }
    let shop = Shop::new();
    let rejects = shop.folder.path().join("rejects.csv");
    let mut request = shop.records(&text);
    request.bad_lines = BadLines::Skip { rejects: Some(rejects.clone()) };
    let clock = Some(crate::calendar::parse_instant("2024-01-01").unwrap());
    let request = UserImport { records: request, clock, ..UserImport::default() };
    let outcome = Importer::new(&shop.store, &config()).users(&request).unwrap();
    let expected: Vec<String> = (0..LINES)
        .filter(|n| n % 1_001 == 17)
        .map(|n| format!(",{},unknown gender,c{n},femme,", n + 2))
        .collect();
    assert_eq!(outcome.read.bad_lines, expected.len() as i64);
    let written = std::fs::read_to_string(rejects).unwrap();
    for (line, expected) in written.lines().skip(1).zip(&expected) {
        assert!(line.starts_with(expected.as_str()), "{line} is not {expected}");
    }
}

#[test]
fn an_import_within_a_transaction_numbers_its_lines_alike() {
    let shop = Shop::new();
    let request = shop.request("user,date,amount\na,2024-01-01,1\nb,2024-01-01,x\n");
    let error = shop.store.transaction(|_| shop.import(&request)).unwrap_err();
    assert_eq!(reasons(&error), [("unreadable amount", 1, vec![3])]);
}

#[test]
fn orders_without_ids_are_numbered_by_time_and_line_whatever_the_threads() {
    let text: String =
        (0..50_000).map(|n| format!("u{},2024-01-{:02},{n}\n", n % 7, 1 + n * 31 % 28)).collect();
    let numbered = |threads| {
        let store =
            Store::in_memory(OpenOptions { threads: Some(threads), ..OpenOptions::default() }).unwrap();
        let shop = Shop { store, folder: TempDir::new().unwrap() };
        shop.import_text(&format!("user,date,amount\n{text}"));
        let ordered = "count(*) FILTER (WHERE (created_at, amount) < before OR order_id <> nth)";
        let broken = shop.rows(
            ordered,
            "FROM (SELECT *, lag((created_at, amount)) OVER (ORDER BY rowid) AS before, \
             row_number() OVER (ORDER BY rowid) AS nth FROM orders)",
        );
        assert_eq!(broken, ["0"], "{threads} threads");
        shop.rows("sum(hash(order_id, amount, created_at))", "FROM orders")
    };
    assert_eq!(numbered(1), numbered(4));
}

/// Lines are numbered by the order in which the engine keeps them, which it does not across a join.
#[test]
fn lines_keep_their_order_whatever_the_mapping_compares_with() {
    let text: String = (0..400_000).map(|n| format!("u{},2024-01-01,{n},p{}\n", n % 7, n % 9)).collect();
    let store = Store::in_memory(OpenOptions { threads: Some(4), ..OpenOptions::default() }).unwrap();
    let shop = Shop { store, folder: TempDir::new().unwrap() };
    let status =
        "CASE WHEN p IN ('p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7') THEN 'paid' ELSE 'refunded' END";
    let reading = Reading::of([shop.file("orders.csv", &format!("user,date,amount,p\n{text}"))]);
    let outcome = shop.import(&reading.map("status", status).into()).unwrap();
    assert_eq!(outcome.orders, 400_000);
    assert_eq!(shop.rows("count(*)", "FROM orders WHERE order_id <> amount + 1"), ["0"]);
}

/// What is left out in between shifts no line's number.
#[test]
fn a_late_line_is_named_by_its_number_after_others_were_skipped() {
    let shop = Shop::new();
    let lines = |from: u32| (from..300_000).map(|n| format!("{n},u,2024-01-01,1\n")).collect::<String>();
    shop.import_text(&format!("order_id,user,date,amount\n{}", lines(1)));
    let text = format!("order_id,user,date,amount\n{}300001,u,soon,1\n", lines(1));
    let mut request = OrderImport::from(Reading::of([shop.file("again.csv", &text)]));
    request.on_conflict = OnConflict::Skip;
    let preview = Importer::new(&shop.store, &config()).preview_orders(&request).unwrap();
    assert_eq!(preview.already_there, 299_999);
    let [problem] = &*preview.outcome.read.problems else { panic!("{:?}", preview.outcome.read) };
    assert_eq!((problem.reason.as_str(), problem.first[0].line), ("unreadable date", 300_001));
}
