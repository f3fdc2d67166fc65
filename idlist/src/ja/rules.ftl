### 項目の規則に対する違反。フィールド名に続けて表示される。idlist/src/item, idlist/src/names.rs, idlist/src/check.rs, idlist/src/models

field-problem = `{ $field }` { $message }

# 値の形

invalid-json = は正しい JSON ではありません（{ $reason }）。
not-an-object = は{ $found }で、オブジェクトではありません。項目は {"{"} … {"}"} の形で書いてください。
a-string = 文字列
an-array = 配列
an-object = オブジェクト
an-integer = 整数
a-number = 数値
found-literal = {" "}{ $value }{" "}
found-number = 数値 { $number }{" "}
found-string = 文字列 { $text }{" "}
not-a-string = は{ $found }で、文字列ではありません。
not-a-string-but-a-number = は{ $found }で、文字列ではありません。引用符で囲んでください。
not-a-number = は{ $found }で、{ $expected }ではありません。
number-in-quotes = は{ $found }で、{ $expected }ではありません。引用符を外してください。
not-whole = は数値 { $number } で、整数ではありません。整数を指定してください。
too-deep = の配列とオブジェクトの入れ子が { $max } 段を超えています。
item-too-long = は { $bytes } バイトです。Step Functions が受け付ける項目は { $max } バイトまでです。

# フィールドの有無

duplicate-field = が 2 回あります。一方を削除してください。
missing-field = がありません（必須: { $by }）。
missing-field-with-another-name = がありません（必須: { $by }）。{ $name } のことなら、名前を変えてください。
every-item = すべての項目
every-model-from-text = テキストから画像を生成するモデル
field-not-taken = は { $model } では使えません。削除してください。

# 名前

name-length = は { $characters } 文字です。1〜{ $max } 文字にしてください。
name-of-a-folder = は { $name } で、パスの中で特別な意味を持ちます。別の名前にしてください。
slash = は { $name } です。スラッシュを取り除いてください。
control-character = は { $name } です。制御文字を取り除いてください。
not-an-image = は { $name } です。.jpeg、.jpg、.png、.webp のいずれかで終わるファイル名にしてください。
key-too-long = によってオブジェクトキー <rank>/<id>/<inputKeyName> が { $bytes } バイトになります。S3 では { $max } バイトまでです。
source-key-length = は { $bytes } バイトです。オブジェクトキーは 1〜{ $max } バイトです。
bucket-name = は { $name } で、バケット名として正しくありません。{ $fault }
bucket-characters = 使える文字は英小文字、数字、ドット、ハイフンだけです。
bucket-length = { $length }あります。3〜63 文字にしてください。
characters = { $number } 文字
bucket-ends = 先頭と末尾は英小文字か数字にしてください。
bucket-dots = ドットが連続しています。
bucket-like-an-address = IP アドレスの形をしています。
bucket-prefix = { $prefix } で始まる名前は S3 が予約しています。
bucket-suffix = { $suffix } で終わる名前は S3 が予約しています。
account-id = { $account } は AWS アカウント ID ではありません。12 桁の数字で指定してください。
region = { $name } は AWS リージョンの名前ではありません。us-west-2 のように指定してください。

# モデル

model-not-usable = は { $id } で、{ $why }
unknown-model = ここで画像を生成できるモデルではありません。stability.stable-image-core-v1:1、stability.stable-image-ultra-v1:1、stability.sd3-5-large-v1:0、または既存の画像を加工するサービス（`idlist models` で一覧）を使ってください。
model-without-profile = Amazon Bedrock が推論プロファイルだけで提供しているモデルです。{ $profile } を使ってください。
retired-model = Amazon Bedrock での提供が終了しています。後継の { $successor } か、{ $others }を使ってください。
models-from-text = stability.stable-image-core-v1:1、stability.stable-image-ultra-v1:1、stability.sd3-5-large-v1:0 のいずれか
either = { $first } か { $second }

# 値

blank-prompt = が空白だけです。画像に何を描くかを書いてください。
blank-search-prompt = が空白だけです。何を置き換えるかを書いてください。
blank-select-prompt = が空白だけです。何の色を変えるかを書いてください。
prompt-too-long = は { $characters } 文字です。{ $model } では { $max } 文字までです。
unsupported-value = は { $value } です。{ $values } のいずれかを指定してください。
number-out-of-range = は { $number } です。{ $min } から { $max } の値を指定してください。
seed-below-zero = は { $number } です。0 以上の値を指定してください。
seed-out-of-range = は { $number } です。{ $model } では 0 から { $max } の値を指定してください。
nothing-to-add = がないか 0 で、{ $others } も同じです。{ $model } では、どれか 1 つを 0 より大きくしてください。

# 元画像、マスク、スタイル画像

source-image = 元画像
mask = マスク
style-image = スタイル画像
incomplete-source = がありません。{ $given } だけがありますが、{ $picture }には両方が必要です。
source-not-supported = は { $model } では使えません。このモデルはテキストからだけ画像を生成します。元画像の指定をやめるか、{ $others } を使ってください。
source-is-destination = の{ $picture }は画像の保存先と同じ場所にあり、上書きされてしまいます。inputKeyName を別の名前にしてください。
strength-without-source = は元画像があるときに使います。sourceBucketName と sourceKeyName も指定するか、削除してください。
missing-strength = がありません。{ $model } では、元画像があるときに 0 から 1 の値が必要です。
aspect-ratio-with-source = は、元画像があるとき { $model } では使えません。削除してください。
format-without-transparency = は JPEG 画像の名前ですが、JPEG は { $model } の画像のような透明な部分を持てません。.png か .webp で終わるファイル名にしてください。

# リスト全体

duplicate-destination = の保存先 { $destination } は項目 { $earlier } と同じです。一方の ID かランクを変えてください。
empty-list = リストに項目がありません。1 つ以上必要です。
too-many-items = リストの項目数は { $number } で、上限は { $max } です。リストを分割する（idlist split）か、上限を上げてください（スタックの MaxItemsPerList、idlist の --max-items）。
list-too-large = リストは { $bytes } バイトです。trigger のメモリに収まるのは { $max } バイトまでです。リストを分割する（idlist split）か、TriggerMemorySize を上げてください。
misnamed-list = { $key } は読み込みません。リストの名前は .json で終わる必要があります。CSV、Excel、JSON Lines からは `idlist convert` で作れます。
unknown-price = { $model } の価格がわからず、上限は { $max } USD です。別のモデルを使うか、上限を設定しないでください（{ $limit }）。
too-expensive = リストの画像の費用は約 { $total } USD で、上限は { $max } USD です。リストを分割する（idlist split）か、上限を上げてください（{ $limit }）。
limits-of-price = スタックの MaxUsdPerList、idlist の --max-usd
