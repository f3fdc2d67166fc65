//! `idlist models`: the models, what they cost and which fields they take.

use std::io::{self, BufWriter, Write};

use idlist::message;
use idlist::models::{Kind, MODELS, Model, Parameter, Start};
use serde_json::json;

use super::CommandError;
use super::say::say;

/// List the models with their price and the fields that they take.
///
/// Beside these fields every item has id, rank, inputBucketName, inputKeyName and model.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist models
  idlist models --json | jq '.[] | select(.name == \"inpaint\")'")]
pub(crate) struct Args {
    /// List as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    let mut output = BufWriter::new(io::stdout().lock());
    let written = if args.json { write_json(&mut output) } else { write_text(&mut output) };
    written.and_then(|()| output.flush()).map_err(CommandError::Output)?;
    Ok(true)
}

fn write_text(output: &mut impl Write) -> io::Result<()> {
    for model in MODELS {
        writeln!(output, "{:<21} {:.2} USD  {}", model.name, model.price.usd_per_image, model.id)?;
        let [required, optional] = fields(model).map(|fields| fields.join(", "));
        writeln!(output, "  {}", say(&message!("needs", "needs {fields}", fields = required)))?;
        if !model.one_above_zero.is_empty() {
            let fields = model.one_above_zero.join(", ");
            writeln!(output, "  {}", say(&message!("needs-one-of", "needs one of {fields} above 0", fields)))?;
        }
        if !optional.is_empty() {
            writeln!(output, "  {}", say(&message!("takes", "takes {fields}", fields = optional)))?;
        }
    }
    Ok(())
}

fn write_json(output: &mut impl Write) -> io::Result<()> {
    let row = |model: &Model| {
        let [required, optional] = fields(model);
        json!({
            "name": model.name,
            "id": model.id,
            "usdPerImage": model.price.usd_per_image,
            "regions": model.regions,
            "formats": model.output_formats,
            "needs": required,
            "takes": optional,
        })
    };
    serde_json::to_writer_pretty(&mut *output, &MODELS.map(row))?;
    writeln!(output)
}

/// The fields that an item of a model needs, and those that it may have besides.
fn fields(model: &Model) -> [Vec<&'static str>; 2] {
    let is_required = |parameter: &&Parameter| match parameter.kind {
        Kind::Text { required, .. } => required,
        Kind::Picture { .. } => model.start == Start::Image,
        _ => false,
    };
    let (required, optional): (Vec<_>, Vec<_>) = model.parameters.iter().partition(is_required);
    [required, optional].map(|parameters| parameters.into_iter().flat_map(Parameter::fields).copied().collect())
}
