//! The programs of the test: `local up`, `gallery serve`, chromedriver and Chromium.

use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that prints its address, and ends with the test.
pub(crate) struct Machine {
    _process: Child,
    pub(crate) url: String,
}

async fn start(mut command: Command, find: impl Fn(&str) -> Option<String>) -> Machine {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut process = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    loop {
        let line = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("{command:?} has ended"));
        if let Some(url) = find(&line) {
            // Read on, so that the program never waits for a reader.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Machine { _process: process, url };
        }
    }
}

fn address(line: &str) -> Option<String> {
    let url = line.split_whitespace().find(|word| word.starts_with("http://"))?;
    Some(url.trim_end_matches('/').to_owned())
}

/// `local up` with these options, without a page.
pub(crate) async fn local(data: &Path, options: &[&str]) -> Machine {
    start(up(data, &[&["--no-gallery"], options].concat()), address).await
}

/// The page that `local up` with these options serves.
pub(crate) async fn embedded(data: &Path, options: &[&str]) -> Machine {
    let command = up(data, &[&["--gallery-port", "0"], options].concat());
    start(command, |line| line.contains("gallery:").then(|| address(line))?).await
}

fn up(data: &Path, options: &[&str]) -> Command {
    let program = std::env::var("GALLERY_TEST_LOCAL").expect("GALLERY_TEST_LOCAL is the program local");
    let mut command = Command::new(program);
    command.args(["up", "--port", "0", "--data"]).arg(data).args(options);
    command
}

/// `gallery serve` for it.
pub(crate) async fn gallery(local: &Machine, cache: &Path) -> Machine {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gallery"));
    command
        .args(["--stack", "", "--region", "us-east-1", "serve", "--port", "0"])
        .env("AWS_ENDPOINT_URL", &local.url)
        .env("LC_ALL", "C");
    command.env("XDG_CACHE_HOME", cache).env("AWS_ACCESS_KEY_ID", "any").env("AWS_SECRET_ACCESS_KEY", "thing");
    start(command, |line| line.contains("gallery").then(|| address(line))?).await
}

/// chromedriver on a port of its own.
pub(crate) async fn driver() -> Machine {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0");
    let port = |line: &str| {
        let port = line.rsplit("on port ").next()?.trim_end_matches('.');
        port.parse::<u16>().ok().filter(|port| *port != 0).map(|port| format!("http://127.0.0.1:{port}"))
    };
    start(command, port).await
}

/// A browser window.
pub(crate) struct Browser {
    pub(crate) client: Client,
    axe: String,
}

impl Browser {
    /// A window of this size; `more` are further options of Chromium.
    pub(crate) async fn open(driver: &Machine, width: u32, height: u32, more: Value) -> Self {
        let size = format!("--window-size={width},{height}");
        let mut options = json!({"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=en", size]});
        for (name, value) in more.as_object().unwrap() {
            options[name] = value.clone();
        }
        let Value::Object(capabilities) = json!({"goog:chromeOptions": options}) else { unreachable!() };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&driver.url).await.unwrap();
        let axe = std::env::var("GALLERY_TEST_AXE").expect("GALLERY_TEST_AXE is axe.min.js");
        Self { client, axe: std::fs::read_to_string(axe).unwrap() }
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Waits until a script returns true.
    pub(crate) async fn until(&self, script: &str) {
        let script = format!("return Boolean({script})");
        let begun = std::time::Instant::now();
        while self.client.execute(&script, Vec::new()).await.ok() != Some(Value::Bool(true)) {
            if begun.elapsed() > PATIENCE {
                let page = self.text("body").await;
                panic!("not in time: {script}\n{page}");
            }
            tokio::task::yield_now().await;
        }
    }

    /// Does something with an element; anew if the page has just replaced it.
    async fn with<T>(&self, css: &str, act: impl AsyncFn(Element) -> Result<T, CmdError>) -> T {
        loop {
            let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
            match act(found.unwrap_or_else(|error| panic!("{css}: {error}"))).await {
                Err(CmdError::Standard(error)) if error.error == ErrorStatus::StaleElementReference => {}
                done => return done.unwrap_or_else(|error| panic!("{css}: {error}")),
            }
        }
    }

    pub(crate) async fn click(&self, css: &str) {
        self.with(css, async |element| element.click().await).await;
    }

    pub(crate) async fn text(&self, css: &str) -> String {
        self.with(css, async |element| element.text().await).await
    }

    pub(crate) async fn choose(&self, file: &Path) {
        let input = self.client.wait().at_most(PATIENCE).for_element(Locator::Css("#file")).await.unwrap();
        input.send_keys(file.to_str().unwrap()).await.unwrap();
    }

    pub(crate) async fn write(&self, css: &str, text: &str) {
        self.with(css, async |element| element.send_keys(text).await).await;
    }

    pub(crate) async fn key(&self, key: char) {
        self.client.find(Locator::Css("body")).await.unwrap().send_keys(&key.to_string()).await.unwrap();
    }

    pub(crate) async fn number(&self, script: &str) -> u64 {
        let value = self.client.execute(&format!("return {script}"), Vec::new()).await.unwrap();
        value.as_u64().unwrap_or_else(|| panic!("{script}: {value}"))
    }

    pub(crate) async fn url(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// axe finds nothing serious, and nothing sticks out at the side.
    pub(crate) async fn check(&self, page: &str) {
        self.client.execute(&self.axe, Vec::new()).await.unwrap();
        let script = "const done = arguments[arguments.length - 1]; axe.run().then((result) => done(result.violations\
            .filter((one) => one.impact === 'serious' || one.impact === 'critical')\
            .map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html).slice(0, 3)}`)))";
        let violations = self.client.execute_async(script, Vec::new()).await.unwrap();
        assert_eq!(violations, json!([]), "{page}");
        let (wide, window) =
            (self.number("document.documentElement.scrollWidth").await, self.number("innerWidth").await);
        assert!(wide <= window, "{page} is {wide} pixels wide in a window of {window}");
    }

    /// A picture of the window for the documentation, if it is asked for.
    pub(crate) async fn shoot(&self, name: &str) {
        let Ok(folder) = std::env::var("GALLERY_TEST_SCREENSHOTS") else { return };
        let picture = self.client.screenshot().await.unwrap();
        std::fs::write(Path::new(&folder).join(format!("gallery-{name}.png")), picture).unwrap();
    }
}
