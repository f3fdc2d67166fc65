idlist split, merge, retry, redo and diff: lists from lists, and what differs between two.

A list of five items, of which A3 has two variations, is split and merged without a change.

  $ idlist new --rank vip=2 --key card.png --bucket images --prompt 'hat no. {id}' -o a.json
  $ idlist new --rank vip=1 --start 3 --variations 2 --key card.png --bucket images --prompt 'hat no. {id}' --seed 11 -o b.json
  $ idlist new --rank nomal=1 --key card.png --bucket images --prompt 'hat no. {id}' -o c.json
  $ idlist merge a.json b.json c.json -o list.json; cat list.json
  [
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"card.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A1"},
  {"id":"A2","rank":"vip","inputBucketName":"images","inputKeyName":"card.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A2"},
  {"id":"A3","rank":"vip","inputBucketName":"images","inputKeyName":"card-1.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A3","seed":11},
  {"id":"A3","rank":"vip","inputBucketName":"images","inputKeyName":"card-2.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A3","seed":12},
  {"id":"A1","rank":"nomal","inputBucketName":"images","inputKeyName":"card.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A1"}
  ]
  $ idlist split list.json --items 3
  list-1.json
  list-2.json
  $ grep -c id list-1.json list-2.json
  list-1.json:3
  list-2.json:2
  $ idlist merge list-1.json list-2.json | cmp - list.json

Nothing is written if one of the files exists.

  $ rm list-1.json; idlist split list.json --items 3
  ! idlist: list-2.json exists; give --force to replace it, or another name
  [2]
  $ ls
  a.json
  b.json
  c.json
  list-2.json
  list.json
  $ idlist split list.json --items 1 --force; cat list-5.json
  list-1.json
  list-2.json
  list-3.json
  list-4.json
  list-5.json
  [
  {"id":"A1","rank":"nomal","inputBucketName":"images","inputKeyName":"card.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A1"}
  ]

Numbers in names are of one width.

  $ idlist new --rank vip=21 -o v.json; idlist split v.json --items 2
  v-01.json
  v-02.json
  v-03.json
  v-04.json
  v-05.json
  v-06.json
  v-07.json
  v-08.json
  v-09.json
  v-10.json
  v-11.json

Items that appear again are merged, and different ones are named.

  $ idlist merge list.json list.json -o same.json; cmp same.json list.json
  ! idlist: items that appear again, left out: 5
  $ sed 's/hat no. A2/cap/' list.json > other.json; idlist merge list.json other.json -o week.json
  ! idlist: other.json: item 1 has the destination of item 1 of list.json, s3://images/vip/A2/card.png, and is another; remove one
  [2]

Items that failed come in the order of the list, which may have been corrected meanwhile.

  $ child() { echo "{\"Input\": \"{\\\"item\\\": $(sed -n "$1p" list.json | sed 's/,$//; s/"/\\"/g')}\", \"Status\": \"$2\"}"; }; (echo "["; child 6 FAILED; echo ,; child 2 FAILED; echo "]") > FAILED_0.json; (echo "["; child 3 PENDING; echo "]") > PENDING_0.json; (echo "["; child 3 SUCCEEDED; echo "]") > SUCCEEDED_0.json
  $ sed 's/hat no. A1/cap/' list.json > corrected.json
  $ idlist retry corrected.json --failed FAILED_0.json
  [
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"card.png","model":"stability.stable-image-core-v1:1","prompt":"cap"},
  {"id":"A1","rank":"nomal","inputBucketName":"images","inputKeyName":"card.png","model":"stability.stable-image-core-v1:1","prompt":"cap"}
  ]
  $ idlist retry corrected.json --failed FAILED_0.json --also PENDING_0.json | grep -c id
  3
  $ idlist retry list-5.json --failed FAILED_0.json
  ! idlist: FAILED_0.json: entry 1 is about s3://images/vip/A1/card.png, which is not in list-5.json; give the list of that execution
  [2]
  $ idlist retry list.json --failed SUCCEEDED_0.json
  ! idlist: SUCCEEDED_0.json: entry 0 succeeded; give the files FAILED_n.json and PENDING_n.json
  [2]
  $ echo '[{"Input":"{}"}]' > empty.json; idlist retry list.json --failed empty.json
  ! idlist: empty.json: entry 0 has no item in its Input
  [2]
  $ idlist retry list.json --failed list.json
  ! idlist: list.json: not a result file of a Map Run: missing field `Input` at line 2 column 142
  [2]

Items are made again with other seeds, beside the old pictures.

  $ idlist redo list.json A3 nomal/A1 | tee redo.json
  [
  {"id":"A3","rank":"vip","inputBucketName":"images","inputKeyName":"card-1-seed3005944624.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A3","seed":3005944624},
  {"id":"A3","rank":"vip","inputBucketName":"images","inputKeyName":"card-2-seed1632388289.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A3","seed":1632388289},
  {"id":"A1","rank":"nomal","inputBucketName":"images","inputKeyName":"card-seed4231798625.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A1","seed":4231798625}
  ]
  $ idlist redo redo.json nomal/A1
  [
  {"id":"A1","rank":"nomal","inputBucketName":"images","inputKeyName":"card-seed91820453.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A1","seed":91820453}
  ]
  $ idlist redo list.json A2 --seed 7
  [
  {"id":"A2","rank":"vip","inputBucketName":"images","inputKeyName":"card-seed7.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A2","seed":7}
  ]
  $ idlist redo list.json A3 --seed 7
  [
  {"id":"A3","rank":"vip","inputBucketName":"images","inputKeyName":"card-1-seed7.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A3","seed":7},
  {"id":"A3","rank":"vip","inputBucketName":"images","inputKeyName":"card-2-seed8.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A3","seed":8}
  ]
  $ idlist redo list.json vip/A3/card-2.png --seed 7 --replace
  [
  {"id":"A3","rank":"vip","inputBucketName":"images","inputKeyName":"card-2.png","model":"stability.stable-image-core-v1:1","prompt":"hat no. A3","seed":7}
  ]
  $ idlist redo list.json A4
  ! idlist: list.json: there is no item with the id "A4"
  [2]
  $ idlist redo list.json A1
  ! idlist: list.json: "A1" is an id in the ranks "vip" and "nomal"; write RANK/ID
  [2]
  $ idlist redo list.json A2 --seed 4294967296
  ! idlist: list.json: item 1 (id A2): `seed` is 4294967296; use 0 to 4294967295 for stability.stable-image-core-v1:1
  [2]
  $ idlist redo list.json vip/A3/card-2.png --seed 12
  ! idlist: list.json: item 3 (id A3): the seed is 12 already; give another
  [2]

What is added or changed is listed. A bad list is not compared.

  $ sed 's/A2/A5/; s/no. A1/A1/' list.json > new.json; idlist diff list.json new.json
  ~ s3://images/vip/A1/card.png
  + s3://images/vip/A5/card.png
  ~ s3://images/nomal/A1/card.png
  3 to make: 1 added, 2 changed
  2 the same, 1 only in the old list
  $ sed 's/stability.stable-image-core-v1:1/stability.stable-diffusion-xl-v0/' list.json > retired.json; idlist diff retired.json list.json
  0 to make: 0 added, 0 changed
  5 the same, 0 only in the old list
  $ idlist diff --json list.json new.json
  {
    "added": 1,
    "changed": 2,
    "same": 2,
    "onlyInOld": 1,
    "destinations": [
      "~ s3://images/vip/A1/card.png",
      "+ s3://images/vip/A5/card.png",
      "~ s3://images/nomal/A1/card.png"
    ]
  }
  $ echo '[{"id": 1}]' > bad.json; idlist diff bad.json bad.json
  ! idlist: bad.json: item 0, line 1: `id` is the number 1, not a string; put it between quotes; see idlist check
  [1]
  $ idlist diff none.json bad.json
  ! idlist: cannot read none.json: No such file or directory (os error 2)
  [2]
