idlist new: numbered items, what varies, and arguments that do not fit together.

A list has one item on every line, and is always the same.

  $ idlist new --rank nomal --number 3
  [
  {"id":"A1","rank":"nomal","inputBucketName":"000000000000-us-east-1-input-image-bucket","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"hair color is blue, background color is yellow"},
  {"id":"A2","rank":"nomal","inputBucketName":"000000000000-us-east-1-input-image-bucket","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"hair color is gold, background color is white"},
  {"id":"A3","rank":"nomal","inputBucketName":"000000000000-us-east-1-input-image-bucket","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"hair color is pink, background color is white"}
  ]
  $ idlist new --rank nomal=3 | cksum
  3081896685 658
  $ idlist new --rank nomal=3 -o list.json; cksum < list.json
  3081896685 658

Every field can be chosen.

  $ idlist new --rank レア --number 2 --id-prefix 髪 --start 9 --key a.PNG --model stability.sd3-5-large-v1:0 --account 111122223333 --region us-west-2
  [
  {"id":"髪9","rank":"レア","inputBucketName":"111122223333-us-west-2-input-image-bucket","inputKeyName":"a.PNG","model":"stability.sd3-5-large-v1:0","prompt":"hair color is purple, background color is yellow"},
  {"id":"髪10","rank":"レア","inputBucketName":"111122223333-us-west-2-input-image-bucket","inputKeyName":"a.PNG","model":"stability.sd3-5-large-v1:0","prompt":"hair color is purple, background color is red"}
  ]
  $ idlist new --rank vip=1 --bucket images --aspect-ratio 2:3 --negative-prompt hat --seed 7
  [
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"hair color is green, background color is yellow","negativePrompt":"hat","aspectRatio":"2:3","seed":7}
  ]

Ranks, prompts and what varies can be chosen.

  $ idlist new --rank nomal=3 --rank vip --number 2 --width 3 --bucket images --vary hair=black:3,gold --vary eyes=blue,green --prompt '{{no. {id}}} {rank}, {hair} hair, {eyes} "eyes"'
  [
  {"id":"A001","rank":"nomal","inputBucketName":"images","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"{no. A001} nomal, black hair, green \"eyes\""},
  {"id":"A002","rank":"nomal","inputBucketName":"images","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"{no. A002} nomal, gold hair, green \"eyes\""},
  {"id":"A003","rank":"nomal","inputBucketName":"images","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"{no. A003} nomal, black hair, green \"eyes\""},
  {"id":"A001","rank":"vip","inputBucketName":"images","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"{no. A001} vip, black hair, blue \"eyes\""},
  {"id":"A002","rank":"vip","inputBucketName":"images","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"{no. A002} vip, black hair, blue \"eyes\""}
  ]

What is made is good.

  $ idlist new --rank nomal=100 | idlist check -
  100 items, no problems
  100 items without problems: rank "nomal", model stability.stable-image-core-v1:1
  $ idlist new --rank a/b --number 5 --bucket B_
  ! idlist: the list would not be good: item A1 of rank a/b: `rank` is "a/b"; remove the slash; `inputBucketName` is "B_", not a bucket name: it may have only lower-case letters, digits, dots and hyphens
  [2]

Prompts can come from a file of lines or from a table.

  $ printf 'a cat\n\na "dog"\n' > prompts.txt; idlist new --rank vip --bucket images --prompts prompts.txt
  [
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"a cat"},
  {"id":"A2","rank":"vip","inputBucketName":"images","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"a \"dog\""}
  ]
  $ printf 'name,age\r\n"Ann, B.",7\r\n' > people.CSV; idlist new --rank vip --bucket images --prompts people.CSV --prompt '{name}: {age}'
  [
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"image.jpeg","model":"stability.stable-image-core-v1:1","prompt":"Ann, B.: 7"}
  ]

A file appears only when it is whole, and replaces another only by force.

  $ idlist new --rank vip=3 --prompts prompts.txt -o none.json
  ! idlist: prompts.txt: there are 2 rows, and 3 are asked for; give more rows or ask for fewer items
  [2]
  $ idlist new --rank vip=3 -o list.json
  ! idlist: list.json exists; give --force to replace it, or another name
  [2]
  $ idlist new --rank vip=2 -o list.json --force; ls -A; grep -c id list.json
  list.json
  people.CSV
  prompts.txt
  2

Arguments that do not fit together are explained.

  $ idlist new --rank vip --number 0
  ! idlist: invalid value '0' for '--number <NUMBER>': 0 is not in 1..=100000000
  ! 
  ! For more information, try '--help'.
  [2]
  $ idlist new --rank vip
  ! idlist: a rank has no number of items; give --number, or write --rank NAME=COUNT
  [2]
  $ idlist new --rank vip=2 --number 3
  ! idlist: --number has nothing to do, every rank has its own; leave it out
  [2]
  $ idlist new --rank vip=2 --rank vip=3
  ! idlist: rank "vip" appears twice, with the same ids; name it once
  [2]
  $ idlist new --rank vip=2 --prompt 'a {hat}'
  ! idlist: the prompt has {hat}, but that is not among id, rank; write {{ for a brace itself
  [2]
  $ idlist new --rank vip=2 --account 1234
  ! idlist: "1234" is not an AWS account id; it has 12 digits
  [2]
  $ idlist new --rank vip=2 --region tokyo
  ! idlist: "tokyo" is not the name of an AWS region, such as us-west-2
  [2]
  $ idlist new --rank vip=1 --vary hat=red
  ! idlist: hat varies, but nothing has {hat} in it; leave it out
  [2]
  $ idlist new --rank vip=1 --vary hat
  ! idlist: invalid value 'hat' for '--vary <NAME=VALUE[:WEIGHT],…>': "hat" has no name; write NAME=VALUE,VALUE, such as hair=black:3,gold
  ! 
  ! For more information, try '--help'.
  [2]
  $ printf 'hat,prompt\nred,x\n' > p.csv; idlist new --rank vip --prompts p.csv --vary hat=red
  ! idlist: hat varies, and is an id, a rank or a column besides; use another name
  [2]
  $ idlist new --rank vip=2 --set rank=x
  ! idlist: --set cannot give rank and prompt here; use --rank and --prompt
  [2]
  $ idlist new --rank vip=2 --set prompt=x
  ! idlist: --set cannot give rank and prompt here; use --rank and --prompt
  [2]
  $ idlist new --rank vip=2 --set id=x
  ! idlist: --set gives all items one id; use --id-prefix
  [2]
  $ idlist new --rank vip=1 --sheet x
  ! idlist: --map, --encoding, --delimiter and --sheet are for --prompts; leave them out
  [2]

Files that cannot be written are named.

  $ idlist new --rank vip=1 -o /dev/full
  ! idlist: cannot write /dev/full: No space left on device (os error 28)
  [2]
  $ idlist new --rank vip=1 > /dev/full
  ! idlist: cannot write: No space left on device (os error 28)
  [2]
  $ idlist new --rank vip=1 -o nowhere/list.json 2>&1 | sed 's/ at path.*//'
  idlist: cannot write nowhere/list.json: No such file or directory (os error 2)
