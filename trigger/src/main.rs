//! The trigger's process in Lambda.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    trigger::run(&sdk::config(sdk::env_credentials(), &sdk::Connections::default())).await
}
