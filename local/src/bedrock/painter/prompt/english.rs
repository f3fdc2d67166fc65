//! The English words that the painter knows; spellings that people mistype are listed with them.

use super::colors::Tone;
use super::meaning::{
    Animal, Building, Extra, Fruit, HairStyle, Land, Look, Meaning, Mood, Part, Setting, Subject, Thing,
};
use Meaning as M;

const fn animal(animal: Animal) -> Meaning {
    M::Subject(Subject::Animal(animal))
}

const fn fruit(fruit: Fruit) -> Meaning {
    M::Subject(Subject::Fruit(fruit))
}

const fn land(land: Land) -> Meaning {
    M::Subject(Subject::Land(land))
}

const fn building(building: Building) -> Meaning {
    M::Subject(Subject::Building(building))
}

const fn thing(thing: Thing) -> Meaning {
    M::Subject(Subject::Thing(thing))
}

const PERSON: Meaning = M::Subject(Subject::Person);
const SMILE: Meaning = M::Mood(Mood::Smile);

/// Words (apart by spaces, `_` for a space inside one) and what they mean.
pub(super) const WORDS: &[(&str, &[Meaning])] = &[
    // grammar
    ("is are was be : = being should must becomes", &[M::Link]),
    ("and & plus", &[M::And]),
    ("no not without non never remove", &[M::Not]),
    (
        "in on with of at near by for to from under over behind against holding has have having \
         against into beside next sitting standing",
        &[M::Stop],
    ),
    (
        "a an the her his their its my color colour colors colours colored coloured coler very \
         rather mostly all simple plain solid flat style styled image picture photo illustration \
         drawing art card game anime cute beautiful pretty cool high quality detailed",
        &[M::Filler],
    ),
    ("light pale pastel soft faded lightly whitish", &[M::Tone(Tone::Light)]),
    ("dark deep darker darkish", &[M::Tone(Tone::Dark)]),
    ("bright vivid neon vibrant shiny glowing", &[M::Tone(Tone::Bright)]),
    // parts
    ("hair hairs haired hiar haire hairstyle", &[M::Part(Part::Hair)]),
    ("background backgrounds backdrop bg wall back_ground", &[M::Part(Part::Background)]),
    ("eye eyes eyed iris pupils", &[M::Part(Part::Eyes)]),
    ("skin skinned complexion", &[M::Part(Part::Skin)]),
    (
        "clothes clothing cloth outfit dress shirt t-shirt tshirt tee blouse jacket coat suit sweater \
         hoodie uniform robe kimono gown vest costume tunic cloak jersey cardigan wearing wears \
         dressed clad",
        &[M::Part(Part::Clothes)],
    ),
    (
        "armor armour armored knight paladin warrior",
        &[PERSON, M::Extra(Extra::Armor), M::Part(Part::Extra(Extra::Armor))],
    ),
    // people
    ("person people human portrait face character avatar hero someone selfie", &[PERSON]),
    (
        "man men boy male guy gentleman father dad son brother he businessman samurai ninja",
        &[PERSON, M::Look(Look::Masculine)],
    ),
    (
        "woman women girl female lady mother mom daughter sister she heroine maid idol goddess",
        &[PERSON, M::Look(Look::Feminine)],
    ),
    ("grandfather grandpa", &[PERSON, M::Look(Look::Masculine), M::Look(Look::Old)]),
    ("grandmother grandma", &[PERSON, M::Look(Look::Feminine), M::Look(Look::Old)]),
    ("old elderly aged senior", &[M::Look(Look::Old)]),
    ("king prince emperor", &[PERSON, M::Look(Look::Masculine), M::Extra(Extra::Crown)]),
    ("queen princess empress", &[PERSON, M::Look(Look::Feminine), M::Extra(Extra::Crown)]),
    ("wizard mage sorcerer magician", &[PERSON, M::Extra(Extra::WizardHat)]),
    ("witch sorceress", &[PERSON, M::Look(Look::Feminine), M::Extra(Extra::WizardHat)]),
    (
        "child kid baby teenager student teacher nurse doctor scientist chef farmer pirate archer elf \
         singer dancer soldier healer cleric thief assassin villager merchant detective athlete",
        &[PERSON],
    ),
    // hair styles
    ("short pixie cropped", &[M::HairStyle(HairStyle::Short)]),
    ("spiky spiked messy tousled", &[M::HairStyle(HairStyle::Spiky)]),
    ("bob shoulder-length", &[M::HairStyle(HairStyle::Bob), M::Part(Part::Hair)]),
    ("long straight flowing", &[M::HairStyle(HairStyle::Long)]),
    ("wavy waves", &[M::HairStyle(HairStyle::Wavy)]),
    ("curly curls afro frizzy", &[M::HairStyle(HairStyle::Curly), M::Part(Part::Hair)]),
    ("ponytail pony_tail ponytails", &[M::HairStyle(HairStyle::Ponytail), M::Part(Part::Hair)]),
    (
        "twintails twin_tails twintail twin_tail pigtails pigtail",
        &[M::HairStyle(HairStyle::TwinTails), M::Part(Part::Hair)],
    ),
    ("bun buns topknot", &[M::HairStyle(HairStyle::Buns), M::Part(Part::Hair)]),
    ("braid braids braided plaits", &[M::HairStyle(HairStyle::Braids), M::Part(Part::Hair)]),
    ("bald hairless", &[M::HairStyle(HairStyle::Bald), PERSON]),
    // what a person wears besides
    ("glasses spectacles eyeglasses sunglasses", &[M::Extra(Extra::Glasses), M::Part(Part::Extra(Extra::Glasses))]),
    ("hat cap beret", &[M::Extra(Extra::Hat), M::Part(Part::Extra(Extra::Hat))]),
    ("wizard_hat witch_hat pointed_hat", &[M::Extra(Extra::WizardHat), M::Part(Part::Extra(Extra::WizardHat))]),
    ("crown tiara coronet", &[M::Extra(Extra::Crown), M::Part(Part::Extra(Extra::Crown))]),
    ("ribbon bow hairband headband", &[M::Extra(Extra::Ribbon), M::Part(Part::Extra(Extra::Ribbon))]),
    ("earring earrings", &[M::Extra(Extra::Earrings), M::Part(Part::Extra(Extra::Earrings))]),
    ("beard bearded mustache moustache", &[M::Extra(Extra::Beard), M::Part(Part::Extra(Extra::Beard))]),
    ("scarf muffler", &[M::Extra(Extra::Scarf), M::Part(Part::Extra(Extra::Scarf))]),
    ("cat_ears catgirl cat_girl nekomimi", &[PERSON, M::Extra(Extra::CatEars)]),
    ("freckles freckled", &[M::Extra(Extra::Freckles)]),
    ("headphones headphone headset", &[M::Extra(Extra::Headphones), M::Part(Part::Extra(Extra::Headphones))]),
    // moods
    ("smile smiling smiles happy cheerful friendly gentle", &[SMILE]),
    ("laugh laughing grin grinning joyful excited", &[M::Mood(Mood::Laugh)]),
    ("serious calm neutral stern confident", &[M::Mood(Mood::Serious)]),
    ("sad crying unhappy melancholy lonely", &[M::Mood(Mood::Sad)]),
    ("angry furious fierce grumpy", &[M::Mood(Mood::Angry)]),
    ("surprised shocked astonished amazed", &[M::Mood(Mood::Surprised)]),
    // settings
    ("night midnight moonlight moonlit moon dusk", &[M::Setting(Setting::Night)]),
    ("sunset sunrise dawn evening", &[M::Setting(Setting::Sunset)]),
    ("sky daytime clouds cloudy sunny", &[M::Setting(Setting::Sky)]),
    ("snow snowy winter ice icy frozen", &[M::Setting(Setting::Snow)]),
    ("space galaxy stars starry cosmic universe nebula", &[M::Setting(Setting::Space)]),
    ("fire flame flames burning lava volcano", &[M::Setting(Setting::Fire)]),
    // animals
    ("cat cats kitten kitty feline tiger", &[animal(Animal::Cat)]),
    ("dog dogs puppy hound corgi retriever wolf pup animal pet", &[animal(Animal::Dog)]),
    ("fox raccoon", &[animal(Animal::Fox)]),
    ("bear teddy hamster mouse koala monkey", &[animal(Animal::Bear)]),
    ("panda", &[animal(Animal::Panda)]),
    ("rabbit bunny hare", &[animal(Animal::Rabbit)]),
    ("lion", &[animal(Animal::Lion)]),
    ("dragon dinosaur wyvern lizard monster", &[animal(Animal::Dragon)]),
    ("bird birds parrot eagle sparrow chick duck phoenix", &[animal(Animal::Bird)]),
    ("owl", &[animal(Animal::Owl)]),
    ("penguin", &[animal(Animal::Penguin)]),
    ("fish goldfish shark whale dolphin", &[animal(Animal::Fish)]),
    // plants
    ("apple", &[fruit(Fruit::Apple)]),
    ("oranges citrus lemon lemons limes tangerine mandarin grapefruit fruit", &[fruit(Fruit::Citrus)]),
    ("pear", &[fruit(Fruit::Pear)]),
    ("cherries", &[fruit(Fruit::Cherry)]),
    ("grape grapes", &[fruit(Fruit::Grapes)]),
    ("strawberry strawberries", &[fruit(Fruit::Strawberry)]),
    ("banana", &[fruit(Fruit::Banana)]),
    ("peaches plums tomato", &[fruit(Fruit::Apple)]),
    ("flower flowers roses tulip tulips sunflower daisy lily blossom bouquet lotus", &[M::Subject(Subject::Flower)]),
    // lands and buildings
    ("mountain mountains mountain_range hill hills landscape valley peak scenery nature fuji", &[land(Land::Mountain)]),
    ("sea ocean beach seaside coast lake river island water", &[land(Land::Sea), M::Setting(Setting::Sea)]),
    ("forest woods tree trees jungle park garden meadow", &[land(Land::Forest), M::Setting(Setting::Forest)]),
    ("desert dunes dune", &[land(Land::Desert)]),
    ("city cityscape skyline skyscraper skyscrapers town street", &[land(Land::City)]),
    ("castle fortress palace", &[building(Building::Castle)]),
    ("house cottage cabin home hut building shop", &[building(Building::House)]),
    ("tower lighthouse temple pagoda", &[building(Building::Tower)]),
    // things
    ("sword blade katana dagger weapon excalibur", &[thing(Thing::Sword)]),
    ("shield buckler", &[thing(Thing::Shield)]),
    ("potion elixir flask vial", &[thing(Thing::Potion)]),
    ("bottle perfume shampoo cosmetic cosmetics wine lotion", &[thing(Thing::Bottle)]),
    ("cup mug coffee tea teacup", &[thing(Thing::Cup)]),
    ("box package gift present product chest packaging crate", &[thing(Thing::Box)]),
    ("gem gems jewel crystal diamond gemstone", &[thing(Thing::Gem)]),
    ("book grimoire notebook tome", &[thing(Thing::Book)]),
    ("robot android mecha mech cyborg", &[thing(Thing::Robot)]),
    ("car cars truck vehicle automobile taxi bus", &[thing(Thing::Car)]),
    ("ship boat sailboat yacht", &[thing(Thing::Ship)]),
    ("rocket spaceship spacecraft", &[thing(Thing::Rocket)]),
];

/// Colours that are fruit or flowers when nothing else in the prompt wants the colour.
pub(super) const COLORS_THAT_ARE_THINGS: &[(&str, Subject)] = &[
    ("orange", Subject::Fruit(Fruit::Citrus)),
    ("lime", Subject::Fruit(Fruit::Citrus)),
    ("cherry", Subject::Fruit(Fruit::Cherry)),
    ("peach", Subject::Fruit(Fruit::Apple)),
    ("apricot", Subject::Fruit(Fruit::Apple)),
    ("plum", Subject::Fruit(Fruit::Apple)),
    ("rose", Subject::Flower),
    ("lavender", Subject::Flower),
    ("lilac", Subject::Flower),
    ("ruby", Subject::Thing(Thing::Gem)),
    ("emerald", Subject::Thing(Thing::Gem)),
    ("sapphire", Subject::Thing(Thing::Gem)),
];
