//! The generator's process in Lambda.

use generator::{App, Config};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let sdk = aws::sdk_config(aws::http_client()).await;
    generator::serve(&App::new(&sdk, Config::from_env()?)).await
}
