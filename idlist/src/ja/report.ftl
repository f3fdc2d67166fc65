### 検査の報告。idlist/src/report.rs

items = { $number } 項目
problems = 問題 { $number } 件
hints = ヒント { $number } 件
more-problems = 問題 { $number } 件
more-hints = ヒント { $number } 件
no-problems = 問題なし
items-before-fault = その前に { $items }
summary = { $items }、{ $problems }
summary-with-hints = { $items }、{ $problems }、{ $hints }
and-more = ほかに{ $more }
good-items = 問題のない { $items }: ランク { $rank }、モデル { $model }
good-items-of-retired-model = 問題のない { $items }: ランク { $rank }、モデル { $model }（提供終了のため { $successor } で生成）
good-items-of-other-ranks = 問題のない { $items }: そのほかのランク
hint = ヒント: { $hint }

# 項目の場所

place = 項目 { $index }
place-by-line = 項目 { $index }（{ $line } 行目）
place-by-id = 項目 { $index }（ID { $id }）
place-by-line-and-id = 項目 { $index }（{ $line } 行目、ID { $id }）
place-and-more = { $place } ほか { $more } 項目
field-finding = { $place }: `{ $field }` { $message }
item-finding = { $place }{ $message }
unknown-field-finding = { $field }（{ $items }）{ $message }
