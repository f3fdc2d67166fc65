Tables that become lists: what convert and new --prompts read alike, and what stops both. Spreadsheets are in xlsx.rs.

  $ printf 'idlist convert "$@" --set rank=vip --bucket images --model stability.stable-image-core-v1:1 --key x.png -o list.json --force && sed s/rank.*prompt/prompt/ list.json; idlist check list.json > check.txt || cat check.txt' > made
  $ printf 'idlist convert "$@" -o none.json; echo "[$?]"; idlist new --rank vip --prompts "$@" --prompt "x{id}"; echo "[$?]"; ls none.json 2> ls.txt' > stops
  $ chmod +x made stops

The separator is read from the first line.

  $ printf 'id|prompt|seed\r\nA1|"a, b; c"|7\r\nA2|d|\r\n' > cards.txt
  $ tr '|' , < cards.txt > c.csv; ./made c.csv
  [
  {"id":"A1","prompt":"a, b; c","seed":7},
  {"id":"A2","prompt":"d"}
  ]
  $ tr '|' ';' < cards.txt > c.csv; ./made c.csv
  [
  {"id":"A1","prompt":"a, b; c","seed":7},
  {"id":"A2","prompt":"d"}
  ]
  $ tr '|' '\t' < cards.txt > c.csv; ./made c.csv
  [
  {"id":"A1","prompt":"a, b; c","seed":7},
  {"id":"A2","prompt":"d"}
  ]
  $ tr '|' '\t' < cards.txt > c.tsv; ./made c.tsv
  [
  {"id":"A1","prompt":"a, b; c","seed":7},
  {"id":"A2","prompt":"d"}
  ]
  $ (printf '\357\273\277sep=;\r\n'; tr '|' ';' < cards.txt) > c.csv; ./made c.csv
  [
  {"id":"A1","prompt":"a, b; c","seed":7},
  {"id":"A2","prompt":"d"}
  ]
  $ cp cards.txt c.csv; ./made c.csv --delimiter '|'
  [
  {"id":"A1","prompt":"a, b; c","seed":7},
  {"id":"A2","prompt":"d"}
  ]
  $ tr '|' '\t' < cards.txt > c.csv; ./made c.csv --delimiter tab
  [
  {"id":"A1","prompt":"a, b; c","seed":7},
  {"id":"A2","prompt":"d"}
  ]

Of two that split the heading, it is the one that makes fields of it.

  $ printf 'id,prompt,a;b;c\nA1,x,\n' > c.csv; ./made c.csv --set 'seed={a;b;c}1'
  [
  {"id":"A1","prompt":"x","seed":1}
  ]
  $ printf 'name;age,years\nAnn;1,2\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: the cells of the first row can be separated by ',' or ';'; give --delimiter
  ! idlist: c.csv: the cells of the first row can be separated by ',' or ';'; give --delimiter
  [2]
  $ idlist convert c.csv --delimiter ab
  ! idlist: invalid value 'ab' for '--delimiter <CHARACTER>': give one character, such as ; or |, or the word tab
  ! 
  ! For more information, try '--help'.
  [2]

A table without a known column, or without rows, makes no list.

  $ idlist convert cards.txt --from csv
  ! idlist: cards.txt: no column is named as a field of an item; the columns are id|prompt|seed; give --map COLUMN=FIELD, or --delimiter
  [2]
  $ printf '\n' | idlist new --rank vip --prompts -
  ! idlist: -: the list would have no items; give numbers of items, or rows below the heading
  [2]
  $ printf 'id,prompt\n,\n' | idlist convert - --from csv
  []
  ! idlist: -: there are no rows below the heading
  [1]
  $ printf '\ta cat \nid\tprompt\n' | idlist new --rank vip --prompts -
  ! idlist: -: line 2: a tab inside a line; name a table .csv or .tsv, and put blanks between the words of a prompt
  [2]

Encodings are read by their marks and names.

  $ printf 'id,prompt,seed\r\nA1,髪,7\r\n' > utf-8.csv; ./made utf-8.csv
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  $ (printf '\357\273\277'; cat utf-8.csv) > c.csv; ./made c.csv
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  $ for e in UTF-16 UTF-16LE UTF-16BE; do iconv -t $e utf-8.csv > c.csv; ./made c.csv; done
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  $ (printf '\376\377'; iconv -t UTF-16BE utf-8.csv) > c.csv; ./made c.csv
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  $ iconv -t CP932 utf-8.csv > sjis.csv; for e in shift_jis Shift-JIS sjis cp932 CP932 windows-31j ms932; do ./made sjis.csv --encoding $e; done
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  [
  {"id":"A1","prompt":"髪","seed":7}
  ]
  $ ./stops sjis.csv
  [2]
  [2]
  ! idlist: sjis.csv: line 2: bytes that are not UTF-8; save the file as UTF-8, or give --encoding, such as shift_jis
  ! idlist: sjis.csv: line 2: bytes that are not UTF-8; save the file as UTF-8, or give --encoding, such as shift_jis
  [2]
  $ printf 'id\nA1\n\377\n' > c.csv; ./stops c.csv --encoding sjis
  [2]
  [2]
  ! idlist: c.csv: line 3: bytes that are not Shift_JIS; save the file as UTF-8, or give --encoding, such as shift_jis
  ! idlist: c.csv: line 3: bytes that are not Shift_JIS; save the file as UTF-8, or give --encoding, such as shift_jis
  [2]
  $ printf 'id\nA\000\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: line 2: a NUL character; save the file as UTF-8, or give --encoding
  ! idlist: c.csv: line 2: a NUL character; save the file as UTF-8, or give --encoding
  [2]
  $ ./stops c.csv --encoding x
  [2]
  [2]
  ! idlist: invalid value 'x' for '--encoding <ENCODING>': use utf-8, shift_jis, cp932, euc-jp, utf-16le or another name of the web
  ! 
  ! For more information, try '--help'.
  ! idlist: invalid value 'x' for '--encoding <ENCODING>': use utf-8, shift_jis, cp932, euc-jp, utf-16le or another name of the web
  ! 
  ! For more information, try '--help'.
  [2]

Files of other kinds are named.

  $ cp $EVENTS/cards.xlsx c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: the file is a spreadsheet or a zip file; name it .xlsx, or unpack it
  ! idlist: c.csv: the file is a spreadsheet or a zip file; name it .xlsx, or unpack it
  [2]
  $ printf '\320\317\021\340\241\261\032\341' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: the file is an old or locked spreadsheet; save it as .xlsx without a password
  ! idlist: c.csv: the file is an old or locked spreadsheet; save it as .xlsx without a password
  [2]
  $ cp c.csv c.xlsx; ./stops c.xlsx
  [2]
  [2]
  ! idlist: c.xlsx: the file is an old or locked spreadsheet; save it as .xlsx without a password
  ! idlist: c.xlsx: the file is an old or locked spreadsheet; save it as .xlsx without a password
  [2]
  $ printf '\037\213\010' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: the file is compressed with gzip; unpack it first
  ! idlist: c.csv: the file is compressed with gzip; unpack it first
  [2]
  $ printf ' \r\n,,\r\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: there are no rows; the first row names the columns
  ! idlist: c.csv: there are no rows; the first row names the columns
  [2]
  $ printf 'x' > c.xlsx; ./stops c.xlsx
  [2]
  [2]
  ! idlist: c.xlsx: the file is not a spreadsheet; if it is CSV, name it .csv
  ! idlist: c.xlsx: the file is not a spreadsheet; if it is CSV, name it .csv
  [2]
  $ head -c 200 $EVENTS/cards.xlsx > c.xlsx; ./stops c.xlsx 2>&1 | sed 's/damaged: .*/damaged: …/'
  idlist: c.xlsx: the file is damaged: …
  [2]
  idlist: c.xlsx: the file is damaged: …
  [2]
  $ echo '[]' > l.json; idlist new --rank vip --prompts l.json
  ! idlist: l.json: a list; give a table or a file with a prompt on each line
  [2]
  $ idlist convert l.json -o l.xlsx
  ! idlist: a spreadsheet cannot be written; write CSV, which spreadsheets open
  [2]

A quote that is not around a whole cell stops with its line.

  $ printf 'id,prompt,seed\nA1,"says ""halt""",\nA2,"two\nlines",\nA3,a 6" nail,\n' > c.csv; ./made c.csv
  [
  {"id":"A1","prompt":"says \"halt\""},
  {"id":"A2","prompt":"two\nlines"},
  {"id":"A3","prompt":"a 6\" nail"}
  ]
  $ printf 'id,prompt\nA1,x\nA2,"a giant\nA3,y\nA4,z\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: line 3: the quote that begins a cell here is never closed; close it, or double a quote that is text
  ! idlist: c.csv: line 3: the quote that begins a cell here is never closed; close it, or double a quote that is text
  [2]
  $ printf 'id,prompt\r\nA1,"two\r\nlines"\r\nA2,"a giant\r\nA3,y' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: line 4: the quote that begins a cell here is never closed; close it, or double a quote that is text
  ! idlist: c.csv: line 4: the quote that begins a cell here is never closed; close it, or double a quote that is text
  [2]
  $ printf 'id,prompt\rA1,x\rA2,"a""\r' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: line 3: the quote that begins a cell here is never closed; close it, or double a quote that is text
  ! idlist: c.csv: line 3: the quote that begins a cell here is never closed; close it, or double a quote that is text
  [2]
  $ printf 'id,"prompt\nA1,x\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: line 1: the quote that begins a cell here is never closed; close it, or double a quote that is text
  ! idlist: c.csv: line 1: the quote that begins a cell here is never closed; close it, or double a quote that is text
  [2]
  $ printf 'id,prompt\nA1,"a giant\nA2,"b"\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: line 2: the cell that begins here has text outside its quotes; put all inside, and double quotes that are text
  ! idlist: c.csv: line 2: the cell that begins here has text outside its quotes; put all inside, and double quotes that are text
  [2]
  $ printf 'id,prompt\nA1,"a" giant\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: line 2: the cell that begins here has text outside its quotes; put all inside, and double quotes that are text
  ! idlist: c.csv: line 2: the cell that begins here has text outside its quotes; put all inside, and double quotes that are text
  [2]
  $ printf 'id,prompt\nA1, "a giant"\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: line 2: the cell that begins here has text outside its quotes; put all inside, and double quotes that are text
  ! idlist: c.csv: line 2: the cell that begins here has text outside its quotes; put all inside, and double quotes that are text
  [2]

Rows and columns without text are none.

  $ printf 'id,prompt,seed,,\r\n\r\nA1,x,1,,\r\n,,,,\r\n , ,,,\r\nA2,y,2,,\r\n,,,,\r\n' > c.csv; ./made c.csv
  [
  {"id":"A1","prompt":"x","seed":1},
  {"id":"A2","prompt":"y","seed":2}
  ]
  $ printf ',,\nid,,prompt\nA1,,x\n' > c.csv; ./made c.csv
  [
  {"id":"A1","prompt":"x"}
  ]
  $ printf 'name,age,city,\r\nAnn,30,Paris,\r\n,,,\r\nBob,40,Rome,\r\n,,,\r\n' > c.csv
  $ idlist new --rank vip --prompts c.csv --prompt '{name}, {age}, {city}' | grep -o 'prompt".*'
  prompt":"Ann, 30, Paris"},
  prompt":"Bob, 40, Rome"}

A row of another width stops with its line.

  $ printf 'id,prompt\nA1,x\nA2,a, b\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: line 3: the row ends with cell 3, but the heading with cell 2; put a cell with separators or line ends in quotes
  ! idlist: c.csv: another prompt is given, so that the column for it means nothing
  ! idlist: c.csv: line 3: the row ends with cell 3, but the heading with cell 2; put a cell with separators or line ends in quotes
  [2]
  $ printf 'id,prompt\nA1,"x\ny"\n\nA2\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: line 5: the row ends with cell 1, but the heading with cell 2; put a cell with separators or line ends in quotes
  ! idlist: c.csv: another prompt is given, so that the column for it means nothing
  ! idlist: c.csv: line 5: the row ends with cell 1, but the heading with cell 2; put a cell with separators or line ends in quotes
  [2]
  $ printf 'id,,prompt\nA1,x,y\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: line 2: cell 2 has text, but its column has no heading; name the column, or remove the text
  ! idlist: c.csv: another prompt is given, so that the column for it means nothing
  ! idlist: c.csv: line 2: cell 2 has text, but its column has no heading; name the column, or remove the text
  [2]
  $ printf 'id,prompt,id\n' > c.csv; ./stops c.csv
  [2]
  [2]
  ! idlist: c.csv: the column "id" appears twice; remove or rename one
  ! idlist: c.csv: the column "id" appears twice; remove or rename one
  [2]

Columns fill fields, and options fill the rest. A column that a placeholder takes means something.

  $ printf '\357\273\277番号,説明,note\r\nA1,"brown, white",x\r\nA2,黒,\r\n' > p.csv
  $ ./made p.csv --map 番号=id --map 説明=prompt; cat list.json
  [
  {"id":"A1","prompt":"brown, white","note":"x"},
  {"id":"A2","prompt":"黒"}
  ]
  [
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"x.png","model":"stability.stable-image-core-v1:1","prompt":"brown, white","note":"x"},
  {"id":"A2","rank":"vip","inputBucketName":"images","inputKeyName":"x.png","model":"stability.stable-image-core-v1:1","prompt":"黒"}
  ]
  ! idlist: p.csv: the column means nothing: note
  $ ./made p.csv --map 番号=id --map 説明=prompt --set 'negativePrompt={note}{{}}' --set seed=7
  [
  {"id":"A1","prompt":"brown, white","negativePrompt":"x{}","seed":7,"note":"x"},
  {"id":"A2","prompt":"黒","negativePrompt":"{}","seed":7}
  ]
  $ ./stops p.csv --map number=id
  [2]
  [2]
  ! idlist: p.csv: there is no column "number"; the columns are 番号, 説明, note
  ! idlist: p.csv: there is no column "number"; the columns are 番号, 説明, note
  [2]
  $ ./stops p.csv --map 番号=id --map note=id
  [2]
  [2]
  ! idlist: p.csv: the column "id" appears twice; remove or rename one
  ! idlist: p.csv: the column "id" appears twice; remove or rename one
  [2]
  $ idlist convert p.csv --set 'model={x}'
  ! idlist: model has {x}, but that is not among id, rank, 番号, 説明, note; write {{ for a brace itself
  [2]
  $ idlist convert p.csv --set rnk=vip
  ! idlist: invalid value 'rnk=vip' for '--set <FIELD=VALUE>': "rnk" is not a field of an item; use one of id, rank, inputBucketName, inputKeyName, model, prompt, negativePrompt, aspectRatio, seed, sourceBucketName, sourceKeyName, strength, maskBucketName, maskKeyName, styleBucketName, styleKeyName, searchPrompt, selectPrompt, stylePreset, growMask, left, right, up, down, creativity, controlStrength, fidelity, compositionFidelity, styleStrength, changeStrength
  ! 
  ! For more information, try '--help'.
  [2]
  $ ./stops p.csv --sheet x
  [2]
  [2]
  ! idlist: p.csv: --sheet is not for this kind of file; leave it out
  ! idlist: p.csv: --sheet is not for this kind of file; leave it out
  [2]
  $ echo '[]' | idlist convert - --map a=id
  ! idlist: --map, --set, --bucket, --model and --key are for tables; leave them out
  [2]

What is probably not meant is said once.

  $ printf 'id,prompt,aspect_ratio,Seed,model\nA1,x,16:9,1,stability.sd3-5-large-v1:0\nA2,y,16:9,2,\n' > c.csv; ./made c.csv
  [
  {"id":"A1","prompt":"x","aspect_ratio":"16:9","Seed":1},
  {"id":"A2","prompt":"y","aspect_ratio":"16:9","Seed":2}
  ]
  ! idlist: c.csv: a column gives model; what is given for it besides fills only blank cells
  ! idlist: c.csv: the columns mean nothing: aspect_ratio (for aspectRatio, give --map 'aspect_ratio=aspectRatio'), Seed (for seed, give --map 'Seed=seed')
  $ idlist new --rank vip --prompts c.csv --model stability.stable-image-core-v1:1 -o n.json
  ! idlist: c.csv: a column gives model; what is given for it besides fills only blank cells
  ! idlist: c.csv: the columns mean nothing: aspect_ratio (for aspectRatio, give --map 'aspect_ratio=aspectRatio'), Seed (for seed, give --map 'Seed=seed')
  $ idlist new --rank vip=1 --prompts c.csv --prompt 'a hat' --map aspect_ratio=aspectRatio --map Seed=seed | grep -o 'prompt".*'
  prompt":"a hat","aspectRatio":"16:9","seed":1}
  ! idlist: c.csv: another prompt is given, so that the column for it means nothing
  ! idlist: c.csv: rows that were not asked for: 1

Problems of items from a table are said with their rows, and the list is written whole.

  $ printf 'id,prompt,seed,aspectRatio\nA1,x,1,16:10\nA2,y,2,16:10\nA1,z,many,\nA1,z,5,\nA1,z,6,\n' > c.csv
  $ idlist convert c.csv --bucket images --model stability.stable-image-core-v1:1 --key '{id}.png' --set rank=vip -o bad.json
  ! idlist: c.csv: line 2: `aspectRatio` is "16:10"; use one of 16:9, 1:1, 21:9, 2:3, 3:2, 4:5, 5:4, 9:16, 9:21 (and 1 more)
  ! idlist: c.csv: line 4: `seed` is the string "many", not an integer
  ! idlist: c.csv: line 6: the same destination as line 5, s3://images/vip/A1/A1.png
  [1]
  $ tail -n 2 bad.json
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"A1.png","model":"stability.stable-image-core-v1:1","prompt":"z","seed":6}
  ]
  $ idlist convert c.csv --bucket images | tail -n 1
  ]
  ! idlist: c.csv: line 2: `rank` is missing; every item needs it; --set rank=VALUE fills it (and 4 more)
  ! idlist: c.csv: line 2: `inputKeyName` is missing; every item needs it; --set inputKeyName=VALUE fills it (and 4 more)
  ! idlist: c.csv: line 2: `model` is missing; every item needs it; --set model=VALUE fills it (and 4 more)
  ! idlist: c.csv: line 4: `seed` is the string "many", not an integer
