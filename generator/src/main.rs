//! The generator's process in Lambda.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let connections = sdk::Connections::default();
    generator::run(&sdk::config(sdk::env_credentials(), &connections), &connections).await
}
