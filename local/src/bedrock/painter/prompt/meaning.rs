//! What a word of a prompt can mean to a painter.

use super::colors::Tone;
use crate::bedrock::painter::rgb::Rgb;

/// One meaning of a word; a word may have several ("queen": a woman, with a crown).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Meaning {
    Color(Rgb),
    Tone(Tone),
    /// Something that has a colour of its own.
    Part(Part),
    /// What the picture shows.
    Subject(Subject),
    Look(Look),
    HairStyle(HairStyle),
    Extra(Extra),
    Mood(Mood),
    Setting(Setting),
    /// "is", "=", "は": the colour of what stands before follows.
    Link,
    /// A preposition or verb: no colour reaches across it.
    Stop,
    And,
    /// "no", "without": what follows shall not be there.
    Not,
    /// A comma or full stop.
    Break,
    /// Says nothing to a painter ("the", "color").
    Filler,
}

/// Something in the picture that has a colour of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Hair,
    Background,
    Eyes,
    Skin,
    Clothes,
    Extra(Extra),
    Subject,
}

/// What the picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    Person,
    Animal(Animal),
    Fruit(Fruit),
    Flower,
    Land(Land),
    Building(Building),
    Thing(Thing),
    /// Nothing the painter can draw: a sign in the prompt's colours.
    Emblem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Animal {
    Cat,
    Dog,
    Fox,
    Bear,
    Panda,
    Rabbit,
    Lion,
    Dragon,
    Bird,
    Owl,
    Penguin,
    Fish,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fruit {
    Apple,
    Citrus,
    Pear,
    Cherry,
    Grapes,
    Strawberry,
    Banana,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Land {
    Mountain,
    Sea,
    Forest,
    Desert,
    City,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Building {
    Castle,
    House,
    Tower,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Thing {
    Sword,
    Shield,
    Potion,
    Bottle,
    Cup,
    Box,
    Gem,
    Book,
    Robot,
    Car,
    Ship,
    Rocket,
}

/// Whether a person shall look like a man or a woman; without a word, either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Look {
    Masculine,
    Feminine,
    Old,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum HairStyle {
    Short,
    Spiky,
    Bob,
    Long,
    Wavy,
    Curly,
    Ponytail,
    TwinTails,
    Buns,
    Braids,
    Bald,
}

/// Something a person wears or has besides hair and clothes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Extra {
    Glasses,
    Hat,
    WizardHat,
    Crown,
    Flower,
    Ribbon,
    Earrings,
    Beard,
    Scarf,
    CatEars,
    Freckles,
    Armor,
    Headphones,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mood {
    Smile,
    Laugh,
    Serious,
    Sad,
    Angry,
    Surprised,
}

/// Where or when the picture is; decides the background when no colour is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Setting {
    Night,
    Sunset,
    Sky,
    Sea,
    Forest,
    Snow,
    Space,
    Fire,
}
