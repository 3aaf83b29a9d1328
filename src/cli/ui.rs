//! The two streams: stdout is the result, stderr everything else.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style as Ansi};
use lifecycle::lang::Lang;
use lifecycle::money::Currency;
use lifecycle::render::{self, Chart, Format, HarmlessWriter, Report, Style};

use super::args::{ColorChoice, GlobalArgs};
use super::error::{CommandError, FailureKind};

/// What the streams look like, and what is wanted of them.
#[derive(Debug)]
pub struct Ui {
    format: Format,
    lang: Lang,
    out_is_terminal: bool,
    color_out: bool,
    color_err: bool,
    width: Option<usize>,
    quiet: bool,
    verbose: bool,
    progress: bool,
}

impl Ui {
    /// Looks at the streams and the environment once.
    pub fn new(global: &GlobalArgs) -> Self {
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = |terminal: bool| match global.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !refused,
        };
        Ui {
            format: global.format.into(),
            lang: global.lang.into(),
            out_is_terminal: out,
            color_out: color(out),
            color_err: color(err),
            width: terminal_width(out),
            quiet: global.quiet,
            verbose: global.verbose,
            progress: err && !global.quiet,
        }
    }

    /// The language of headings and log lines.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The width that tables must fit; `None` for any.
    pub fn width(&self) -> Option<usize> {
        self.width
    }

    /// Whether only the result is wanted.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether details were asked for.
    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Whether a progress bar is of use.
    pub fn shows_progress(&self) -> bool {
        self.progress
    }

    /// Prints a result.
    pub fn report(&self, report: &Report, currency: &Currency) -> Result<(), CommandError> {
        let heading = |text: &str| self.lang.heading(text);
        let style =
            Style { width: self.width, color: self.color_out, currency: currency.clone(), heading: &heading };
        match self.format {
            // They have escape sequences of their own, and let none of the data through.
            Format::Table | Format::Markdown => {
                render::render(report, self.format, &style, &mut io::stdout().lock())?;
            }
            Format::Csv | Format::Json => render::render(report, self.format, &style, &mut self.data_out())?,
        }
        // Before anything is said on the side.
        io::stdout().flush()?;
        Ok(())
    }

    /// Where data for programs goes: into a file or a pipe as it is, to a terminal without what would act on it.
    pub fn data_out(&self) -> Box<dyn Write> {
        let out = io::stdout().lock();
        if self.out_is_terminal { Box::new(HarmlessWriter::new(out)) } else { Box::new(out) }
    }

    /// Whether charts are drawn: for people at a terminal; nobody else wants one.
    pub fn draws_charts(&self) -> bool {
        self.out_is_terminal && self.format == Format::Table
    }

    /// Draws a chart where charts are drawn.
    pub fn chart(&self, chart: &Chart, currency: &Currency) -> Result<(), CommandError> {
        if !self.draws_charts() {
            return Ok(());
        }
        let heading = |text: &str| self.lang.heading(text);
        let style =
            Style { width: self.width, color: self.color_out, currency: currency.clone(), heading: &heading };
        let drawn = chart.draw(&style);
        self.text(&if drawn.is_empty() { drawn } else { drawn + "\n" })
    }

    /// Prints text that is a result as it is.
    pub fn text(&self, text: &str) -> Result<(), CommandError> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    /// The format that was asked for.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Says something on the side, unless it is to be quiet.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.say("", Ansi::new(), text);
        }
    }

    /// Says a detail, if details were asked for.
    pub fn detail(&self, text: &str) {
        if self.verbose {
            self.say("", Ansi::new().dimmed(), text);
        }
    }

    /// Warns, even when it is to be quiet.
    pub fn warn(&self, text: &str) {
        self.say("Warning: ", Ansi::new().bold().fg_color(Some(AnsiColor::Yellow.into())), text);
    }

    /// Says how a command failed and what to do; returns its exit code.
    pub fn fail(&self, failure: &CommandError) -> ExitCode {
        if failure.kind != FailureKind::ClosedPipe {
            let red = Ansi::new().bold().fg_color(Some(AnsiColor::Red.into()));
            self.say("Error: ", red, &failure.error.to_string());
            let mut cause = failure.error.source();
            while let Some(error) = cause {
                self.say("Caused by: ", Ansi::new().bold(), &error.to_string());
                cause = error.source();
            }
            for hint in &failure.hints {
                self.say("Hint: ", Ansi::new().bold().fg_color(Some(AnsiColor::Cyan.into())), hint);
            }
        }
        ExitCode::from(failure.kind.code())
    }

    fn say(&self, label: &str, style: Ansi, text: &str) {
        // Words of the data may be in it; colours are added here alone.
        let text = render::harmless(text);
        // Nothing can be done about a closed stderr.
        let _ = if self.color_err {
            let labelled = if label.is_empty() {
                format!("{style}{text}{style:#}")
            } else {
                format!("{style}{label}{style:#}{text}")
            };
            writeln!(io::stderr(), "{labelled}")
        } else {
            writeln!(io::stderr(), "{label}{text}")
        };
    }
}

/// The width that tables must fit: COLUMNS if it is set, else the terminal's; a
/// pipe has none.
fn terminal_width(out_is_terminal: bool) -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.filter(|columns| *columns > 0).or_else(|| {
        let terminal = terminal_size::terminal_size().filter(|_| out_is_terminal);
        terminal.map(|(width, _)| usize::from(width.0))
    })
}
