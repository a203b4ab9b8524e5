"""Every row of the table ``answers_seen_mid.py`` is judged as it says."""

from seen_answers import FOLDER, rows_are_judged

test_a_seen_answer_is_judged_as_its_row_says = rows_are_judged("mid")


def test_each_table_has_its_file():
    tables = [path.name for path in FOLDER.glob("answers_seen_*.py")]
    assert len(tables) > 2
    assert all((FOLDER / f"test_{name}").exists() for name in tables)
