//! The whole pipeline on one machine, without an AWS account.
//!
//! A list that is put into the list bucket notifies `trigger`, which starts an execution of `sam/statemachine.asl.json`; its
//! Distributed Map runs `generator` for every item, which asks the model for the image and puts it into its bucket. The functions are
//! those that run on AWS, in processes of their own behind the Runtime API; S3, Step Functions, Lambda and Bedrock are
//! emulated, on one port of 127.0.0.1. Each emulator is a crate that knows neither the others nor this one.
//!
//! | part | does |
//! | --- | --- |
//! | [`emulator_s3`] | S3 over a folder |
//! | [`emulator_step_functions`] | Step Functions: the definition as it is deployed |
//! | [`emulator_lambda`] | Lambda: processes, time-outs, retries of asynchronous events |
//! | [`emulator_bedrock`] | Bedrock: answers with placeholder cards, and fails when told to |
//! | [`faults`] | fault injection: S3 that fails, functions that die; and the ledger of it |
//! | [`pipeline`] | the SAM template: what is wired to what |

mod cli;
mod commands;
pub mod faults;
mod http;
pub mod pipeline;
pub mod program;
