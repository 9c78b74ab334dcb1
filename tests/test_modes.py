from scripts.modes import close_to_others


def test_what_others_could_read_is_closed(tmp_path):
    folder = tmp_path / "var"
    inner = folder / "files" / "sha256"
    inner.mkdir(parents=True)
    (inner / "blob").write_text("")
    (folder / "database-wal").write_text("")
    (folder / "link").symlink_to(tmp_path)
    for path in [folder, inner.parent, inner]:
        path.chmod(0o755)
    for path in [inner / "blob", folder / "database-wal"]:
        path.chmod(0o644)
    outside = tmp_path.stat().st_mode

    close_to_others(folder)
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.rglob("*")}
    del modes["link"]
    assert modes == {"files": 0o700, "sha256": 0o700, "blob": 0o600, "database-wal": 0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert tmp_path.stat().st_mode == outside

    (folder / "database-wal").chmod(0o644)  # later only what lies on top is looked at
    close_to_others(folder)
    assert (folder / "database-wal").stat().st_mode & 0o777 == 0o600
    close_to_others(tmp_path / "nowhere")
