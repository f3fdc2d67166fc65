//! Prompts as people write them, and what the painter reads in them.

use super::*;
use crate::bedrock::painter::rgb::Rgb;

const WHITE: Rgb = Rgb::hex(0xFFFFFF);
const BROWN: Rgb = Rgb::hex(0x7A4A2A);
const GOLD: Rgb = Rgb::hex(0xE2AB2F);
const RED: Rgb = Rgb::hex(0xD62F2B);
const BLUE: Rgb = Rgb::hex(0x2F6FD8);
const GREEN: Rgb = Rgb::hex(0x3C9D4E);
const BLACK: Rgb = Rgb::hex(0x1D1D24);

fn read(prompt: &str) -> Wish {
    Wish::read(prompt, None)
}

#[test]
fn colors_go_to_the_parts_they_are_said_of() {
    use Part::{Background, Clothes, Eyes, Hair, Skin};
    let table: &[(&str, &[(Part, Rgb)])] = &[
        ("hair color is brown, backglound color is white", &[(Hair, BROWN), (Background, WHITE)]),
        ("hair color is gold, backglound color is red", &[(Hair, GOLD), (Background, RED)]),
        ("hair color is brown and background color is white", &[(Hair, BROWN), (Background, WHITE)]),
        ("hair color is brown background color is white", &[(Hair, BROWN), (Background, WHITE)]),
        ("brown hair, white background", &[(Hair, BROWN), (Background, WHITE)]),
        ("brown hair white background", &[(Hair, BROWN), (Background, WHITE)]),
        ("hair brown background white", &[(Hair, BROWN), (Background, WHITE)]),
        ("hair is brown and white background", &[(Hair, BROWN), (Background, WHITE)]),
        ("hair: gold; background: red", &[(Hair, GOLD), (Background, RED)]),
        ("hair=gold background=red", &[(Hair, GOLD), (Background, RED)]),
        ("golden hair on a red background", &[(Hair, GOLD), (Background, RED)]),
        ("a girl with brown hair and green eyes", &[(Hair, BROWN), (Eyes, GREEN)]),
        (
            "A brown-haired, green-eyed girl against a white backdrop",
            &[(Hair, BROWN), (Eyes, GREEN), (Background, WHITE)],
        ),
        ("long wavy brown hair", &[(Hair, BROWN)]),
        ("a girl with brown twin tails", &[(Hair, BROWN)]),
        ("brown hair in a ponytail with a ribbon", &[(Hair, BROWN)]),
        ("brown long silky hair", &[(Hair, BROWN)]),
        ("hair and eyes are brown", &[(Hair, BROWN), (Eyes, BROWN)]),
        ("brown hair and eyes", &[(Hair, BROWN), (Eyes, BROWN)]),
        ("the colour of her hair is brown", &[(Hair, BROWN)]),
        ("the color of the background should be white", &[(Background, WHITE)]),
        ("eyes of blue", &[(Eyes, BLUE)]),
        ("woman in a red dress, blue eyes", &[(Clothes, RED), (Eyes, BLUE)]),
        ("a woman in red", &[(Clothes, RED)]),
        ("portrait on white", &[(Background, WHITE)]),
        ("man wearing black, white background", &[(Clothes, BLACK), (Background, WHITE)]),
        ("blue skin, black hair", &[(Skin, BLUE), (Hair, BLACK)]),
        ("hair is not red, hair is brown", &[(Hair, BROWN)]),
        ("hair #7a4a2a, background #fff", &[(Hair, BROWN), (Background, WHITE)]),
        ("髪は茶色、背景は白", &[(Hair, BROWN), (Background, WHITE)]),
        ("髪の色は茶色で背景色は白", &[(Hair, BROWN), (Background, WHITE)]),
        ("金髪、赤い背景", &[(Hair, GOLD), (Background, RED)]),
        ("茶色の髪と青い目の女の子", &[(Hair, BROWN), (Eyes, BLUE)]),
        ("背景：白 髪：黒", &[(Background, WHITE), (Hair, BLACK)]),
        ("髪と目は茶色", &[(Hair, BROWN), (Eyes, BROWN)]),
    ];
    for (prompt, colors) in table {
        let wish = read(prompt);
        assert_eq!(wish.subject, Subject::Person, "{prompt}");
        for part in [Hair, Background, Eyes, Clothes, Skin] {
            let expected = colors.iter().find(|(of, _)| *of == part).map(|(_, color)| *color);
            assert_eq!(wish.color(part), expected, "{part:?} of {prompt}");
        }
    }
}

#[test]
fn light_and_dark_change_the_color_that_follows() {
    let brightness = |prompt| read(prompt).color(Part::Background).unwrap().brightness();
    assert!(brightness("background is dark blue") < brightness("background is blue"));
    assert!(brightness("light blue background") > brightness("blue background"));
    assert!(brightness("lightblue background") > brightness("blue background"));
    assert!(brightness("背景は濃い青") < brightness("背景は青"));
    assert!(brightness("dark background") < 0.3);
}

#[test]
fn two_colors_side_by_side_are_mixed() {
    let hair = read("reddish brown hair").color(Part::Hair).unwrap();
    assert_eq!(hair, RED.mix(BROWN, 0.5));
}

#[test]
fn subjects_are_found() {
    let animal = Subject::Animal;
    let thing = Subject::Thing;
    let table = [
        ("a red apple on a table", Subject::Fruit(Fruit::Apple)),
        ("an orange on a wooden table", Subject::Fruit(Fruit::Citrus)),
        ("a white cat", animal(Animal::Cat)),
        ("cat with green eyes", animal(Animal::Cat)),
        ("three cats", animal(Animal::Cat)),
        ("girl with cat ears", Subject::Person),
        ("a girl holding a sword", Subject::Person),
        ("knight with sword and shield", Subject::Person),
        ("a mountain landscape at sunset", Subject::Land(Land::Mountain)),
        ("a legendary sword", thing(Thing::Sword)),
        ("a castle on a hill", Subject::Building(Building::Castle)),
        ("product bottle", thing(Thing::Bottle)),
        ("a product on a podium", thing(Thing::Box)),
        ("quantum computing", Subject::Emblem),
        ("blue and yellow swirls", Subject::Emblem),
        ("background is white", Subject::Person),
        ("smiling, glasses", Subject::Person),
        ("黒い猫", animal(Animal::Cat)),
        ("赤いりんご", Subject::Fruit(Fruit::Apple)),
        ("海と山", Subject::Land(Land::Sea)),
        ("騎士", Subject::Person),
    ];
    for (prompt, subject) in table {
        assert_eq!(read(prompt).subject, subject, "{prompt}");
    }
}

#[test]
fn a_subject_has_its_own_color() {
    assert_eq!(read("a red apple on a white table").color(Part::Subject), Some(RED));
    assert_eq!(read("the car is blue").color(Part::Subject), Some(BLUE));
    assert_eq!(read("黒い猫").color(Part::Subject), Some(BLACK));
    let apple = read("a green apple, white background");
    assert_eq!(apple.color(Part::Subject), Some(GREEN));
    assert_eq!(apple.color(Part::Background), Some(WHITE));
}

#[test]
fn styles_looks_and_extras_are_found() {
    assert_eq!(read("long curly brown hair").hair_style, Some(HairStyle::Curly));
    assert_eq!(read("twin tails, blue hair").hair_style, Some(HairStyle::TwinTails));
    assert_eq!(read("short skirt, brown hair").hair_style, None);
    assert_eq!(read("queen").extras, [Extra::Crown]);
    assert_eq!(read("old man").looks, [Look::Old, Look::Masculine]);
    assert_eq!(read("smiling boy with glasses").mood, Some(Mood::Smile));
    let hat = read("girl with a red hat and brown hair");
    assert_eq!(hat.color(Part::Extra(Extra::Hat)), Some(RED));
    assert_eq!(hat.color(Part::Hair), Some(BROWN));
    assert_eq!(read("starry night").setting, Some(Setting::Space));
}

#[test]
fn what_is_not_wanted_is_taken_away() {
    let wish = Wish::read("girl with a hat and red hair", Some("hat, red"));
    assert!(wish.extras.is_empty());
    assert!(wish.does_not_want(Extra::Hat));
    assert_eq!(wish.color(Part::Hair), None);
    assert!(wish.rules_out(Part::Background, RED));

    let wish = Wish::read("girl", Some("blue eyes"));
    assert!(wish.rules_out(Part::Eyes, BLUE));
    assert!(!wish.rules_out(Part::Hair, BLUE));

    assert!(read("girl without a hat").does_not_want(Extra::Hat));
}

#[test]
fn colors_leave_the_gist_as_it_is_and_other_words_change_it() {
    assert_eq!(read("brown hair, white background").gist, read("hair color is gold, backglound color is red").gist);
    assert_ne!(read("a merchant").gist, read("a poet").gist);
}

#[test]
fn any_text_can_be_read() {
    for prompt in
        ["", "   ", "is is is", "，、。", "hair", "brown", "no", "dark", "#", "#12", "🦀🦀", "a is brown is hair is"]
    {
        read(prompt);
    }
    read(&"brown hair is ".repeat(700));
}
