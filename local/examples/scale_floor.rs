//! What the kernel takes at least for one item of a list, model aside: the same requests of as many bytes, answered by a server that
//! reads nothing of what it gets, checks nothing, and keeps nothing but the file of the image.
//! `cargo run --release -p local --example scale_floor -- [ITEMS [DIR]]`

// A measurement that can not be made ends.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;

/// Items at once, as `local` has them, each on a connection of its own.
const AT_ONCE: usize = 10;

/// Bytes of requests and answers, as the generator's of an item with a picture of 43 KB are.
const EXCHANGES: [(&str, usize, usize); 6] = [
    ("Runtime API: next", 150, 1_100),
    ("HeadObject of the image", 700, 250),
    ("GetObject of the claims", 750, 500),
    ("PutObject of the claims", 1_200, 250),
    ("PutObject of the image", PICTURE, 300),
    ("Runtime API: response", 600, 200),
];
/// Which of them keeps a file.
const PUT_IMAGE: usize = 4;
const PICTURE: usize = 44_500;

/// Seconds that this process has computed for so far: its own, and the kernel's for it. <https://docs.kernel.org/filesystems/proc.html>
fn cpu() -> [f64; 2] {
    let text = fs::read_to_string("/proc/self/stat").unwrap();
    let fields = text.rsplit(')').next().unwrap().split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).map(|field| field.parse().unwrap()).collect();
    [ticks[0] / 100.0, ticks[1] / 100.0]
}

/// Answers what comes on one connection, in turn.
fn serve(mut stream: TcpStream, folder: &Path) {
    let mut buffer = vec![0; PICTURE];
    let mut number = 0;
    loop {
        for (at, (_, request, answer)) in EXCHANGES.iter().enumerate() {
            if stream.read_exact(&mut buffer[..*request]).is_err() {
                return;
            }
            if at == PUT_IMAGE {
                let item = folder.join(number.to_string());
                fs::create_dir(&item).unwrap();
                fs::write(item.join("image.jpeg"), &buffer).unwrap();
                number += 1;
            }
            stream.write_all(&buffer[..*answer]).unwrap();
        }
    }
}

/// The functions: so many items, one after the other on each connection.
fn ask(port: u16, items: usize) {
    let functions: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            thread::spawn(move || {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
                stream.set_nodelay(true).unwrap();
                let mut buffer = vec![0; PICTURE];
                for _ in 0..items / AT_ONCE {
                    for (_, request, answer) in EXCHANGES {
                        stream.write_all(&buffer[..request]).unwrap();
                        stream.read_exact(&mut buffer[..answer]).unwrap();
                    }
                }
            })
        })
        .collect();
    functions.into_iter().for_each(|function| function.join().unwrap());
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [ask_from, port, items] = arguments.as_slice()
        && ask_from == "ask"
    {
        return ask(port.parse().unwrap(), items.parse().unwrap());
    }
    let items: usize = arguments.first().map_or(20_000, |items| items.parse().unwrap());
    let folder = match arguments.get(1) {
        Some(folder) => tempfile::tempdir_in(folder).unwrap(),
        None => tempfile::tempdir().unwrap(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let before = cpu();
    let mut asking =
        Command::new(std::env::current_exe().unwrap()).args(["ask", &port, &items.to_string()]).spawn().unwrap();
    let servers: Vec<_> = (0..AT_ONCE)
        .map(|number| {
            let stream = listener.accept().unwrap().0;
            stream.set_nodelay(true).unwrap();
            let folder = folder.path().join(number.to_string());
            fs::create_dir(&folder).unwrap();
            thread::spawn(move || serve(stream, &folder))
        })
        .collect();
    assert!(asking.wait().unwrap().success());
    servers.into_iter().for_each(|server| server.join().unwrap());
    let [user, system] = [0, 1].map(|at| (cpu()[at] - before[at]) * 1e6 / (items / AT_ONCE * AT_ONCE) as f64);
    println!(
        "{items} items: {:.0} us an item, {system:.0} of them the kernel's, for {} requests and one file",
        user + system,
        EXCHANGES.len()
    );
}
