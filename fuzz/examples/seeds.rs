//! Writes the seeds to files.

use std::{fs, io};

use socketio_fuzz::{root, seeds};

fn main() -> io::Result<()> {
    let folder = root().join("seeds");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for seed in seeds::all() {
        let folder = folder.join(seed.target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(seed.name), seed.input)?;
    }
    Ok(())
}
