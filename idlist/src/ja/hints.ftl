### ヒント: 正しいが、意図と違いそうな点。idlist/src/hints.rs, idlist/src/check.rs

ignored-field = は無視されます。`{ $field }` のことですか？
outer-blank = の先頭か末尾に空白または見えない文字があります。名前の一部ですか？
name-on-windows = は Windows のファイルやフォルダーの名前にできません。画像を Windows にコピーできなくなります。
no-value = は値がないことを表すテキスト { $text } だけです。{ $advice }
is-no-value-meant = 意図したものですか？
leave-out-no-value = null と書くか、フィールドを削除してください。
placeholder = に {"{"}{ $name }{"}"} が残っています。値を入れ忘れていませんか？
not-latin = はほとんどがラテン文字以外です。モデルの資料は英語を前提としており、ほかの言語のプロンプトはエラーになることがあります。
source-image-for-ultra = は元画像の指定ですが、{ $model } では拒否されることがあります（AWS の資料では使えますが、使えないという報告があります）。{ $other } では使えます。
similar-ids = の { $name } と { $earlier_id }（同じランクの項目 { $earlier }）の違いは、大文字と小文字、空白、末尾のドット、見えない文字、全角、アクセント記号だけです。
similar-ranks = ランク { $one }（{ $items } 項目）と { $other }（{ $other_items } 項目）はほとんど同じです。どちらかが書き間違いではありませんか？
