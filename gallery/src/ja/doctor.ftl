### gallery doctor。gallery/src/commands/doctor

check-well = OK
check-fault = NG
check-credentials = 認証情報
check-stack = スタック
check-list-bucket = リストバケット
check-image-bucket = 画像バケット
check-result-bucket = 結果バケット
check-state-machine = ステートマシン
check-model = モデル
check-models = モデル
check-price = 価格
check-concurrency = 同時実行数
check-runs = 実行
check-of = { $prefix }。{ $detail }
account-and-region = アカウント { $account }、リージョン { $region }
not-asked = 確認する権限がありません: { $error }
not-known = わかりません: { $error }
not-at-endpoint = { $url } では確認できません: { $service }
this-model = このモデル
limits-of-lambda = Lambda の上限

# スタック、ステートマシン

thing-is-in-status = { $name } は { $status }
stack-in-progress = { $status }: 終わるまで待ってください
other-output = { $status }、ただし出力 { $output } が { $value } で、gallery が使う { $expected } と違います
no-output = { $status }、ただし出力 { $output } がないため、このプロジェクトのスタックではありません
stack-with-outputs = { $status }、出力 { $number } 個
looked-for-stack = { $error }（gallery が探すスタック: { $stack }）

# モデルと価格

model-in-region = { $region } の { $model }
model-in-region-is = { $region } の { $model }: { $what }
not-in-bedrock = Bedrock にありません
no-agreement = 提供元との契約が結ばれていません
not-authorized = アカウントに利用が許可されていません
agreement-is-pending = { $model }: 契約の手続き中です。数分後にもう一度確認してください
price-of-model = { $model }: { $table }、{ $told }
no-price-in-table = 価格表に価格なし
price-in-table = 価格表では { $usd } USD
card-not-known = AWS の料金表は不明
no-card = AWS の料金表なし
card = AWS の料金表では { $rates }
rate-on-card = { $unit } あたり { $price } USD（{ $description }）

# 同時実行数と実行

too-little-concurrency = このアカウントの Lambda の同時実行数は { $limit } で、MaxConcurrency の { $max } より少なくなっています
enough-concurrency = Lambda の同時実行数は { $limit }、MaxConcurrency は { $max }
no-limit-told = Lambda の応答に上限がありません
no-run-failed = 直近の { $number } 件に失敗はありません
last-failure = 最後の失敗は { $name }: { $why }
no-reason = 理由は記録されていません
