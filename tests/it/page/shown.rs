//! The page in a browser: no complaints, no requests to the network, the filters, both languages, axe-core.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::browser::{DESKTOP, Look, PHONE, Shown, open};
use crate::shell::Shell;

/// A page of a shop, opened; `None` without a browser.
fn shown(shell: &Shell, flags: &[&str], look: Look) -> Option<Shown> {
    shell.done(&[&["report", "-q"], flags].concat());
    open(&shell.path("report.html"), look)
}

fn json(shell: &Shell, arguments: &[&str]) -> Vec<Value> {
    serde_json::from_str(&shell.done(&[arguments, &["--format", "json"]].concat())).unwrap()
}

/// The rows of a table as the command prints them for people, without its chart: the cells of Markdown.
fn printed(shell: &Shell, arguments: &[&str]) -> Vec<Vec<String>> {
    let markdown = shell.done(&[arguments, &["--format", "markdown"]].concat());
    let lines =
        markdown.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells =
        |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().replace("**", "")).collect();
    lines.skip(2).map(cells).collect()
}

/// All exhibits, which a shop with all data has.
const EXHIBITS: &[&str] = &[
    "overview",
    "days",
    "hours",
    "concentration",
    "mix",
    "migration",
    "outlook",
    "retention",
    "ltv",
    "channels",
    "profit",
    "check",
];

/// A shop with data for everything that a page can show.
fn full_shop() -> Shell {
    let shell = Shell::with_shop("200");
    shell.done(&["predict", "run", "-q"]);
    shell
}

fn check_quiet(page: &Shown) {
    assert_eq!(page.complaints(), Vec::<String>::new());
    assert_eq!(page.value("document.getElementById('failure').hidden"), true);
    // Nothing scrolls sideways except what is meant to.
    assert_eq!(
        page.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth"),
        true
    );
}

#[test]
fn every_chart_is_drawn_and_nothing_is_complained_of() {
    let shell = full_shop();
    for (name, lang, look) in [
        ("desktop", "en", DESKTOP),
        ("desktop-dark", "en", Look { dark: true, ..DESKTOP }),
        ("desktop-ko", "ko", DESKTOP),
        ("phone", "en", PHONE),
        ("phone-dark-ko", "ko", Look { dark: true, ..PHONE }),
    ] {
        let Some(page) = shown(&shell, &["--lang", lang], look) else { return };
        page.picture(name);
        check_quiet(&page);
        for exhibit in EXHIBITS {
            let visible = page.value(&format!("document.getElementById('{exhibit}').checkVisibility()"));
            assert_eq!(visible, true, "{exhibit}");
            assert!(!page.rows(exhibit).is_empty(), "{exhibit}");
            let drawn = page.value(&format!("document.querySelectorAll('#{exhibit} .main-svg').length > 0"));
            assert_eq!(drawn, *exhibit != "overview", "{exhibit}");
        }
        let theme = page.value("document.documentElement.dataset.theme");
        assert_eq!(theme, if look.dark { "dark" } else { "light" });
        assert!(page.printed().starts_with(b"%PDF"));
    }
}

#[test]
fn the_filters_show_what_the_commands_with_flags_print() {
    let shell = Shell::with_shop("200");
    let Some(page) = shown(&shell, &[], DESKTOP) else { return };
    let months = json(&shell, &["overview", "--view", "cohort-months"]);
    let written = months.iter().find(|month| month["month_offset"] == 2).unwrap();
    let (channel, month) = (written["channel"].as_str().unwrap(), written["start_month"].as_str().unwrap());
    for (channel, month) in
        [(None, None), (Some(channel), None), (None, Some(month)), (Some(channel), Some(month))]
    {
        page.choose("channel", &channel.map_or(String::new(), |channel| format!("={channel}")));
        page.choose("month", &month.map_or(String::new(), |month| format!("={month}")));
        check_filtered(&shell, &page, channel, month);
    }
    check_quiet(&page);
}

fn check_filtered(shell: &Shell, page: &Shown, channel: Option<&str>, month: Option<&str>) {
    let mut origin: Vec<&str> = Vec::new();
    origin.extend(channel.iter().flat_map(|channel| ["--channel", channel]));
    let mut cohorts = origin.clone();
    let next = month.map(|month| {
        lifecycle::calendar::add_months(
            lifecycle::calendar::parse_instant(&format!("{month}-01")).unwrap(),
            1,
        )
    });
    let (since, until) = (month.map(|month| format!("{month}-01")), next.map(|next| next.date().to_string()));
    if let (Some(since), Some(until)) = (&since, &until) {
        cohorts.extend(["--since", since, "--until", until]);
    }
    origin.extend(month.iter().flat_map(|month| ["--start-month", month]));
    let overview = |view: &str| printed(shell, &[&["overview", "--view", view], origin.as_slice()].concat());
    let cohort = |view: &str, more: &[&str]| {
        printed(shell, &[&["cohort", "report", "--view", view], more, cohorts.as_slice()].concat())
    };

    // Name and four spans; the changes are on the cards.
    let figures: Vec<Vec<String>> = overview("figures")
        .into_iter()
        .map(|row| [0, 1, 2, 4, 5].map(|column| row[column].clone()).to_vec())
        .filter(|row| !["Repeat buyers", "Gross revenue", "Returns"].contains(&row[0].as_str()))
        .collect();
    assert_eq!(page.rows("overview"), figures, "{origin:?}");
    let days: Vec<_> = overview("days").into_iter().map(|row| row[..5].to_vec()).collect();
    assert_eq!(page.rows("days"), days, "{origin:?}");
    let concentration: Vec<_> = overview("concentration").into_iter().map(|row| row[..4].to_vec()).collect();
    assert_eq!(page.rows("concentration"), concentration, "{origin:?}");
    assert_eq!(page.rows("mix"), overview("grades"), "{origin:?}");
    let hours: Vec<_> = overview("hours").iter().map(|row| row[2..row.len() - 1].to_vec()).collect();
    let on_page: Vec<_> =
        page.rows("hours").iter().zip(&hours).map(|(row, printed)| row[1..=printed.len()].to_vec()).collect();
    assert_eq!(sums(&on_page), sums(&hours), "{origin:?}");
    check_triangles(page, &cohort);
}

/// Sums of the columns of grouped whole numbers; the command has no column for a group without orders.
fn sums(rows: &[Vec<String>]) -> i64 {
    rows.iter().flatten().map(|cell| cell.replace(',', "").parse::<i64>().unwrap()).sum()
}

/// The rows that a view of `cohort report` prints, with further arguments.
type Printed<'a> = &'a dyn Fn(&str, &[&str]) -> Vec<Vec<String>>;

fn check_triangles(page: &Shown, cohort: Printed<'_>) {
    for (exhibit, view) in [("retention", "retention"), ("ltv", "ltv"), ("profit", "profit")] {
        let exact =
            |row: &[String]| row.iter().map(|cell| cell.trim_end_matches('-').to_owned()).collect::<Vec<_>>();
        let printed: Vec<_> =
            cohort(view, &[]).iter().filter(|row| row[0] != "-").map(|row| exact(&row[1..])).collect();
        let rows: Vec<_> = page.rows(exhibit).iter().map(|row| exact(row)).collect();
        assert_eq!(rows.len(), printed.len(), "{exhibit}");
        for (row, printed) in rows.iter().zip(&printed) {
            assert_eq!(row[..2], printed[..2], "{exhibit}");
            for (cell, short) in row[2..].iter().zip(&printed[2..]) {
                assert_eq!(shortened(cell), *short, "{exhibit} {row:?}");
            }
        }
    }
    let paybacks = cohort("payback", &["--by", "channel"]);
    let rows = page.rows("channels");
    // Channel, activities, members, budget, CAC, payback, profit of the command.
    let picked: Vec<_> =
        rows.iter().map(|row| [0, 1, 2, 3, 4, 8, 7].map(|column| row[column].clone()).to_vec()).collect();
    let expected: Vec<_> = paybacks.iter().map(|row| row[..7].to_vec()).collect();
    assert_eq!(picked, expected);
}

/// A cell of the page as shown in a triangle's narrow column.
fn shortened(cell: &str) -> String {
    use lifecycle::render::number;
    match (cell, cell.strip_suffix('%')) {
        ("", _) => String::new(),
        (_, Some(percent)) => format!("{}%", number::one_place(percent.parse().unwrap())),
        (money, None) => number::short_money(money.replace(',', "").parse().unwrap(), &Default::default()),
    }
}

#[test]
fn the_expected_months_are_what_the_command_prints() {
    let shell = full_shop();
    let Some(page) = shown(&shell, &[], DESKTOP) else { return };
    let rows = page.value(
        "[...document.querySelectorAll('#ltv tfoot tr')].map((row) => [...row.children].map((cell) => cell.textContent))",
    );
    let rows: Vec<Vec<String>> = serde_json::from_value(rows).unwrap();
    let printed = printed(&shell, &["predict", "cohorts", "--mean"]);
    assert_eq!(printed.len(), 12);
    // Expected, low and high under the mean; their months after name and members.
    for (at, row) in rows[1..].iter().enumerate() {
        let column: Vec<String> = printed.iter().map(|month| month[4 + at].clone()).collect();
        assert_eq!(row[2..], column);
        assert_eq!(row[1], printed[0][3]);
    }
    assert_eq!(rows.len(), 4);
    let checks: Vec<_> = printed_checks(&shell).iter().map(|row| row[1..4].to_vec()).collect();
    let shown: Vec<_> = page.rows("check").iter().map(|row| row[1..4].to_vec()).collect();
    assert_eq!(shown, checks);
    check_quiet(&page);
}

fn printed_checks(shell: &Shell) -> Vec<Vec<String>> {
    printed(shell, &["predict", "check"])
}

#[test]
fn the_keyboard_reaches_everything() {
    let shell = Shell::with_shop("70");
    let Some(page) = shown(&shell, &[], DESKTOP) else { return };
    let focused = |what: &str| page.value(&format!("document.activeElement.{what}"));
    page.press("Tab");
    assert_eq!(focused("className"), "skip");
    page.press("Enter");
    assert_eq!(focused("id"), "main");
    let mut reached = Vec::new();
    for _ in 0..60 {
        page.press("Tab");
        reached.push(format!(
            "{} {}",
            focused("tagName").as_str().unwrap(),
            focused("textContent").as_str().unwrap()
        ));
    }
    for wanted in ["BUTTON Save image", "SUMMARY Show the figures as a table"] {
        assert!(reached.iter().any(|one| one == wanted), "{wanted}: {reached:?}");
    }
    // A table opens by the keyboard, and its rows scroll.
    page.value("(document.querySelector('#days summary').focus(), true)");
    page.press("Enter");
    assert_eq!(page.value("document.querySelector('#days details').open"), true);
    page.press("Tab");
    page.press("Tab");
    assert_eq!(focused("className"), "scroll");
    check_quiet(&page);
}

#[test]
fn hostile_names_are_only_strange_names() {
    let shell = Shell::with_shop("120");
    let store = shell.store(lifecycle::store::Access::Write);
    let name = "<script>document.title='broken'</script><img src=http://example.com/x onerror=alert(1)><a href='http://example.com'>x</a>";
    let quoted = lifecycle::store::quote_literal(name);
    store
        .execute_text("test", &format!("UPDATE campaign_activities SET name = {quoted}, channel = {quoted}"))
        .unwrap();
    store.close().unwrap();
    let Some(page) = shown(&shell, &[], DESKTOP) else { return };
    check_quiet(&page);
    assert_eq!(page.value("document.title.endsWith('lifecycle.duckdb')"), true);
    assert_eq!(page.value("document.querySelectorAll('img, a[href^=http], iframe, object').length"), 0);
    assert_eq!(page.rows("channels")[0][0], name);
}

#[test]
fn a_file_with_two_orders_is_a_page_too() {
    let shell = Shell::new();
    std::fs::write(
        shell.path("orders.csv"),
        "order_id,customer_id,date,amount\n1,7,2024-03-05,10\n2,7,2024-03-09,5\n",
    )
    .unwrap();
    shell.done(&["import", "orders", "orders.csv", "-q"]);
    let Some(page) = shown(&shell, &[], PHONE) else { return };
    page.picture("two-orders");
    check_quiet(&page);
    assert_eq!(page.value("document.getElementById('days').checkVisibility()"), true);
    assert_eq!(page.value("document.getElementById('retention').checkVisibility()"), false);
}

/// The script of axe-core, where the steps of `README.md` put it.
fn axe() -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe/node_modules/axe-core/axe.min.js");
    let file = std::env::var_os("AXE_CORE").map_or(file, PathBuf::from);
    if !file.is_file() {
        eprintln!("SKIPPED: no axe-core here (tests/it/page/README.md says how to install it)");
        return None;
    }
    Some(file)
}

#[test]
fn axe_finds_nothing_serious() {
    let Some(axe) = axe() else { return };
    let shell = full_shop();
    for look in [DESKTOP, Look { dark: true, ..DESKTOP }, PHONE] {
        let Some(page) = shown(&shell, &[], look) else { return };
        page.value("(document.querySelectorAll('details').forEach((one) => { one.open = true; }), true)");
        page.run_script(&axe);
        let violations = page.value(
            "axe.run().then((result) => result.violations.map((one) => [one.impact, one.id, one.nodes.map((node) => node.html).slice(0, 3)]))",
        );
        let serious =
            violations.as_array().unwrap().iter().filter(|one| one[0] == "serious" || one[0] == "critical");
        assert_eq!(serious.collect::<Vec<_>>(), Vec::<&Value>::new());
        eprintln!("axe-core: {} lesser findings: {violations}", violations.as_array().unwrap().len());
    }
}
