//! The floor of the generator: the same calls with the same bytes in hand-written HTTP, without any SDK.
//!
//! It signs, looks, asks, decodes, makes the CRC32 and stores; it checks nothing, tells nothing and tries nothing again.

#[path = "../floor.rs"]
mod floor;

use bytes::Bytes;
use floor::{Problem, Sender, collected, image, over, send, serve};
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming};
use ring::{digest, hmac};
use rustls::pki_types::ServerName;
use std::{env, fmt::Write, sync::Arc, time::Duration, time::Instant, time::SystemTime, time::UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Problem> {
    let mut services = Services::new()?;
    serve(async |event| services.item(event).await).await
}

/// Bedrock and S3, each over one connection that stays open.
struct Services {
    tls: TlsConnector,
    credentials: Credentials,
    bedrock: Option<Sender>,
    s3: Option<Sender>,
    /// Until when it is known that the model refuses nothing.
    free: Option<Instant>,
}

impl Services {
    fn new() -> Result<Self, Problem> {
        let mut roots = rustls::RootCertStore::empty();
        for certificate in rustls_native_certs::load_native_certs().certs {
            roots.add(certificate)?;
        }
        let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let credentials = Credentials {
            key_id: env::var("AWS_ACCESS_KEY_ID")?,
            secret: env::var("AWS_SECRET_ACCESS_KEY")?,
            token: env::var("AWS_SESSION_TOKEN")?,
            region: env::var("AWS_REGION")?,
        };
        Ok(Self { tls: Arc::new(config).into(), credentials, bedrock: None, s3: None, free: None })
    }

    async fn item(&mut self, event: &[u8]) -> Result<String, Problem> {
        let event: serde_json::Value = serde_json::from_slice(event)?;
        let text = |name: &str| event["item"][name].as_str().unwrap_or_default();
        let bucket = text("inputBucketName");
        let path = format!("/{bucket}/{}/{}/{}", text("rank"), text("id"), text("inputKeyName"));
        let asked = serde_json::json!({"prompt": text("prompt"), "seed": 7, "output_format": "jpeg"}).to_string();
        let digest = hex(digest::digest(&digest::SHA256, asked.as_bytes()).as_ref());

        self.s3("HEAD", &path, &[], Bytes::new()).await?;
        self.claim(bucket, &path, &digest, event["executionName"].as_str().unwrap_or_default()).await?;
        self.in_turn(text("model")).await?;
        let model_path = format!("/model/{}/invoke", text("model").replace(':', "%3A"));
        let image = image(collected(self.bedrock(&model_path, asked.into()).await?).await?)?;
        let length = image.len();
        let checksum = base64_simd::STANDARD.encode_to_string(crc32fast::hash(&image).to_be_bytes());
        let headers = [
            ("content-type", "image/jpeg"),
            ("x-amz-checksum-crc32", &checksum),
            ("x-amz-meta-id", text("id")),
            ("x-amz-meta-model", text("model")),
            ("x-amz-meta-rank", text("rank")),
            ("x-amz-meta-request-sha256", &digest),
            ("x-amz-meta-seed", "7"),
        ];
        self.s3("PUT", &path, &headers, image.freeze()).await?;
        Ok(serde_json::json!({"keyName": path, "bytes": length, "outcome": "generated"}).to_string())
    }

    /// Looks at the model's clock, unless it did within the last second.
    async fn in_turn(&mut self, model: &str) -> Result<(), Problem> {
        if self.free.is_none_or(|until| until < Instant::now()) {
            let path = format!("/{}/.pace/{}.json", env::var("PACE_BUCKET_NAME")?, model.replace(':', "%3A"));
            let clock = collected(self.s3("GET", &path, &[], Bytes::new()).await?).await?;
            let clock: serde_json::Value = serde_json::from_slice(&clock)?;
            if clock["phase"] != "free" {
                return Err("this program can not wait".into());
            }
            self.free = Some(Instant::now() + Duration::from_secs(1));
        }
        Ok(())
    }

    /// Claims the image, which nobody else does.
    async fn claim(&mut self, bucket: &str, key: &str, digest: &str, execution: &str) -> Result<(), Problem> {
        let name = |parts: &[&str]| {
            let mut context = digest::Context::new(&digest::SHA256);
            parts.iter().for_each(|part| context.update(part.as_bytes()));
            hex(&context.finish().as_ref()[..10])
        };
        let image = name(&[bucket, key, digest]);
        let path = format!("/{}/.pace/claim-{}.json", env::var("PACE_BUCKET_NAME")?, &image[..3]);
        let there = self.s3("GET", &path, &[], Bytes::new()).await?;
        let version = there.headers()["etag"].to_str()?.to_owned();
        let mut claims: Vec<serde_json::Value> = serde_json::from_slice(&collected(there).await?)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        claims.retain(|claim| claim["until"].as_u64().is_some_and(|until| until > now));
        claims.push(serde_json::json!({"image": image, "execution": name(&[execution]), "until": now + 330}));
        let headers = [("content-type", "application/json"), ("if-match", &version)];
        self.s3("PUT", &path, &headers, serde_json::to_vec(&claims)?.into()).await?;
        Ok(())
    }

    async fn s3(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Response<Incoming>, Problem> {
        let endpoint = env::var("AWS_ENDPOINT_URL_S3")?;
        let host = endpoint.trim_start_matches("https://");
        let request = self.credentials.signed("s3", method, host, path, headers, "UNSIGNED-PAYLOAD", body)?;
        let sender = connected(&self.tls, &mut self.s3, host).await?;
        send(sender, request).await
    }

    async fn bedrock(&mut self, path: &str, body: Bytes) -> Result<Response<Incoming>, Problem> {
        let endpoint = env::var("AWS_ENDPOINT_URL_BEDROCK_RUNTIME")?;
        let host = endpoint.trim_start_matches("https://");
        let hash = hex(digest::digest(&digest::SHA256, &body).as_ref());
        let headers = [("content-type", "application/json")];
        let request = self.credentials.signed("bedrock", "POST", host, path, &headers, &hash, body)?;
        let sender = connected(&self.tls, &mut self.bedrock, host).await?;
        send(sender, request).await
    }
}

async fn connected<'a>(
    tls: &TlsConnector,
    kept: &'a mut Option<Sender>,
    address: &str,
) -> Result<&'a mut Sender, Problem> {
    if kept.as_ref().is_none_or(Sender::is_closed) {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let name = address.rsplit_once(':').map_or(address, |(host, _)| host).to_owned();
        *kept = Some(over(tls.connect(ServerName::try_from(name)?, stream).await?).await?);
    }
    kept.as_mut().ok_or_else(|| "just connected".into())
}

/// Signature Version 4. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
struct Credentials {
    key_id: String,
    secret: String,
    token: String,
    region: String,
}

impl Credentials {
    #[allow(clippy::too_many_arguments)]
    fn signed(
        &self,
        service: &str,
        method: &str,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
        payload_hash: &str,
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, Problem> {
        let time = timestamp();
        let date = &time[..8];
        let mut all = vec![
            ("host", host),
            ("x-amz-content-sha256", payload_hash),
            ("x-amz-date", &time),
            ("x-amz-security-token", &self.token),
        ];
        all.extend_from_slice(headers);
        all.sort_unstable();
        let names = all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines: String = all.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        // Outside S3 every segment of the path is encoded twice.
        let canonical_path = if service == "s3" { path.to_owned() } else { path.replace('%', "%25") };
        let canonical = format!("{method}\n{canonical_path}\n\n{lines}\n{names}\n{payload_hash}");
        let scope = format!("{date}/{}/{service}/aws4_request", self.region);
        let canonical_hash = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
        let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{canonical_hash}");
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in [date, &self.region, service, "aws4_request", &to_sign] {
            key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), part.as_bytes()).as_ref().to_vec();
        }
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
            self.key_id,
            hex(&key)
        );
        let mut request = Request::builder().method(method).uri(path).header("authorization", authorization);
        for (name, value) in all {
            request = request.header(name, value);
        }
        Ok(request.body(Full::new(body))?)
    }
}

/// Now, as `20261124T154501Z`. <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
fn timestamp() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = days / 146_097 * 400 + year_of_era + u64::from(month <= 2);
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
