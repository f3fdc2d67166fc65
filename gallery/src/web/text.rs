//! What the page says, in English and in Japanese.

/// A language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Japanese,
}

impl Language {
    /// The language that was chosen, else the one that the browser prefers.
    pub(super) fn of(cookies: &str, accept_language: &str) -> Self {
        let chosen = cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix("gallery-language="));
        match chosen {
            Some("ja") => Self::Japanese,
            Some(_) => Self::English,
            None => preferred(accept_language),
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    pub(super) fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::Japanese => &JAPANESE,
        }
    }
}

/// The first of both languages, by weight. <https://www.rfc-editor.org/rfc/rfc9110#name-accept-language>
fn preferred(accept_language: &str) -> Language {
    let mut best = (0.0, Language::English);
    for part in accept_language.split(',') {
        let (tag, rest) = part.trim().split_once(';').unwrap_or((part.trim(), ""));
        let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0_f64), |weight| weight.parse().ok()).unwrap_or(0.0);
        let language = match tag.split('-').next().unwrap_or_default().to_lowercase().as_str() {
            "ja" => Language::Japanese,
            "en" => Language::English,
            _ => continue,
        };
        if weight > best.0 {
            best = (weight, language);
        }
    }
    best.1
}

/// Fills `{0}`, `{1}`, … of a text.
pub(super) fn fill(text: &str, values: &[&dyn std::fmt::Display]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (number, after) = after.split_once('}').unwrap_or(("", after));
        if let Some(value) = number.parse::<usize>().ok().and_then(|number| values.get(number)) {
            filled.push_str(&value.to_string());
        }
        rest = after;
    }
    filled + rest
}

macro_rules! texts {
    ($($name:ident: $english:literal, $japanese:literal;)*) => {
        /// The sentences of one language.
        pub(super) struct Texts { $(pub(super) $name: &'static str,)* }
        static ENGLISH: Texts = Texts { $($name: $english,)* };
        static JAPANESE: Texts = Texts { $($name: $japanese,)* };
        #[cfg(test)]
        const PAIRS: &[(&str, &str)] = &[$(($english, $japanese),)*];
    };
}

texts! {
    skip: "Skip to the content", "本文へ移動";
    other_language: "日本語", "English";
    drop_title: "Drop a list of pictures", "画像のリストをドロップ";
    drop_hint: "JSON, JSON Lines, CSV or Excel. It is checked and priced first; nothing is uploaded before you press the button.", "JSON、JSON Lines、CSV、Excel に対応しています。まず検査と見積もりだけを行い、ボタンを押すまで何もアップロードしません。";
    choose: "Choose a file", "ファイルを選択";
    check: "Check it", "検査する";
    example: "A CSV with one column, prompt, is enough.", "列が prompt だけの CSV でもかまいません。";
    not_dropped: "Not dropped yet", "まだドロップしていません";
    items_one: "1 picture", "画像 1 枚";
    items_many: "{0} pictures", "画像 {0} 枚";
    about_usd: "about {0} USD", "約 {0} USD";
    price_unknown: "price not known", "価格不明";
    about_time: "about {0} without a quota", "約 {0}(クォータの制限がない場合)";
    make_one: "Make 1 picture", "1 枚作成する";
    make_many: "Make {0} pictures", "{0} 枚作成する";
    take_away: "Take away", "取り消す";
    good: "The list is good.", "リストに問題はありません。";
    problems_one: "1 problem. Correct the list and drop it again.", "問題が 1 件あります。リストを修正してもう一度ドロップしてください。";
    problems_many: "{0} problems. Correct the list and drop it again.", "問題が {0} 件あります。リストを修正してもう一度ドロップしてください。";
    unreadable: "This file cannot be read as a list.", "このファイルはリストとして読み取れません。";
    more: "and {0} more", "ほか {0} 件";
    hints: "Hints", "ヒント";
    filled_in: "Filled in, because no column gives it:", "列がないため次の値を補いました:";
    unused: "Columns without a meaning:", "使われない列:";
    first_items: "The first items", "先頭のアイテム";
    prices_of: "Estimate from list prices of {0}.", "{0} 時点の価格表による見積もりです。";
    runs: "Runs", "実行";
    no_runs: "No runs yet. Drop a list above to start one.", "実行はまだありません。上にリストをドロップすると始まります。";
    run: "Run", "実行";
    when: "Started", "開始";
    progress: "Progress", "進捗";
    made: "Made", "作成済み";
    existing: "Already there", "既存";
    failed: "Failed", "失敗";
    waiting: "To come", "残り";
    missing: "Not made", "未作成";
    cost: "Cost", "費用";
    running: "Running", "実行中";
    succeeded: "Done", "完了";
    run_failed: "Failed", "失敗";
    timed_out: "Timed out", "タイムアウト";
    stopped: "Stopped", "停止";
    of: "{0} of {1}", "{1} 件中 {0} 件";
    rate: "{0} a minute", "毎分 {0} 件";
    left: "about {0} left", "残り約 {0}";
    seconds: "{0} s", "{0} 秒";
    minutes: "{0} min", "{0} 分";
    hours: "{0} h {1} min", "{0} 時間 {1} 分";
    reading: "The list is being read.", "リストを読み込んでいます。";
    looking: "The pictures are being looked for. Without script, reload in a moment.", "画像を確認しています。スクリプトが無効な場合は、少し待って再読み込みしてください。";
    wait_quota: "Most items wait for the quota of the model. Waiting costs nothing.", "ほとんどのアイテムがモデルのクォータを待っています。待機に費用はかかりません。";
    wait_turn: "At work at once: {0}. The others wait for their turn.", "同時に {0} 件を処理し、ほかは順番を待っています。";
    wait_last: "The last items are being made.", "最後のアイテムを作成しています。";
    trigger_wait: "The list is uploaded. The trigger checks it and starts the run.", "リストをアップロードしました。トリガーが検査し、まもなく実行が始まります。";
    rejected: "The list was rejected. Nothing was started.", "リストは拒否されました。実行は始まっていません。";
    stop: "Stop", "停止";
    stop_hint: "What the model is making at this moment is still paid.", "モデルが処理中の画像には料金がかかります。";
    redrive: "Redrive", "再実行(redrive)";
    again: "Drop the list again", "リストをもう一度ドロップ";
    again_hint: "What is there is neither made nor paid again.", "すでにある画像は作り直されず、料金もかかりません。";
    zip_all: "All pictures (zip)", "すべての画像(zip)";
    contact_sheet: "Contact sheet (one HTML file)", "一覧(HTML ファイル 1 つ)";
    command: "On the command line", "コマンドラインの場合";
    failures: "What failed", "失敗したアイテム";
    failures_rest: "Failed so far: {0}. Which ones is known at the end of the run.", "これまでの失敗は {0} 件です。内訳は実行の終了後にわかります。";
    failures_unread: "Failed: {0}. The result files, which say which ones, are not there.", "失敗は {0} 件です。内訳を示す結果ファイルがありません。";
    pictures: "Pictures", "画像";
    search: "Search id and prompt", "ID とプロンプトを検索";
    rank: "Rank", "ランク";
    state: "State", "状態";
    all: "All", "すべて";
    filter: "Filter", "絞り込む";
    size: "Size", "大きさ";
    nothing_found: "No item matches the filter.", "条件に合うアイテムはありません。";
    list_gone: "The list of this run is gone, so its items cannot be shown.", "この実行のリストは削除されたため、アイテムを表示できません。";
    foreign: "This execution was not started from a list of this project.", "この実行は本プロジェクトのリストから開始されたものではありません。";
    previous: "Previous", "前へ";
    next: "Next", "次へ";
    page_of: "Page {0} of {1}", "{0} / {1} ページ";
    selected: "{0} selected", "{0} 件選択中";
    select_all: "Select all on this page", "このページをすべて選択";
    make_again: "Make again", "作り直す";
    download: "Download", "ダウンロード";
    select: "Select {0}", "{0} を選択";
    this_one: "This item's picture", "このアイテムの画像";
    back: "Back to the run", "実行へ戻る";
    prompt: "Prompt", "プロンプト";
    negative: "Negative prompt", "ネガティブプロンプト";
    model: "Model", "モデル";
    seed: "Seed", "シード";
    shape: "Shape", "縦横比";
    price: "Price", "価格";
    pixels: "Size", "サイズ";
    file: "File", "ファイル";
    no_picture: "There is no picture yet.", "画像はまだありません。";
    keys_hint: "Arrow keys show the neighbours, Escape goes back.", "矢印キーで前後の画像、Escape で戻ります。";
    redo_title: "Make again", "作り直す";
    redo_hint: "The old pictures stay; the new ones appear beside them.", "元の画像は残り、新しい画像がその隣に表示されます。";
    redo_none: "Select pictures first.", "先に画像を選択してください。";
    redo_seed: "Seed (empty: a new one for each)", "シード(空欄ならそれぞれ新しい値)";
    redo_too_many: "Too many pictures to edit each prompt; all get new seeds.", "枚数が多いためプロンプトは個別に編集できません。すべて新しいシードで作成します。";
    cut_out: "Cut out", "切り抜く";
    cut_out_hint: "The background becomes transparent; the result is a PNG.", "背景を透明にします。結果は PNG です。";
    enlarge: "Enlarge 4 ×", "4 倍に拡大";
    enlarge_hint: "Four times the resolution. A picture of more than 1 megapixel or 1,536 pixels on a side fails without a charge.", "解像度を 4 倍にします。1 メガピクセルまたは 1 辺 1,536 ピクセルを超える画像は失敗しますが、料金はかかりません。";
    restyle: "Restyle…", "画風をそろえる…";
    restyle_hint: "One of the selected pictures has the style; the others get it.", "選択した画像のうち 1 枚の画風を、残りの画像に適用します。";
    restyle_style: "Which picture has the style?", "どの画像の画風に合わせますか?";
    restyle_none: "Select at least two pictures that exist: one has the style, the others get it.", "作成済みの画像を 2 枚以上選択してください。1 枚の画風を残りに適用します。";
    usd_each: "{0} USD each", "1 枚 {0} USD";
    then_beside: "These pictures stay; the results appear beside them. A result that is there is neither made nor paid again.", "元の画像は残り、結果がその隣に表示されます。すでにある結果は作り直されず、料金もかかりません。";
    then_none: "Select pictures that exist first.", "先に作成済みの画像を選択してください。";
    then_left_out: "Left out, because there is no picture yet: {0}.", "画像がまだないため {0} 件を除きました。";
    source: "Made from", "元の画像";
    reload: "The page was restarted since you opened it. Nothing was changed; go back, reload and try again.", "ページを開いた後に gallery が再起動しました。何も変更していません。戻って再読み込みし、もう一度お試しください。";
    too_large: "The file is larger than {0} MB. Split the list with `idlist split`.", "ファイルが {0} MB を超えています。`idlist split` でリストを分割してください。";
    no_file: "Choose a file first.", "先にファイルを選択してください。";
    not_found: "There is no such page.", "ページがありません。";
    home: "Home", "ホーム";
    stale: "AWS does not answer at the moment; what is shown may be old.", "現在 AWS から応答がありません。表示は最新でない場合があります。";
    problem: "That did not work", "処理できませんでした";
    advice_invalid: "Correct the items in the list and drop it again.", "リストのアイテムを修正し、もう一度ドロップしてください。";
    advice_model: "Name a model that Bedrock serves, and drop the list again.", "Bedrock で利用できるモデルを指定し、もう一度ドロップしてください。";
    advice_rejected: "Bedrock calls the request invalid: correct what the message names.", "Bedrock がリクエストを無効と判断しました。メッセージの箇所を修正してください。";
    advice_filtered: "The content filter rejected the prompt or the picture: change the prompt and make it again.", "コンテンツフィルターが拒否しました。プロンプトを変えて作り直してください。";
    advice_source: "The source picture does not exist yet: make it, then drop this list again.", "元の画像がまだありません。作成してから、このリストをもう一度ドロップしてください。";
    advice_denied: "A permission is missing, or the account has no access to the model: `gallery doctor` looks for it.", "権限またはモデルへのアクセスがありません。`gallery doctor` で確認してください。";
    advice_passing: "This passes by itself as a rule: redrive the run, or drop the list again.", "通常は時間がたてば解消します。再実行するか、もう一度ドロップしてください。";
    advice_other: "Drop the list again; if it happens again, look at the log of the generator.", "もう一度ドロップしてください。繰り返す場合は generator のログを確認してください。";
}

impl Texts {
    /// What to do about a kind of failure.
    pub(super) fn advice(&self, error: &str) -> &'static str {
        match error {
            "InvalidItem" => self.advice_invalid,
            "ModelNotAvailable" => self.advice_model,
            "ModelRejected" => self.advice_rejected,
            "ContentFiltered" => self.advice_filtered,
            "SourceMissing" => self.advice_source,
            "AccessDenied" => self.advice_denied,
            "ModelFailed" | "ModelThrottled" | "StorageFailed" | "Sandbox.Timedout" => self.advice_passing,
            other if other.starts_with("Lambda.") => self.advice_passing,
            _ => self.advice_other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_follows_choice_then_browser() {
        assert_eq!(Language::of("", "ja,en;q=0.5"), Language::Japanese);
        assert_eq!(Language::of("", "fr, en-GB;q=0.8, ja;q=0.3"), Language::English);
        assert_eq!(Language::of("a=b; gallery-language=ja", "en"), Language::Japanese);
        assert_eq!(Language::of("gallery-language=en", "ja"), Language::English);
        assert_eq!(Language::of("", ""), Language::English);
    }

    #[test]
    fn both_languages_have_the_same_placeholders() {
        for (english, japanese) in PAIRS {
            for number in 0..3 {
                let place = format!("{{{number}}}");
                assert_eq!(english.contains(&place), japanese.contains(&place), "{english}");
            }
            assert!(!japanese.is_empty());
        }
        assert_eq!(fill("{1} of {0}", &[&2, &"a{0}"]), "a{0} of 2");
    }
}
