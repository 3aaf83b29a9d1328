//! Damaged settings.

use std::fs;

use lifecycle::config::{Config, Layer};

use super::mutate::{mangle, mangle_text};
use super::process::Folder;
use super::samples::SETTINGS;
use crate::worker::Case;

/// A few settings, so that the damage is often to what matters.
const FEW: &str = "currency = \"USD\"\n[score.age]\n30s = 25\n[promotion]\nchance = 0.20\nboost = 1.3\n\
                   [life_events]\nweights = [85, 12, 3]\nmultipliers = [1.0, 1.5, 3.0]\n[grades]\nwindow_months = 6\n\
                   [grades.VIP]\nmin_amount = 2_000_000\nmin_orders = 10\n[cohort]\nmonths = 12\n\
                   [simulation]\nstart = 2024-01-16\nseed = 1\n";

fn sample(case: &mut Case<'_>) -> &'static str {
    if case.dice.chance(0.5) { FEW } else { SETTINGS }
}

/// Settings are taken or refused in words; those that are taken come out as they went in.
pub fn in_process(case: &mut Case<'_>) {
    let text = sample(case);
    let text = mangle_text(&mut case.dice, text, SETTINGS);
    let taken = Layer::from_toml("torture", &text).and_then(|layer| Config::from_layers(&[layer]));
    match taken {
        Ok(config) => {
            let again =
                Layer::from_json("again", &config.to_json()).and_then(|layer| Config::from_layers(&[layer]));
            assert_eq!(again.unwrap(), config);
            case.count("settings taken");
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            case.count("settings refused");
        }
    }
}

/// The same, of bytes and through the command.
pub fn through_the_command(case: &mut Case<'_>) {
    let folder = Folder::new(case);
    let mut bytes = sample(case).as_bytes().to_vec();
    mangle(&mut case.dice, &mut bytes, SETTINGS.as_bytes());
    fs::write(folder.path("lifecycle.toml"), bytes).unwrap();
    let ran = folder.run(&["config"]);
    ran.check();
    case.count(if ran.code == Some(0) {
        "settings taken by the command"
    } else {
        "settings refused by the command"
    });
}
