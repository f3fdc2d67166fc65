//! The executable of the trigger function.

use trigger::{App, Config};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let sdk = aws::sdk_config(aws::http_client()).await;
    trigger::serve(&App::new(&sdk, Config::from_env()?)).await
}
