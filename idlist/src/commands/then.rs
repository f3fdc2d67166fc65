//! `idlist then`: the list of the second step, which starts from the pictures of the first.

use std::path::PathBuf;

use idlist::make::Step;
use idlist::models::{self, Model, PictureRole};
use idlist::{CheckOptions, FIELDS, FieldProblem, Item, JsonArrayWriter, RetiredModels, check_slice, message};

use super::CommandError;
use super::fields::{Fields, at_item};
use super::input::{self, List, bad, template};
use super::output::OutputArgs;

/// Write the list of a second step: each item starts from the picture that an item of LIST makes.
///
/// Ids, ranks and buckets stay, and so do fields that are not ours. A prompt that the model needs is that of the first step, unless
/// --prompt says another. Run the second list when the first has made its pictures; `idlist plan` prices both together.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist then list.json --model remove-background --key '{stem}-cutout.png' -o cutouts.json
  idlist then list.json --model creative-upscale --key '{stem}-large.jpeg' --only-rank vip -o large.json
  idlist then list.json --model search-recolor --key '{stem}-blue.png' --prompt 'a blue hat' --set selectPrompt=hat -o blue.json
  idlist then list.json --model erase-object --key '{stem}-clean.png' --set maskBucketName=masks --set 'maskKeyName={id}.png'")]
pub(crate) struct Args {
    /// File with the list of the first step; - for stdin
    file: PathBuf,

    /// Model of the second step: its short name, such as remove-background, or its id; see idlist models
    #[arg(long)]
    model: String,

    /// File name of the images, such as '{stem}-cutout.png'; {stem} is the name of the first picture without its extension
    #[arg(long)]
    key: String,

    /// Only the items of this rank (can be given several times)
    #[arg(long, value_name = "RANK")]
    only_rank: Vec<String>,

    /// Prompt, with {prompt}, {id}, {rank} and {stem} in it
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,

    /// Bucket that receives the images [default: that of the first step]
    #[arg(long)]
    bucket: Option<String>,

    /// Set another field, with {id}, {rank} and {stem} in its value (can be given several times)
    #[arg(long, value_name = "FIELD=VALUE", value_parser = input::set)]
    set: Vec<(&'static str, String)>,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    let usage = CommandError::Usage;
    let named: Vec<_> =
        models::MODELS.into_iter().filter(|model| model.parameter_of("sourceKeyName").is_some()).collect();
    let model = models::find(&args.model).filter(|model| named.contains(model)).ok_or_else(|| {
        let names = named.iter().map(|model| model.name).collect::<Vec<_>>().join(", ");
        let name = format!("{:?}", args.model);
        usage(message!(
            "not-a-second-step",
            "--model: {name} is not a model that starts from an image; use one of {names}",
            name,
            names,
        ))
    })?;
    let step = step(args, model)?;
    let list = List::read(&args.file)?;
    let mut items = Vec::new();
    for (nth, fields) in Fields::of_list(&list)?.into_iter().enumerate() {
        let json = serde_json::to_vec(&fields).map_err(|error| bad(&list.path, error.to_string()))?;
        let first = Item::from_slice(&json, RetiredModels::Redirect).map_err(|problems| {
            let problem = problems.first().map(FieldProblem::sentence).unwrap_or_default();
            bad(&list.path, at_item(nth, message!("see-check", "{problem}; see idlist check", problem)))
        })?;
        if args.only_rank.is_empty() || args.only_rank.contains(&first.rank) {
            let foreign = fields.0.iter().filter(|(name, _)| !FIELDS.contains(&name.as_str()));
            let foreign =
                foreign.filter_map(|(name, value)| Some((name.clone(), serde_json::from_str(value.get()).ok()?)));
            items.push(
                step.item(&first, foreign).map_err(|what| usage(message!("fault-of-set", "--set: {what}", what)))?,
            );
        }
    }
    if items.is_empty() {
        let ranks = args.only_rank.iter().map(|rank| rank.clone().into());
        let what = match ranks.reduce(|first, second| message!("either", "{first} or {second}", first, second)) {
            None => message!("no-item", "there is no item"),
            Some(rank) => message!("no-item-of-rank", "there is no item of the rank {rank}", rank),
        };
        return Err(bad(&list.path, what));
    }
    let mut json = Vec::new();
    let mut array = JsonArrayWriter::new(&mut json);
    items.iter().try_for_each(|item| array.write(item)).and_then(|()| array.finish()).map_err(CommandError::Output)?;
    let report = check_slice(&json, CheckOptions::default());
    if let Some(problem) = report.problems.first() {
        let problem = problem.sentence();
        return Err(usage(message!("list-would-be-bad", "the list would not be good: {problem}", problem)));
    }
    args.output.write_text(&json)?;
    Ok(true)
}

/// What the arguments say of the items.
fn step(args: &Args, model: &'static Model) -> Result<Step, CommandError> {
    let ours = ["id", "rank", "inputBucketName", "inputKeyName", "model", "prompt"];
    let is_ours = |field: &&str| ours.contains(field) || PictureRole::Source.fields().contains(field);
    if let Some((field, _)) = args.set.iter().find(|(field, _)| is_ours(field)) {
        let field = *field;
        let what =
            message!("set-of-our-field", "--set: {field} follows from the first list and the other options", field);
        return Err(CommandError::Usage(what));
    }
    let parse = |field, text| template(field, text, &Step::NAMES).map(|(_, template)| template);
    Ok(Step {
        model,
        key: parse("inputKeyName", &args.key)?,
        prompt: args.prompt.as_deref().map(|text| parse("prompt", text)).transpose()?,
        bucket: args.bucket.clone(),
        set: args.set.iter().map(|(field, text)| template(field, text, &Step::NAMES)).collect::<Result<_, _>>()?,
    })
}
