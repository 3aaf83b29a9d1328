//! Headless Chromium, where it is installed, driven over its DevTools protocol. `README.md` beside this file says how
//! to install it.

use std::cell::RefCell;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

/// The names under which distributions install it.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// How long drawing a page may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The browser's path: $CHROMIUM, or the first that is installed.
fn installed() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return Some(named.into());
    }
    let path = std::env::var_os("PATH")?;
    let found =
        std::env::split_paths(&path).flat_map(|folder| NAMES.iter().map(move |name| folder.join(name)));
    found.into_iter().find(|candidate| candidate.is_file())
}

/// How a page is viewed.
#[derive(Clone, Copy)]
pub struct Look {
    pub width: u32,
    pub height: u32,
    pub dark: bool,
}

pub const DESKTOP: Look = Look { width: 1280, height: 900, dark: false };
pub const PHONE: Look = Look { width: 390, height: 844, dark: false };

/// A page in a browser, with its complaints.
pub struct Shown {
    connection: RefCell<Connection>,
    // The browser must end before its profile folder is removed.
    _browser: Browser,
    _settings: TempDir,
}

/// A browser process that is killed on drop.
struct Browser(Child);

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Opens a file and waits until its charts are drawn; `None`, with a message, on a machine without a browser.
pub fn open(file: &Path, look: Look) -> Option<Shown> {
    let Some(program) = installed() else {
        eprintln!(
            "SKIPPED: no chromium here, so the page is not looked at (tests/it/page/README.md says how to install one)"
        );
        return None;
    };
    let settings = tempfile::tempdir().unwrap();
    let (browser, address) = launched(&program, settings.path(), look);
    let connection = RefCell::new(Connection::new(&address));
    let shown = Shown { connection, _browser: browser, _settings: settings };
    for domain in ["Page", "Runtime", "Log", "Network"] {
        shown.call(&format!("{domain}.enable"), json!({}));
    }
    let (width, height) = (look.width, look.height);
    let phone = width < 600;
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
    shown.call("Emulation.setDeviceMetricsOverride", metrics);
    let scheme = if look.dark { "dark" } else { "light" };
    let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    shown.call("Emulation.setEmulatedMedia", features);
    shown.call("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
    shown.wait_until(
        "document.documentElement?.dataset.ready === 'true' || document.getElementById('failure')?.hidden === false",
    );
    Some(shown)
}

/// A new browser, and the address it listens on.
fn launched(program: &Path, settings: &Path, look: Look) -> (Browser, String) {
    let mut child = Command::new(program)
        // The sandbox is not available to root, and in most containers.
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--no-first-run",
        ])
        .args(["--disable-background-networking", "--disable-extensions", "--force-color-profile=srgb"])
        .args(["--hide-scrollbars", "--remote-debugging-port=0"])
        .arg(format!("--user-data-dir={}", settings.display()))
        .arg(format!("--window-size={},{}", look.width, look.height))
        .arg("about:blank")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let browser = Browser(child);
    let address = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("DevTools listening on ").map(str::to_owned))
        .expect("the browser says where it listens");
    // Its later output is drained, so that it never blocks on a full pipe.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    (browser, address)
}

/// The protocol's messages: calls with their answers, and events in between.
struct Connection {
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    calls: u64,
    complaints: Vec<String>,
}

impl Connection {
    fn new(address: &str) -> Self {
        let host = address.strip_prefix("ws://").and_then(|rest| rest.split('/').next()).unwrap();
        let stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = tungstenite::client(address, stream).unwrap();
        let mut connection = Connection { socket, session: None, calls: 0, complaints: Vec::new() };
        let target = connection.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = connection.call("Target.attachToTarget", attach);
        connection.session = session["sessionId"].as_str().map(str::to_owned);
        connection
    }

    /// Calls a method and waits for its answer, checking the events in between.
    fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let mut call = json!({ "id": self.calls, "method": method, "params": params });
        if let Some(session) = &self.session {
            call["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(call.to_string())).unwrap();
        loop {
            let Message::Text(text) = self.socket.read().unwrap() else { continue };
            let mut message: Value = serde_json::from_str(&text).unwrap();
            if message["id"] == self.calls {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
            self.complaints.extend(complaint(&message));
        }
    }
}

/// What the page logs to the console, throws, or requests from the network.
fn complaint(event: &Value) -> Option<String> {
    let params = &event["params"];
    match event["method"].as_str()? {
        "Log.entryAdded" => Some(format!("log: {}", params["entry"]["text"])),
        "Runtime.consoleAPICalled" => Some(format!("console: {}", params["args"])),
        "Runtime.exceptionThrown" => Some(format!("exception: {}", params["exceptionDetails"])),
        "Page.javascriptDialogOpening" => Some(format!("dialog: {}", params["message"])),
        "Network.requestWillBeSent" => {
            let url = params["request"]["url"].as_str()?;
            let own = ["file:", "data:", "blob:"].iter().any(|scheme| url.starts_with(scheme));
            (!own).then(|| format!("request: {url}"))
        }
        _ => None,
    }
}

impl Shown {
    fn call(&self, method: &str, params: Value) -> Value {
        self.connection.borrow_mut().call(method, params)
    }

    /// The value of an expression, which may be a promise.
    pub fn value(&self, expression: &str) -> Value {
        let expression =
            format!("Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))");
        let asked = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        serde_json::from_str(answer["result"]["value"].as_str().unwrap()).unwrap()
    }

    fn wait_until(&self, condition: &str) {
        let begun = Instant::now();
        while self.value(&format!("Boolean({condition})")) != Value::Bool(true) {
            assert!(begun.elapsed() < PATIENCE, "not in time: {condition}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The page's complaints so far.
    pub fn complaints(&self) -> Vec<String> {
        // A call's answer comes after the events before it.
        self.value("true");
        self.connection.borrow().complaints.clone()
    }

    /// Chooses a value of a filter, as a user would.
    pub fn choose(&self, filter: &str, value: &str) {
        let chosen = serde_json::to_string(value).unwrap();
        let took = self.value(&format!(
            "(() => {{ const select = document.getElementById('filter-{filter}'); select.value = {chosen}; \
             select.dispatchEvent(new Event('change')); return select.value; }})()"
        ));
        assert_eq!(took, value, "{filter}");
    }

    /// Presses a key, as a keyboard would.
    pub fn press(&self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let code = if key == "Tab" { 9 } else { 13 };
            let text = if key == "Enter" && kind == "keyDown" { "\r" } else { "" };
            let event =
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// The texts of an exhibit's table: its rows, without the heading.
    pub fn rows(&self, exhibit: &str) -> Vec<Vec<String>> {
        let rows = self.value(&format!(
            "[...document.querySelectorAll('#{exhibit} tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent))"
        ));
        serde_json::from_value(rows).unwrap()
    }

    /// Runs a script from a file in the page, for tools that inspect pages.
    pub fn run_script(&self, file: &Path) {
        let script = std::fs::read_to_string(file).unwrap();
        let answer = self.call("Runtime.evaluate", json!({ "expression": script }));
        assert!(answer["exceptionDetails"].is_null(), "{file:?}: {}", answer["exceptionDetails"]);
    }

    /// Saves a screenshot of the whole page to the folder LIFECYCLE_SCREENSHOTS, if set.
    pub fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("LIFECYCLE_SCREENSHOTS") else { return };
        let metrics = self.call("Page.getLayoutMetrics", json!({}));
        let size = &metrics["cssContentSize"];
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let asked = json!({ "format": "png", "clip": clip, "captureBeyondViewport": true });
        let png = self.call("Page.captureScreenshot", asked);
        std::fs::create_dir_all(&folder).unwrap();
        let bytes = STANDARD.decode(png["data"].as_str().unwrap()).unwrap();
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), bytes).unwrap();
    }

    /// The page as it would be printed.
    pub fn printed(&self) -> Vec<u8> {
        let pdf = self.call("Page.printToPDF", json!({ "printBackground": false }));
        STANDARD.decode(pdf["data"].as_str().unwrap()).unwrap()
    }
}
