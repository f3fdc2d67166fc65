### エラー。gallery/src/error.rs, gallery/src/aws, gallery/src/model/draft.rs

no-credentials = AWS の認証情報がありません。`aws configure` か `aws sso login` を実行するか、--profile でプロファイルを指定してください。
bad-credentials = AWS が認証情報を受け付けません（{ $code }）。`aws sso login` を実行するか、認証情報を更新してからやり直してください。
no-region = AWS リージョンが設定されていません。--region か AWS_REGION で指定してください。
no-account = アカウントがわかりません（{ $reason }）。--account に 12 桁のアカウント ID を指定してください。
sts-names-none = STS の応答にアカウントがありません
denied = AWS が { $action } を拒否しました。gallery に必要な権限は docs/gallery-policy.json にあります（{ $message }）。
throttled = AWS のスロットリングを受けています（{ $action }）。間隔を空けて再試行します。
unreachable = AWS が { $action } に応答しません: { $message }。ネットワークとエンドポイントを確認してください。
not-found = 見つかりません: { $what }（存在しないか、削除されています）。
aws = AWS が { $action } に { $code } を返しました: { $message }
bad-list = この実行のリストを読み取れません: { $reason }
not-a-list-file = { $file }: { $message }
file = { $path }: { $message }
too-large-object = { $what } は { $max } バイトを超えているため読み込みません。

# 見つからないもの

the-identity = 呼び出し元の ID
the-stack = スタック { $name }
the-limits = アカウントの上限
the-model = { $region } のモデル { $model }
the-bucket = バケット { $bucket }
the-state-machine = ステートマシン { $name }
the-execution = 実行 { $name }

# リストとして読み取れないファイル

invalid-json-line = { $line } 行目: 正しい JSON ではありません（{ $message }）。
other-file = { $file } はリストではありません。gallery が読み取るのは .json、.jsonl、.csv、.tsv、.xlsx です。
table-without-prompt = prompt という名前の列がありません。列は { $columns } です。いずれかの名前を prompt にしてください。
table-not-written = 表をリストとして書き出せません: { $error }
