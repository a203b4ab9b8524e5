"""Every row of the table ``answers_seen_norms.py`` is judged as it says."""

from seen_answers import rows_are_judged

test_a_seen_answer_is_judged_as_its_row_says = rows_are_judged("norms")
