### 見出し: --help。idlist/src/help.rs

usage = 使い方:
commands = コマンド
arguments = 引数
options = オプション
examples = 例:
