idlist convert between JSON, JSON Lines and CSV. How tables are read is tested in tables.rs.

Every format becomes every other. The names of the files say the formats.

  $ printf 'id,rank,inputBucketName,inputKeyName,model,prompt,seed,note\nA1,vip,images,a.png,stability.stable-image-core-v1:1,"brown, ""white""",7,x\nA2,vip,images,a.png,stability.stable-image-core-v1:1,髪は茶色,,\n' > list.csv
  $ idlist convert list.csv -o list.json; cat list.json; idlist check list.json
  [
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"a.png","model":"stability.stable-image-core-v1:1","prompt":"brown, \"white\"","seed":7,"note":"x"},
  {"id":"A2","rank":"vip","inputBucketName":"images","inputKeyName":"a.png","model":"stability.stable-image-core-v1:1","prompt":"髪は茶色"}
  ]
  2 items, no problems, 1 hint
  2 items without problems: rank "vip", model stability.stable-image-core-v1:1
  hint: item 1 (line 3, id A2): `prompt` is mainly in a script that is not Latin; the models are documented for English, and may answer other prompts with an error
  ! idlist: list.csv: the column means nothing: note
  $ idlist convert list.json --to jsonl -o list.jsonl; cat list.jsonl
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"a.png","model":"stability.stable-image-core-v1:1","prompt":"brown, \"white\"","seed":7,"note":"x"}
  {"id":"A2","rank":"vip","inputBucketName":"images","inputKeyName":"a.png","model":"stability.stable-image-core-v1:1","prompt":"髪は茶色"}
  $ idlist convert list.jsonl --to csv | cmp - list.csv
  $ idlist convert - --to csv < list.json | cmp - list.csv
  $ tr , ';' < list.csv | idlist convert - --from csv --to csv
  id,rank,inputBucketName,inputKeyName,model,prompt,seed,note
  A1,vip,images,a.png,stability.stable-image-core-v1:1,"brown; ""white""",7,x
  A2,vip,images,a.png,stability.stable-image-core-v1:1,髪は茶色,,
  ! idlist: -: the column means nothing: note
  $ idlist convert list.json -o list.tsv; cat list.tsv
  id	rank	inputBucketName	inputKeyName	model	prompt	seed	note
  A1	vip	images	a.png	stability.stable-image-core-v1:1	"brown, ""white"""	7	x
  A2	vip	images	a.png	stability.stable-image-core-v1:1	髪は茶色		
  $ idlist convert list.tsv | cmp - list.json
  ! idlist: list.tsv: the column means nothing: note
  $ printf '\357\273\277[ ]' | idlist convert -
  []

JSON is read in every encoding, by all commands.

  $ iconv -t UTF-16 list.json > utf-16.json
  $ idlist convert utf-16.json | cmp - list.json
  $ idlist diff utf-16.json utf-16.json
  0 to make: 0 added, 0 changed
  2 the same, 0 only in the old list
  $ idlist redo utf-16.json A2 --seed 1
  [
  {"id":"A2","rank":"vip","inputBucketName":"images","inputKeyName":"a-seed1.png","model":"stability.stable-image-core-v1:1","prompt":"髪は茶色","seed":1}
  ]
  $ printf '[{"id":\n"\224\257"}]' | idlist convert - --encoding sjis
  [
  {"id":"髪"}
  ]

A file that exists is replaced only by force, and no file is there in part.

  $ echo old > old.csv; idlist convert list.json -o old.csv; cat old.csv
  old
  ! idlist: old.csv exists; give --force to replace it, or another name
  $ idlist convert list.json -o old.csv --force; cmp old.csv list.csv
  $ printf '{"id":"A1"}\n{"id":}\n' > bad.jsonl; idlist convert bad.jsonl -o bad.json
  ! idlist: bad.jsonl: line 2, column 7: not valid JSON: expected value
  [2]
  $ ls -A
  bad.jsonl
  list.csv
  list.json
  list.jsonl
  list.tsv
  old.csv
  utf-16.json

What is not a list is named with its place.

  $ printf '[\n{"髪": x}]' | idlist convert -
  ! idlist: -: line 2, column 7: item 0 is not valid JSON: expected value; put texts between double quotes
  [2]
  $ printf '{"id":"A1"}' | idlist convert -
  ! idlist: -: line 1, column 1: a list is a JSON array, [ … ]; found an object; put the items between [ and ], with commas between them; a table is named .csv or .xlsx
  [2]
  $ printf 'id,prompt\n' | idlist convert -
  ! idlist: -: line 1, column 1: a list is a JSON array, [ … ]; found the character i; a table is named .csv or .xlsx
  [2]
  $ printf '[{"id":"A1"' | idlist merge - -
  ! idlist: -: line 1, column 12: the file ends inside item 0, which begins on line 1; is it complete?
  [2]
  $ printf '[{}, 7]' | idlist convert -
  ! idlist: -: item 1, line 1: invalid type: integer `7`, expected an object with the fields of an item
  [2]
  $ printf '[{"id":"A1","id":"A2"}]' | idlist convert -
  ! idlist: -: item 0, line 1: the field "id" appears twice; remove one
  [2]
  $ printf '[{"id":"A1"},{"id":null}]' | idlist convert - --to csv
  ! idlist: -: item 1: no field has a value, and a row without text is no row
  [2]
  $ printf '[{"id":7}]' | idlist convert - --to csv
  ! idlist: -: item 0: id: 7 is not a text
  [2]
  $ printf '[{"seed":"7"}]' | idlist convert - --to csv
  ! idlist: -: item 0: seed: "7" is not a number
  [2]
  $ printf '[{"id":"A1","prompt":" "}]' | idlist convert - --to csv
  ! idlist: -: item 0: prompt: " ", which CSV cannot tell from no text; leave it out
  [2]
  $ printf '[{" x":1}]' | idlist convert - --to csv
  ! idlist: -: item 0: the field name " x" has blanks around it; leave them out
  [2]
  $ idlist convert - --from csv < $FUZZ/csv/quotes.csv
  [
  {"id":"A1","rank":"vi\"p","prompt":"a\r\nb","seed":1000.0}
  ]
  ! idlist: -: line 2: `inputBucketName` is missing; every item needs it; --set inputBucketName=VALUE fills it
  ! idlist: -: line 2: `inputKeyName` is missing; every item needs it; --set inputKeyName=VALUE fills it
  ! idlist: -: line 2: `model` is missing; every item needs it; --set model=VALUE fills it
  [1]
