//! Tests of the resolved output layout.

use super::*;

fn layout_of(
    subject: Subject<'_>,
    path: &str,
    format: Option<ExportFormat>,
    by_month: bool,
) -> Result<Layout, String> {
    let target = ExportTarget { path: PathBuf::from(path), format, by_month, overwrite: false, filter: None };
    layout(subject, &target).map_err(|error| error.to_string())
}

#[test]
fn the_format_asked_for_goes_before_the_one_that_the_path_names() {
    let orders = || Subject::Table(ExportTable::named("orders").unwrap());
    let csv = Some(ExportFormat::Csv);
    let one = |path, format| layout_of(orders(), path, format, false);
    assert_eq!(one("o.parquet", None), Ok(Layout::OneFile(ExportFormat::Parquet)));
    assert_eq!(one("o.parquet", csv), Ok(Layout::OneFile(ExportFormat::Csv)));
    assert_eq!(one("o", csv), Ok(Layout::OneFile(ExportFormat::Csv)));
    assert!(one("o", None).unwrap_err().contains("format of o is not known"));
    assert_eq!(layout_of(orders(), "months", csv, true), Ok(Layout::Months(ExportFormat::Csv)));
    assert_eq!(layout_of(orders(), "months", None, true), Ok(Layout::Months(ExportFormat::Parquet)));
    assert!(layout_of(orders(), "o.csv", None, true).unwrap_err().contains("names a file"));
}

#[test]
fn every_table_goes_into_a_folder_or_one_sqlite_file() {
    let all = |path, format, by_month| layout_of(Subject::All, path, format, by_month);
    let jsonl = Some(ExportFormat::JsonLines);
    assert_eq!(all("out", None, false), Ok(Layout::Folder(ExportFormat::Parquet)));
    assert_eq!(all("out.2024", jsonl, false), Ok(Layout::Folder(ExportFormat::JsonLines)));
    assert_eq!(all("out", jsonl, true), Ok(Layout::FolderOfMonths(ExportFormat::JsonLines)));
    assert_eq!(all("shop.db", None, false), Ok(Layout::OneFile(ExportFormat::Sqlite)));
    assert_eq!(all("shop", Some(ExportFormat::Sqlite), false), Ok(Layout::OneFile(ExportFormat::Sqlite)));
    assert!(all("all.csv", None, false).unwrap_err().contains("several tables"));
    assert!(all("shop.db", None, true).unwrap_err().contains("cannot be written by month"));
}

#[test]
fn a_stop_that_was_raised_before_stops_everything() {
    let store = Store::in_memory(crate::store::OpenOptions::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let stop = Stop::default();
    stop.raise();
    for name in ["a.csv", "a.sqlite", "out"] {
        let path = folder.path().join(name);
        let target = ExportTarget { path, format: None, by_month: false, overwrite: false, filter: None };
        let subject =
            if name == "out" { Subject::All } else { Subject::Table(ExportTable::named("users").unwrap()) };
        let error = export(&store, subject, &target, &stop, |_| {}).unwrap_err();
        assert!(matches!(error, ExportError::Stopped), "{name}: {error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
