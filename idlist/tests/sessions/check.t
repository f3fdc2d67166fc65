idlist check: problems, limits, several files, reports for programs.

The sample list is rejected for its comma.

  $ idlist check $EVENTS/seed-list-as-printed.json
  line 17, column 4: a comma after the last item; JSON does not allow it: remove the comma
  17 |   },
     |    ^
  2 items before that, no problems
  1 item without problems: rank "nomal", model stability.stable-diffusion-xl-v0, retired: made with stability.stable-image-core-v1:1
  1 item without problems: rank "vip", model stability.stable-diffusion-xl-v0, retired: made with stability.stable-image-core-v1:1
  [1]

Without it, it is good. Retired models can be refused.

  $ idlist check - < $EVENTS/seed-list.json
  2 items, no problems
  1 item without problems: rank "nomal", model stability.stable-diffusion-xl-v0, retired: made with stability.stable-image-core-v1:1
  1 item without problems: rank "vip", model stability.stable-diffusion-xl-v0, retired: made with stability.stable-image-core-v1:1
  $ idlist check --retired-models Reject $EVENTS/seed-list.json
  2 items, 2 problems
  item 0 (line 2, id A1): `model` is "stability.stable-diffusion-xl-v0", retired by Amazon Bedrock; use its successor stability.stable-image-core-v1:1, or another of stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1 or stability.sd3-5-large-v1:0
  item 1 (line 10, id A2): `model` is "stability.stable-diffusion-xl-v0", retired by Amazon Bedrock; use its successor stability.stable-image-core-v1:1, or another of stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1 or stability.sd3-5-large-v1:0
  [1]
  $ idlist check --retired-models reject $EVENTS/seed-list.json
  ! idlist: invalid value 'reject' for '--retired-models <WHAT>': "reject" is not a way to treat retired models: use Redirect or Reject
  ! 
  ! For more information, try '--help'.
  [2]

Files that are not lists are explained.

  $ printf '' | idlist check -
  line 1, column 1: the file is empty; a list is a JSON array: [ … ]
  1 | 
    | ^
  0 items before that, no problems
  [1]
  $ printf '[]' | idlist check -
  0 items, 1 problem
  the list has no items; it needs at least one
  [1]
  $ printf 'id,rank\n' | idlist check -
  line 1, column 1: a list is a JSON array, [ … ]; found the character i
  1 | id,rank
    | ^
  0 items before that, no problems
  [1]
  $ printf '{"items": []}' | idlist check -
  line 1, column 1: a list is a JSON array, [ … ]; found an object; put the items between [ and ], with commas between them
  1 | {"items": []}
    | ^
  0 items before that, no problems
  [1]
  $ printf '\357\273\277[]' | idlist check -
  line 1, column 1: the file begins with a byte order mark; save it as UTF-8 without BOM
  1 | ﻿[]
    | ^
  0 items before that, no problems
  [1]
  $ printf '[[{"id": "A1"}]]' | idlist check -
  1 item, 1 problem
  item 0 (line 1) is an array, not an object; an item is { … }
  [1]
  $ idlist check - < $FUZZ/json/escapes.json
  line 1, column 26: item 0 is not valid JSON: invalid number
  1 | [{"id":"A\u0031","seed":01},{"id":"髪"}]
    |                          ^
  0 items before that, no problems
  [1]
  $ idlist check $FUZZ/csv/sheet.xlsx
  line 1, column 1: the file is a ZIP archive or a spreadsheet; unpack it, or make a list of it with idlist convert
  0 items before that, no problems
  [1]

A list that Windows PowerShell wrote is UTF-16.

  $ idlist new --rank vip=1 | iconv -t UTF-16 > utf-16.json
  $ idlist check utf-16.json
  line 1, column 1: the list is UTF-16, and the trigger reads only UTF-8; write it as UTF-8: idlist convert LIST.json -o NEW.json
  0 items before that, no problems
  [1]
  $ idlist plan utf-16.json
  ! idlist: utf-16.json is not good, and is not planned
  ! line 1, column 1: the list is UTF-16, and the trigger reads only UTF-8; write it as UTF-8: idlist convert LIST.json -o NEW.json
  ! 0 items before that, no problems
  [1]
  $ idlist convert utf-16.json -o utf-8.json; idlist check utf-8.json
  1 item, no problems
  1 item without problems: rank "vip", model stability.stable-image-core-v1:1

An item of ten megabytes is a problem.

  $ (printf '[{"id": "'; head -c 10000000 /dev/zero | tr '\0' x; printf '"}]') | idlist check -
  1 item, 1 problem
  item 0 (line 1) has 10000010 bytes; Step Functions takes items of at most 261120
  [1]

Two items with the same destination are a problem.

  $ idlist new --rank vip=2 --bucket images | sed s/A2/A1/ | idlist check -
  2 items, 1 problem
  item 1 (line 3, id A1) goes to "s3://images/vip/A1/image.jpeg", as item 0 does; give one of them another id or rank
  1 item without problems: rank "vip", model stability.stable-image-core-v1:1
  [1]

The first hundred problems are listed, and the rest is counted.

  $ (printf '[{}'; printf '%019d' 0 | sed 's/0/,{}/g'; printf ']') | idlist check - | sed -n '1p; $p'
  20 items, 120 problems
  and 20 more problems

Limits can be set. Without, they are those of the trigger.

  $ idlist new --rank vip=3 | idlist check --max-items 2 -
  3 items, 1 problem
  the list has 3 items; the limit is 2: split it (idlist split), or raise the limit (MaxItemsPerList of the stack, --max-items of idlist)
  2 items without problems: rank "vip", model stability.stable-image-core-v1:1
  [1]
  $ (printf '[{}'; printf '%059d' 0 | sed 's/0/,{}/g'; printf ']') | idlist check --max-items 18 - | sed -n '1,2p; $p'
  60 items, 109 problems
  the list has 60 items; the limit is 18: split it (idlist split), or raise the limit (MaxItemsPerList of the stack, --max-items of idlist)
  and 9 more problems
  $ idlist new --rank vip=10001 -o many.json
  $ idlist check many.json > /dev/null
  [1]
  $ idlist plan many.json 2> /dev/null
  [1]
  $ idlist check --max-items 0 --max-usd 400.04 many.json
  10001 items, no problems
  10001 items without problems: rank "vip", model stability.stable-image-core-v1:1
  $ idlist check --max-items 0 --max-usd 400.03 many.json
  10001 items, 1 problem
  the images of the list cost about 400.04 USD; the limit is 400.03 USD: split the list (idlist split), or raise the limit (MaxUsdPerList of the stack, --max-usd of idlist)
  10001 items without problems: rank "vip", model stability.stable-image-core-v1:1
  [1]
  $ idlist plan --max-items 0 --max-usd 400.03 many.json | tail -n 1
  Estimates in US dollars for us-west-2, without tax, discounts and free tiers. The prices of two models are in conflict between public sources; --price sets what your bill says.
  ! idlist: the images of the list cost about 400.04 USD; the limit is 400.03 USD: split the list (idlist split), or raise the limit (--max-usd)
  $ idlist check --max-usd -1 many.json
  ! idlist: unexpected argument '-1' found
  ! 
  !   tip: to pass '-1' as a value, use '-- -1'
  ! 
  ! Usage: idlist check [OPTIONS] <FILE>...
  ! 
  ! For more information, try '--help'.
  [2]

Several files are checked, and the worst decides.

  $ idlist new --rank vip=2 -o good.json
  $ printf '[\n  {"id": "A1\n' > bad.json
  $ idlist check good.json bad.json
  good.json:
  2 items, no problems
  2 items without problems: rank "vip", model stability.stable-image-core-v1:1
  
  bad.json:
  line 2, column 13: item 0 has a string with a line break or other control character in it; is the closing quote missing?
  2 |   {"id": "A1
    |             ^
  0 items before that, no problems
  [1]
  $ idlist check good.json none.json bad.json
  good.json:
  2 items, no problems
  2 items without problems: rank "vip", model stability.stable-image-core-v1:1
  
  bad.json:
  line 2, column 13: item 0 has a string with a line break or other control character in it; is the closing quote missing?
  2 |   {"id": "A1
    |             ^
  0 items before that, no problems
  ! idlist: cannot read none.json: No such file or directory (os error 2)
  [2]
  $ idlist check none.json
  ! idlist: cannot read none.json: No such file or directory (os error 2)
  [2]

Reports can be JSON.

  $ printf '[{"id": 1}, 2,]' | idlist check --json -
  {
    "good": false,
    "items": 2,
    "broken": {
      "kind": "TrailingComma",
      "line": 1,
      "column": 14,
      "offset": 13,
      "message": "a comma after the last item; JSON does not allow it: remove the comma"
    },
    "problemCount": 7,
    "problems": [
      {
        "index": 0,
        "line": 1,
        "field": "id",
        "kind": "WrongType",
        "message": "is the number 1, not a string; put it between quotes"
      },
      {
        "index": 0,
        "line": 1,
        "field": "rank",
        "kind": "MissingField",
        "message": "is missing; every item needs it"
      },
      {
        "index": 0,
        "line": 1,
        "field": "inputBucketName",
        "kind": "MissingField",
        "message": "is missing; every item needs it"
      },
      {
        "index": 0,
        "line": 1,
        "field": "inputKeyName",
        "kind": "MissingField",
        "message": "is missing; every item needs it"
      },
      {
        "index": 0,
        "line": 1,
        "field": "model",
        "kind": "MissingField",
        "message": "is missing; every item needs it"
      },
      {
        "index": 0,
        "line": 1,
        "field": "prompt",
        "kind": "MissingField",
        "message": "is missing; every model that makes images from text needs it"
      },
      {
        "index": 1,
        "line": 1,
        "kind": "NotAnObject",
        "message": "is the number 2, not an object; an item is { … }"
      }
    ],
    "hintCount": 0,
    "hints": [],
    "counts": [],
    "uncounted": 0
  }
  [1]
  $ idlist check --json good.json bad.json
  [
    {
      "file": "good.json",
      "good": true,
      "items": 2,
      "problemCount": 0,
      "problems": [],
      "hintCount": 0,
      "hints": [],
      "counts": [
        {
          "model": "stability.stable-image-core-v1:1",
          "rank": "vip",
          "items": 2
        }
      ],
      "uncounted": 0
    },
    {
      "file": "bad.json",
      "good": false,
      "items": 0,
      "broken": {
        "kind": "InvalidJson",
        "line": 2,
        "column": 13,
        "offset": 14,
        "message": "item 0 has a string with a line break or other control character in it; is the closing quote missing?"
      },
      "problemCount": 0,
      "problems": [],
      "hintCount": 0,
      "hints": [],
      "counts": [],
      "uncounted": 0
    }
  ]
  [1]

Ranks that are nearly the same get a hint, and the list stays good.

  $ idlist new --rank nomal=9 --rank normal=1 | idlist check -
  10 items, no problems, 1 hint
  9 items without problems: rank "nomal", model stability.stable-image-core-v1:1
  1 item without problems: rank "normal", model stability.stable-image-core-v1:1
  hint: the ranks "nomal" (9) and "normal" (1) are nearly the same; is one a typing error?
