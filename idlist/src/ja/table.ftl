### 表（CSV、Excel）の読み取り。idlist/src/table

line = { $line } 行目
row = { $row } 行目
at-place = { $place }: { $what }
no-rows = 行がありません。1 行目が列の名前になります。
no-such-column = 列 { $name } がありません。列は { $columns } です。
column-twice = 列 { $name } が 2 つあります。一方を削除するか、名前を変えてください。
column-without-heading = { $cell } 番目のセルに値がありますが、その列に見出しがありません。列に名前を付けるか、値を取り除いてください。
row-of-other-length = 行は { $cells } 番目のセルで終わっていますが、見出しは { $columns } 番目まであります。区切り文字や改行を含むセルは引用符で囲んでください。
tab-in-line = 行の中にタブがあります。表ならファイル名を .csv か .tsv に、プロンプトなら語の間を空白にしてください。
two-separators = 1 行目の区切り文字が { $one } か { $other } か判断できません。--delimiter で指定してください。
open-quote = ここから始まるセルの引用符が閉じられていません。閉じるか、文字としての引用符は 2 つ重ねてください。
text-outside-quotes = ここから始まるセルには引用符の外にもテキストがあります。全体を引用符で囲み、文字としての引用符は 2 つ重ねてください。
damaged = ファイルが壊れています: { $error }
locked = ファイルが古い形式か、パスワード付きのスプレッドシートです。パスワードなしの .xlsx で保存してください。
not-a-spreadsheet = ファイルがスプレッドシートではありません。CSV なら、名前を .csv にしてください。
no-such-sheet = シート { $name } がありません。シートは { $sheets } です。
cell-holds = セル { $cell } は{ $what }
formula-without-result = 結果のない数式です。表計算ソフトで開いて保存し直してください。
too-many-digits = スプレッドシートで保持できる桁数を超える数値です。列の書式を文字列にして入力し直してください。
date-or-time = 日付か時刻です（2:3 と入力すると時刻になります）。列の書式を文字列にして入力し直してください。
error-in-cell = エラー { $error } です。修正してください。
zip-for-a-table = ファイルがスプレッドシートか ZIP ファイルです。名前を .xlsx にするか、展開してください。
gzip-for-a-table = ファイルが gzip で圧縮されています。先に展開してください。
nul-character = NUL 文字があります。ファイルを UTF-8 で保存するか、--encoding を指定してください。
wrong-encoding = { $encoding } でないバイトがあります。ファイルを UTF-8 で保存するか、--encoding（shift_jis など）を指定してください。
