//! The command line tool `gallery`.

fn main() -> std::process::ExitCode {
    gallery::main()
}
