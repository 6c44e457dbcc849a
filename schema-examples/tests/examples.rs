//! Every example runs to its end, as those who read it will run it.

use std::{env, fs, path::Path, time::Duration};

use tokio::{process::Command, time::timeout};

/// For one example; each is done in a few seconds.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn the_examples_run_to_their_end() {
    // Built with the tests, beside them.
    let test = env::current_exe().expect("the system tells");
    let built = test.ancestors().nth(2).expect("tests are in `deps`").join("examples");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut examples: Vec<_> = fs::read_dir(sources)
        .expect("there are examples")
        .map(|entry| entry.expect("it can be read").path().with_extension(""))
        .collect();
    examples.sort();
    assert!(!examples.is_empty());
    for example in examples {
        let name = example.file_name().expect("it has a name");
        run(&built.join(name).with_extension(env::consts::EXE_EXTENSION)).await;
    }
}

#[tokio::test]
async fn the_chat_story_runs_to_its_end() {
    run(Path::new(env!("CARGO_BIN_EXE_chat"))).await;
}

async fn run(program: &Path) {
    let name = program.display();
    let output = timeout(PATIENCE, Command::new(program).kill_on_drop(true).output())
        .await
        .unwrap_or_else(|_| panic!("{name} is not done within {PATIENCE:?}"))
        .unwrap_or_else(|error| panic!("{name}, which `cargo test` builds: {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {}\n{said}\n{complaint}", output.status);
    assert!(!said.is_empty(), "{name} tells what it does");
}
