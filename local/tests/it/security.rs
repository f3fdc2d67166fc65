//! What `local` refuses, tried through its port: other machines, other origins, too much.

use crate::local::{IMAGE_BUCKET, MACHINE, Up, ask, local_up};
use serde_json::json;

/// The status of the answer to a request; 0 if the connection ended without one.
fn status(up: &Up, request: &str, headers: &str, body: &str) -> u16 {
    let (head, _) = ask(&up.url, request, headers, body);
    head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

#[cfg(target_os = "linux")]
#[test]
fn it_listens_on_the_loopback_interface_only() {
    let (_data, up) = local_up(&[]);
    let port: u16 = up.url.rsplit_once(':').unwrap().1.parse().unwrap();
    let hex = format!(":{port:04X}");
    let of_port = |path: &str| -> Vec<String> {
        let table = std::fs::read_to_string(path).unwrap_or_default();
        let rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        // 0A is LISTEN. <https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html>
        let listening = rows.filter(|row| row.len() > 3 && row[1].ends_with(&hex) && row[3] == "0A");
        listening.map(|row| row[1].to_owned()).collect()
    };
    assert_eq!(of_port("/proc/net/tcp"), [format!("0100007F{hex}")]);
    assert_eq!(of_port("/proc/net/tcp6"), Vec::<String>::new());
}

#[test]
fn a_page_of_another_origin_cannot_make_it_act() {
    let (data, up) = local_up(&[]);
    let start = json!({"stateMachineArn": MACHINE, "input": json!({"items": []}).to_string()}).to_string();
    let acts = [
        (format!("PUT /{IMAGE_BUCKET}/planted"), "", "x"),
        ("POST /".to_owned(), "X-Amz-Target: AWSStepFunctions.StartExecution\r\n", start.as_str()),
        ("POST /2015-03-31/functions/generator/invocations".to_owned(), "", "{}"),
        ("POST /model/stability.stable-image-core-v1:1/invoke".to_owned(), "", "{\"prompt\": \"a\"}"),
        (format!("GET /{IMAGE_BUCKET}"), "", ""),
    ];
    for header in ["Origin: http://evil.example\r\n", "Sec-Fetch-Site: cross-site\r\n", "Host: evil.example\r\n"] {
        for (request, target, body) in &acts {
            let answer = status(&up, request, &format!("{header}{target}"), body);
            assert_eq!(answer, 403, "{request} with {header}");
        }
    }
    // A browser asks first, whether it may; it may not.
    let preflight = "Origin: http://evil.example\r\nAccess-Control-Request-Method: PUT\r\n";
    assert_eq!(status(&up, &format!("OPTIONS /{IMAGE_BUCKET}/planted"), preflight, ""), 403);
    assert_eq!(data.files(IMAGE_BUCKET), Vec::<String>::new());
    assert!(!up.said().contains("started"), "{}", up.said());
    assert_eq!(std::fs::read_dir(data.0.path().join("executions")).unwrap().count(), 0);
    assert!(!data.0.path().join("logs/generator.log").exists(), "the generator was invoked");
}

#[test]
fn what_is_too_large_is_refused() {
    let (data, up) = local_up(&[]);
    let list = format!("GET /{IMAGE_BUCKET}");
    let function = "POST /2015-03-31/functions/generator/invocations";
    let model = "POST /model/stability.stable-image-core-v1:1/invoke";
    // S3 takes 5 GiB in one PutObject.
    let announced = format!("Content-Length: {}\r\n", 5 * 1024 * 1024 * 1024_u64 + 1);
    let header = format!("X-Amz-Meta-Much: {}\r\n", "x".repeat(1024 * 1024));
    let headers: String = (0..1000).map(|n| format!("X-Header-{n}: x\r\n")).collect();
    for (request, headers, body, expected) in [
        (format!("PUT /{IMAGE_BUCKET}/huge").as_str(), announced.as_str(), 0, 400),
        (function, "", 6 * 1024 * 1024 + 1, 413),
        // The connection ends.
        (model, "", 26_000_001, 0),
        (&list, &header, 0, 431),
        (&list, &headers, 0, 431),
    ] {
        assert_eq!(status(&up, request, headers, &"x".repeat(body)), expected, "{request} {headers:.100}");
    }
    assert_eq!(data.files(IMAGE_BUCKET), Vec::<String>::new());
    assert_eq!(status(&up, &list, "", ""), 200, "it serves on");
}
