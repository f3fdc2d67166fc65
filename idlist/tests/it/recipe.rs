//! `idlist new`: recipes, variations, what stands around prompts, and tables with ids and ranks.

use serde_json::Value;
use tempfile::TempDir;

use super::{assert_says, folder, idlist, idlist_in};

#[track_caller]
fn new(folder: &TempDir, args: &[&str]) -> Vec<Value> {
    let output = idlist_in(folder, &[&["new", "--bucket", "images"], args].concat());
    assert_eq!((String::from_utf8_lossy(&output.stderr).as_ref(), output.status.code()), ("", Some(0)));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// One field of all items.
fn all(items: &[Value], field: &str) -> Vec<String> {
    items.iter().map(|item| item[field].to_string().replace('"', "")).collect()
}

const RECIPE: &str = r#"
bucket = "images"
aspect-ratio = "2:3"
key = "{id}.png"
width = 2
prompt = "a {rank} with {hair} hair"
style = "style.txt"

[vary]
hair = ["red"]

[[rank]]
name = "nomal"
number = 2

[[rank]]
name = "vip"
number = 1
model = "stability.stable-image-ultra-v1:1"
prompt = "a hero with {hair} hair and {eyes} eyes"
aspect-ratio = "1:1"
variations = 2
suffix = ", gold frame"
style = "vip.txt"

[rank.vary]
hair = ["blue"]
eyes = ["green"]
"#;

fn recipe() -> TempDir {
    folder(&[("cards.toml", RECIPE.as_bytes()), ("style.txt", b"ink drawing\n"), ("vip.txt", b"oil of {prompt}, 1890")])
}

#[test]
fn a_recipe_says_what_differs_by_rank() {
    let args = ["new", "--recipe", "cards.toml"];
    assert_says(&idlist_in(&recipe(), &args), 0, include_str!("golden/recipe.json"), "");
    // The command line has precedence.
    let items =
        new(&recipe(), &["--recipe", "cards.toml", "--number", "1", "--variations", "1", "--vary", "hair=pink"]);
    assert_eq!(
        all(&items, "prompt"),
        ["a nomal with pink hair, ink drawing", "oil of a hero with pink hair and green eyes, gold frame, 1890"]
    );
}

#[test]
fn a_recipe_from_another_folder_finds_its_files() {
    let folder = recipe();
    let path = folder.path().join("cards.toml");
    let output = idlist(&["new", "--recipe", path.to_str().unwrap()], b"");
    assert_says(&output, 0, include_str!("golden/recipe.json"), "");
}

#[test]
fn the_recipe_that_is_printed_makes_a_good_list() {
    let example = idlist(&["new", "--recipe", "-", "--example"], b"").stdout;
    let folder = folder(&[("cards.toml", &example)]);
    assert_says(&idlist_in(&folder, &["new", "--recipe", "cards.toml", "-o", "cards.json"]), 0, "", "");
    let report = "110 items, no problems\n\
                  90 items without problems: rank \"nomal\", model stability.stable-image-core-v1:1\n\
                  20 items without problems: rank \"vip\", model stability.stable-image-ultra-v1:1\n";
    assert_says(&idlist_in(&folder, &["check", "cards.json"]), 0, report, "");
}

#[test]
fn a_recipe_that_says_something_else_is_named_with_its_line() {
    for (change, message) in [
        (
            ("width", "widht"),
            "TOML parse error at line 5, column 1\n  |\n5 | widht = 2\n  | ^^^^^\nunknown field `widht`, expected one of",
        ),
        (
            ("[\"red\"]", "[]"),
            "TOML parse error at line 9, column 1\n  |\n9 | [vary]\n  | ^^^^^^\nhair has no values; give some, or leave it out",
        ),
        (("name = \"vip\"", ""), "rank 2: write name = \"…\" below the line [[rank]]"),
        (
            ("width = 2", "region = \"us-west-2\""),
            "account and region name a bucket; leave them out where bucket names one",
        ),
        (("variations = 2", "variations = 0"), "TOML parse error at line 22, column 14"),
    ] {
        let folder = folder(&[("cards.toml", RECIPE.replace(change.0, change.1).as_bytes())]);
        let output = idlist_in(&folder, &["new", "--recipe", "cards.toml"]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.starts_with(&format!("idlist: cards.toml: {message}")), "{stderr}");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    }
    let folder = recipe();
    std::fs::write(folder.path().join("cards.toml"), RECIPE.replace("{eyes}", "{nose}")).unwrap();
    let stderr =
        "idlist: the prompt has {nose}, but that is not among id, rank, eyes, hair; write {{ for a brace itself\n";
    assert_says(&idlist_in(&folder, &["new", "--recipe", "cards.toml"]), 2, "", stderr);
}

#[test]
fn variations_have_names_and_seeds_of_their_own_and_stay_the_same() {
    let folder = folder(&[]);
    let args = ["--rank", "vip=2", "--key", "{rank}-{id}.png", "--variations", "3"];
    let items = new(&folder, &args);
    assert_eq!(all(&items, "id"), ["A1", "A1", "A1", "A2", "A2", "A2"]);
    assert_eq!(all(&items[..3], "inputKeyName"), ["vip-A1-1.png", "vip-A1-2.png", "vip-A1-3.png"]);
    let mut seeds = all(&items, "seed");
    assert_eq!(seeds[3..], all(&new(&folder, &[&args[..5], &["5"]].concat())[5..8], "seed"));
    seeds.sort();
    seeds.dedup();
    assert_eq!(seeds.len(), 6);
    let seeded = new(&folder, &[&args[..], &["--seed", "4294967293"]].concat());
    assert_eq!(all(&seeded[..3], "seed"), ["4294967293", "4294967294", "4294967295"]);
    let output = idlist(&["new", "--rank", "vip=1", "--variations", "2", "--seed", "4294967295"], b"");
    let stderr = "idlist: the list would not be good: item A1 of rank vip: `seed` is 4294967296; use 0 to 4294967295 \
                  for stability.stable-image-core-v1:1\n";
    assert_says(&output, 2, "", stderr);
}

#[test]
fn texts_stand_around_every_prompt_with_blanks_between_words() {
    let folder = folder(&[("prompts.txt", b"a cat\na dog\n"), ("style.txt", b"soft light")]);
    let args = ["--rank", "vip", "--prompts", "prompts.txt", "--prefix", "oil painting of", "--suffix", ", 1890"];
    assert_eq!(all(&new(&folder, &args), "prompt"), ["oil painting of a cat, 1890", "oil painting of a dog, 1890"]);
    let args = [
        "--rank",
        "vip=1",
        "--prefix",
        "card: ",
        "--suffix",
        "in {place}",
        "--vary",
        "place=Rome",
        "--style",
        "style.txt",
    ];
    let prompts = all(&new(&folder, &args), "prompt");
    assert_eq!(prompts, ["card: hair color is green, background color is yellow in Rome, soft light"]);
}

#[test]
fn a_table_gives_ids_ranks_and_every_field_that_it_names() {
    let table = "id,rank,name,aspectRatio,seed\nK1,nomal,Ann,16:9,7\nK2,vip,Bob,,\nK3,nomal,Cid,,\n";
    let people = recipe();
    let write = |name: &str, text: &str| std::fs::write(people.path().join(name), text).unwrap();
    write("people.csv", table);
    let items =
        new(&people, &["--prompts", "people.csv", "--prompt", "{name} no. {id} ({rank})", "--key", "{name}.png"]);
    assert_eq!(all(&items, "prompt"), ["Ann no. K1 (nomal)", "Bob no. K2 (vip)", "Cid no. K3 (nomal)"]);
    assert_eq!((all(&items, "seed"), all(&items, "inputKeyName")[1].as_str()), (all(&items, "seed"), "Bob.png"));
    assert_eq!(
        (&items[0]["seed"], &items[0]["aspectRatio"], &items[1]["seed"]),
        (&7.into(), &"16:9".into(), &Value::Null)
    );
    // A recipe says what each rank of the table gets; ids are numbered in each rank where the table has none.
    write("people.csv", &table.replacen("id,", "title,", 1));
    write(
        "cards.toml",
        &RECIPE.replace("number", "# number").replace("{hair}", "{name}'s").replace("\nhair", "\n# hair"),
    );
    let output = idlist_in(&people, &["new", "--recipe", "cards.toml", "--prompts", "people.csv"]);
    let stderr = "idlist: people.csv: a column gives aspectRatio; what is given for it besides fills only blank cells\n\
                  idlist: people.csv: the column means nothing: title\n";
    assert_says(&output, 0, include_str!("golden/recipe-people.json"), stderr);
}

#[test]
fn rows_that_make_bad_items_are_named() {
    let new = |table: &str, args: &[&str]| {
        let folder = folder(&[("p.csv", table.as_bytes())]);
        let output = idlist_in(&folder, &[&["new", "--prompts", "p.csv", "--bucket", "images"], args].concat());
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        String::from_utf8(output.stderr).unwrap()
    };
    for (table, args, message) in [
        (
            "id,prompt\nA1,x\nA/2,y\n",
            &["--rank", "vip"][..],
            "p.csv: line 3 makes a bad item: `id` is \"A/2\"; remove the slash",
        ),
        (
            "id,prompt\nA1,x\nA2,\n",
            &["--rank", "vip", "--prefix", "card of"],
            "p.csv: line 3 makes a bad item: `prompt` is missing; every item needs it",
        ),
        (
            "id,prompt\nA1,x\n,y\n",
            &["--rank", "vip"],
            "p.csv: line 3 makes a bad item: `id` is missing; every item needs it",
        ),
        ("rank,prompt\nvip,x\n,y\n", &[], "p.csv: line 3 makes a bad item: `rank` is missing; every item needs it"),
        (
            "id,prompt\nA1,x\nA1,y\n",
            &["--rank", "vip"],
            "p.csv: line 3 and line 2 have the same destination, s3://images/vip/A1/image.jpeg; give one another id, rank or file name",
        ),
        (
            "rank,prompt\nvip,x\n",
            &["--rank", "vip"],
            "the ranks are in the table; leave --rank and numbers of items out",
        ),
        (
            "id,name\nA1,x\n",
            &["--rank", "vip"],
            "p.csv: no column is named prompt; give --prompt with {COLUMN} in it, or --map COLUMN=prompt; the columns are id, name",
        ),
        (
            "id,prompt\nA1,x\n",
            &[],
            "no rank is named; give --rank NAME=COUNT, --recipe, or --prompts with a column rank",
        ),
        (
            "id,prompt\nA1,x\n",
            &["--rank", "vip", "--start", "5"],
            "the ids are in the table; leave --id-prefix, --start and --width out",
        ),
    ] {
        assert_eq!(new(table, args), format!("idlist: {message}\n"));
    }
    let folder = folder(&[
        ("p.csv", b"rank,prompt\nvip,x\nrare,y\n"),
        ("r.toml", b"[[rank]]\nname = \"vip\"\n[[rank]]\nname = \"nomal\"\n"),
    ]);
    let stderr = "idlist: p.csv: line 3: the rank is \"rare\"; use one of nomal, vip\n";
    assert_says(&idlist_in(&folder, &["new", "--recipe", "r.toml", "--prompts", "p.csv"]), 2, "", stderr);
}

#[test]
fn options_that_nothing_takes_are_errors() {
    let stderr = "idlist: hat varies, but nothing has {hat} in it; leave it out\n";
    assert_says(&idlist(&["new", "--rank", "vip=1", "--vary", "hat=red"], b""), 2, "", stderr);
    let folder = folder(&[("p.csv", b"hat,prompt\nred,x\n")]);
    let stderr = "idlist: hat varies, and is an id, a rank or a column besides; use another name\n";
    assert_says(
        &idlist_in(&folder, &["new", "--rank", "vip", "--prompts", "p.csv", "--vary", "hat=red"]),
        2,
        "",
        stderr,
    );
    for (set, stderr) in [
        ("rank=x", "idlist: --set cannot give rank and prompt here; use --rank and --prompt\n"),
        ("prompt=x", "idlist: --set cannot give rank and prompt here; use --rank and --prompt\n"),
        ("id=x", "idlist: --set gives all items one id; use --id-prefix\n"),
    ] {
        assert_says(&idlist(&["new", "--rank", "vip=2", "--set", set], b""), 2, "", stderr);
    }
    let stderr = "idlist: --map, --encoding, --delimiter and --sheet are for --prompts; leave them out\n";
    assert_says(&idlist(&["new", "--rank", "vip=1", "--sheet", "x"], b""), 2, "", stderr);
}
