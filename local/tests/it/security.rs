//! What `local` refuses, tried through its port: other machines, other folders, other origins, too much.

use crate::local::{Data, IMAGE_BUCKET, LIST_BUCKET, MACHINE, Up};
use serde_json::json;

/// The status of the answer to a request; 0 if the connection ended without one.
fn status(up: &Up, request: &[u8]) -> u16 {
    up.send(request).split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let host = if headers.contains("Host:") { "" } else { "Host: 127.0.0.1\r\n" };
    format!("{method} {path} HTTP/1.1\r\n{host}Connection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

#[cfg(target_os = "linux")]
#[test]
fn it_listens_on_the_loopback_interface_only() {
    let data = Data::new();
    let up = data.up(&[]);
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
fn no_key_leads_out_of_its_folder() {
    let data = Data::new();
    let up = data.up(&[]);
    let secret = data.0.path().join("secret");
    std::fs::write(&secret, "mine").unwrap();
    let folder = data.bucket(IMAGE_BUCKET);
    std::os::unix::fs::symlink(data.0.path(), folder.join("link")).unwrap();
    std::os::unix::fs::symlink(&secret, folder.join("alias")).unwrap();
    let names = || {
        let mut names: Vec<_> =
            std::fs::read_dir(data.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = names();
    let ways = [
        "../../secret",
        "../../../secret",
        "%2e%2e/%2e%2e/secret",
        "..%2f..%2fsecret",
        "a/../../../secret",
        "a/%2e%2e/%2e%2e/%2e%2e/secret",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "secret%00",
        "%00",
        "link/secret",
        "alias",
        "./secret",
    ];
    for key in ways {
        let path = format!("/{IMAGE_BUCKET}/{key}");
        for (method, body) in [("PUT", "theirs"), ("DELETE", ""), ("PUT", "again")] {
            status(&up, &request(method, &path, "", body));
        }
        let copy = format!("X-Amz-Copy-Source: {IMAGE_BUCKET}/{key}\r\n");
        status(&up, &request("PUT", &format!("/{LIST_BUCKET}/copy"), &copy, ""));
        let copied = std::fs::read(data.bucket(LIST_BUCKET).join("copy")).unwrap_or_default();
        assert_ne!(copied, b"mine", "{key} read what is outside");
        assert_eq!(std::fs::read(&secret).unwrap(), b"mine", "{key} wrote outside");
        assert_eq!(names(), before, "{key} made something outside");
    }
    for bucket in ["..", "%2e%2e", ".", "s3%2f..", "%00", "con:x"] {
        let answer = status(&up, &request("PUT", &format!("/{bucket}"), "", ""));
        assert!((400..500).contains(&answer) || answer == 0, "{bucket}: {answer}");
        assert_eq!(names(), before, "{bucket} made something outside");
    }
    for link in ["link/secret", "alias"] {
        let answer = status(&up, &request("GET", &format!("/{IMAGE_BUCKET}/{link}"), "", ""));
        assert!((400..500).contains(&answer), "a symbolic link is followed: {answer}");
    }
}

#[test]
fn a_page_of_another_origin_cannot_make_it_act() {
    let data = Data::new();
    let up = data.up(&[]);
    let start = json!({"stateMachineArn": MACHINE, "input": json!({"items": []}).to_string()}).to_string();
    let acts = [
        ("PUT", format!("/{IMAGE_BUCKET}/planted"), "", "x"),
        ("POST", "/".to_owned(), "X-Amz-Target: AWSStepFunctions.StartExecution\r\n", start.as_str()),
        ("POST", "/2015-03-31/functions/generator/invocations".to_owned(), "", "{}"),
        ("POST", "/model/stability.stable-image-core-v1:1/invoke".to_owned(), "", "{\"prompt\": \"a\"}"),
        ("GET", format!("/{IMAGE_BUCKET}"), "", ""),
    ];
    for header in [
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Origin: https://127.0.0.1.evil.example\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Host: evil.example\r\n",
        "Host: 127.0.0.1.evil.example\r\n",
    ] {
        for (method, path, target, body) in &acts {
            let answer = status(&up, &request(method, path, &format!("{header}{target}"), body));
            assert_eq!(answer, 403, "{method} {path} with {header}");
        }
    }
    // A browser asks first, whether it may; it may not.
    let preflight = "Origin: http://evil.example\r\nAccess-Control-Request-Method: PUT\r\n";
    assert_eq!(status(&up, &request("OPTIONS", &format!("/{IMAGE_BUCKET}/planted"), preflight, "")), 403);
    assert_eq!(data.files(IMAGE_BUCKET), Vec::<String>::new());
    assert!(!up.said().contains("started"), "{}", up.said());
    assert_eq!(std::fs::read_dir(data.0.path().join("executions")).unwrap().count(), 0);
    assert!(!data.0.path().join("logs/generator.log").exists(), "the generator was invoked");
}

#[test]
fn what_is_too_large_is_refused() {
    let data = Data::new();
    let up = data.up(&[]);
    let announced = |path: &str, target: &str, bytes: u64| {
        let head = format!(
            "PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{target}Content-Length: {bytes}\r\n\r\n"
        );
        status(&up, head.as_bytes())
    };
    // S3 takes 5 GiB in one PutObject.
    assert_eq!(announced(&format!("/{IMAGE_BUCKET}/huge"), "", 5 * 1024 * 1024 * 1024 + 1), 400);

    let input = "x".repeat(1024 * 1024 + 1);
    let target = "X-Amz-Target: AWSStepFunctions.StartExecution\r\n";
    assert_eq!(status(&up, &request("POST", "/", target, &input)), 400);
    let event = "x".repeat(6 * 1024 * 1024 + 1);
    let function = "/2015-03-31/functions/generator/invocations";
    assert_eq!(status(&up, &request("POST", function, "", &event)), 413);
    let body = "x".repeat(26_000_001);
    let model = "/model/stability.stable-image-core-v1:1/invoke";
    assert_eq!(status(&up, &request("POST", model, "", &body)), 0, "the connection ends");

    let header = format!("X-Amz-Meta-Much: {}\r\n", "x".repeat(1024 * 1024));
    assert_eq!(status(&up, &request("GET", &format!("/{IMAGE_BUCKET}"), &header, "")), 431);
    let headers: String = (0..1000).map(|n| format!("X-Header-{n}: x\r\n")).collect();
    assert_eq!(status(&up, &request("GET", &format!("/{IMAGE_BUCKET}"), &headers, "")), 431);
    assert_eq!(data.files(IMAGE_BUCKET), Vec::<String>::new());
    assert_eq!(status(&up, &request("GET", &format!("/{IMAGE_BUCKET}"), "", "")), 200, "it serves on");
}
