idlist check: hints about what is valid and probably not meant.

  $ printf 'cat > t.csv; idlist convert t.csv --set rank=vip --bucket images --key card.png --model stability.stable-image-core-v1:1 2> convert.txt | idlist check "$@" - | grep -v without' > hints
  $ chmod +x hints

A field with a nearly right name is told, if the right name is not there, too.

  $ printf 'id,prompt,seed,aspect_ratio,Seed,negativePromt,seeds,campaign\nA0,hat,,16:9,7,,,\nA1,hat,,16:9,,hat,,\nA2,hat,,,,,7,autumn\nA3,hat,7,,,,7,\n' | ./hints
  4 items, no problems, 4 hints
  hint: `aspect_ratio` (2 items) is ignored; is `aspectRatio` meant?
  hint: `Seed` (1 item) is ignored; is `seed` meant?
  hint: `negativePromt` (1 item) is ignored; is `negativePrompt` meant?
  hint: `seeds` (1 item) is ignored; is `seed` meant?
  $ printf 'id,input_bucket_name\nA1,images\n' | idlist convert - --from csv | idlist check -
  1 item, 5 problems, 1 hint
  item 0 (line 2, id A1): `rank` is missing; every item needs it
  item 0 (line 2, id A1): `inputBucketName` is missing; every item needs it; rename `input_bucket_name` if it is meant
  item 0 (line 2, id A1): `inputKeyName` is missing; every item needs it
  item 0 (line 2, id A1): `model` is missing; every item needs it
  item 0 (line 2, id A1): `prompt` is missing; every model that makes images from text needs it
  hint: `input_bucket_name` (1 item) is ignored; is `inputBucketName` meant?
  ! idlist: -: the column means nothing: input_bucket_name (for inputBucketName, give --map 'input_bucket_name=inputBucketName')
  ! idlist: -: line 2: `rank` is missing; every item needs it; --set rank=VALUE fills it
  ! idlist: -: line 2: `inputBucketName` is missing; every item needs it; rename `input_bucket_name` if it is meant; --set inputBucketName=VALUE fills it
  ! idlist: -: line 2: `inputKeyName` is missing; every item needs it; --set inputKeyName=VALUE fills it
  ! idlist: -: line 2: `model` is missing; every item needs it; --set model=VALUE fills it
  ! idlist: -: line 2: `prompt` is missing; every model that makes images from text needs it; --set prompt=VALUE fills it
  [1]

Texts that stand for no value are told.

  $ printf 'id,prompt,negativePrompt\nA0,#N/A,\nA1,[object Object], nan \nA2,a hat,None of these\nundefined,#N/A,\n' | ./hints
  4 items, no problems, 4 hints
  hint: item 0 (line 2, id A0) and 1 more: `prompt` is only the text "#N/A", which stands for no value; is it meant?
  hint: item 1 (line 3, id A1): `prompt` is only the text "[object Object]", which stands for no value; is it meant?
  hint: item 1 (line 3, id A1): `negativePrompt` is only the text " nan ", which stands for no value; write null or leave the field out
  hint: item 3 (line 5, id undefined): `id` is only the text "undefined", which stands for no value; is it meant?

Prompts with placeholders or in other scripts are told.

  $ printf 'id,prompt\nA0,a {hair} girl\nA1,茶色の髪\nA2,髪は茶色\n' | ./hints
  3 items, no problems, 2 hints
  hint: item 0 (line 2, id A0): `prompt` still holds {hair}; was it to be filled in?
  hint: item 1 (line 3, id A1) and 1 more: `prompt` is mainly in a script that is not Latin; the models are documented for English, and may answer other prompts with an error

Ids that look alike under one rank are told.

  $ printf 'id,prompt\nA1,x\na1,x\nA\342\200\2131,x\nＡ１,x\nA1.,x\nCaf\303\251,x\nCafe\314\201,x\n' | ./hints
  7 items, no problems, 6 hints
  hint: item 1 (line 3, id a1): `id` "a1" differs from "A1" (item 0, same rank) only in case, blanks, a dot at the end, or invisible, full-width or accented characters
  hint: item 2 (line 4, id "A\u{200b}1"): `id` "A\u{200b}1" differs from "A1" (item 0, same rank) only in case, blanks, a dot at the end, or invisible, full-width or accented characters
  hint: item 3 (line 5, id Ａ１): `id` "Ａ１" differs from "A1" (item 0, same rank) only in case, blanks, a dot at the end, or invisible, full-width or accented characters
  hint: item 4 (line 6, id A1.): `id` cannot be the name of a file or folder on Windows; the image cannot be copied there
  hint: item 4 (line 6, id A1.): `id` "A1." differs from "A1" (item 0, same rank) only in case, blanks, a dot at the end, or invisible, full-width or accented characters
  hint: item 6 (line 8, id "Cafe\u{301}"): `id` "Cafe\u{301}" differs from "Café" (item 5, same rank) only in case, blanks, a dot at the end, or invisible, full-width or accented characters
  $ printf 'id,prompt\n A1,x\nA2 ,x\n' | ./hints
  2 items, no problems, 1 hint
  hint: item 0 (line 2, id " A1") and 1 more: `id` begins or ends with a blank or an invisible character; is it part of the name?
  $ printf 'id,prompt\nA1,x\nA2,x\nB1,x\nＢ１３,x\n' | ./hints
  4 items, no problems
  $ printf 'id,rank,prompt\nA1,vip,x\na1,nomal,x\n' | ./hints
  2 items, no problems
  $ printf 'id,inputKeyName,prompt\nA1,card.png,x\nA1,card-2.png,x\n' | ./hints
  2 items, no problems

A source image for Ultra is told.

  $ printf 'id,prompt,model,sourceBucketName,sourceKeyName\nA0,x,stability.stable-image-ultra-v1:1,sources,a.png\n' | ./hints
  1 item, no problems, 1 hint
  hint: item 0 (line 2, id A0): `sourceBucketName` is for a source image, which stability.stable-image-ultra-v1:1 may reject: AWS documents it, users report otherwise; stability.sd3-5-large-v1:0 takes one

Hints are listed to a hundred, and the rest is counted. They are not problems, unless --strict says so.

  $ seq 120 | sed 's/.*/A&,a {x&}/; 1i id,prompt' | ./hints | tail -n 2
  hint: item 99 (line 101, id A100): `prompt` still holds {x100}; was it to be filled in?
  and 20 more hints
  $ seq 120 | sed 's/.*/A&,a {x&}/; 1i id,prompt' | ./hints --json | sed -n '1,16p; $p'
  {
    "good": true,
    "items": 120,
    "problemCount": 0,
    "problems": [],
    "hintCount": 120,
    "hints": [
      {
        "index": 0,
        "line": 2,
        "id": "A1",
        "items": 1,
        "field": "prompt",
        "kind": "Placeholder",
        "message": "still holds {x1}; was it to be filled in?"
      },
  }
  $ idlist new --rank vip=1 | sed 's/prompt"/prompt":"x","seeds"/' > seeds.json; idlist check seeds.json
  1 item, no problems, 1 hint
  1 item without problems: rank "vip", model stability.stable-image-core-v1:1
  hint: `seeds` (1 item) is ignored; is `seed` meant?
  $ idlist check --strict seeds.json
  1 item, no problems, 1 hint
  1 item without problems: rank "vip", model stability.stable-image-core-v1:1
  hint: `seeds` (1 item) is ignored; is `seed` meant?
  [1]
