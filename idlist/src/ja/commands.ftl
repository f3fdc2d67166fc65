### コマンドのメッセージ。idlist/src/commands

about-file = { $file }: { $what }
at-item = 項目 { $index }: { $what }
at-item-on-line = 項目 { $index }（{ $line } 行目）: { $what }
at-item-with-id = 項目 { $index }（ID { $id }）: { $what }
at-field = { $field }: { $what }
cannot-read = { $file } を読み取れません: { $error }
cannot-write = { $file } に書き込めません: { $error }
cannot-write-output = 書き込めません: { $error }
file-exists = { $file } はすでにあります。置き換えるなら --force を付けてください。または別の名前にしてください。
table-for-a-list = 表です。idlist convert でリストにしてください。
perhaps-a-table = { $broken }表のファイル名は .csv か .xlsx で終わります。
invalid-line = { $line } 行 { $column } 列: 正しい JSON ではありません（{ $reason }）。
option-for-other-files = { $option } はこの種類のファイルでは使えません。指定をやめてください。
see-check = { $problem }`idlist check` で確認できます。
no-such-command = コマンド { $name } はありません。

# idlist convert

spreadsheet-is-read-only = スプレッドシートには書き出せません。スプレッドシートで開ける CSV にしてください。
options-for-tables = --map、--set、--bucket、--model、--key は表と一緒に使います。指定をやめてください。
no-column-is-a-field = 項目のフィールド名の列がありません。列は { $columns } です。--map COLUMN=FIELD か --delimiter を指定してください。
missing-in-table = { $problem }--set { $field }=VALUE で補えます。
same-destination-as-row = 保存先が { $earlier } と同じです: { $destination }
what-and-more = { $what }（ほか { $more } 件）
other-problems = そのほかの問題: { $number } 件
no-rows-below = 見出しの下に行がありません
other-sheets = 読み込まないシート: { $sheets }
column-and-option = { $field } は列にあります。オプションの値は空のセルだけを補います
column-for-field = { $column }（{ $field } なら --map '{ $column }={ $field }' を指定）
and-next = { $first }、{ $second }
unused-column = 使われない列: { $columns }
unused-columns = 使われない列: { $columns }
blanks-around-name = フィールド名 { $name } の前後に空白があります。取り除いてください。
row-without-text = 値のあるフィールドがなく、行として書けません。
text-like-no-text = { $text } は、CSV では空のテキストと区別できません。取り除いてください。
cell-without-number = { $value } は数値ではありません。
cell-without-text = { $value } はテキストではありません。

# idlist diff

bad-item-on-line = 項目 { $index }（{ $line } 行目）: { $problem }`idlist check` で確認できます。
and-number-more = ほか { $more } 件
to-make = 生成する画像 { $total } 枚: 追加 { $added }、変更 { $changed }
others = 同じもの { $same }、前のリストだけにあるもの { $only_in_old }

# idlist merge, idlist split

left-out = 重複するため省いた項目: { $number }
two-items-with-one-destination = 項目 { $index } の保存先は { $file } の項目 { $number } と同じです（{ $destination }）が、内容が違います。一方を削除してください。
not-a-file-name = ファイルの名前ではありません。

# idlist models

needs = 必須: { $fields }
needs-one-of = どれか 1 つを 0 より大きく: { $fields }
takes = 任意: { $fields }

# idlist retry, idlist redo, idlist then

entry-of-another-list = { $index } 番目の { $destination } は { $file } にありません。その実行のリストを指定してください。
not-a-result-file = Map Run の結果ファイルではありません: { $error }
entry-that-succeeded = { $index } 番目は成功しています。FAILED_n.json か PENDING_n.json を指定してください。
entry-without-item = { $index } 番目の Input に項目がありません。
id-in-two-ranks = { $id } はランク { $one } と { $other } の両方にあります。RANK/ID の形で指定してください。
no-such-id = ID が { $id } の項目はありません。
same-seed = シードはすでに { $seed } です。別の値を指定してください。
not-a-second-step = --model: { $name } は画像から始めるモデルではありません。{ $names } のいずれかを指定してください。
fault-of-set = --set: { $what }
set-of-our-field = --set: { $field } は最初のリストとほかのオプションで決まります。
no-item = 項目がありません。
no-item-of-rank = ランク { $rank } の項目がありません。
list-would-be-bad = 正しいリストになりません: { $problem }
