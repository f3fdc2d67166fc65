### リストの作成: idlist new とレシピ。idlist/src/make, idlist/src/commands/new.rs, idlist/src/commands/settings.rs

joined = { $first } { $second }
rank-twice = ランク { $name } が 2 回あり、ID が重なります。1 回だけ指定してください。
unknown-rank = ランクが { $name } です。{ $names } のいずれかを指定してください。
too-few-rows = 行は { $rows } 行ですが、{ $asked } 項目が指定されています。行を増やすか、項目を減らしてください。
list-without-items = 項目のないリストになります。項目数を指定するか、見出しの下に行を入れてください。
bad-row = { $place } は正しい項目になりません: { $problems }
bad-item = 正しいリストになりません。ランク { $rank } の項目 { $id }: { $problems }
rows-with-one-destination = { $place } と { $earlier } の保存先が同じです（{ $destination }）。一方の ID、ランク、ファイル名のいずれかを変えてください。
set-to-no-number = { $field } が { $text } で、数値ではありません。
lone-brace = に、対になっていない波括弧があります。波括弧そのものは {"{{"} または {"}}"} と書いてください。
unknown-placeholder = に {"{"}{ $name }{"}"} がありますが、使えるのは { $known } です。波括弧そのものは {"{{"} と書いてください。
fault-of-prompt = プロンプト{ $error }
fault-of-template = { $field } { $error }

# idlist new

unused-rows = 指定に含まれない行: { $number }
list-for-prompts = リストです。表か、1 行に 1 つのプロンプトを書いたファイルを指定してください。
unused-name = { $name } の値を指定していますが、{"{"}{ $name }{"}"} がどこにもありません。指定をやめてください。
unused-prompts = 別のプロンプトが指定されているため、プロンプトの列は使われません
name-in-use = { $name } は ID、ランク、列のいずれかの名前でもあります。別の名前にしてください。
no-column-for-prompt = prompt という列がありません。{"{COLUMN}"} を含む --prompt か、--map COLUMN=prompt を指定してください。列は { $columns } です。
too-many-asked-for = { $total } 項目が指定されています。Step Functions が扱えるのは { $max } 項目までです。
set-of-rank-or-prompt = --set ではランクとプロンプトを指定できません。--rank と --prompt を使ってください。
set-of-id = --set ではすべての項目の ID が同じになります。--id-prefix を使ってください。
options-for-prompts = --map、--encoding、--delimiter、--sheet は --prompts と一緒に使います。指定をやめてください。
ids-in-table = ID は表にあります。--id-prefix、--start、--width の指定をやめてください。
ranks-in-table = ランクは表にあります。--rank と項目数の指定をやめてください。
no-rank = ランクがありません。--rank NAME=COUNT、--recipe、または rank の列がある --prompts を指定してください。
rank-without-number = 項目数のないランクがあります。--number を指定するか、--rank NAME=COUNT と書いてください。
number-without-use = すべてのランクに項目数があるため、--number は使われません。指定をやめてください。
shared-prompts = 複数のランクがプロンプトを分け合います。それぞれの数を --rank NAME=COUNT で指定してください。

# レシピ

recipe-without-ranks = 各ランクの先頭に [[rank]] の行を、その下に name = "…" の行を書いてください。
rank-without-name = { $number } 番目のランク: [[rank]] の行の下に name = "…" を書いてください。
bucket-twice = account と region はバケット名になります。bucket を指定する場合は書かないでください。
