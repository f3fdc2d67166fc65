//! What the commands print in Japanese, and the page where it shows what idlist says.

use crate::cli::{finished, run_in};
use crate::fake::{Fake, Mood};
use serde_json::Value;

const JAPANESE: &str = "ja_JP.UTF-8";

#[tokio::test]
async fn runs_and_summaries_are_in_japanese() {
    let (fake, name) = finished().await;
    let said = run_in(JAPANESE, &fake, &["runs"]).await;
    let line = format!("2026-09-21 14:13  完了       2 件中 1 件、失敗 1 件    {name}\n");
    assert_eq!((said.code, said.stdout), (Some(0), line), "{}", said.stderr);
    let said = run_in(JAPANESE, &fake, &["watch", "latest"]).await;
    let expected = "cards.json: 完了。作成 1 件（約 0.04 USD）、既存 0 件、失敗 1 件、未作成 0 件\n\
                    ContentFiltered 1 件:\n  vip/A2: item A2 of rank vip: filtered\n";
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), expected), "{}", said.stderr);
    let said = run_in(JAPANESE, &fake, &["redo", "latest", "B1"]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(2), "gallery: リストに項目 \"B1\" はありません。\n"));
    let json = run_in(JAPANESE, &fake, &["redo", "latest", "B1", "--json"]).await.stdout;
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["message"], "the list has no item \"B1\"");
}

#[tokio::test]
async fn a_check_is_in_japanese_for_people_and_in_english_for_programs() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("pets.csv");
    let drop = ["drop", list.to_str().unwrap(), "--check"];
    std::fs::write(&list, "prompt\na cat\n").unwrap();
    let said = run_in(JAPANESE, &fake, &drop).await;
    let expected = "1 項目、問題なし\n\
        問題のない 1 項目: ランク \"normal\"、モデル stability.stable-image-core-v1:1\n\
        id の列がないため補います: pets-1, pets-2, …\n\
        rank の列がないため補います: normal\n\
        inputBucketName の列がないため補います: 000000000000-us-east-1-input-image-bucket\n\
        inputKeyName の列がないため補います: {id}.png\n\
        model の列がないため補います: stability.stable-image-core-v1:1\n\
        画像 1 枚: 約 0.04 USD、約 4 秒（クォータの制限がない場合）\n";
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), expected), "{}", said.stderr);
    std::fs::write(&list, "name\n").unwrap();
    let said = run_in(JAPANESE, &fake, &drop).await;
    let expected = "prompt という名前の列がありません。列は name です。いずれかの名前を prompt にしてください。\n";
    assert!(said.code == Some(2) && said.stderr.ends_with(expected), "{}", said.stderr);
    std::fs::write(&list, "id,prompt\nA/1,x\n").unwrap();
    let said = run_in(JAPANESE, &fake, &drop).await;
    assert!(said.stdout.contains("`id` は \"A/1\" です。スラッシュを取り除いてください。"), "{}", said.stdout);
    let mut json = drop.to_vec();
    json.push("--json");
    let [japanese, english] = [run_in(JAPANESE, &fake, &json).await, run_in("C", &fake, &json).await];
    assert_eq!((japanese.code, &japanese.stdout), (Some(1), &english.stdout));
    assert!(english.stdout.contains("remove the slash"));
}

#[tokio::test]
async fn doctor_is_in_japanese() {
    let fake = Fake::start().await;
    fake.world().account.agreement = "NOT_AVAILABLE";
    fake.world().account.stack = None;
    let said = run_in(JAPANESE, &fake, &["doctor"]).await;
    assert_eq!(said.code, Some(1), "{}", said.stdout);
    for expected in [
        "OK    認証情報       arn:aws:sts::123456789012:user/me、アカウント 123456789012、リージョン us-east-1\n",
        "NG    スタック       見つかりません: スタック id-list-images（存在しないか、削除されています）。\n    sam build && ",
        "OK    リストバケット 123456789012-us-east-1-unprocessed-id-list-bucket\n",
        "NG    モデル         us-west-2 の stability.sd3-5-large-v1:0: 提供元との契約が結ばれていません\n    aws bedrock ",
        "OK    価格           stability.sd3-5-large-v1:0: 価格表では 0.08 USD、AWS の料金表では Image あたり 0.08 USD（images generated）\n",
        "OK    同時実行数     Lambda の同時実行数は 1000、MaxConcurrency は 10\n",
    ] {
        assert!(said.stdout.contains(expected), "{expected}\n{}", said.stdout);
    }
}

#[tokio::test]
async fn errors_of_aws_are_in_japanese() {
    let fake = Fake::start().await;
    fake.world().mood = Mood::Denying;
    let said = run_in(JAPANESE, &fake, &["runs", "--account", "123456789012"]).await;
    assert_eq!(said.code, Some(2));
    let expected = "gallery: AWS が states:ListExecutions を拒否しました。";
    assert!(said.stderr.starts_with(expected), "{}", said.stderr);
}

#[tokio::test]
async fn help_has_japanese_headings() {
    let fake = Fake::start().await;
    let help = run_in(JAPANESE, &fake, &["drop", "--help"]).await.stdout;
    for line in ["使い方: gallery drop [OPTIONS] <FILE>", "引数:", "オプション:", "例:"] {
        assert!(help.lines().any(|found| found == line), "{line}: {help}");
    }
}

#[tokio::test]
async fn a_japanese_page_shows_problems_and_hints_in_japanese() {
    let fake = Fake::start().await;
    let page = fake.page().await;
    page.upload("cards.json", b"[{\"id\": \"A/1\", \"Rank\": \"vip\"}]").await;
    page.upload("broken.json", b"[\n{},\n]").await;
    page.upload("photo.png", b"x").await;
    let home = page.get_with("/", &[("cookie", "gallery-language=ja")]).await;
    for expected in [
        "スラッシュを取り除いてください。",
        "`rank` のことですか？",
        "最後の項目の後にコンマがあります。",
        "はリストではありません。",
    ] {
        assert!(home.text().contains(expected), "{expected}\n{}", home.text());
    }
    assert!(page.get("/").await.text().contains("remove the slash"));
}
