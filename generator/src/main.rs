//! The generator's process in Lambda.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    generator::run(&sdk::config(sdk::env_credentials())).await
}
