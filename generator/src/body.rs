//! The body of the model's answer, taken out of the SDK's hands while it still arrives, so that the image in it can be decoded meanwhile.
//! The SDK would collect it, copy it into one piece, and copy that into a `Blob`: megabytes of base64, three times.

use crate::answer::Reading;
use aws_sdk_bedrockruntime::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextMut},
    error::BoxError,
};
use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use std::sync::{Arc, Mutex};

/// Keeps the body of one successful answer. An error's body is left to the SDK, which reads the error in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct TakeBody(Arc<Mutex<Option<Taken>>>);

#[derive(Debug)]
struct Taken {
    body: SdkBody,
    /// What the answer says of its length; the body itself does not tell.
    length: u64,
}

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
        if response.status().is_success() {
            let length = response.headers().get("content-length").and_then(|length| length.parse().ok());
            let body = std::mem::replace(response.body_mut(), SdkBody::empty());
            let taken = Taken { body, length: length.unwrap_or_default() };
            self.0.lock().map_err(|_| "the body's place is poisoned")?.replace(taken);
        }
        Ok(())
    }
}

impl TakeBody {
    /// Reads the whole body.
    ///
    /// # Errors
    /// When the connection breaks off, or there was no successful answer.
    pub(crate) async fn read(&self) -> Result<Reading, BoxError> {
        let taken = self.0.lock().ok().and_then(|mut taken| taken.take()).ok_or("there is no answer")?;
        let mut reading = Reading::new(taken.length);
        let mut body = ByteStream::new(taken.body);
        while let Some(piece) = body.next().await {
            reading.push(&piece?);
        }
        Ok(reading)
    }
}
