idlist in Japanese, where LC_ALL, LC_MESSAGES or LANG says so.

A good list, its check and its plan.

  $ idlist new --rank nomal=950 --rank vip=50 -o list.json
  $ LC_ALL=ja_JP.UTF-8 idlist check list.json
  1000 項目、問題なし
  問題のない 950 項目: ランク "nomal"、モデル stability.stable-image-core-v1:1
  問題のない 50 項目: ランク "vip"、モデル stability.stable-image-core-v1:1
  $ LC_ALL= LC_MESSAGES= LANG=ja_JP.UTF-8 idlist plan list.json
  2026-11-24 時点の価格による見積もり
  
               950 枚      38.00 USD  ランク "nomal"、モデル stability.stable-image-core-v1:1
                50 枚       2.00 USD  ランク "vip"、モデル stability.stable-image-core-v1:1
  
         40.00 USD  stability.stable-image-core-v1:1、1 枚 0.04 USD
          0.10 USD  Step Functions: 状態遷移 4006 回（再試行を除く）
          0.02 USD  Lambda: リクエスト 1000 回、1 回 5.5 秒、0.25 GiB
          0.02 USD  S3 リクエスト: PUT 3000 回、GET と HEAD 3000 回（待ち時間の分を除く）
          0.03 USD  S3 ストレージ: 1.46 GiB を 1 か月
         40.17 USD  合計
  
  モデル以外の費用は 1 枚あたり 0.00017 USD（再試行と待ち時間の分を除く）
  時間: 9 分（同時に 10 枚、1 枚 5 秒）
  同じリストをもう一度置いた場合: 画像は作られず、モデルの費用は 0、確認に 0.10 USD
  
  us-west-2 の見積もり（米ドル）。税、割引、無料枠は含みません。2 つのモデルの価格は公開情報の間で食い違っています。実際の単価は --price で指定してください。
  $ LC_ALL=ja_JP.UTF-8 idlist plan --images-per-minute 60 list.json | grep 時間
          0.02 USD  S3 リクエスト: PUT 3000 回、GET と HEAD 3000 回（待ち時間の分を除く）
  モデル以外の費用は 1 枚あたり 0.00017 USD（再試行と待ち時間の分を除く）
  時間: 17 分（毎分 60 枚）

A list with problems.

  $ printf 'id,rank,prompt,seed,aspectRatio,model\nA1,vip,,,,\nA/2,vip,hat,-1,16:10,stability.stable-image-core-v1:1\n,vip,hat,1.5,,dall-e-3\n' > bad.csv
  $ LC_ALL=ja_JP.UTF-8 idlist convert bad.csv --bucket Images -o bad.json
  ! idlist: bad.csv: 2 行目: `inputBucketName` は "Images" で、バケット名として正しくありません。使える文字は英小文字、数字、ドット、ハイフンだけです。（ほか 2 件）
  ! idlist: bad.csv: 2 行目: `inputKeyName` がありません（必須: すべての項目）。--set inputKeyName=VALUE で補えます。（ほか 2 件）
  ! idlist: bad.csv: 2 行目: `model` がありません（必須: すべての項目）。--set model=VALUE で補えます。
  ! idlist: bad.csv: 2 行目: `prompt` がありません（必須: テキストから画像を生成するモデル）。--set prompt=VALUE で補えます。
  ! idlist: bad.csv: 3 行目: `id` は "A/2" です。スラッシュを取り除いてください。
  ! idlist: bad.csv: 3 行目: `aspectRatio` は "16:10" です。16:9, 1:1, 21:9, 2:3, 3:2, 4:5, 5:4, 9:16, 9:21 のいずれかを指定してください。
  ! idlist: bad.csv: 3 行目: `seed` は -1 です。stability.stable-image-core-v1:1 では 0 から 4294967295 の値を指定してください。
  ! idlist: bad.csv: 4 行目: `id` がありません（必須: すべての項目）。--set id=VALUE で補えます。
  ! idlist: bad.csv: 4 行目: `model` は "dall-e-3" で、ここで画像を生成できるモデルではありません。stability.stable-image-core-v1:1、stability.stable-image-ultra-v1:1、stability.sd3-5-large-v1:0、または既存の画像を加工するサービス（`idlist models` で一覧）を使ってください。
  ! idlist: bad.csv: 4 行目: `seed` は数値 1.5 で、整数ではありません。整数を指定してください。
  [1]
  $ LC_ALL=ja_JP.UTF-8 idlist check bad.json
  3 項目、問題 14 件
  項目 0（2 行目、ID A1）: `inputBucketName` は "Images" で、バケット名として正しくありません。使える文字は英小文字、数字、ドット、ハイフンだけです。
  項目 0（2 行目、ID A1）: `inputKeyName` がありません（必須: すべての項目）。
  項目 0（2 行目、ID A1）: `model` がありません（必須: すべての項目）。
  項目 0（2 行目、ID A1）: `prompt` がありません（必須: テキストから画像を生成するモデル）。
  項目 1（3 行目、ID "A/2"）: `id` は "A/2" です。スラッシュを取り除いてください。
  項目 1（3 行目、ID "A/2"）: `inputBucketName` は "Images" で、バケット名として正しくありません。使える文字は英小文字、数字、ドット、ハイフンだけです。
  項目 1（3 行目、ID "A/2"）: `inputKeyName` がありません（必須: すべての項目）。
  項目 1（3 行目、ID "A/2"）: `aspectRatio` は "16:10" です。16:9, 1:1, 21:9, 2:3, 3:2, 4:5, 5:4, 9:16, 9:21 のいずれかを指定してください。
  項目 1（3 行目、ID "A/2"）: `seed` は -1 です。stability.stable-image-core-v1:1 では 0 から 4294967295 の値を指定してください。
  項目 2（4 行目）: `id` がありません（必須: すべての項目）。
  項目 2（4 行目）: `inputBucketName` は "Images" で、バケット名として正しくありません。使える文字は英小文字、数字、ドット、ハイフンだけです。
  項目 2（4 行目）: `inputKeyName` がありません（必須: すべての項目）。
  項目 2（4 行目）: `model` は "dall-e-3" で、ここで画像を生成できるモデルではありません。stability.stable-image-core-v1:1、stability.stable-image-ultra-v1:1、stability.sd3-5-large-v1:0、または既存の画像を加工するサービス（`idlist models` で一覧）を使ってください。
  項目 2（4 行目）: `seed` は数値 1.5 で、整数ではありません。整数を指定してください。
  [1]
  $ LC_ALL=ja_JP.UTF-8 idlist plan bad.json 2>&1 | head -n 2
  idlist: bad.json には問題があるため、見積もりません
  3 項目、問題 14 件
  $ printf '[[], {"id": 1, "rank": null, "prompt": true, "id": 2}]' | LC_ALL=ja_JP.UTF-8 idlist check -
  2 項目、問題 9 件
  項目 0（1 行目）は配列で、オブジェクトではありません。項目は { … } の形で書いてください。
  項目 1（1 行目）: `id` は数値 1 で、文字列ではありません。引用符で囲んでください。
  項目 1（1 行目）: `id` が 2 回あります。一方を削除してください。
  項目 1（1 行目）: `id` は数値 2 で、文字列ではありません。引用符で囲んでください。
  項目 1（1 行目）: `rank` がありません（必須: すべての項目）。
  項目 1（1 行目）: `inputBucketName` がありません（必須: すべての項目）。
  項目 1（1 行目）: `inputKeyName` がありません（必須: すべての項目）。
  項目 1（1 行目）: `model` がありません（必須: すべての項目）。
  項目 1（1 行目）: `prompt` は true で、文字列ではありません。
  [1]

Two items with one destination, and more items than are allowed.

  $ LC_ALL=ja_JP.UTF-8 idlist check --retired-models Reject $EVENTS/seed-list.json
  2 項目、問題 2 件
  項目 0（2 行目、ID A1）: `model` は "stability.stable-diffusion-xl-v0" で、Amazon Bedrock での提供が終了しています。後継の stability.stable-image-core-v1:1 か、stability.stable-image-core-v1:1、stability.stable-image-ultra-v1:1、stability.sd3-5-large-v1:0 のいずれかを使ってください。
  項目 1（10 行目、ID A2）: `model` は "stability.stable-diffusion-xl-v0" で、Amazon Bedrock での提供が終了しています。後継の stability.stable-image-core-v1:1 か、stability.stable-image-core-v1:1、stability.stable-image-ultra-v1:1、stability.sd3-5-large-v1:0 のいずれかを使ってください。
  [1]
  $ printf 'id,prompt\nA1,x\nA1,y\n' | idlist convert - --from csv --set rank=vip --bucket images --key a.png --model stability.stable-image-core-v1:1 -o twice.json
  ! idlist: -: line 3: the same destination as line 2, s3://images/vip/A1/a.png
  [1]
  $ LC_ALL=ja_JP.UTF-8 idlist check --max-items 1 twice.json
  2 項目、問題 1 件
  リストの項目数は 2 で、上限は 1 です。リストを分割する（idlist split）か、上限を上げてください（スタックの MaxItemsPerList、idlist の --max-items）。
  問題のない 1 項目: ランク "vip"、モデル stability.stable-image-core-v1:1
  [1]

A file that is not a list, with the broken line.

  $ LC_ALL=ja_JP.UTF-8 idlist check $EVENTS/seed-list-as-printed.json
  17 行 4 列: 最後の項目の後にコンマがあります。JSON では許されないので、コンマを取り除いてください。
  17 |   },
     |    ^
  その前に 2 項目、問題なし
  問題のない 1 項目: ランク "nomal"、モデル stability.stable-diffusion-xl-v0（提供終了のため stability.stable-image-core-v1:1 で生成）
  問題のない 1 項目: ランク "vip"、モデル stability.stable-diffusion-xl-v0（提供終了のため stability.stable-image-core-v1:1 で生成）
  [1]
  $ printf '[{"id": NaN}]' | LC_ALL=ja_JP.UTF-8 idlist check -
  1 行 9 列: 項目 0 は正しい JSON ではありません（expected value）。null と書くか、フィールドを削除してください。
  1 | [{"id": NaN}]
    |         ^
  その前に 0 項目、問題なし
  [1]
  $ printf 'id,rank\n' | LC_ALL=ja_JP.UTF-8 idlist check -
  1 行 1 列: リストは JSON 配列 [ … ] ですが、文字 i があります。
  1 | id,rank
    | ^
  その前に 0 項目、問題なし
  [1]

Hints.

  $ printf 'id,prompt,aspect_ratio\nA0,a {hair} girl,16:9\na0,nan,\n' | idlist convert - --from csv --set rank=vip --bucket images --key a.png --model stability.stable-image-core-v1:1 2> /dev/null | LC_ALL=ja_JP.UTF-8 idlist check -
  2 項目、問題なし、ヒント 4 件
  問題のない 2 項目: ランク "vip"、モデル stability.stable-image-core-v1:1
  ヒント: `aspect_ratio`（1 項目）は無視されます。`aspectRatio` のことですか？
  ヒント: 項目 0（2 行目、ID A0）: `prompt` に {hair} が残っています。値を入れ忘れていませんか？
  ヒント: 項目 1（3 行目、ID a0）: `prompt` は値がないことを表すテキスト "nan" だけです。意図したものですか？
  ヒント: 項目 1（3 行目、ID a0）: `id` の "a0" と "A0"（同じランクの項目 0）の違いは、大文字と小文字、空白、末尾のドット、見えない文字、全角、アクセント記号だけです。

The other commands.

  $ LC_ALL=ja_JP.UTF-8 idlist check none.json
  ! idlist: none.json を読み取れません: No such file or directory (os error 2)
  [2]
  $ LC_ALL=ja_JP.UTF-8 idlist new --rank vip=2 -o list.json
  ! idlist: list.json はすでにあります。置き換えるなら --force を付けてください。または別の名前にしてください。
  [2]
  $ LC_ALL=ja_JP.UTF-8 idlist new --rank vip=2 --prompt 'a {hat}'
  ! idlist: プロンプトに {hat} がありますが、使えるのは id, rank です。波括弧そのものは {{ と書いてください。
  [2]
  $ LC_ALL=ja_JP.UTF-8 idlist diff list.json list.json
  生成する画像 0 枚: 追加 0、変更 0
  同じもの 1000、前のリストだけにあるもの 0
  $ LC_ALL=ja_JP.UTF-8 idlist redo list.json B1
  ! idlist: list.json: ID が "B1" の項目はありません。
  [2]
  $ cp $EVENTS/FAILED_0.json $EVENTS/people-cp932.csv .
  $ LC_ALL=ja_JP.UTF-8 idlist retry list.json --failed FAILED_0.json
  ! idlist: FAILED_0.json: 0 番目の s3://000000000000-us-east-1-input-image-bucket/vip/A0017/image.jpeg は list.json にありません。その実行のリストを指定してください。
  [2]
  $ LC_ALL=ja_JP.UTF-8 idlist then list.json --model nothing --key a.png
  ! idlist: --model: "nothing" は画像から始めるモデルではありません。ultra, sd3.5-large, remove-background, erase-object, inpaint, outpaint, search-replace, search-recolor, control-sketch, control-structure, style-guide, style-transfer, fast-upscale, conservative-upscale, creative-upscale のいずれかを指定してください。
  [2]
  $ LC_ALL=ja_JP.UTF-8 idlist models | head -n 6
  core                  0.04 USD  stability.stable-image-core-v1:1
    必須: prompt
    任意: negativePrompt, aspectRatio, seed
  ultra                 0.14 USD  stability.stable-image-ultra-v1:1
    必須: prompt
    任意: negativePrompt, aspectRatio, seed, strength, sourceBucketName, sourceKeyName
  $ LC_ALL=ja_JP.UTF-8 idlist convert people-cp932.csv -o people.json
  ! idlist: people-cp932.csv: 1 行目: UTF-8 でないバイトがあります。ファイルを UTF-8 で保存するか、--encoding（shift_jis など）を指定してください。
  [2]
