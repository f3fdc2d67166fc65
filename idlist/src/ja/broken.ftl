### JSON 配列として読み取れないファイル。idlist/src/array.rs, idlist/src/broken.rs

broken = { $line } 行 { $column } 列: { $message }
empty-file = ファイルが空です。リストは JSON 配列 [ … ] です。
end-of-file = リストを閉じる ] の前でファイルが終わっています。途中で切れていませんか？
end-of-file-in-item = { $line } 行目から始まる項目 { $index } の途中でファイルが終わっています。途中で切れていませんか？
trailing-comma = 最後の項目の後にコンマがあります。JSON では許されないので、コンマを取り除いてください。
extra-comma = コンマの前に項目がありません。コンマを取り除いてください。
missing-comma = 項目 { $index } の前にコンマがありません。項目の間にコンマを入れてください。
text-after-end = リストを閉じる ] の後にテキストがあります。1 つのファイルに書けるのは 1 つのリストだけです。
unexpected-character = 項目、コンマ、またはリストを閉じる ] が必要なところに{ $found }があります。
byte-order-mark = ファイルの先頭にバイトオーダーマークがあります。BOM なしの UTF-8 で保存してください。
utf-16 = リストが UTF-16 で書かれています。trigger が読むのは UTF-8 だけです。idlist convert LIST.json -o NEW.json で UTF-8 にしてください。
gzip = ファイルが gzip で圧縮されています。展開してください。リストは圧縮していない JSON です。
zip = ファイルが ZIP アーカイブかスプレッドシートです。展開するか、idlist convert でリストにしてください。
not-a-list = リストは JSON 配列 [ … ] ですが、{ $found }があります。
object-for-a-list = オブジェクト（項目は [ と ] で囲み、間にコンマを入れます）
found-character = 文字 { $character }{" "}
found-not-ascii = ASCII でない文字
found-byte = バイト { $byte }{" "}

# 項目の中

fault-of-item = { $item } { $what }
broken-item = 項目 { $index }
broken-item-on-line = { $line } 行目から始まる項目 { $index }
not-utf-8 = に UTF-8 でないバイトがあります。ファイルを UTF-8 で保存してください。
line-break-in-string = の文字列に改行などの制御文字があります。閉じる引用符が抜けていませんか？
half-a-surrogate-pair = の文字列にサロゲートペアの片方だけがあります（文字が途中で切れています）。文字全体を書くか、残りを取り除いてください。
comma-after-last-value = の最後の値の後にコンマがあります。取り除いてください。
invalid-json-with-hint = は正しい JSON ではありません（{ $reason }）。{ $hint }
missing-quote = 前のテキストを閉じる引用符が抜けていませんか？
comma-between-fields = フィールドの間にコンマを入れてください。
missing-brace = 前の項目を閉じる {"}"} が抜けていませんか？
quotes-around-names = 名前は二重引用符で囲んでください。
quotes-around-texts = テキストは二重引用符で囲んでください。
write-true = true と書いてください。
write-false = false と書いてください。
