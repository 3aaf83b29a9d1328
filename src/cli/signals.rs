//! Ctrl-C and TERM: one handler, and what commands ask of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::error::CommandError;

/// Has `act` called when the process is asked to stop; asked a second time, it ends at once.
pub fn on_stop(act: impl Fn() + Send + 'static) -> Result<(), CommandError> {
    let mut asked = false;
    ctrlc::set_handler(move || {
        if std::mem::replace(&mut asked, true) {
            std::process::exit(130);
        }
        act();
    })
    .map_err(CommandError::failed)
}

/// A flag that is raised when the process is asked to stop.
pub fn stop_flag() -> Result<Arc<AtomicBool>, CommandError> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    on_stop(move || raised.store(true, Ordering::SeqCst))?;
    Ok(flag)
}

/// A channel that gets a word when the process is asked to stop, and the sender for other reasons to.
pub fn stop_channel() -> Result<(Sender<()>, Receiver<()>), CommandError> {
    let (sender, stop) = channel();
    let on_signal = sender.clone();
    on_stop(move || {
        // A loop that has ended cannot be stopped any more.
        let _ = on_signal.send(());
    })?;
    Ok((sender, stop))
}

/// Has `raise` called again and again once the process is asked to stop: what it stops may have been
/// about to begin.
pub fn on_stop_repeatedly(raise: impl Fn() + Send + Sync + 'static) -> Result<(), CommandError> {
    let raise = Arc::new(raise);
    on_stop(move || {
        let raise = Arc::clone(&raise);
        std::thread::spawn(move || {
            loop {
                raise();
                std::thread::sleep(Duration::from_millis(20));
            }
        });
    })
}
