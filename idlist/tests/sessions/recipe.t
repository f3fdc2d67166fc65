idlist new: recipes, variations, what stands around prompts, and tables with ids and ranks.

A recipe says what differs by rank.

  $ printf 'bucket = "images"\naspect-ratio = "2:3"\nkey = "{id}.png"\nwidth = 2\nprompt = "a {rank} with {hair} hair"\nstyle = "style.txt"\n\n[vary]\nhair = ["red"]\n' > cards.toml
  $ printf '\n[[rank]]\nname = "nomal"\nnumber = 2\n' >> cards.toml
  $ printf '\n[[rank]]\nname = "vip"\nnumber = 1\nmodel = "stability.stable-image-ultra-v1:1"\nprompt = "a hero with {hair} hair and {eyes} eyes"\naspect-ratio = "1:1"\n' >> cards.toml
  $ printf 'variations = 2\nsuffix = ", gold frame"\nstyle = "vip.txt"\n\n[rank.vary]\nhair = ["blue"]\neyes = ["green"]\n' >> cards.toml
  $ printf 'ink drawing\n' > style.txt; printf 'oil of {prompt}, 1890' > vip.txt
  $ idlist new --recipe cards.toml
  [
  {"id":"A01","rank":"nomal","inputBucketName":"images","inputKeyName":"A01.png","model":"stability.stable-image-core-v1:1","prompt":"a nomal with red hair, ink drawing","aspectRatio":"2:3"},
  {"id":"A02","rank":"nomal","inputBucketName":"images","inputKeyName":"A02.png","model":"stability.stable-image-core-v1:1","prompt":"a nomal with red hair, ink drawing","aspectRatio":"2:3"},
  {"id":"A01","rank":"vip","inputBucketName":"images","inputKeyName":"A01-1.png","model":"stability.stable-image-ultra-v1:1","prompt":"oil of a hero with blue hair and green eyes, gold frame, 1890","aspectRatio":"1:1","seed":604291511},
  {"id":"A01","rank":"vip","inputBucketName":"images","inputKeyName":"A01-2.png","model":"stability.stable-image-ultra-v1:1","prompt":"oil of a hero with blue hair and green eyes, gold frame, 1890","aspectRatio":"1:1","seed":604291512}
  ]

The command line has precedence. The files that a recipe names are beside it.

  $ mkdir sub; cd sub; idlist new --recipe ../cards.toml --number 1 --variations 1 --vary hair=pink --bucket images
  [
  {"id":"A01","rank":"nomal","inputBucketName":"images","inputKeyName":"A01.png","model":"stability.stable-image-core-v1:1","prompt":"a nomal with pink hair, ink drawing","aspectRatio":"2:3"},
  {"id":"A01","rank":"vip","inputBucketName":"images","inputKeyName":"A01.png","model":"stability.stable-image-ultra-v1:1","prompt":"oil of a hero with pink hair and green eyes, gold frame, 1890","aspectRatio":"1:1"}
  ]

The recipe that is printed makes a good list.

  $ idlist new --recipe - --example -o written.toml; idlist new --recipe - --example | cmp - written.toml
  $ idlist new --recipe - --example > example.toml; idlist new --recipe example.toml | idlist check -
  110 items, no problems
  90 items without problems: rank "nomal", model stability.stable-image-core-v1:1
  20 items without problems: rank "vip", model stability.stable-image-ultra-v1:1

A recipe that says something else is named with its line.

  $ sed 's/width/widht/' cards.toml > bad.toml; idlist new --recipe bad.toml 2>&1 | head -n 4
  idlist: bad.toml: TOML parse error at line 4, column 1
    |
  4 | widht = 2
    | ^^^^^
  $ sed 's/\["red"\]/[]/' cards.toml > bad.toml; idlist new --recipe bad.toml
  ! idlist: bad.toml: TOML parse error at line 8, column 1
  !   |
  ! 8 | [vary]
  !   | ^^^^^^
  ! hair has no values; give some, or leave it out
  [2]
  $ sed 's/name = "vip"//' cards.toml > bad.toml; idlist new --recipe bad.toml
  ! idlist: bad.toml: rank 2: write name = "…" below the line [[rank]]
  [2]
  $ sed 's/width = 2/region = "us-west-2"/' cards.toml > bad.toml; idlist new --recipe bad.toml
  ! idlist: bad.toml: account and region name a bucket; leave them out where bucket names one
  [2]
  $ sed 's/bucket = .*/account = "1234"/' cards.toml > bad.toml; idlist new --recipe bad.toml
  ! idlist: "1234" is not an AWS account id; it has 12 digits
  [2]
  $ sed 's/variations = 2/variations = 0/' cards.toml > bad.toml; idlist new --recipe bad.toml
  ! idlist: bad.toml: TOML parse error at line 21, column 14
  !    |
  ! 21 | variations = 0
  !    |              ^
  ! invalid value: integer `0`, expected a nonzero u32
  [2]
  $ sed 's/{eyes}/{nose}/' cards.toml > bad.toml; idlist new --recipe bad.toml
  ! idlist: the prompt has {nose}, but that is not among id, rank, eyes, hair; write {{ for a brace itself
  [2]
  $ printf 'width = 2\n' > bad.toml; idlist new --recipe bad.toml
  ! idlist: bad.toml: begin each rank with a line [[rank]] and a line name = "…" below it
  [2]

Variations have names and seeds of their own, which stay the same.

  $ idlist new --bucket images --rank vip=2 --key '{rank}-{id}.png' --variations 3
  [
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"vip-A1-1.png","model":"stability.stable-image-core-v1:1","prompt":"hair color is green, background color is yellow","seed":318702204},
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"vip-A1-2.png","model":"stability.stable-image-core-v1:1","prompt":"hair color is green, background color is yellow","seed":318702205},
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"vip-A1-3.png","model":"stability.stable-image-core-v1:1","prompt":"hair color is green, background color is yellow","seed":318702206},
  {"id":"A2","rank":"vip","inputBucketName":"images","inputKeyName":"vip-A2-1.png","model":"stability.stable-image-core-v1:1","prompt":"hair color is orange, background color is yellow","seed":1780489061},
  {"id":"A2","rank":"vip","inputBucketName":"images","inputKeyName":"vip-A2-2.png","model":"stability.stable-image-core-v1:1","prompt":"hair color is orange, background color is yellow","seed":1780489062},
  {"id":"A2","rank":"vip","inputBucketName":"images","inputKeyName":"vip-A2-3.png","model":"stability.stable-image-core-v1:1","prompt":"hair color is orange, background color is yellow","seed":1780489063}
  ]
  $ idlist new --bucket images --rank vip=2 --key '{rank}-{id}.png' --variations 5 | grep -o 'seed.*'
  seed":318702204},
  seed":318702205},
  seed":318702206},
  seed":318702207},
  seed":318702208},
  seed":1780489061},
  seed":1780489062},
  seed":1780489063},
  seed":1780489064},
  seed":1780489065}
  $ idlist new --bucket images --rank vip=1 --variations 2 --seed 4294967294
  [
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"image-1.jpeg","model":"stability.stable-image-core-v1:1","prompt":"hair color is green, background color is yellow","seed":4294967294},
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"image-2.jpeg","model":"stability.stable-image-core-v1:1","prompt":"hair color is green, background color is yellow","seed":4294967295}
  ]
  $ idlist new --bucket images --rank vip=1 --variations 3 --seed 4294967294
  ! idlist: the list would not be good: item A1 of rank vip: `seed` is 4294967296; use 0 to 4294967295 for stability.stable-image-core-v1:1
  [2]

Texts stand around every prompt, with blanks between words.

  $ printf 'a cat\na dog\n' > prompts.txt; printf 'soft light' > light.txt
  $ idlist new --rank vip --prompts prompts.txt --prefix 'oil painting of' --suffix ', 1890' | grep -o 'prompt".*'
  prompt":"oil painting of a cat, 1890"},
  prompt":"oil painting of a dog, 1890"}
  $ idlist new --rank vip=1 --prefix 'card: ' --suffix 'in {place}' --vary place=Rome --style light.txt | grep -o 'prompt".*'
  prompt":"card: hair color is green, background color is yellow in Rome, soft light"}

A table gives ids, ranks and every field that it names.

  $ printf 'id,rank,name,aspectRatio,seed\nK1,nomal,Ann,16:9,7\nK2,vip,Bob,,\nK3,nomal,Cid,,\n' > people.csv
  $ idlist new --bucket images --prompts people.csv --prompt '{name} no. {id} ({rank})' --key '{name}.png'
  [
  {"id":"K1","rank":"nomal","inputBucketName":"images","inputKeyName":"Ann.png","model":"stability.stable-image-core-v1:1","prompt":"Ann no. K1 (nomal)","aspectRatio":"16:9","seed":7},
  {"id":"K2","rank":"vip","inputBucketName":"images","inputKeyName":"Bob.png","model":"stability.stable-image-core-v1:1","prompt":"Bob no. K2 (vip)"},
  {"id":"K3","rank":"nomal","inputBucketName":"images","inputKeyName":"Cid.png","model":"stability.stable-image-core-v1:1","prompt":"Cid no. K3 (nomal)"}
  ]

A recipe says what each rank of the table gets; ids are numbered in each rank where the table has none.

  $ sed 's/^number/# number/; s/{hair}/{name}/; s/^hair/# hair/' cards.toml > people.toml; sed -i 's/^id,/title,/' people.csv
  $ idlist new --recipe people.toml --prompts people.csv
  [
  {"id":"A01","rank":"nomal","inputBucketName":"images","inputKeyName":"A01.png","model":"stability.stable-image-core-v1:1","prompt":"a nomal with Ann hair, ink drawing","aspectRatio":"16:9","seed":7},
  {"id":"A01","rank":"vip","inputBucketName":"images","inputKeyName":"A01-1.png","model":"stability.stable-image-ultra-v1:1","prompt":"oil of a hero with Bob hair and green eyes, gold frame, 1890","aspectRatio":"1:1","seed":604291511},
  {"id":"A01","rank":"vip","inputBucketName":"images","inputKeyName":"A01-2.png","model":"stability.stable-image-ultra-v1:1","prompt":"oil of a hero with Bob hair and green eyes, gold frame, 1890","aspectRatio":"1:1","seed":604291512},
  {"id":"A02","rank":"nomal","inputBucketName":"images","inputKeyName":"A02.png","model":"stability.stable-image-core-v1:1","prompt":"a nomal with Cid hair, ink drawing","aspectRatio":"2:3"}
  ]
  ! idlist: people.csv: a column gives aspectRatio; what is given for it besides fills only blank cells
  ! idlist: people.csv: the column means nothing: title

Rows that make bad items are named.

  $ printf 'id,prompt\nA1,x\nA/2,y\n' > p.csv; idlist new --prompts p.csv --bucket images --rank vip
  ! idlist: p.csv: line 3 makes a bad item: `id` is "A/2"; remove the slash
  [2]
  $ printf 'id,prompt\nA1,x\nA2,\n' > p.csv; idlist new --prompts p.csv --bucket images --rank vip --prefix 'card of'
  ! idlist: p.csv: line 3 makes a bad item: `prompt` is missing; stability.stable-image-core-v1:1 needs it
  [2]
  $ printf 'id,prompt\nA1,x\n,y\n' > p.csv; idlist new --prompts p.csv --bucket images --rank vip
  ! idlist: p.csv: line 3 makes a bad item: `id` is missing; every item needs it
  [2]
  $ printf 'rank,prompt\nvip,x\n,y\n' > p.csv; idlist new --prompts p.csv --bucket images
  ! idlist: p.csv: line 3 makes a bad item: `rank` is missing; every item needs it
  [2]
  $ printf 'id,prompt\nA1,x\nA1,y\n' > p.csv; idlist new --prompts p.csv --bucket images --rank vip
  ! idlist: p.csv: line 3 and line 2 have the same destination, s3://images/vip/A1/image.jpeg; give one another id, rank or file name
  [2]
  $ printf 'rank,prompt\nvip,x\n' > p.csv; idlist new --prompts p.csv --rank vip
  ! idlist: the ranks are in the table; leave --rank and numbers of items out
  [2]
  $ printf 'id,name\nA1,x\n' > p.csv; idlist new --prompts p.csv --rank vip
  ! idlist: p.csv: no column is named prompt; give --prompt with {COLUMN} in it, or --map COLUMN=prompt; the columns are id, name
  [2]
  $ printf 'id,prompt\nA1,x\n' > p.csv; idlist new --prompts p.csv
  ! idlist: no rank is named; give --rank NAME=COUNT, --recipe, or --prompts with a column rank
  [2]
  $ idlist new --prompts p.csv --rank vip --start 5
  ! idlist: the ids are in the table; leave --id-prefix, --start and --width out
  [2]
  $ printf 'rank,prompt\nvip,x\nrare,y\n' > p.csv; printf '[[rank]]\nname = "vip"\n[[rank]]\nname = "nomal"\n' > r.toml
  $ idlist new --recipe r.toml --prompts p.csv
  ! idlist: p.csv: line 3: the rank is "rare"; use one of nomal, vip
  [2]
