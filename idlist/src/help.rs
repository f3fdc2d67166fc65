//! The headings of a tool's help in another language. What the options say stays English.

use clap::{Arg, Command};

use crate::message;
use crate::message::Message;

/// Headings, in the words of one language.
struct Headings {
    usage: String,
    examples: String,
    // clap takes these only if they live as long as the program.
    commands: &'static str,
    arguments: &'static str,
    options: &'static str,
}

/// A command whose help has its headings in the words of `say`. It is for a tool that parses its arguments once.
pub fn with_headings(mut command: Command, say: impl Fn(&Message) -> String) -> Command {
    // Only then `--help` and `--version` are among its arguments.
    command.build();
    let headings = Headings {
        usage: say(&message!("usage", "Usage:")),
        examples: say(&message!("examples", "Examples:")),
        commands: say(&message!("commands", "Commands")).leak(),
        arguments: say(&message!("arguments", "Arguments")).leak(),
        options: say(&message!("options", "Options")).leak(),
    };
    headings.of(command)
}

impl Headings {
    fn of(&self, command: Command) -> Command {
        let style = command.get_styles().get_usage();
        // As clap's own template, which is the only place for this heading.
        let template = format!(
            "{{before-help}}{{about-with-newline}}\n{style}{}{style:#} {{usage}}\n\n{{all-args}}{{after-help}}",
            self.usage
        );
        let heading = |argument: Arg| {
            let heading = if argument.is_positional() { self.arguments } else { self.options };
            argument.help_heading(heading)
        };
        let after = command.get_after_help().map(|text| text.ansi().to_string().replace("Examples:", &self.examples));
        let command = command.help_template(template).subcommand_help_heading(self.commands).mut_args(heading);
        let command = match after {
            Some(after) => command.after_help(after),
            None => command,
        };
        command.mut_subcommands(|command| self.of(command))
    }
}
