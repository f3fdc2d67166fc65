//! What the AWS SDK takes by itself: the generator's calls, all of them with the SDK's clients, over its connections, and nothing else.
//!
//! It looks, claims, asks, decodes and stores; it checks nothing, tells nothing, tries nothing again, and connects when it has to.

#[path = "../../rust/src/floor.rs"]
mod floor;

use aws_sdk_bedrockruntime::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextMut},
    error::BoxError,
    primitives::Blob,
};
use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use bytes::BytesMut;
use floor::{Problem, image, serve};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};
use std::{env, fmt::Write, time::SystemTime, time::UNIX_EPOCH};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Problem> {
    let config = sdk::config(sdk::env_credentials(), &sdk::Connections::default());
    let services = Services {
        bedrock: aws_sdk_bedrockruntime::Client::new(&config),
        s3: aws_sdk_s3::Client::new(&config),
        pace: env::var("PACE_BUCKET_NAME")?,
    };
    serve(async |event| Box::pin(services.item(event)).await).await
}

struct Services {
    bedrock: aws_sdk_bedrockruntime::Client,
    s3: aws_sdk_s3::Client,
    /// The bucket of clocks and claims.
    pace: String,
}

impl Services {
    async fn item(&self, event: &[u8]) -> Result<String, Problem> {
        let event: serde_json::Value = serde_json::from_slice(event)?;
        let text = |name: &str| event["item"][name].as_str().unwrap_or_default();
        let (bucket, model) = (text("inputBucketName"), text("model"));
        let key = format!("{}/{}/{}", text("rank"), text("id"), text("inputKeyName"));
        let asked = serde_json::json!({"prompt": text("prompt"), "seed": 7, "output_format": "jpeg"}).to_string();
        let digest = hex(&Sha256::digest(&asked));

        // It is not there, which is an error.
        let _ = self.s3.head_object().bucket(bucket).key(&key).send().await;
        self.claim(&format!("{bucket}{key}{digest}")).await?;
        let (clock, _) = self.read(&format!(".pace/{model}.json")).await?;
        if clock["phase"] != "free" {
            return Err("this program can not wait".into());
        }

        let image = image(self.ask(model, asked).await?)?;
        let length = image.len();
        let put = self.s3.put_object().bucket(bucket).key(&key).content_type("image/jpeg");
        let put = put.metadata("id", text("id")).metadata("rank", text("rank")).metadata("model", model);
        let put = put.metadata("seed", "7").metadata("request-sha256", digest);
        put.body(ByteStream::from(image.freeze())).customize().disable_payload_signing().send().await?;
        Ok(serde_json::json!({"keyName": key, "bytes": length, "outcome": "generated"}).to_string())
    }

    /// A shared object, and its version.
    async fn read(&self, key: &str) -> Result<(serde_json::Value, String), Problem> {
        let object = self.s3.get_object().bucket(&self.pace).key(key).send().await?;
        let version = object.e_tag.unwrap_or_default();
        Ok((serde_json::from_slice(&object.body.collect().await?.into_bytes())?, version))
    }

    /// Claims the image, which nobody else does.
    async fn claim(&self, image: &str) -> Result<(), Problem> {
        let image = hex(&Sha256::digest(image)[..10]);
        let key = format!(".pace/claim-{}.json", &image[..3]);
        let (mut claims, version) = self.read(&key).await?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let claims = claims.as_array_mut().ok_or("no claims")?;
        claims.retain(|claim| claim["until"].as_u64().is_some_and(|until| until > now));
        claims.push(serde_json::json!({"image": image, "execution": image, "until": now + 330}));
        let put = self.s3.put_object().bucket(&self.pace).key(key).content_type("application/json").if_match(version);
        put.body(serde_json::to_vec(&claims)?.into()).send().await?;
        Ok(())
    }

    /// The model's answer, in one piece and copied once.
    async fn ask(&self, model: &str, body: String) -> Result<BytesMut, Problem> {
        let taken = TakeBody::default();
        let ask = self.bedrock.invoke_model().model_id(model).content_type("application/json").body(Blob::new(body));
        ask.accept("application/json").customize().interceptor(taken.clone()).send().await?;
        let (body, length) = taken.0.lock().ok().and_then(|mut taken| taken.take()).ok_or("no answer")?;
        let (mut body, mut answer) = (ByteStream::new(body), BytesMut::with_capacity(length));
        while let Some(piece) = body.next().await {
            answer.extend_from_slice(&piece?);
        }
        Ok(answer)
    }
}

/// Takes the body of an answer out of the SDK's hands, which would copy it three times; and how long it is.
#[derive(Debug, Clone, Default)]
struct TakeBody(Arc<Mutex<Option<(SdkBody, usize)>>>);

impl Intercept for TakeBody {
    fn name(&self) -> &'static str {
        "TakeBody"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        let length = response.headers().get("content-length").and_then(|length| length.parse().ok());
        let body = std::mem::replace(response.body_mut(), SdkBody::empty());
        self.0.lock().map_err(|_| "the body's place is poisoned")?.replace((body, length.unwrap_or_default()));
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
