### コマンドのメッセージ。gallery/src/commands

listed = { $first }、{ $second }

# gallery drop

filled = { $field } の列がないため補います: { $value }
no-price = 価格不明
about-usd = 約 { $usd } USD
pictures = 画像 { $number } 枚
cost-and-time = { $pictures }: { $price }、約 { $seconds } 秒（クォータの制限がない場合）
dropped = { $key } として置きました
dropped-with-run = { $key } として置きました: { $run }
list-too-expensive = リストの費用は約 { $usd } USD で、--max-usd { $max } を超えています。
limit-without-price = 価格のわからないモデルがあります。--max-usd の指定をやめてください。
list-rejected = リストは拒否されました。実行は始まっていません。
bucket-without-versions = リストのバケットにバージョンがないため、実行の名前がわかりません。`gallery runs` で確認してください。
not-started = リストはアップロードしましたが、trigger が実行を開始していません。`gallery doctor` で原因を確認してください。

# gallery watch, gallery runs

running = 実行中
done = 完了
failed = 失敗
timed-out = タイムアウト
stopped = 停止
done-of-total = { $total } 件中 { $done } 件
done-of-total-and-failed = { $total } 件中 { $done } 件、失敗 { $failed } 件
number-failed = 失敗 { $failed } 件
rate = 毎分 { $rate } 件
seconds-left = 残り約 { $seconds } 秒
summary-of-run = { $run }: { $status }。作成 { $made } 件（約 { $usd } USD）、既存 { $existing } 件、失敗 { $failed } 件、未作成 { $missing } 件
failures-of-kind = { $error } { $number } 件:
and-more-failures = ほか { $more } 件
no-runs = 実行はまだありません。`gallery drop LIST` で始まります。
a-run = 実行

# gallery stop, gallery serve

run-is-stopped = { $name } を停止しました。続けるには、リストをもう一度置いてください。作成済みの画像に料金はかかりません。
gallery-is-on = { $machine }（{ $region }、アカウント { $account }）の gallery: { $url }
how-to-stop = Ctrl-C で終了します。

# gallery fetch, gallery redo

fetched = ダウンロード { $fetched } 枚、既存 { $present } 枚、未作成 { $missing } 枚: { $folder }
two-pictures-with-one-name = 2 つの画像が同じ名前 { $file } になります。{"{rank}"}、{"{id}"}、{"{file}"} を含む --name を指定してください。
fault-of-name = ファイル名{ $error }
redone = { $number } 件を { $key } として置きました: { $run }
the-item = 項目 { $id }
no-such-item = リストに項目 { $id } はありません。
id-in-ranks = { $id } は複数のランクにあります。RANK/ID の形で指定してください。
item-of-rank = ランク { $rank } の項目 { $id }
no-seed-of-item = { $name }: { $model } はシードを受け付けないため、同じ画像になります。
same-seed-of-item = { $name }: シードはすでに { $old } です。別のシードかプロンプトを指定してください。
problem-of-item = { $name }: { $problem }
